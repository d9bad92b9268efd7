"""Tokens that must never be accepted, made without python-jose: each is a good access token but for the one thing its name says.

Shared by test_tokens.py and by any test that sends them over HTTP. Some cannot travel in a header (line breaks, NUL, other alphabets):
such a test keeps those where `token.isascii() and token.isprintable()`.
"""

import base64
import hmac
import json
import time
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from api.tokens import SigningKey, public_jwk

Forgeries = dict[str, tuple[str, str]]
"""Name -> (token, the reason code it must be refused with)."""


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def dumped(value: Any) -> bytes:
    """Compact JSON, or the bytes themselves where a test writes its own."""
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


def good_header(key: SigningKey) -> dict[str, Any]:
    """Of a good token."""
    return {"alg": "ES256", "typ": "at+jwt", "kid": key.kid}


def good_claims(sid: UUID) -> dict[str, Any]:
    """The claims of a good token of 10 minutes, issued now."""
    now = int(time.time())
    return {"iss": "amuprev", "aud": "amuprev-api", "iat": now, "exp": now + 600, "sid": str(sid), "jti": "d2h5LW5vdC1hLWp0aS0wMQ"}


def private_key(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    """The key as `cryptography` holds it."""
    loaded = load_pem_private_key(key.private_pem.encode(), password=None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    return loaded


def raw_signature(key: ec.EllipticCurvePrivateKey, message: bytes, size: int = 32) -> bytes:
    """r and s, `size` bytes each, as JWS wants them."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256() if size == 32 else SHA384())))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def signed(header: Any, claims: Any, key: SigningKey) -> str:
    """A token rightly signed by `key` over any header and claims (a JSON value, or bytes taken as they are)."""
    message = f"{b64(dumped(header))}.{b64(dumped(claims))}"
    return f"{message}.{b64(raw_signature(private_key(key), message.encode()))}"


def forged(keyring_private_key: SigningKey, sid: UUID) -> dict[str, str]:
    """Name -> token; they live 10 minutes, so make them when they are needed and not at import."""
    return {name: token for name, (token, _) in forged_with_reasons(keyring_private_key, sid).items()}


def forged_with_reasons(key: SigningKey, sid: UUID) -> Forgeries:
    """Name -> (token, reason code)."""
    made: Forgeries = {}
    for group in (_algorithms, _confusions, _foreign_keys, _headers, _instants, _claims, _payloads, _shapes, _spellings, _signatures):
        for name, forgery in group(key, sid).items():
            assert name not in made
            made[name] = forgery
    return made


def _algorithms(key: SigningKey, sid: UUID) -> Forgeries:
    """Other names for the algorithm: unsigned where the name asks for it, rightly signed as ES256 everywhere else."""
    header, claims = good_header(key), good_claims(sid)
    made: Forgeries = {}
    for alg in ("none", "None", "NONE", "nOnE", ""):
        unsigned = f"{b64(dumped(header | {'alg': alg}))}.{b64(dumped(claims))}"
        made[f"alg {alg!r} without a signature"] = (f"{unsigned}.", "bad-alg")
        made[f"alg {alg!r} with a right signature"] = (signed(header | {"alg": alg}, claims, key), "bad-alg")
    made["alg 'none' in two segments"] = (unsigned, "malformed")
    for odd in ("es256", "ES256 ", "ES256\x00", "ES256K", "EdDSA", "dir", None, 256, True):
        made[f"alg {odd!r}"] = (signed(header | {"alg": odd}, claims, key), "bad-alg")
    made["alg a list"] = (signed(header | {"alg": ["ES256"]}, claims, key), "bad-json")
    made["alg missing"] = (signed({"typ": "at+jwt", "kid": key.kid}, claims, key), "bad-alg")
    made["alg ES256 but no signature"] = (signed(header, claims, key).rpartition(".")[0] + ".", "bad-base64")
    return made


def _confusions(key: SigningKey, sid: UUID) -> Forgeries:
    """HMAC keyed with what everybody knows: the public key in each of its forms, or nothing."""
    public = private_key(key).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secrets = {
        "the public PEM": pem,
        "the stripped public PEM": pem.rstrip(),
        "the public DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "the public JWK": dumped(public_jwk(key)),
        "the public point": public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "the OpenSSH public key": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "an empty secret": b"",
    }
    made: Forgeries = {}
    for name, secret in secrets.items():
        for alg, digest, reason in (("HS256", "sha256", "bad-alg"), ("HS512", "sha512", "bad-alg"), ("ES256", "sha512", "bad-signature")):
            message = f"{b64(dumped(good_header(key) | {'alg': alg}))}.{b64(dumped(good_claims(sid)))}"
            made[f"{alg} by HMAC with {name}"] = (f"{message}.{b64(hmac.new(secret, message.encode(), digest).digest())}", reason)
    return made


def _foreign_keys(key: SigningKey, sid: UUID) -> Forgeries:
    """Real signatures, by keys that are not ours."""
    header, claims = good_header(key), good_claims(sid)
    stranger = ec.generate_private_key(ec.SECP256R1())
    p384 = ec.generate_private_key(ec.SECP384R1())
    strange_rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    made: Forgeries = {}
    message = f"{b64(dumped(header))}.{b64(dumped(claims))}"
    made["ES256 by a stranger under our kid"] = (f"{message}.{b64(raw_signature(stranger, message.encode()))}", "bad-signature")
    made["ES384 signature under alg ES256"] = (f"{message}.{b64(raw_signature(p384, message.encode(), 48))}", "bad-signature")
    message = f"{b64(dumped(header | {'alg': 'ES384'}))}.{b64(dumped(claims))}"
    made["ES384 by its own curve"] = (f"{message}.{b64(raw_signature(p384, message.encode(), 48))}", "bad-alg")
    made["ES384 named, signed as ES256"] = (f"{message}.{b64(raw_signature(private_key(key), message.encode()))}", "bad-alg")
    for alg, scheme in (("RS256", padding.PKCS1v15()), ("PS256", padding.PSS(padding.MGF1(SHA256()), 32))):
        message = f"{b64(dumped(header | {'alg': alg}))}.{b64(dumped(claims))}"
        made[alg] = (f"{message}.{b64(strange_rsa.sign(message.encode(), scheme, SHA256()))}", "bad-alg")
        message = f"{b64(dumped(header))}.{b64(dumped(claims))}"
        made[f"{alg} under alg ES256"] = (f"{message}.{b64(strange_rsa.sign(message.encode(), scheme, SHA256()))}", "bad-signature")
    return made


def _headers(key: SigningKey, sid: UUID) -> Forgeries:
    """Rightly signed, under a header that is not exactly alg, typ and kid."""
    header, claims = good_header(key), good_claims(sid)
    made: Forgeries = {}
    for typ in ("JWT", "jwt", "AT+JWT", "application/at+jwt", "", None, 1):
        made[f"typ {typ!r}"] = (signed(header | {"typ": typ}, claims, key), "bad-typ")
    made["typ missing"] = (signed({"alg": "ES256", "kid": key.kid}, claims, key), "bad-typ")
    paths = ("../../dev/null", "/dev/null", "' or 1=1 --", "http://evil.example/k", "", "ñ", "k" * 65, None, 0, True)
    for number, kid in enumerate((*paths, f"{key.kid}\x00", f" {key.kid}", f"{key.kid}\n", f"./{key.kid}")):
        made[f"kid that is no name {number}"] = (signed(header | {"kid": kid}, claims, key), "bad-header")
    made["kid missing"] = (signed({"alg": "ES256", "typ": "at+jwt"}, claims, key), "bad-header")
    made["kid of nobody"] = (signed(header | {"kid": "nobody"}, claims, key), "unknown-kid")
    evil = "https://evil.example/keys"
    for name, value in {"jku": evil, "x5u": evil, "crit": "exp", "b64": False, "zip": "DEF", "cty": "JWT", "x": 1}.items():
        made[f"header {name}"] = (signed(header | {name: value}, claims, key), "bad-header")
    for name, nested in {"jwk": public_jwk(key), "x5c": ["MIIB"], "crit": ["exp"], "crit of nothing": []}.items():
        made[f"header nested {name}"] = (signed(header | {name.split()[0]: nested}, claims, key), "bad-json")
    return made


def _instants(key: SigningKey, sid: UUID) -> Forgeries:
    """Rightly signed, over instants that are odd or do not hold now."""
    header, claims, now = good_header(key), good_claims(sid), int(time.time())
    made: Forgeries = {}
    for name in ("exp", "iat"):
        for odd in (True, False, None, str(claims[name]), "", -1, 10**400, -(10**400), 253_402_300_800, 2**63):
            label = f"{name} {type(odd).__name__} {odd if len(str(odd)) < 8 else len(str(odd))}"
            made[label] = (signed(header, claims | {name: odd}, key), "bad-instant")
        for label, broken in {"fraction": float(claims[name]), "list": [now], "object": {"at": now}}.items():
            made[f"{name} {label}"] = (signed(header, claims | {name: broken}, key), "bad-json")
        for word in ("nan", "inf", "-inf"):
            made[f"{name} {word}"] = (signed(header, claims | {name: float(word)}, key), "bad-json")
        exponent = dumped(claims).replace(f'"{name}":{claims[name]}'.encode(), f'"{name}":{claims[name]}e0'.encode())
        made[f"{name} with an exponent"] = (signed(header, exponent, key), "bad-json")
    for name, iat, exp, reason in (
        ("expired this second", now - 600, now, "expired"),
        ("expired long ago", 1, 2, "expired"),
        ("iat in the future", now + 3000, now + 3600, "not-yet-valid"),
        ("exp before iat", now, now - 1, "bad-lifetime"),
        ("exp equal to iat", now + 30, now + 30, "bad-lifetime"),
        ("lives one second too long", now, now + 901, "bad-lifetime"),
        ("lives for ever", now, 253_402_300_799, "bad-lifetime"),
    ):
        made[name] = (signed(header, claims | {"iat": iat, "exp": exp}, key), reason)
    return made


def _claims(key: SigningKey, sid: UUID) -> Forgeries:
    """Rightly signed, over claims that are missing, foreign or odd."""
    header, claims = good_header(key), good_claims(sid)
    made: Forgeries = {}
    for name in claims:
        made[f"{name} missing"] = (signed(header, {k: v for k, v in claims.items() if k != name}, key), "bad-claims")
    for name in ("nbf", "sub", "scope", "EXP", ""):
        made[f"claim {name!r} more"] = (signed(header, claims | {name: 1}, key), "bad-claims")
    odd: dict[str, tuple[Any, ...]] = {
        "iss": ("amuprev ", "AMUPREV", "https://evil.example", "", None, 1),
        "aud": ("amuprev", "amuprev-api,other", "*", "", None, 1),
        "jti": ("", None, 1, "a b", "j" * 65),
        "sid": ("", "me", None, 1, str(sid).upper(), sid.hex, f"{{{sid}}}"[1:], sid.urn, f"{sid} ", f"{sid}\n", "../" + str(sid)),
    }
    for name, values in odd.items():
        for value in values:
            made[f"{name} {value!r}"] = (signed(header, claims | {name: value}, key), f"bad-{name}")
    for name in ("iss", "aud", "sid"):
        made[f"{name} a list"] = (signed(header, claims | {name: [claims[name]]}, key), "bad-json")
    return made


def _payloads(key: SigningKey, sid: UUID) -> Forgeries:
    """Rightly signed, over JSON that is not one flat object read in one way only."""
    header, claims = good_header(key), dumped(good_claims(sid))
    one = claims[:-1]
    odd = {
        "a claim twice": one + f',"sid":"{uuid4()}"}}'.encode(),
        "a claim twice, once escaped": one + f',"s\\u0069d":"{sid}"}}'.encode(),
        "null": b"null",
        "a string": b'"{"',
        "an array": b"[]",
        "two objects": claims + claims,
        "a byte order mark": b"\xef\xbb\xbf" + claims,
        "other letters": claims.replace(b"amuprev", "ａmuprev".encode(), 1),
        "a raw NUL": claims.replace(b"amuprev", b"amuprev\x00", 1),
        "700 arrays deep": b"[" * 700,
        "180 objects deep": b'{"a":' * 180 + b"1" + b"}" * 180,
    }
    made: Forgeries = {f"payload: {name}": (signed(header, raw, key), "bad-json") for name, raw in odd.items()}
    twice = dumped(header)[:-1] + b',"alg":"ES256"}'
    made["header: alg twice"] = (signed(twice, claims, key), "bad-json")
    made["header: none, then ES256"] = (signed(b'{"alg":"none",' + dumped(header)[1:], claims, key), "bad-json")
    made["header: 900 arrays deep"] = (signed(b"[" * 900, b"{}", key), "bad-json")
    made["payload: 10,000 deep"] = (signed(header, b"[" * 10_000 + b"]" * 10_000, key), "too-large")
    made["header: 10,000 deep"] = (signed(b'{"a":' * 10_000, claims, key), "too-large")
    return made


def _shapes(key: SigningKey, sid: UUID) -> Forgeries:
    """Not three segments, or far too much of them."""
    token = signed(good_header(key), good_claims(sid), key)
    header, claims, signature = token.split(".")
    jwe = b64(dumped({"alg": "dir", "enc": "A128CBC-HS256", "zip": "DEF"}))
    odd = {
        "": "malformed", ".": "malformed", "..": "bad-base64", "...": "malformed", "." * 2000: "malformed", "a.b.c": "bad-base64",
        f"{header}.{claims}": "malformed", f"{token}.": "malformed", f".{token}": "malformed", f"{token}.{signature}": "malformed",
        f".{claims}.{signature}": "bad-base64", f"{header}..{signature}": "bad-base64", f"{header}.{claims}.": "bad-base64",
        f"{jwe}..{b64(b'iv' * 8)}.{b64(b'text' * 8)}.{b64(b'tag ' * 4)}": "malformed",
        f"{jwe}.{claims}.{signature}": "bad-alg",
        f"Bearer {token}": "bad-base64", f'"{token}"': "bad-base64", json.dumps({"payload": claims, "signatures": []}): "malformed",
        "a" * 1_000_000: "too-large", token + "A" * 1_000_000: "too-large", "." * 1_000_000: "too-large", "é" * 1_000_000: "too-large",
        "null": "malformed", "ñ.ñ.ñ": "bad-base64", "\x00": "malformed", "\ud800.\ud800.\ud800": "bad-base64", "🦉.🦉.🦉": "bad-base64",
    }  # fmt: skip
    made: Forgeries = {f"shape {number}": forgery for number, forgery in enumerate(odd.items())}
    made["JSON padded past the limit"] = (signed(good_header(key), dumped(good_claims(sid)) + b" " * 1600, key), "too-large")
    return made


def _spellings(key: SigningKey, sid: UUID) -> Forgeries:
    """The same bytes and the same signature, spelled in another way: a loose decoder would take them all."""
    token = signed(good_header(key), good_claims(sid), key)
    header, claims, signature = token.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet[alphabet.index(signature[-1]) ^ 1]
    made: Forgeries = {
        "last character with loose bits": (token[:-1] + last, "bad-base64"),
        "signature padded": (token + "==", "bad-base64"),
        "plus and slash": (f"{header}.{claims}.{signature[:-2]}+/", "bad-base64"),
        "truncated by one": (token[:-1], "bad-base64"),
        "truncated by two": (token[:-2], "bad-signature"),
        "one letter longer": (token + "A", "bad-signature"),
        "dots of another script": (token.replace(".", "．"), "malformed"),
    }
    for mark in (" ", "\n", "\r\n", "\t", "\x00", "\xa0", "!", "="):
        made[f"{mark!a} before"] = (mark + token, "bad-base64")
        made[f"{mark!a} after"] = (token + mark, "bad-base64")
        made[f"{mark!a} inside the claims"] = (f"{header}.{claims[:8]}{mark}{claims[8:]}.{signature}", "bad-base64")
    return made


def _signatures(key: SigningKey, sid: UUID) -> Forgeries:
    """Our header and claims, under a signature that is not over them."""
    token = signed(good_header(key), good_claims(sid), key)
    message, _, signature = token.rpartition(".")
    header = message.split(".")[0]
    raw = base64.urlsafe_b64decode(signature + "==")
    r, s = raw[:32], raw[32:]
    odd = {
        "r = s = 0": bytes(64),
        "r = 0": bytes(32) + s,
        "s = 0": r + bytes(32),
        "all ones": b"\xff" * 64,
        "r and s exchanged": s + r,
        "one bit turned": bytes([raw[0] ^ 1]) + raw[1:],
        "DER": private_key(key).sign(message.encode(), ec.ECDSA(SHA256())),
        "63 bytes": raw[:63],
    }
    made: Forgeries = {f"signature: {name}": (f"{message}.{b64(value)}", "bad-signature") for name, value in odd.items()}
    another = signed(good_header(key), good_claims(uuid4()), key)
    made["payload exchanged"] = (f"{header}.{another.split('.')[1]}.{signature}", "bad-signature")
    alone = raw_signature(private_key(key), message.split(".")[1].encode())
    made["signed over the claims alone"] = (f"{message}.{b64(alone)}", "bad-signature")
    return made
