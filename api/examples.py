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
    """Put the recorded answers beside the schemas of the operations they came from. Where nothing was recorded, as of a list at each of its
    levels, stands what another operation that answers the same schema answered."""
    bare, shown = [], dict[str, Any]()
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if content is None or not status.startswith("2"):
                    continue
                body = recorded().get(operation["operationId"], {}).get(status)
                if body is None:
                    bare.append(content)
                else:
                    content["example"] = body
                    shown.setdefault(json.dumps(content["schema"], sort_keys=True), body)
    for content in bare:
        if (schema := json.dumps(content["schema"], sort_keys=True)) in shown:
            content["example"] = shown[schema]
