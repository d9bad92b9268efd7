"""Every answer any test sees is one that the committed OpenAPI documents promise: path, status, media type, and no extra member."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
from jsonschema_rs import Draft202012Validator

from tests import examples

ROOT = Path(__file__).parent.parent
FILES = {"backend": ROOT / "openapi" / "backend.json", "network": ROOT / "openapi" / "network.json"}
NOT_DOCUMENTED = re.compile(r"^/(docs|openapi)(/|$)")


def close(schema: Any) -> Any:
    """`schema` with every object that names its members shut to others: else an extra column would pass unseen."""
    if isinstance(schema, list):
        return [close(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {key: close(value) for key, value in schema.items()}
    if "properties" in shut and shut.get("type") == "object":
        shut.setdefault("additionalProperties", False)
    return shut


@lru_cache(maxsize=1)
def documents() -> dict[str, dict[str, Any]]:
    return {name: json.loads(file.read_text(encoding="utf-8")) for name, file in FILES.items()}


@lru_cache(maxsize=1)
def operations() -> list[tuple[re.Pattern[str], int, str, dict[str, Any], str]]:
    """(path pattern, parameters in it, path, its operations, document name), the most literal path first."""
    found = []
    for name, document in documents().items():
        for path, said in document["paths"].items():
            pattern = re.compile(re.sub(r"{\w+}", "[^/]+", path.replace(".", r"\.")) + "$")
            found.append((pattern, path.count("{"), path, said, name))
    return sorted(found, key=lambda f: (f[1], f[2]))


@lru_cache(maxsize=4096)
def operation_of(method: str, path: str) -> tuple[dict[str, Any] | None, str]:
    """The documented operation that answers `method path`, and its document; None where the path or the method is not in any."""
    for pattern, _, _, said, name in operations():
        if pattern.match(path):
            return said.get(method.lower()), name
    return None, ""


def some(schema: Any) -> Any:
    """`schema` for items of which only some members were asked for: what is there is as it says."""
    if isinstance(schema, list):
        return [some(item) for item in schema]
    return {key: some(value) for key, value in schema.items() if key != "required"} if isinstance(schema, dict) else schema


@lru_cache(maxsize=2)
def _components(document: str) -> Any:
    return close(documents()[document]["components"])


@lru_cache(maxsize=4096)
def _validator(document: str, schema: str, partly: bool) -> Draft202012Validator:
    """Kept by what the schema says, not by where: all refusals share one."""
    whole = close(json.loads(schema)) | {"components": _components(document)}
    return Draft202012Validator(some(whole) if partly else whole)


async def check(response: httpx.Response) -> None:
    """An httpx response hook. Fails the test where the answer is not promised."""
    request, path = response.request, response.request.url.path
    if NOT_DOCUMENTED.match(path):
        return
    operation, document = operation_of(request.method, path)
    if operation is None:
        assert response.status_code in (404, 405, 413), f"{request.method} {path} is in no document and answered {response.status_code}"
        return
    status = str(response.status_code)
    assert status in operation["responses"], (
        f"{operation['operationId']} answered {status}, which its document does not promise: {(await response.aread())[:500]!r}"
    )
    promised = operation["responses"][status].get("content", {})
    body = await response.aread()
    media = response.headers.get("content-type", "").split(";")[0]
    if not promised:
        assert not body, f"{operation['operationId']} {status} promises no body"
        return
    assert media in promised, f"{operation['operationId']} {status}: {media} is not promised"
    if media in ("application/json", "application/problem+json"):
        fields = request.url.params.get("fields") if status == "200" else None
        known = _validator(document, json.dumps(promised[media]["schema"]), fields is not None)
        found = list(known.iter_errors(json.loads(body)))
        assert not found, f"{operation['operationId']} {status}: {found[0].message[:300]} at {list(found[0].instance_path)}"
        if fields is not None:
            assert {frozenset(item) for item in json.loads(body)["items"]} <= {frozenset(fields.split(","))}, "what was asked for, exactly"
        elif media == "application/json":
            examples.take(operation["operationId"], status, body)
