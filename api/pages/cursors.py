"""Cursors: the sort keys of the last row of a page, sealed together with everything that shaped its list."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from api.domain.errors import Malformed
from api.levels import Lens
from api.pages.listings import Listing


def _seal(secret: bytes, listing: Listing, lens: Lens, said: Mapping[str, Any], keys: str) -> str:
    shaped = json.dumps([listing.name, lens.level, lens.unit, {k: str(v) for k, v in sorted(said.items())}, keys])
    return hmac.new(secret, shaped.encode(), hashlib.sha256).hexdigest()[:24]


def cursor_of(secret: bytes, listing: Listing, lens: Lens, said: Mapping[str, Any], keys: str) -> str:
    whole = json.dumps([keys, _seal(secret, listing, lens, said, keys)])
    return base64.urlsafe_b64encode(whole.encode()).decode().rstrip("=")


def keys_of(secret: bytes, listing: Listing, lens: Lens, said: Mapping[str, Any], cursor: str) -> list[str]:
    try:
        keys, seal = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not hmac.compare_digest(seal, _seal(secret, listing, lens, said, keys)):
            raise ValueError
        return [str(k) for k in json.loads(keys)]
    except (ValueError, TypeError) as bad:
        raise Malformed(
            "This cursor was not given for this list and these parameters; start again without it.",
            "cursor-invalid",
            pointer="query/cursor",
        ) from bad
