"""What nobody means well: odd bodies, forms, addresses, parameters and methods. Refused briefly, values echoed never, 5xx never."""

import json
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from tests.conftest import World
from tests.test_hostile import MARK, PROTECTED, PUBLIC, SMALL, refused

# ------------------------------------------------------------------------------------------------------------------------ bodies

LONG = 4 * SMALL
"""The longest refusal that lists fields."""
DEEP = 150_000
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a blank": b" ",
    "null": b"null",
    "a number": b"1",
    "a string": json.dumps(MARK).encode(),
    "a list": b"[]",
    "not JSON": MARK.encode(),
    "half of it": b'{"name": "' + MARK.encode(),
    "a raw NUL": b'{"name": "a\x00b", "classification": "ngo"}',
    "an escaped NUL": rb'{"name": "a\u0000b", "classification": "ngo"}',
    "a lone surrogate": rb'{"name": "a\ud800b", "classification": "ngo"}',
    "a lone surrogate as a name": rb'{"\ud800": 1}',
    "a name with a slash": rb'{"a/b~c": 1}',
    "not UTF-8": b'{"name": "\xff\xfe", "classification": "ngo"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a huge integer": b'{"name": "x", "country_id": ' + b"9" * 4000 + b"}",
    "a huger integer": b'{"name": "x", "country_id": ' + b"9" * 100_000 + b"}",
    "just too large": b'{"name": "x", "country_id": 2147483648}',
    "beyond 64 bits": b'{"name": "x", "country_id": 9223372036854775808}',
    "below 0": b'{"name": "x", "country_id": -1}',
    "NaN": b'{"name": "x", "country_id": NaN}',
    "Infinity": b'{"name": "x", "country_id": Infinity}',
    "an exponent": b'{"name": "x", "country_id": 1e400}',
    "lists without end": b"[" * DEEP,
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep where a value stands": b'{"name": ' + b"[" * 900 + b"]" * 900 + b"}",
    "a name twice": b'{"name": "x", "name": 7}',
    "a long name": b'{"name": "' + b"x" * 500_000 + b'"}',
    "an unknown member": json.dumps({"name": "x", "classification": "ngo", "version": 99}).encode(),
    "a proto": b'{"__proto__": {"admin": true}, "constructor": 1}',
    "many members": json.dumps({f"{MARK}{n}": n for n in range(10_000)}).encode(),
    "a long member": json.dumps({"x" * 100_000: 1}).encode(),
    "an object for a text": b'{"name": {"$gt": ""}, "classification": "ngo"}',
    "a form": b"name=x&classification=ngo",
}
WRITES = (
    "/v1/organisations",
    "/v1/municipalities",
    "/v1/affiliations",
    "/v1/grants",
    "/v1/invitations",
    "/v1/auth/refresh",
    "/v1/auth/accept",
)


@pytest.mark.parametrize("name", BODIES)
async def test_odd_bodies(region: World, name: str) -> None:
    client = await region.who("region")
    for path in WRITES:
        answer = await client.post(path, content=BODIES[name], headers={"content-type": "application/json"})
        assert answer.status_code in (400, 401, 422), f"{path}: {answer.status_code} {answer.content[:200]!r}"
        assert len(answer.content) <= LONG
        if answer.json().get("errors"):
            continue  # A list of fields names them, as they were sent, and never their values.
        refused(answer, 400, 401, 422)


async def test_a_field_list_names_and_does_not_repeat(region: World) -> None:
    client = await region.who("region")
    answer = await client.post("/v1/organisations", json={"name": 7, "classification": MARK, "country_id": MARK, "website": [MARK]})
    assert answer.status_code == 422
    assert {e["pointer"] for e in answer.json()["errors"]} >= {"/name", "/classification", "/country_id"}
    assert MARK not in answer.text


@pytest.mark.parametrize(
    "media", ["text/plain", "application/xml", "text/json; charset=utf-7", "multipart/form-data", "x", "a/b;" + "c" * 10_000]
)
async def test_odd_media_types(region: World, media: str) -> None:
    client = await region.who("region")
    answer = await client.post("/v1/organisations", content=b'{"name": "x", "classification": "ngo"}', headers={"content-type": media})
    assert answer.status_code in (400, 415, 422)


