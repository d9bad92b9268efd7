"""Access tokens: what is issued, what is refused and why, rotation, the cache, and that nothing but BadToken ever comes out."""

import base64
import json
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from hypothesis import example, given
from hypothesis import strategies as st

from api import tokens
from api.tokens import BadToken, Keyring, SigningKey, new_signing_key, public_jwk
from tests.forgeries import b64, forged, forged_with_reasons, good_claims, good_header, signed

KEY = new_signing_key()
SID = UUID("018f4e5a-7c3b-7d2e-9a10-0123456789ab")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NAMES = sorted(forged(KEY, SID))


def refusal(ring: Keyring, token: Any) -> str:
    """The reason code; any other exception, or none, fails the test."""
    with pytest.raises(BadToken) as caught:
        ring.verify(token)
    return caught.value.reason_code


def parts(token: str) -> list[dict[str, Any]]:
    """Header and claims, read without checking anything."""
    return [json.loads(base64.urlsafe_b64decode(segment + "==")) for segment in token.split(".")[:2]]


@pytest.fixture
def ring() -> Keyring:
    """A ring of the one key, with an empty cache."""
    return Keyring([KEY])


@pytest.fixture(scope="module")
def forgeries() -> Any:
    """Made when the first test runs, so that none is refused merely for being old."""
    return forged_with_reasons(KEY, SID)


# What is issued.


def test_a_token_names_its_session_and_nothing_else(ring: Keyring) -> None:
    header, claims = parts(ring.issue(SID, now=1_700_000_000.9))
    jti = claims.pop("jti")
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}
    assert claims == {"iss": "amuprev", "aud": "amuprev-api", "iat": 1_700_000_000, "exp": 1_700_000_900, "sid": str(SID)}
    assert len(jti) == 22
    assert jti != parts(ring.issue(SID))[1]["jti"]


def test_a_good_token_gives_its_session(ring: Keyring) -> None:
    for session_id in (SID, uuid4(), UUID(int=0)):
        token = ring.issue(session_id)
        assert [ring.verify(token), ring.verify(token)] == [session_id, session_id]
    assert ring.verify(signed(good_header(KEY), good_claims(SID), KEY)) == SID, "The forgeries start from a token that is good."


@pytest.mark.parametrize("lifetime_s", [-1, 0, 901, 10**9])
def test_no_token_outlives_a_quarter_of_an_hour(ring: Keyring, lifetime_s: int) -> None:
    with pytest.raises(ValueError, match="1 to 900"):
        ring.issue(SID, lifetime_s)


# What is refused.


@pytest.mark.parametrize("name", NAMES)
def test_a_forged_token_is_refused(name: str, forgeries: Any, ring: Keyring) -> None:
    token, reason = forgeries[name]
    assert [refusal(ring, token), refusal(ring, token)] == [reason, reason], "Twice, since a cache must not learn a refused token."


def test_a_forged_token_is_refused_beside_its_good_one(forgeries: Any) -> None:
    ring = Keyring([new_signing_key(), KEY])
    good = signed(good_header(KEY), good_claims(SID), KEY)
    for token, reason in forgeries.values():
        assert ring.verify(good) == SID
        assert refusal(ring, token) == reason


@pytest.mark.parametrize("odd", [None, b"", b"a.b.c", 1, [], ["a", "b", "c"], {}])
def test_what_is_not_text_is_refused(ring: Keyring, odd: Any) -> None:
    assert refusal(ring, odd) == "malformed"


def test_the_other_valid_signature_is_accepted(ring: Keyring) -> None:
    """(r, n - s) verifies too: known, harmless because sessions are revoked by id, and no dearer than one more place in the cache."""
    message, _, signature = ring.issue(SID).rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    other = raw[:32] + (P256_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    assert ring.verify(f"{message}.{b64(other)}") == SID


# Time.


@pytest.mark.parametrize("remembered", [True, False])
def test_a_token_ends_with_the_second_of_its_exp(remembered: bool) -> None:
    ring = Keyring([KEY])
    with time_machine.travel(NOON, tick=False) as clock:
        token = ring.issue(SID, lifetime_s=60)
        if remembered:
            ring.verify(token)
        clock.shift(59.9)
        assert (ring if remembered else Keyring([KEY])).verify(token) == SID
        clock.shift(0.1)
        assert refusal(ring, token) == "expired"


def test_a_token_may_come_from_a_clock_one_minute_ahead(ring: Keyring) -> None:
    with time_machine.travel(NOON, tick=False):
        assert ring.verify(ring.issue(SID, now=time.time() + 60)) == SID
        assert refusal(ring, ring.issue(SID, now=time.time() + 61)) == "not-yet-valid"


# Rotation.


def test_an_older_key_verifies_while_it_is_in_the_ring() -> None:
    newer = new_signing_key()
    before, during, after = Keyring([KEY]), Keyring([newer, KEY]), Keyring([newer])
    old, new = before.issue(SID), during.issue(SID)
    assert parts(new)[0]["kid"] == newer.kid
    assert [during.verify(old), during.verify(new), after.verify(new)] == [SID, SID, SID]
    assert [refusal(after, old), refusal(before, new)] == ["unknown-kid", "unknown-kid"]


def test_a_kid_is_bound_to_its_own_key() -> None:
    other = new_signing_key()
    swapped = signed(good_header(other), good_claims(SID), KEY)
    assert refusal(Keyring([KEY, other]), swapped) == "bad-signature"


def test_the_published_keys_hold_nothing_private() -> None:
    other = new_signing_key()
    published = Keyring([other, KEY]).jwks()
    assert published == {"keys": [public_jwk(other), public_jwk(KEY)]}
    for jwk in published["keys"]:
        assert set(jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
        assert (jwk["kty"], jwk["crv"], jwk["alg"], jwk["use"]) == ("EC", "P-256", "ES256", "sig")
        point = [int.from_bytes(base64.urlsafe_b64decode(jwk[axis] + "=="), "big") for axis in "xy"]
        ec.EllipticCurvePublicNumbers(point[0], point[1], ec.SECP256R1()).public_key()
    assert "PRIVATE" not in repr(KEY)


def pem(key: Any, encryption: Any = None) -> str:
    """PKCS#8 text of any private key."""
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode())


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [KEY, KEY],
        [KEY, SigningKey(KEY.kid, new_signing_key().private_pem)],
        [SigningKey("", KEY.private_pem)],
        [SigningKey("../k", KEY.private_pem)],
        [SigningKey("k", "")],
        [SigningKey("k", "clave añadida")],
        [SigningKey("k", pem(ec.generate_private_key(ec.SECP384R1())))],
        [SigningKey("k", pem(ec.generate_private_key(ec.SECP256K1())))],
        [SigningKey("k", pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))],
        [SigningKey("k", pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"secret")))],
    ],
)
def test_a_ring_takes_only_named_p256_keys(keys: list[SigningKey]) -> None:
    with pytest.raises(ValueError) as caught:
        Keyring(keys)
    assert "BEGIN" not in str(caught.value)


