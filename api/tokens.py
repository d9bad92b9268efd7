"""Access tokens: short ES256 tokens (at most 15 minutes) that carry a session id and nothing about the person.

The only module that imports python-jose. By default jose accepts a missing exp or aud, any typ, an unknown crit, loose base64 and
duplicate keys, and breaks on deep nesting; so it is used for two things only, both bound to ES256: signing, and checking a signature with
a key that was prepared for ES256 beforehand. Everything else about a token is read here, strictly. Who may do what is decided in
access.py, from the session.

Reason codes of `BadToken`, never renamed: too-large, malformed, bad-base64, bad-json, bad-header, bad-alg, bad-typ, unknown-kid,
bad-signature, bad-claims (a claim missing, or one more than the list), bad-iss, bad-aud, bad-sid, bad-jti, bad-instant, bad-lifetime,
expired, not-yet-valid.
"""

import base64
import json
import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jose import jwk, jws

ALGORITHM = "ES256"
TYPE = "at+jwt"
ATTESTED = "attestation+jwt"
"""Of what is signed for others to verify, and opens nothing."""
ISSUER = "amuprev"
AUDIENCE = "amuprev-api"
MAX_LIFETIME_S = 900
"""Seconds between iat and exp, inclusive."""
CLOCK_SKEW_S = 60
"""Seconds that iat may lie ahead of this machine's clock, inclusive; exp gets no such grace."""
MAX_TOKEN_CHARS = 2048
"""Characters; a token of ours has about 400."""
CACHE_SIZE = 4096
"""Verified tokens remembered per keyring: about 3 MB when full."""

_HEADER_KEYS = frozenset({"alg", "typ", "kid"})
_CLAIMS = frozenset({"iss", "aud", "iat", "exp", "sid", "jti"})
_LAST_INSTANT_S = 253_402_300_799  # The year 9999 ends here; later instants are nonsense, not lifetimes.
_SIGNATURE_BYTES = 64  # JWS carries r and s as two fixed 32-byte numbers; DER would be about 70 bytes.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)  # What a kid or a jti may look like.


class BadToken(Exception):
    """A token was refused. `reason_code` is for logs and for the caller's decision to reload keys; the client is told 401 only."""

    def __init__(self, reason_code: str) -> None:
        super().__init__(reason_code)
        self.reason_code = reason_code


@dataclass(frozen=True)
class SigningKey:
    """A P-256 private key (PKCS#8 PEM, unencrypted) and the public name, `kid`, its tokens carry: 1 to 64 letters, digits, - or _."""

    kid: str
    private_pem: str = field(repr=False)  # A key printed in a log is a key lost.


