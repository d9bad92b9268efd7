"""The documents: valid, committed as generated, and complete."""

import json

import pytest
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate

from api import app
from tests.contract import ROOT, documents, operations


@pytest.mark.parametrize("name", ["backend", "network"])
def test_the_document_is_valid(name: str) -> None:
    validate(documents()[name])
    assert documents()[name]["openapi"].startswith("3.1")


@pytest.mark.parametrize(("name", "made"), [("backend", app.backend), ("network", app.network)])
def test_the_committed_document_is_the_generated_one(name: str, made) -> None:
    assert documents()[name] == json.loads(json.dumps(made().openapi())), "run `./run amuprev openapi` and commit what it writes"


def test_every_operation_says_what_it_is_for() -> None:
    silent = [o["operationId"] for _, _, _, said, _ in operations() for o in said.values() if not o.get("description")]
    assert silent == []


def test_operation_ids_are_unique_and_verb_first() -> None:
    ids = [o["operationId"] for _, _, _, said, _ in operations() for o in said.values()]
    assert len(ids) == len(set(ids))


PUBLISHED = json.loads((ROOT / "tests" / "data" / "published.json").read_text(encoding="utf-8"))
"""Members and parameters of 0.1.0, as they were published; those of a new version are added when it is released, none goes."""


@pytest.mark.parametrize("name", ["backend", "network"])
def test_what_was_published_is_still_there(name: str) -> None:
    document = documents()[name]
    schemas, paths = document["components"]["schemas"], document["paths"]
    gone = [f"{s}.{m}" for s, members in PUBLISHED[name]["members"].items() for m in members if m not in schemas[s]["properties"]]
    for operation, parameters in PUBLISHED[name]["parameters"].items():
        method, path = operation.split()
        there = {p["name"] for p in paths[path][method].get("parameters", [])}
        gone += [f"{operation}?{p}" for p in parameters if p not in there]
    assert gone == []


@pytest.mark.parametrize("name", ["backend", "network"])
def test_schemas_have_names_of_their_own(name: str) -> None:
    """Of two classes with one name both would be published by where they stand in our house."""
    assert [schema for schema in documents()[name]["components"]["schemas"] if "__" in schema] == []


def test_every_example_is_what_its_schema_promises() -> None:
    shown = 0
    for _, _, _, said, name in operations():
        for operation in said.values():
            for status, answer in operation["responses"].items():
                content = answer.get("content", {}).get("application/json", {})
                if "example" in content:
                    Draft202012Validator(content["schema"] | {"components": documents()[name]["components"]}).validate(content["example"])
                    shown += 1
                    assert status.startswith("2")
    assert shown > 60
