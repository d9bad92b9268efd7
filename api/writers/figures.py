"""Computed answers as lines of JSON and as CSV, and what their columns mean (W3C CSV on the Web), so that a file explains itself."""

import csv
import io
import json
from typing import Any

from fastapi import Request, Response
from sqlmodel import SQLModel

from api import pages
from api.domain.errors import NotFound
from api.writers import MEDIA

ABOUT = ("indicator", "level", "unit", "boundary", "measure", "sources", "as_known_at", "demonstration", "protected")
"""What of a heading stands in every row; `sources` are codes with spaces between them."""
LATER = ("published", "missing", "suppressed", "population_from")
"""Columns that were added when there were others after them: they stand at the end."""
UNITS = {
    "value": "as `measure` says: count, per-100k or percent",
    **dict.fromkeys(("count", "unspecified"), "what the source counts: victims, offences, incidents, people or attendances"),
    "population": "residents",
    "population_from": "source/year with spaces between them",
    **dict.fromkeys(("rate", "low", "high"), "per 100,000 residents in the period"),
    "published": "source/indicator=value with spaces between them, each in its indicator's own unit",
    "annualised": "per 100,000 residents in a year",
    **dict.fromkeys(("reported", "expected", "missing", "suppressed", "compared", "against_reported"), "municipalities"),
    **dict.fromkeys(("reported_months", "expected_months"), "municipality-months"),
}
KINDS = {"number": "double", "integer": "integer", "boolean": "boolean"}
FORMATS = {"date": "date", "date-time": "dateTimeStamp", "uuid": "string"}
DESCRIBED = "application/csvm+json"
TEXTS = (MEDIA["ndjson"], MEDIA["csv"])


def columns(row: type[SQLModel] | type[Any], about: tuple[str, ...] = ABOUT) -> list[str]:
    """The columns of a CSV of rows of this class, in an order that only grows at its end."""
    own = [name for name in row.model_fields if name not in about]
    return [*about, *(name for name in own if name not in LATER), *(name for name in LATER if name in own)]


def _rows(found: Any, rows: str) -> list[dict[str, Any]]:
    """The rows with what of the heading stands in each; those that have sources of their own keep them."""
    said = json.loads(found.model_dump_json())
    told = [each if isinstance(each, dict) else each.model_dump(mode="json") for each in getattr(found, rows)]
    lines = [{name: said[name] for name in ABOUT if name in said} | each for each in told]
    return [line | {"sources": " ".join(s["code"] for s in line["sources"])} for line in lines]


def answered(request: Request, found: Any, rows: tuple[str, type[Any]], form: str | None, headers: dict[str, str]) -> Response:
    """A computed answer as the caller wants it, by `format` or Accept; `rows` are the member, or property, that holds its rows and
    their class."""
    form = form or next((name for name in ("ndjson", "csv") if MEDIA[name] in request.headers.get("accept", "")), "json")
    if form == "json":
        return pages.conditional(request, found.model_dump_json().encode(), headers)
    name, row = rows
    lines = _rows(found, name)
    if form == "ndjson":
        body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        return pages.conditional(request, body.encode(), headers, media=MEDIA["ndjson"])
    told = f'<{request.scope.get("root_path", "")}/v1/csvw/{type(found).__name__.lower()}>; rel="describedby"; type="{DESCRIBED}"'
    headers |= {"Link": ", ".join(link for link in (headers.get("Link"), told) if link)}
    return pages.conditional(request, _csv(lines, columns(row)).encode(), headers, media=MEDIA["csv"])


def _csv(lines: list[dict[str, Any]], names: list[str]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(line.get(name)) for name in names} for line in lines)
    return file.getvalue()


def _cell(value: Any) -> Any:
    """A cell; a text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = " ".join(map(_item, value))
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _item(each: dict[str, Any]) -> str:
    """A published value, or whose residents they are."""
    told = f"{each['indicator']}={each['value']}" if "value" in each else each["year"]
    return f"{each['source']}/{told}"


def described(name: str, tables: dict[str, tuple[type[Any], tuple[str, ...], type[Any] | None]]) -> dict[str, Any]:
    """The CSVW metadata of a table: of each column its name, datatype, meaning and unit. Raises NotFound where there is no such table."""
    if name not in tables:
        raise NotFound()
    row, about, heading = tables[name]
    schemas = [model.model_json_schema(mode="serialization")["properties"] for model in (row, heading) if model]
    said = [_column(column, next(s[column] for s in schemas if column in s)) for column in columns(row, about)]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "lineTerminators": ["\n"]},
        "tableSchema": {"columns": said},
    }


def _column(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    every = [schema, *schema.get("anyOf", [])]
    kind = next(
        (FORMATS.get(s.get("format", ""), KINDS.get(s.get("type", ""), "")) for s in every if s.get("type") not in (None, "null")), ""
    )
    told = {"name": name, "titles": name, "datatype": kind or "string", "required": "anyOf" not in schema}
    told |= {"dc:description": schema["description"]} if "description" in schema else {}
    return told | ({"schema:unitText": UNITS[name]} if name in UNITS else {})