def new_signing_key() -> SigningKey:
    """A fresh P-256 key under a random 16-character kid."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(kid=secrets.token_urlsafe(12), private_pem=pem.decode("ascii"))


def public_jwk(key: SigningKey) -> dict[str, str]:
    """The public half as a JWK with exactly kty, crv, x, y, kid, alg and use. Raises ValueError where the key is not P-256."""
    numbers = jwk.construct(_private(key).public_key(), ALGORITHM).to_dict()
    # The members are named one by one because jose's to_dict adds the private d when it is handed a private key.
    return {**{name: str(numbers[name]) for name in ("kty", "crv", "x", "y")}, "kid": key.kid, "alg": ALGORITHM, "use": "sig"}


class Keyring:
    """Signs with the first (newest) key and verifies with all. Safe to share between threads.

    Its keys never change: rotation builds a new ring, and with it an empty cache, so a key that leaves takes along every token it signed.
    """

    def __init__(self, keys: Sequence[SigningKey]) -> None:
        """Raises ValueError for no keys, a kid used twice, an odd kid, or a key that is not P-256: jose would sign ES256 with any curve."""
        if not keys or len({key.kid for key in keys}) != len(keys):
            raise ValueError("A keyring needs at least one key, and every kid once.")
        self._kid = keys[0].kid
        self._signer = jwk.construct(_private(keys[0]), ALGORITHM)
        self._verifiers = {key.kid: jwk.construct(_private(key).public_key(), ALGORITHM) for key in keys}
        self._jwks = [public_jwk(key) for key in keys]
        self._verified: OrderedDict[str, tuple[UUID, int]] = OrderedDict()
        self._lock = threading.Lock()  # Plain `def` routes run in threads, and reordering a dict is not atomic.

    def issue(self, session_id: UUID, lifetime_s: int = MAX_LIFETIME_S, now: float | None = None) -> str:
        """A token for the session, valid for `lifetime_s` seconds (1 to 900, else ValueError) from `now` (Unix seconds)."""
        if not 1 <= lifetime_s <= MAX_LIFETIME_S:
            raise ValueError(f"An access token lives 1 to {MAX_LIFETIME_S} seconds.")
        issued_at = int(time.time() if now is None else now)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": issued_at,
            "exp": issued_at + lifetime_s,
            "sid": str(session_id),
            "jti": secrets.token_urlsafe(16),
        }
        return str(jws.sign(claims, self._signer, headers={"typ": TYPE, "kid": self._kid}, algorithm=ALGORITHM))

    def attest(self, claims: dict[str, str]) -> tuple[str, str]:
        """The kid, and a signature (JWS) that tells `claims`. Its type is not that of tokens, so none of these ever passes for one."""
        headers = {"typ": ATTESTED, "kid": self._kid}
        return self._kid, str(jws.sign(dict(claims), self._signer, headers=headers, algorithm=ALGORITHM))

    def verify(self, token: str) -> UUID:
        """The session id. Raises BadToken and nothing else, whatever the text.

        On `unknown-kid` the caller may reload the keys once and try again; it should limit how often, since anyone can write a kid.
        """
        # Measured on CPython 3.11 with cryptography 50, median of 3,000: 83 µs without the cache (67 are the signature), 0.5 µs with.
        try:
            if len(token) > MAX_TOKEN_CHARS:
                raise BadToken("too-large")
            now = time.time()
            entry = self._recalled(token)
            if entry is None:
                entry = self._checked(token, now)
                self._remember(token, entry)
            elif entry[1] <= now:
                raise BadToken("expired")
            return entry[0]
        except BadToken:
            raise
        except Exception as error:
            # A surprise in a parser is the sender's doing and must read as a refusal, not as a fault of the server.
            raise BadToken("malformed") from error

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys, newest first, as a JWK Set."""
        return {"keys": [dict(key) for key in self._jwks]}

    def _checked(self, token: str, now: float) -> tuple[UUID, int]:
        """The session id and exp of a token nobody has verified yet. Claims are read only after the signature held."""
        segments = token.split(".")
        if len(segments) != 3:
            raise BadToken("malformed")
        header, claims, signature = segments
        verifier = self._verifier(_flat_object(_decoded(header)))
        raw_claims, raw_signature = _decoded(claims), _decoded(signature)
        # ECDSA signatures are malleable: (r, n - s) verifies too, and OpenSSL itself signs with either s. Both are accepted; it is harmless
        # because nothing but the cache is looked up by a token's text: sessions are revoked by their id.
        if len(raw_signature) != _SIGNATURE_BYTES or not verifier.verify(f"{header}.{claims}".encode("ascii"), raw_signature):
            raise BadToken("bad-signature")
        return _session(_flat_object(raw_claims), now)

    def _verifier(self, header: dict[str, object]) -> Any:  # jose has no types.
        """jose's ES256 key that a header names. Any further member (crit, jwk, jku, x5u, x5c, zip …) is refused, never interpreted."""
        if header.get("alg") != ALGORITHM:
            raise BadToken("bad-alg")
        if header.get("typ") != TYPE:
            raise BadToken("bad-typ")
        kid = header.get("kid")
        if header.keys() != _HEADER_KEYS or not _is_name(kid):
            raise BadToken("bad-header")
        if kid not in self._verifiers:
            raise BadToken("unknown-kid")
        return self._verifiers[kid]

    def _recalled(self, token: str) -> tuple[UUID, int] | None:
        with self._lock:
            entry = self._verified.get(token)
            if entry is not None:
                self._verified.move_to_end(token)
            return entry

    def _remember(self, token: str, entry: tuple[UUID, int]) -> None:
        with self._lock:
            self._verified[token] = entry
            while len(self._verified) > CACHE_SIZE:
                self._verified.popitem(last=False)