# The cache.


def test_a_remembered_token_costs_no_signature_check(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    token = ring.issue(SID)
    ring.verify(token)
    monkeypatch.setattr(ring, "_verifiers", {})
    assert ring.verify(token) == SID
    assert refusal(ring, ring.issue(SID)) == "unknown-kid"


def test_the_cache_forgets_the_token_longest_unused(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "CACHE_SIZE", 3)
    first, second, third, fourth = (ring.issue(SID) for _ in range(4))
    for token in (first, second, third, first, fourth):
        ring.verify(token)
    assert list(ring._verified) == [third, first, fourth]


def test_refused_tokens_are_not_remembered(ring: Keyring, forgeries: Any) -> None:
    for token, _ in forgeries.values():
        refusal(ring, token)
    assert not ring._verified


# Whatever the text.


def edited(token: str) -> st.SearchStrategy[str]:
    """The token with one to four places cut, replaced or filled with any text."""
    places = st.tuples(st.integers(0, len(token)), st.integers(0, 3), st.text(max_size=3) | st.sampled_from([*".=-_AQgw0", "\n"]))

    def apply(edits: list[tuple[int, int, str]]) -> str:
        text = token
        for at, length, piece in edits:
            text = text[:at] + piece + text[at + length :]
        return text

    return st.lists(places, min_size=1, max_size=4).map(apply)


RING = Keyring([KEY])
GOOD = signed(good_header(KEY), good_claims(SID) | {"iat": 4_000_000_000, "exp": 4_000_000_600}, KEY)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4), max_leaves=12
)
HEADERS = st.dictionaries(st.sampled_from(["alg", "typ", "kid", "crit", "jwk"]), JSON | st.sampled_from(["ES256", "at+jwt", KEY.kid]))
CLAIMS = st.dictionaries(st.sampled_from(sorted(good_claims(SID))), JSON, min_size=1)


@given(st.text() | st.text(alphabet="abcXYZ019-_.=", max_size=300) | st.binary().map(lambda raw: raw.decode("latin-1")))
@example("\udcff.\udcff.\udcff")
def test_no_text_is_a_token(text: str) -> None:
    refusal(RING, text)


@given(edited(GOOD))
def test_no_edit_of_a_good_token_is_accepted(text: str) -> None:
    # Its iat is in the year 2096, and the clock stands there, so that the edit alone can make it bad.
    with time_machine.travel(4_000_000_060, tick=False):
        assert RING.verify(GOOD) == SID
        if text != GOOD:
            refusal(RING, text)


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(1, 255)), min_size=1, max_size=6))
def test_no_turned_byte_of_a_good_token_is_accepted(turns: list[tuple[int, int]]) -> None:
    raw = bytearray(GOOD.encode())
    for at, bits in turns:
        raw[at] ^= bits
    for encoding in ("latin-1", "utf-8"):
        text = raw.decode(encoding, errors="surrogateescape")
        with time_machine.travel(4_000_000_060, tick=False):
            if text != GOOD:
                refusal(Keyring([KEY]), text)


@given(st.just(good_header(KEY)) | HEADERS | JSON, CLAIMS.map(lambda odd: good_claims(SID) | odd) | JSON)
@example(good_header(KEY), good_claims(SID))
def test_what_is_rightly_signed_is_accepted_only_in_our_words(header: Any, claims: Any) -> None:
    try:
        session_id = RING.verify(signed(header, claims, KEY))
    except BadToken:
        assert (header, claims) != (good_header(KEY), good_claims(SID))
    else:
        assert header == good_header(KEY)
        assert [claims[name] for name in ("iss", "aud", "sid")] == ["amuprev", "amuprev-api", str(session_id)]
        assert [type(claims[name]) for name in ("iat", "exp", "jti")] == [int, int, str]
        assert len(claims) == 6
