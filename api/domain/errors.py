"""Every refusal a rule can give.

* Refusal
  - NotKnown        who asks is not known                               (401)
  - NotAllowed      the caller's roles do not include this              (403)
  - NotFound        no such thing, or none this caller may see          (404)
  - Conflict        cannot hold now                                     (409)
  - Gone            was here, is not any more                           (410)
  - Stale           changed since the caller last read it               (412)
  - TooSlow         what was begun to be sent stopped arriving          (408)
  - TooLarge        more than is taken at once                          (413)
  - NotSpoken       a media type that is not understood                 (415)
  - Invalid         well formed, but states something untrue            (422)
  - Unconditional   a change that does not say of which version         (428)
  - TooMany         more often than is taken                            (429)
  - Malformed       cannot be read at all                               (400)
  - NotNow          the service cannot, the caller did nothing wrong    (503)

`code` is part of the public API: front ends switch on it, so it never changes its meaning. The numbers live in api/problems.py.
"""

from typing import Any


class Refusal(Exception):
    """Why a request is refused: a stable code, a sentence that says what to do next, and the fields concerned."""

    code = "refused"
    title = "Refused"

    def __init__(self, detail: str, code: str | None = None, *, pointer: str | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.pointer = pointer
        self.more = more


class NotKnown(Refusal):
    """Who asks is not known: no token, or one that is not good any more."""

    code, title = "authentication-required", "Authentication required"


class NotAllowed(Refusal):
    """The caller sees this, but holds no role here that may do it."""

    code, title = "not-allowed", "Not allowed"


class NotFound(Refusal):
    """No such thing, or none this caller may see."""

    code, title = "not-found", "Not found"

    def __init__(self, detail: str = "There is no such thing, or none that you may see.", code: str | None = None) -> None:
        super().__init__(detail, code)


class Conflict(Refusal):
    """Cannot hold beside what is already there."""

    code, title = "conflict", "Conflict"


class Gone(Refusal):
    """Was good once and is not any more."""

    code, title = "gone", "Gone"


class Stale(Refusal):
    """Somebody changed it since you read it; the present version and body are in the answer."""

    code, title = "stale-version", "Changed since you read it"


class TooSlow(Refusal):
    """The body stopped arriving; there is no limit on its total time."""

    code, title = "body-stalled", "Body stalled"


class TooLarge(Refusal):
    """The body is larger than this address takes."""

    code, title = "too-large", "Too large"


class NotSpoken(Refusal):
    """The body's media type is not one this address reads."""

    code, title = "unsupported-media-type", "Unsupported media type"


class Invalid(Refusal):
    """Well formed, but states something that does not hold."""

    code, title = "invalid", "Invalid"


class Unconditional(Refusal):
    """A change must say of which version it is: send If-Match with the ETag you read."""

    code, title = "precondition-required", "Precondition required"


class TooMany(Refusal):
    """More requests than are taken before authentication from one address."""

    code, title = "too-many-requests", "Too many requests"


class Malformed(Refusal):
    """The request cannot be read."""

    code, title = "malformed", "Malformed"


class NotNow(Refusal):
    """The service cannot answer now; the same request may be sent again, and with the same Idempotency-Key it is done once."""

    code, title = "unavailable", "Unavailable"
