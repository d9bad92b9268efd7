"""Service keys: two may be alive at once, so that a pipeline changes keys without a gap."""

from collections.abc import Sequence
from datetime import datetime

from api.domain.access.people import ApiKey, Principal, PrincipalKind
from api.domain.errors import Conflict, Invalid


def another(service: Principal, keys: Sequence[ApiKey], at: datetime) -> None:
    """Raises Invalid where keys are not for `service`, Conflict where two are alive."""
    if service.kind is not PrincipalKind.SERVICE:
        raise Invalid("Keys are for service accounts; people sign in.", "not-a-service")
    if sum(k.revoked_at is None and k.expires_at > at for k in keys) >= 2:
        raise Conflict("Two keys are alive; revoke one first.", "two-keys-alive")