FORMS: dict[str, tuple[str, bytes]] = {
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "another boundary": ("multipart/form-data; boundary=x", b"--y\r\n\r\n"),
    "half a part": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nabc'),
    "a part without a name": ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--x--\r\n"),
    "a file for a text": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="username"; filename="../../etc/passwd"\r\n\r\nabc\r\n--x--\r\n',
    ),
    "10,000 fields": ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(10_000))),
    "bad escapes": ("application/x-www-form-urlencoded", b"username=%zz%00%ff&password=%"),
    "NUL": ("application/x-www-form-urlencoded", b"username=a%00b&password=a%00b"),
    "surrogates": ("application/x-www-form-urlencoded", b"username=%ed%a0%80&password=%ed%a0%80"),
    "twice": ("application/x-www-form-urlencoded", b"username=a&username=b&password=c&password=d"),
    "long": ("application/x-www-form-urlencoded", b"username=" + b"a" * 400_000 + b"&password=" + b"b" * 400_000),
    "SQL": ("application/x-www-form-urlencoded", b"username=%27%20or%201%3D1--&password=x"),
    "grant type": ("application/x-www-form-urlencoded", b"grant_type=client_credentials&username=a&password=b"),
}


@pytest.mark.parametrize("name", FORMS)
async def test_odd_forms_sign_nobody_in(region: World, name: str) -> None:
    media, body = FORMS[name]
    answer = await region.client().post("/v1/auth/token", content=body, headers={"content-type": media})
    assert answer.status_code in (400, 401, 422), answer.content[:200]
    assert len(answer.content) <= LONG


# ------------------------------------------------------------------------------------------------------- addresses and parameters


ODD_PATHS = """
    /v1/../../etc/passwd /docs/assets/../../../../etc/passwd /docs/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd
    /docs/assets/..%2f..%2f..%2fetc%2fpasswd /docs/assets/%00 /docs/assets//etc/passwd /openapi/../backend.json
    /openapi/%2e%2e%2fapi%2fsettings.py /.env /v1/%00 /%ff // /%2e /v1//me/ /v1/me;x=1 /V1/ME /v1/me/ /v1/%6d%65%00
    /network/v1/../../v1/me /network/ /%E0%80%80 /v1/people/%ed%a0%80
"""
PATHS = [*ODD_PATHS.split(), "/docs/assets/" + "a/" * 3000, "/docs/assets/" + "a" * 5000, "/v1/" + "a" * 30_000]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
async def test_odd_paths_lead_nowhere(region: World, path: str) -> None:
    """Bare ASGI, because a client would tidy the path up before it sends it."""
    answer = await bare(region, path)
    assert answer.status_code in (401, 404, 405)
    assert len(answer.content) <= SMALL
    assert b"root:" not in answer.content


async def bare(world: World, path: str, method: str = "GET", query: bytes = b"") -> httpx.Response:
    """One request straight into the application, its path decoded as uvicorn decodes it."""
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": unquote(path)}
    scope |= {"raw_path": path.encode(), "query_string": query, "root_path": "", "headers": [(b"host", b"x")], "client": ("127.0.0.1", 1)}
    await world.app(scope | {"server": ("127.0.0.1", 80), "state": {}}, receive, send)
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=b"".join(m.get("body", b"") for m in sent[1:]))


ODD_UNITS = r""" %00 %ff ' " ; -1 0 2147483648 gt-ine:%00 gt-ine:'-- : :: a:b:c * %25 NaN 1e3 %F0%9F%A6%89 """
UNITS = [*ODD_UNITS.split(), "9" * 100]


@pytest.mark.parametrize(
    "path", ["/v1/municipalities/{}", "/v1/countries/{}", "/v1/programmes/{}/participations", "/v1/associations/{}", "/v1/sources/{}"]
)
async def test_odd_units_are_not_found(region: World, path: str) -> None:
    for unit in UNITS:
        answer = await bare(region, path.format(unit))
        refused(answer, 404, 422)


@pytest.mark.parametrize("path", ["/v1/people/{}", "/v1/grants/{}", "/v1/keys/{}", "/v1/affiliations/{}", "/v1/organisations/{}"])
async def test_odd_ids_are_not_found(region: World, path: str) -> None:
    client = await region.who("region")
    for odd in [*UNITS, "00000000-0000-0000-0000-000000000000", "urn:uuid:0", "{}", "x" * 5000]:
        answer = await client.get(path.format(odd))
        assert answer.status_code in (404, 422)
        assert len(answer.content) <= SMALL


