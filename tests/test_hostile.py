"""What nobody means well: odd and forged credentials and headers. None is accepted; refused briefly, echoed never, 5xx never."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from api import founding
from api.access import moment
from api.tokens import Keyring, SigningKey
from tests.conftest import World
from tests.forgeries import forged

SMALL = 1024
"""The longest refusal, in bytes, but for those that list fields."""
MARK = "xk7Zq9-mark"
"""Stands in what is sent and must not come back."""
PROTECTED, PUBLIC = "/v1/me", "/v1/countries"


def refused(answer: httpx.Response, *statuses: int) -> None:
    """Asserts a small problem with one of `statuses` that repeats nothing."""
    assert answer.status_code in statuses, f"{answer.status_code}: {answer.content[:300]!r}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) <= SMALL, len(answer.content)
    assert MARK not in answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["request_id"] == answer.headers["x-request-id"]
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def signing_key(world: World) -> SigningKey:
    async with world.owner() as connection:
        row = await connection.fetchrow("select kid, private_pem from app.signing_keys($1) limit 1", moment())
    return SigningKey(row["kid"], row["private_pem"])


async def session_of(world: World) -> tuple[SigningKey, UUID, str]:
    """The server's own key, a session that lives, and its good token: what is forged from them misses by one thing only."""
    key = await signing_key(world)
    token = await founding.token(world.url("api"), "region@demo.example")
    return key, Keyring([key]).verify(token), token


# ------------------------------------------------------------------------------------------------------------------ credentials


async def test_no_forged_token_is_accepted(region: World) -> None:
    key, session, token = await session_of(region)
    forgeries = forged(key, session)
    assert len(forgeries) >= 40
    client = region.client()
    assert (await client.get(PROTECTED, headers={"authorization": f"Bearer {token}"})).status_code == 200, "the control"
    for name, forgery in forgeries.items():
        header = b"Bearer " + forgery.encode("utf-8", "surrogatepass")
        for path in (PROTECTED, PUBLIC):
            answer = await client.get(path, headers={b"authorization": header})
            refused(answer, 401)
            assert answer.json()["code"] == "token-invalid", name
            assert len(forgery) < 16 or forgery[:16] not in answer.text


async def test_no_forged_token_writes(region: World) -> None:
    key, session, _ = await session_of(region)
    client = region.client()
    body = {"name": MARK, "classification": "association", "country_id": 320}
    for forgery in list(forged(key, session).values())[::5]:
        headers = {b"authorization": b"Bearer " + forgery.encode("utf-8", "surrogatepass")}
        refused(await client.post("/v1/organisations", json=body, headers=headers), 401)
        refused(await client.post("/v1/auth/logout", headers=headers), 401)


async def test_a_session_that_ended_or_never_was(world: World) -> None:
    key, _, token = await session_of(world)
    client = world.client()
    refused(await client.get(PROTECTED, headers={"authorization": "Bearer " + Keyring([key]).issue(UUID(int=7))}), 401)
    good = {"authorization": f"Bearer {token}"}
    assert (await client.post("/v1/auth/logout", headers=good)).status_code == 204
    for path in (PROTECTED, PUBLIC):
        refused(await client.get(path, headers=good), 401)


async def _keys(world: World) -> dict[str, str]:
    """Service keys, none of them good, each by what is wrong with it; and one that is good."""
    admin = await world.who("region")
    office = {"role": "reader", "level": "country", "unit": "GT", "starts_on": "2024-01-01"}
    made = []
    for name in ("one", "two"):
        service = (await admin.post("/v1/services", json={"display_name": name, **office})).json()["id"]
        made += [(await admin.post(f"/v1/services/{service}/keys", json={"days": 30})).json() for _ in range(2)]
    good, revoked, expired, other = made
    await admin.post(f"/v1/keys/{revoked['id']}/revoke", headers={"If-Match": f'"{revoked["version"]}"'})
    async with world.owner() as connection:
        await connection.execute("update api_key set expires_at = $2 where id = $1", expired["id"], moment() - timedelta(seconds=1))
    name, secret = good["id"], good["key"].split("_", 2)[2]
    flipped = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    return {
        "good": good["key"],
        "revoked": revoked["key"],
        "expired": expired["key"],
        "of another account": f"amp_{other['id']}_{secret}",
        "last letter changed": f"amp_{name}_{flipped}",
        "one letter less": good["key"][:-1],
        "one letter more": good["key"] + "A",
        "no secret": f"amp_{name}_",
        "no name": f"amp__{secret}",
        "no end": f"amp_{name}",
        "nothing": "amp_",
        "capitals": f"amp_{name.upper()}_{secret}" if name.upper() != name else f"amp_{name}_{secret}x",
        "other prefix": good["key"].replace("amp_", "AMP_"),
        "nobody's": f"amp_000000000000_{secret}",
        "a quote": f"amp_{name}'--_{secret}",
        "a wildcard": f"amp_%_{secret}",
        "a hash": f"amp_{name}_" + "0" * 64,
        "100 kB": f"amp_{name}_" + "s" * 100_000,
        "dots": f"amp_{name}.{'0' * 64}_{secret}",
        "not ascii": f"amp_{name}é_{secret}",
        "blank inside": f"amp_{name}_{secret[:8]} {secret[8:]}",
    }