def _private(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    """Raises ValueError where the kid is odd or the PEM is not a P-256 private key; the message never quotes the PEM."""
    if not _is_name(key.kid):
        raise ValueError("A kid has 1 to 64 letters, digits, - or _.")
    try:
        private = load_pem_private_key(key.private_pem.encode("ascii"), password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise ValueError(f"The signing key {key.kid} is not an unencrypted private key in PEM.") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise ValueError(f"The signing key {key.kid} is not a P-256 key.")
    return private


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _decoded(segment: str) -> bytes:
    """The bytes of a base64url segment in its one canonical spelling. Raises BadToken where it is empty or spelled otherwise."""
    try:
        text = segment.encode("ascii")
        raw = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except ValueError:
        raise BadToken("bad-base64") from None
    # Python's decoder skips foreign characters and ignores trailing bits; encoding again finds padding, white space, + / and loose bits.
    if not raw or base64.urlsafe_b64encode(raw).rstrip(b"=") != text:
        raise BadToken("bad-base64")
    return raw


def _refused(_: object) -> NoReturn:
    raise BadToken("bad-json")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Raises BadToken where a name comes twice: two parsers could otherwise read two different tokens."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadToken("bad-json")
    return found


# Fractions, exponents, NaN and Infinity have no place in these tokens, so they are refused as they are read.
_JSON = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_refused, parse_constant=_refused)


def _flat_object(raw: bytes) -> dict[str, object]:
    """One JSON object of plain values, in ASCII. Raises BadToken for anything else."""
    # No string of ours holds a brace or bracket, so counting them bounds the depth to one before the recursive parser sees the text.
    if raw.count(b"{") != 1 or b"[" in raw:
        raise BadToken("bad-json")
    try:
        found = _JSON.decode(raw.decode("ascii"))
    except ValueError:
        raise BadToken("bad-json") from None
    if not isinstance(found, dict):
        raise BadToken("bad-json")
    return found


def _session(claims: dict[str, object], now: float) -> tuple[UUID, int]:
    """The session id and exp, where the claims are exactly the six we write and hold at `now` (Unix seconds). Raises BadToken.

    A claim beyond the six is refused rather than ignored: nobody but us signs, so it means another version or another purpose.
    """
    if claims.keys() != _CLAIMS:
        raise BadToken("bad-claims")
    if claims["iss"] != ISSUER:
        raise BadToken("bad-iss")
    if claims["aud"] != AUDIENCE:
        raise BadToken("bad-aud")
    if not _is_name(claims["jti"]):
        raise BadToken("bad-jti")
    issued_at, expires_at = _instant(claims["iat"]), _instant(claims["exp"])
    if not 0 < expires_at - issued_at <= MAX_LIFETIME_S:
        raise BadToken("bad-lifetime")
    if issued_at > now + CLOCK_SKEW_S:
        raise BadToken("not-yet-valid")
    if expires_at <= now:
        raise BadToken("expired")
    return _canonical_uuid(claims["sid"]), expires_at


def _instant(value: object) -> int:
    """Unix seconds, 0 to the year 9999. Raises BadToken."""
    # isinstance would let True pass for 1.
    if type(value) is not int or not 0 <= value <= _LAST_INSTANT_S:
        raise BadToken("bad-instant")
    return value


def _canonical_uuid(value: object) -> UUID:
    """Raises BadToken unless the text is a UUID's one lower-case, hyphenated spelling."""
    try:
        found = UUID(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or str(found) != value:
        raise BadToken("bad-sid")
    return found