ODD_QUERIES = """
    limit=1&limit=2 limit[]=1 limit= limit=0 limit=201 limit=-1 limit=1e2 limit=٣ limit=1%00 LIMIT=1 limit=1;limit=2
    cursor= cursor=%00 cursor=AAAA cursor=W10 cursor=WzEsMl0 cursor=%F0%9F%A6%89 cursor=W1tdLCJ4Il0 cursor=bnVsbA
    count=all count=exact&count=exact format=xml format=../x as_of=infinity as_of=0000-00-00 as_of=2024-02-30
    as_of=9999-12-31 as_of=0001-01-01 as_of=-4713-01-01 as_of=99999-01-01 as_of=2024-01-01T00:00:00 as_of=1700000000
    q=%00 q=%ed%a0%80 q=%25 q= q=%F4%8F%BF%BF q=%EF%BF%BF q='%20or%201=1-- q[$ne]=1 __proto__=1 = & %00=1 %ff=%ff
    status=' country=%00 admin1=%27 sort=name;drop fields=*
"""
QUERIES = [
    *ODD_QUERIES.split(),
    "limit=" + "9" * 5000,
    "cursor=" + "A" * 2000,
    "cursor=" + "A" * 2001,
    "q=" + "a" * 101,
    "a=1&" * 5000,
    "country=" + "G" * 300,
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:30])
async def test_odd_parameters(region: World, query: str) -> None:
    for path in ("/v1/municipalities", "/v1/organisations", "/network/v1/members"):
        answer = await bare(region, path, query=query.encode())
        assert answer.status_code in (200, 400, 404, 422), answer.content[:300]
        assert answer.status_code == 200 or len(answer.content) <= LONG


ODD_PERIODS = "0000 0000-00 0001-01 2024-00 2024-13 2024-1 9999 9999-12 10000 -001 ٢٠٢٠ ２０２０-０１ 2024-01-01 %00 2020%0a 2024-99 null"


async def test_odd_periods(region: World) -> None:
    client = await region.who("mx")
    for odd in ODD_PERIODS.split():
        for query in (f"from={odd}", f"to={odd}", f"from={odd}&to={odd}&by=month", f"by=month&to={odd}", f"from=0001&to={odd}&by=month"):
            answer = await client.get(f"/v1/municipalities/mx-inegi:11020/indicators/homicide/series?{query}")
            assert answer.status_code in (200, 404, 422), (query, answer.content[:200])
            assert len(answer.content) <= 40 * LONG, "not a point for every month since the year 1"


async def test_the_ends_of_the_calendar_are_no_days(region: World) -> None:
    """The driver would keep them as -infinity and infinity, and they would come back as no date."""
    client = await region.who("region")
    office = {"role": "reader", "level": "region", "unit": None, "email": "odd@demo.example", "display_name": MARK}
    for days in ({"starts_on": "0001-01-01"}, {"starts_on": "2024-01-01", "ends_on": "9999-12-31"}):
        answer = await client.post("/v1/invitations", json=office | days)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/" + list(days)[-1])


async def test_odd_cursors_of_the_feed(region: World) -> None:
    client = await region.who("gt")
    for odd in ("", "%00", "AAAA", "W10", "bnVsbA", "WzEsMl0", "WyIxIiwiMiJd", "MS4x", "A" * 5000, "%F0%9F%A6%89", "1", "-1", "9" * 400):
        answer = await client.get(f"/v1/changes?cursor={odd}")
        assert answer.status_code in (400, 410, 422), (odd, answer.status_code)
        assert len(answer.content) <= SMALL


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FOO", "get", "PUT", "HEAD", "OPTIONS", ""])
async def test_odd_methods(region: World, method: str) -> None:
    for path in (PUBLIC, PROTECTED, "/v1/nowhere", "/docs", "/openapi/backend.json"):
        answer = await bare(region, path, method)
        assert answer.status_code in (200, 404, 405)
        assert answer.status_code == 200 or len(answer.content) <= SMALL
