"""Cursors: where a reader stands, sealed together with everything that shaped what it reads."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from api.domain.errors import Malformed
from api.levels import Lens
from api.pages.listings import Listing


def _seal(secret: bytes, about: Any, place: Any) -> str:
    return hmac.new(secret, json.dumps([about, place]).encode(), hashlib.sha256).hexdigest()[:24]


def sealed(secret: bytes, about: Any, place: Any) -> str:
    """A cursor that stands at `place` and is good only for what `about` says; both are plain JSON values."""
    whole = json.dumps([place, _seal(secret, about, place)], separators=(",", ":"))
    return base64.urlsafe_b64encode(whole.encode()).decode().rstrip("=")


def unread(cursor: str) -> tuple[Any, str]:
    """What a cursor says and its seal, which is not looked at yet. Raises Malformed where it is no cursor."""
    try:
        place, seal = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError) as bad:
        raise not_ours() from bad
    return place, json.dumps(seal)


def place_of(secret: bytes, about: Any, cursor: str) -> Any:
    """Where a cursor stands. Raises Malformed where it was not given for what `about` says."""
    place, seal = unread(cursor)
    if not hmac.compare_digest(seal, json.dumps(_seal(secret, about, place))):
        raise not_ours()
    return place


def not_ours() -> Malformed:
    """The refusal of a cursor that is none, or one of another list."""
    told = "This cursor was not given for this list and these parameters; start again without it."
    return Malformed(told, "cursor-invalid", pointer="query/cursor")


def _about(listing: Listing, lens: Lens, said: Mapping[str, Any]) -> list[Any]:
    return [listing.name, lens.level, lens.unit, {k: str(v) for k, v in sorted(said.items())}]


def cursor_of(secret: bytes, listing: Listing, lens: Lens, said: Mapping[str, Any], keys: str) -> str:
    """The cursor after the row whose sort keys are `keys`."""
    return sealed(secret, _about(listing, lens, said), keys)


def keys_of(secret: bytes, listing: Listing, lens: Lens, said: Mapping[str, Any], cursor: str) -> list[str]:
    """The sort keys that a cursor of this list holds. Raises Malformed where it is of another."""
    return [str(k) for k in json.loads(place_of(secret, _about(listing, lens, said), cursor))]
