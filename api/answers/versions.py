"""What a definition of the catalogue said before: read from the change log, the present one last."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict
from sqlmodel import SQLModel

from api import pages
from api.access import NOBODY, Reading
from api.domain.fields import found
from api.pages.statements import ENTERED, Statement, prepared


class DefinitionVersion(SQLModel):
    """A definition as it read from an instant on."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)  # type: ignore[assignment]

    version: int
    at: datetime
    """Since when, UTC."""
    by: UUID | None
    """Who put it so, for those who are signed in; null for what came with the service."""
    definition: dict[str, Any]
    """The members of the indicator or source as they then were."""


class DefinitionVersions(SQLModel):
    """Every version of a definition, the first one first."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)  # type: ignore[assignment]

    items: list[DefinitionVersion]


VERSIONS = """
select e.who, q.j from {entered}
left join lateral (
  select json_build_object('items', json_agg(row_to_json(v) order by v.version))::text as j
  from (select c.version, c.at, case when e.who <> '{nobody}' then nullif(c.principal_id, '{nobody}') end as by, c.body as definition
        from change c where c.noun = '{noun}' and c.thing = t.id::text and c.body is not null
        union all
        select t.version, t.updated_at, null, to_jsonb(t) - array['version', 'created_at', 'updated_at']
        where not exists (select from change c where c.noun = '{noun}' and c.thing = t.id::text and c.version = t.version)) v
) q on t.id is not null"""


def statement(noun: str) -> Statement:
    """The statement for indicators or sources, by code."""
    there = f"{ENTERED} left join {noun} t on t.code = {{code}}"
    return prepared(VERSIONS.format(entered=there, noun=noun, nobody=NOBODY))


STATEMENTS = {noun: statement(noun) for noun in ("indicator", "source")}


async def versions(reading: Reading, noun: str, code: str) -> bytes:
    """The versions of the definition as JSON. Raises NotFound where there is none of that code."""
    row = await pages.ask(reading, STATEMENTS[noun], pages.known_of(reading) | {"code": code})
    found(row["j"])
    return str(row["j"]).encode()
