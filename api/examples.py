"""Examples of answers for the OpenAPI documents: recorded by the test run from real answers of the demonstration, never written by hand."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "examples.json"


@lru_cache(maxsize=1)
def recorded() -> dict[str, dict[str, Any]]:
    """operationId -> status -> the answer."""
    if not FILE.exists():
        return {}
    found: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def illustrate(document: dict[str, Any]) -> None:
    """Put the recorded answers beside the schemas of the operations they came from."""
    for path in document["paths"].values():
        for operation in path.values():
            for status, body in recorded().get(operation["operationId"], {}).items():
                content = operation["responses"].get(status, {}).get("content", {}).get("application/json")
                if content is not None:
                    content["example"] = body
