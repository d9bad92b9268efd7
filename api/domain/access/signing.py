"""When signing in succeeds, and what is said when it does not: never which half of it was wrong."""

from uuid import UUID

from api.domain.errors import Invalid, NotKnown, TooMany


def admitted(wait_s: int) -> None:
    """Raises TooMany where this address has to wait `wait_s` seconds."""
    if wait_s:
        raise TooMany("Too many attempts from this address; wait as long as Retry-After says.", retry_after=wait_s)


def known_password(good: bool, pointer: str | None = None) -> None:
    """Raises NotKnown where address and password do not belong together; Invalid with a pointer where somebody is already known."""
    if not good and pointer:
        raise Invalid("This is not your present password.", "password-wrong", pointer=pointer)
    if not good:
        raise NotKnown("There is no such address with this password.", "credentials-wrong")


REUSED = NotKnown("This refresh token was used before; the session is ended for safety. Sign in again.", "refresh-reused")


def lasting(outcome: str | None) -> None:
    """Raises NotKnown where a refresh token is not good."""
    if outcome is None:
        raise NotKnown("This refresh token is not good any more; sign in again.", "refresh-invalid")


def used(who: UUID | None) -> None:
    """Raises Invalid where an invitation was used, is over or never was."""
    if who is None:
        raise Invalid("This link is not good: it was used, or is over. Ask for a new one.", "invitation-invalid", pointer="/token")
