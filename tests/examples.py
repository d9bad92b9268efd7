"""Records the examples of the OpenAPI documents: AMUPREV_RECORD=1 ./run pytest, then ./run amuprev openapi. Secrets are left out."""

import json
import os
from typing import Any

from api.examples import FILE

RECORDING = bool(os.environ.get("AMUPREV_RECORD"))
SECRET = frozenset({"access_token", "refresh_token", "token", "link", "key"})
LONGEST = 6_000
"""Characters of an example; a longer answer teaches nothing more."""
found: dict[str, dict[str, Any]] = {}


def _shown(value: Any) -> Any:
    """`value` with secrets hidden and lists cut to two items."""
    if isinstance(value, list):
        return [_shown(item) for item in value[:2]]
    if isinstance(value, dict):
        return {k: "…" if k in SECRET and isinstance(v, str) else _shown(v) for k, v in value.items()}
    return value


def _empty(shown: Any) -> bool:
    return shown == [] or (isinstance(shown, dict) and shown.get("items") == [])


def take(operation: str, status: str, body: bytes) -> None:
    """Keep the answer as an example, if it tells more than the one before: the first that is not an empty list."""
    if not RECORDING or not status.startswith("2"):
        return
    shown = _shown(json.loads(body))
    if len(json.dumps(shown)) <= LONGEST and status not in found.setdefault(operation, {}) and not _empty(shown):
        found[operation][status] = shown


def write() -> None:
    """Merge what this run recorded into the committed file."""
    if RECORDING and found:
        before = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
        FILE.write_text(json.dumps(before | found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