async def test_no_odd_service_key_is_accepted(world: World) -> None:
    keys = await _keys(world)
    client = world.client()
    assert (await client.get(PROTECTED, headers={"authorization": f"Bearer {keys.pop('good')}"})).status_code == 200, "the control"
    for name, key in keys.items():
        for path in (PROTECTED, PUBLIC):
            answer = await client.get(path, headers={b"authorization": f"Bearer {key}".encode()})
            assert answer.status_code == 401, name
            refused(answer, 401)
            assert key[4:] == "" or key[4:20] not in answer.text


ODD = """Bearer|Bearer |Basic bXg6bXg=|Digest username=x|Negotiate|Token abc|bearer:abc|Bearer\tabc|Bearer  |Bearer null|Bearer Bearer||
 |Bearer ñ|Bearer \x00|é|\x00"""
AUTHORIZATIONS = [odd.encode() for odd in ODD.split("|")] + [
    b"\xff\xfe",
    b"Bearer \xff\xfe",
    *(kind + b"." * 100_000 for kind in (b"", b"Bearer ", b"Basic ")),
]


@pytest.mark.parametrize("said", AUTHORIZATIONS, ids=lambda said: repr(said[:20]))
async def test_odd_authorization(region: World, said: bytes) -> None:
    client = region.client()
    for path in (PROTECTED, PUBLIC):
        refused(await client.get(path, headers={b"authorization": said}), 401)


async def test_two_authorizations_are_none(region: World) -> None:
    """Two readers in a row might each take another one of them."""
    _, _, token = await session_of(region)
    good, bad = f"Bearer {token}".encode(), b"Bearer abc"
    for pair in ((good, bad), (bad, good), (good, good)):
        request = region.client().build_request("GET", PROTECTED, headers=[(b"authorization", said) for said in pair])
        refused(await region.client().send(request), 401)


# ----------------------------------------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    "odd", [b"", b" ", b"a b", b"\xff", b"<script>", b"x" * 65, b"x" * 100_000, b"a\x00b", "ñ".encode(), b"a,b", b"../../x", b"%0d%0aX: 1"]
)
async def test_an_odd_request_id_is_replaced(region: World, odd: bytes) -> None:
    answer = await region.client().get("/v1/nowhere", headers={b"x-request-id": odd})
    refused(answer, 404)
    assert len(answer.headers["x-request-id"]) == 32
    kept = await region.client().get("/v1/nowhere", headers={"x-request-id": "a.Good_one-1"})
    assert kept.headers["x-request-id"] == "a.Good_one-1"


@pytest.mark.parametrize(
    "name", ["accept-language", "accept", "if-none-match", "cookie", "range", "origin", "x-forwarded-for", "forwarded"]
)
@pytest.mark.parametrize("odd", [b"", b",", b"," * 20_000, b"\xff\xfe", b"en;q=nan,es;q=1e999,pt;q=-1", b"*/*;q=x", b"a" * 50_000, b"\x00"])
async def test_odd_headers_harm_no_one(region: World, name: str, odd: bytes) -> None:
    answer = await region.client().get("/v1/countries/GT", headers={name.encode(): odd})
    assert answer.status_code in (200, 304)


@pytest.mark.parametrize("odd", ["", '"', "x", '"-1"', '"1", "2"', "*", '"99999999999999999999"', "W/", "٣", '"1e0"'])
async def test_odd_versions_change_nothing(region: World, odd: str) -> None:
    client = await region.who("region")
    answer = await client.patch("/v1/programmes/amuprev", json={"name": MARK}, headers={b"if-match": odd.encode()})
    assert answer.status_code in (412, 422)


@pytest.mark.parametrize("odd", [b"", b" ", b"x" * 201, b"x" * 100_000, b"a b", b"\xff", b"a\x00b", "ñ".encode()])
async def test_odd_idempotency_keys_are_refused(region: World, odd: bytes) -> None:
    client = await region.who("region")
    refused(await client.post("/v1/organisations", json={"name": "x"}, headers={b"idempotency-key": odd}), 422)
