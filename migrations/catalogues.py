"""Loads the committed data files of api/data into the catalogues: territory, schemes, associations, programmes, indicators, sources, roles.

Files are the truth for what they hold: a row is added or brought up to date, and one that an administrator added stays. So does what
somebody changed of a row through the API: a municipality that was succeeded stays so. Nothing here is a demonstration.
"""

import csv
import io
import json
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import asyncpg

from api.db import REMEMBERED
from api.domain.roles import OFFICES

DATA = Path(__file__).parent.parent / "api" / "data"
Rows = list[dict[str, Any]]


def rows_of(name: str) -> Rows:
    """The rows of api/data/`name`.csv; empty cells are None."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{k: (v if v != "" else None) for k, v in row.items()} for row in csv.DictReader(file)]


def key_of(noun: str, code: str) -> UUID:
    """The id of something that the files name by a code: the same in every database."""
    return uuid5(NAMESPACE_URL, f"amuprev:{noun}:{code}")


def _codes() -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows_of("codes"):
        found[row["noun"], row["id"]][row["scheme"]] = row["code"]
    return found


def tables() -> dict[str, Rows]:
    """Every catalogue table with its rows, in the order in which they refer to one another."""
    codes = _codes()

    def coded(noun: str, rows: Rows) -> Rows:
        return [row | {"external_ids": json.dumps(codes.get((noun, row["id"]), {}))} for row in rows]

    countries = [row | {"languages": "{" + ",".join(row["languages"].split()) + "}"} for row in coded("country", rows_of("countries"))]
    associations = rows_of("associations")
    organisations = [
        {k: row[k] for k in ("country_id", "name", "short_name", "classification", "website")}
        | {"id": key_of("organisation", row["short_name"])}
        for row in associations
    ]
    keyed = [
        {"id": r["id"], "organisation_id": key_of("organisation", r["short_name"]), "country_id": r["country_id"], "notes": r["notes"]}
        for r in associations
    ]
    country_of = {row["id"]: row["country_id"] for row in rows_of("municipalities")}
    successions = [
        row
        | {"id": key_of("succession", f"{row['predecessor_id']}>{row['successor_id']}"), "country_id": country_of[row["predecessor_id"]]}
        for row in rows_of("successions")
    ]
    return {
        "country": countries,
        "admin1": coded("admin1", rows_of("admin1")),
        "municipality": coded("municipality", rows_of("municipalities")),
        "succession": successions,
        "scheme": rows_of("schemes"),
        "organisation": organisations,
        "association": keyed,
        "programme": [row | {"id": key_of("programme", row["code"])} for row in rows_of("programmes")],
        "indicator": rows_of("indicators"),
        "source": rows_of("sources"),
        "training_topic": rows_of("training_topics"),
        "role": [{"code": role.value, "writes": office.writes} for role, office in OFFICES.items()],
    }


DEFINED = ("indicator", "source")
SAID = """insert into change (country_id, is_public, request_id, noun, thing, action, version, body, at)
    select coalesce(t.country_id, 0), true, 'migrate', '{noun}', t.id::text, 'release', t.version,
      to_jsonb(t) - array['version', 'created_at', 'updated_at'], t.updated_at from {noun} t
    where t.id in (select id from put) and not exists (
      select from change c where c.noun = '{noun}' and c.thing = t.id::text and c.version = t.version)"""
STOOD = """insert into register_revision (noun, thing, revision, country_id, is_public, was, recording_id)
    select '{noun}', t.id::text, t.version, coalesce(t.{country}, 0), true, to_jsonb(t), $1 from {noun} t
    where t.id in (select id from put)"""
RECORDED = "select app.record($1, c) from (select distinct r.country_id as c from register_revision r where r.recording_id = $1) x"
KEY = {"scheme": "slug", "role": "code", "training_topic": "code"}


CHANGED = "select c.thing, array_agg(distinct f) as fields from change c, unnest(c.fields) f where c.noun = '{noun}' group by 1"
KEPT = """update staged s set {sets} from {noun} t join ({changed}) k on k.thing = t.{key}::text where s.{key} = t.{key}"""
"""What was changed through the API, member by member as its change records name them, is put into what the files say before they are
held against what stands."""
OURS = "case when '{c}' = any(k.fields) then {theirs} else s.{c} end"
CODES = "s.external_ids || t.external_ids"
"""Of codes those that the files add later are added."""


def _kept(table: str, key: str, columns: list[str]) -> str:
    said = {c: OURS.format(c=c, theirs=CODES if c == "external_ids" else f"t.{c}") for c in columns if c != key}
    sets = ", ".join(f"{c} = {value}" for c, value in said.items())
    return KEPT.format(sets=sets, noun=table, key=key, changed=CHANGED.format(noun=table))


def _line(row: dict[str, Any], columns: list[str]) -> list[str]:
    return ["\\N" if row[c] is None else str(row[c]) for c in columns]


async def _load(connection: asyncpg.Connection, table: str, rows: Rows) -> None:
    columns, key = list(rows[0]), KEY.get(table, "id")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(_line(row, columns) for row in rows)
    await connection.execute(f"create temp table staged (like {table} including defaults)")
    # Generated columns cannot be copied into; the copy has them as plain, empty ones.
    await connection.execute("alter table staged drop column if exists name_key")
    await connection.copy_to_table("staged", source=io.BytesIO(text.getvalue().encode()), columns=columns, format="csv", null="\\N")
    await connection.execute(_kept(table, key, columns))
    changed = " or ".join(f"t.{c} is distinct from excluded.{c}" for c in columns if c != key) or "false"
    versioned = ", version = t.version + 1, updated_at = now()" if table not in KEY else ""
    sets = ", ".join(f"{c} = excluded.{c}" for c in columns if c != key)
    names = ", ".join(columns)
    put = f"""insert into {table} as t ({names}) select {names} from staged
        on conflict ({key}) do update set {sets}{versioned} where {changed}"""
    if table in REMEMBERED:
        await _put_otherwise(connection, table, changed.replace("excluded.", "s."), put)
    else:
        await connection.execute(put)
    await connection.execute("drop table staged")


async def _put_otherwise(connection: asyncpg.Connection, table: str, differs: str, put: str) -> None:
    """What a release puts otherwise: what stood there is kept, as of whoever else changes a register or puts a definition better."""
    await connection.execute(f"create temp table put as select t.id from {table} t join staged s on s.id = t.id where {differs}")
    said = [SAID.format(noun=table)] if table in DEFINED else []
    number = await connection.fetchval("select nextval('recording_number')")
    await connection.execute(STOOD.format(noun=table, country="id" if table == "country" else "country_id"), number)
    for statement in (*said, put, *said, "drop table put"):
        await connection.execute(statement)
    await connection.execute(RECORDED, number)


NAME = """insert into external_id (noun, scheme, value, thing, country_id, municipality_id)
    select '{noun}', e.key, e.value, t.id::text, {country}, {municipality} from {noun} t, jsonb_each_text(t.external_ids) e
    on conflict (scheme, value, noun) do nothing"""


async def load(connection: asyncpg.Connection, tell: Any) -> None:
    """Load every catalogue, telling how far it is."""
    found = tables()
    for done, (table, rows) in enumerate(found.items()):
        tell("catalogues", done, len(found))
        async with connection.transaction():
            await _load(connection, table, rows)
    async with connection.transaction():
        await connection.execute(NAME.format(noun="country", country="t.id", municipality="0"))
        await connection.execute(NAME.format(noun="admin1", country="t.country_id", municipality="0"))
        await connection.execute(NAME.format(noun="municipality", country="t.country_id", municipality="t.id"))
    tell("catalogues", len(found), len(found))
