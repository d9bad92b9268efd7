"""What lies where somebody does not read is told to them by no answer about what they read, also where a row there names it.

Row security is off. A row of a committee of Mixco is moved to León: whoever reads Mixco alone is told of it no more, as if it were not
there. No key of the tables keeps a row beside the committee that it names; the answers look at where the row itself lies. Sums of figures
do not: they are read of a level's own places, by whoever sees all of it (tests/routers/indicator/test_protection.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import pytest_asyncio

from api.embedded import EmbeddedPostgres
from api.settings import Settings
from tests.isolation import targets
from tests.isolation.matrix import Matrix, built
from tests.isolation.requests import MONTHS
from tests.isolation.seeds import TEMPLATES, key
from tests.isolation.targets import TARGETS

MIXCO, LEON = (next(t for t in TARGETS if t.name == name) for name in ("mixco", "leon"))
COMMITTEE = targets.key("committee", MIXCO)
APPROVED = targets.key("committee-bylaws", MIXCO)
PERSON = targets.key("committee-person", MIXCO)
BEFORE = targets.key("read_bylaws", MIXCO)
REPEALED = targets.key("read_committee-bylaws", MIXCO)
TERM = targets.key("committee-term", MIXCO)
INSTITUTION = targets.key("read_organisation", MIXCO)
NINE = targets.key("read_committee", MIXCO)
"""A committee on the second framework."""
OF_NINE = f"id = '{targets.key('of-nine', MIXCO)}'"
AT_NINE = f"'{targets.key('of-nine', MIXCO)}', {MIXCO.country}, {MIXCO.municipality}, '{NINE}'"
FOLLOWED = targets.key("followed", MIXCO)
"""A record by which a committee followed another framework."""
OF_COMMITTEE = f"committee_id = '{COMMITTEE}'"
IN_MIXCO = f"municipality_id = {MIXCO.municipality}"

ELSEWHERE = f"municipality_id = {LEON.municipality}, country_id = {LEON.country}"
ABROAD = f"country_id = {LEON.country}"
"""Of rows that a level finds by their municipality: whoever reads the country of that does not read them."""

NOWHERE = "country_id = 0"
"""Of rows of a country, which the region reads."""


@dataclass(frozen=True)
class Case:
    """An answer, and a table of whose rows it tells."""

    path: str
    table: str
    rows: str = OF_COMMITTEE
    """Which rows are moved."""
    to: str = ELSEWHERE
    who: str = "mixco"


def of_committee(answer: str, *tables: str) -> list[Case]:
    return [Case(f"/v1/committees/{COMMITTEE}/{answer}", table) for table in tables]


def of_level(answer: str, *tables: str, rows: str = IN_MIXCO) -> list[Case]:
    return [Case(f"/v1/municipalities/{MIXCO.municipality}/{answer}", table, rows, ABROAD, "gt") for table in tables]


CASES = (
    *of_committee("steps", "bylaws", "term", "declaration", "commitment", "stakeholder_map", "committee_session", "waiver"),
    *of_committee("steps", "seat_invitation", "stakeholder"),
    *(Case(f"/v1/committees/{NINE}/steps", table, OF_NINE) for table in ("body", "committee_session")),
    Case(f"/v1/committees/{COMMITTEE}/steps", "training_event", "place = 'Seeded'"),
    Case(f"/v1/committees/{COMMITTEE}/training", "training_event", "place = 'Seeded'", ABROAD, "gt"),
    *of_committee("home", "committee_session", "agreement", "alert"),
    *of_committee("sector-gaps", "stakeholder_map", "stakeholder", "seat_invitation", "seat", "term", "bylaws"),
    Case(f"/v1/stakeholder-maps/{targets.key('read_map', MIXCO)}", "stakeholder"),
    Case(f"/v1/stakeholders/{targets.key('read_stance', MIXCO)}/stance", "stakeholder_stance"),
    *of_committee("composition", "seat", "term", "bylaws"),
    *of_committee("members", "person"),
    *of_committee("follow-through", "agreement", "term"),
    Case(f"/v1/committees/{COMMITTEE}/follow-through", "agreement", OF_COMMITTEE, ABROAD, "gt"),
    *of_committee("drop-off-risk?as_of=2021-07-15", "agreement", "term"),
    *of_committee("drop-off-risk?as_of=2021-12-31", "minutes"),
    Case(f"/v1/committees/{COMMITTEE}/drop-off-risk?as_of=2021-12-31", "committee_session", OF_COMMITTEE, ABROAD, "gt"),
    Case(f"/v1/committees/{COMMITTEE}/health?as_of=2020-07-01", "bylaws", f"id = '{BEFORE}'"),
    *of_committee("health?as_of=2021-12-31", "committee_session", "term", "bylaws", "item_declaration"),
    *(
        Case(f"/v1/committees/{COMMITTEE}/health?as_of={day}", table, rows, ABROAD, "gt")
        for day, table, rows in (
            ("2024-06-01", "technical_assistance", IN_MIXCO),
            (date.today(), "affiliation", IN_MIXCO),
            ("2022-06-01", "observation", f"territory_id = {MIXCO.municipality}"),
            ("2021-12-31", "minutes", OF_COMMITTEE),
        )
    ),
    *(
        Case(f"/v1/committees/{targets.key('read_committee', MIXCO)}/health?as_of=2021-06-01", table, rows)
        for table, rows in (("council_instrument", f"id = '{REPEALED}'"), ("bylaws", f"instrument_id = '{REPEALED}'"))
    ),
    Case(f"/v1/transitions/{targets.key('read_handover_contacts', MIXCO)}/file/contacts", "person", f"id = '{PERSON}'"),
    *of_level("transitions/survival", "committee", "transition", "committee_session", "commitment"),
    *of_level("transitions/survival?by=staggering", "bylaws"),
    *of_level("transitions/survival?by=instrument", "council_instrument"),
    *of_level("steps", "committee"),
    *of_level("steps?framework=usaid-pcc-2015&known_at=2090-01-01T00:00:00Z", "step_record", rows=f"id = '{FOLLOWED}'"),
    Case(
        "/v1/region/indicators/homicide/table?by=country&source=sesnsp&period=2022-03",
        "observation",
        "territory_id = 320",
        NOWHERE,
        "region",
    ),
    Case(f"/v1/municipalities/{MIXCO.municipality}/lineage", "import", f"id = '{targets.key('read_import', MIXCO)}'"),
)
SHOWN = (
    "update declaration set kind = 'launched' where kind = 'other'",
    "update stakeholder_map set state = 'done', done_on = '2026-01-01', valid_until = '2090-01-01' where state = 'draft'",
    f"""update committee_session set kind = 'inauguration', purpose = 'x'
        where id = '{targets.key("write_session_attendance", MIXCO)}' or state = 'held'""",
    f"update training_event set state = 'held', place = 'Seeded' where municipality_id = {MIXCO.municipality}",
    f"""insert into training_attendance (country_id, municipality_id, event_id, person_id, present)
        select country_id, municipality_id, id, '{PERSON}', true from training_event where place = 'Seeded' on conflict do nothing""",
    f"update committee set covers = array[{LEON.municipality}] where id = '{COMMITTEE}'",
    f"update committee set legalised_on = '2001-06-01', legalised_by = '{APPROVED}' where id = '{COMMITTEE}'",
    f"""update bylaws set state = 'approved', instrument_id = '{APPROVED}', in_force_from = '2019-01-01', in_force_to = '2020-01-01'
        where id = '{BEFORE}'""",
    f"update council_instrument set state = 'repealed', repealed_on = '2021-12-31' where id = '{REPEALED}'",
    f"update agreement set fulfilled_on = '2021-07-01' where committee_id = '{COMMITTEE}'",
    f"""update minutes set approved_on = '2021-07-20', published_on = '2021-08-01', published_document_id = id
        where committee_id = '{COMMITTEE}'""",
    f"update transition set turns_on = '2022-01-01' where id = '{targets.key('read_transition', MIXCO)}'",
    f"update handover_file set persons = array['{PERSON}'::uuid] where transition_id = '{targets.key('read_handover_contacts', MIXCO)}'",
    f"update term set on_behalf_of_id = '{INSTITUTION}' where id = '{TERM}'",
    f"""update stakeholder set organisation_id = '{INSTITUTION}', institution = null, person_id = null, sector = 'police'
        where committee_id = '{COMMITTEE}'""",
    f"""update seat_invitation set state = 'seated', sent_on = '2021-01-01', expires_on = '2098-01-01', answered_on = '2021-02-01',
        term_id = '{TERM}' where id = '{targets.key("read_seat_invitation", MIXCO)}'""",
    f"update committee set framework = 'usaid-pcc-2015' where id = '{NINE}'",
    f"""insert into body (id, country_id, municipality_id, committee_id, name, kind, starts_on)
        values ({AT_NINE}, 'x', 'subcommission', '2020-01-01')""",
    f"""insert into committee_session
        (id, country_id, municipality_id, committee_id, body_id, kind, meets_on, called_on, held_on, state, quorum)
        values ({AT_NINE}, '{NINE}', 'ordinary', current_date, current_date, current_date, 'held', '{{"met": true}}')""",
    f"""insert into step_record (id, country_id, municipality_id, committee_id, framework, step, number, state)
        values ('{FOLLOWED}', {MIXCO.country}, {MIXCO.municipality}, '{COMMITTEE}', 'usaid-pcc-2015', 'convocation', 1, 'in_progress')""",
    f"update observation set import_id = '{targets.key('read_import', MIXCO)}' where territory_id = {MIXCO.municipality}",
)
"""So that the answers tell of what is sown."""


@pytest_asyncio.fixture(scope="module")
async def matrix(postgres: EmbeddedPostgres, region_template: str, settings: Settings) -> AsyncIterator[Matrix]:
    async with built(postgres, "isolation_elsewhere", region_template, settings, secured=False) as found:
        keys = "select conrelid::regclass::text as name, conname from pg_constraint where contype = 'f' and conparentid = 0"
        for each in await found.owner.fetch(keys):
            await found.owner.execute(f'alter table {each["name"]} drop constraint "{each["conname"]}"')
        for said in SHOWN:
            assert await found.owner.execute(said) != "UPDATE 0", said
        alert = MIXCO.row(found.map) | TEMPLATES["alert"] | {"id": key("alert", "opened"), "committee_id": COMMITTEE}
        await targets.insert(found.owner, "alert", alert)
        yield found


async def told(matrix: Matrix, case: Case) -> Any:
    answer = await matrix.clients[case.who].get(case.path)
    assert answer.status_code == 200, answer.text
    return {name: said for name, said in answer.json().items() if name != "as_known_at"}


@asynccontextmanager
async def put_back(matrix: Matrix, case: Case) -> AsyncIterator[None]:
    """Afterwards the rows are what they were."""
    owner, there = matrix.owner, "attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''"
    names = await owner.fetchval(f"select string_agg(quote_ident(attname), ', ') from pg_attribute where {there}", case.table)
    await owner.execute(f'create temp table kept as select {names} from "{case.table}" where {case.rows}')
    try:
        yield
    finally:
        await owner.execute(f'delete from "{case.table}" where {case.rows}')
        await owner.execute(f'insert into "{case.table}" ({names}) select {names} from kept')
        await owner.execute("drop table kept")


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.path.rpartition('/')[2]}-{c.table}")
async def test_a_row_that_lies_elsewhere_is_not_told(matrix: Matrix, case: Case) -> None:
    async with put_back(matrix, case):
        there = await told(matrix, case)
        await matrix.owner.execute(f'update "{case.table}" set {case.to} where {case.rows}')
        elsewhere = await told(matrix, case)
        await matrix.owner.execute(f'delete from "{case.table}" where {case.rows}')
        nowhere = await told(matrix, case)
    assert there != nowhere, "no such row is told of here, so nothing is shown"
    assert elsewhere == nowhere


async def test_a_body_names_nobody_whom_its_sender_may_not_know(matrix: Matrix) -> None:
    body = targets.COMMITMENT[1] | {"champion_person_id": PERSON}
    for who, status in (("gt", 422), ("mixco", 201)):
        answer = await matrix.clients[who].post(f"/v1/committees/{COMMITTEE}/commitments", json=body)
        assert answer.status_code == status, (who, answer.text)


async def test_a_redaction_names_no_original_that_its_sender_does_not_read(matrix: Matrix) -> None:
    at = f"/v1/municipalities/{MIXCO.municipality}/documents"
    query = {"file_name": "x.txt", "access_rights": "public", "redacts_id": targets.key("paper", MIXCO)}
    for who, status in (("gt", 422), ("mixco", 201)):
        answer = await matrix.clients[who].post(at, params=query, content=b"Redacted\n", headers={"Content-Type": "text/plain"})
        assert answer.status_code == status, (who, answer.text)


async def refused(matrix: Matrix, who: str, kind: str, *lines: str) -> list[str]:
    """Why rows of a register are not taken in."""
    content = "".join(f"{line}\n" for line in lines).encode()
    answer = await matrix.clients[who].post(
        f"/v1/imports/{kind}", params={"dry_run": "true"}, content=content, headers={"Content-Type": "text/csv"}
    )
    assert answer.is_success, answer.text
    return [error["code"] for error in answer.json()["report"]["errors"]]


async def test_a_register_names_no_committee_that_its_sender_does_not_read(matrix: Matrix) -> None:
    lines = ("municipality,label,sector,starts_on", f"{LEON.municipality},Seeded,ngo,2019-01-01")
    for who, code in (("mixco", "committee-unknown"), ("mx", "committee-ambiguous")):
        assert await refused(matrix, who, "seats", *lines) == [code], who


async def test_a_register_knows_nobody_who_lies_elsewhere(matrix: Matrix) -> None:
    row = f"{COMMITTEE},{targets.key('import_terms-seat', MIXCO)},Seeded,elected,2019-02-01,2019-03-01"
    lines = ("committee,seat,name,selection,starts_on,ends_on", row)
    assert await refused(matrix, "mixco", "terms", *lines) == ["person-ambiguous"]
    async with put_back(matrix, people := Case("", "person")):
        await matrix.owner.execute(f"update person set {ELSEWHERE} where {people.rows}")
        assert await refused(matrix, "mixco", "terms", *lines) == []


async def test_what_was_said_of_a_place_in_another_country_is_not_known_here(matrix: Matrix) -> None:
    said = "insert into place_match (source_id, place, country_id, territory_id) select id, $1, $2, $3 from source where code = 'sesnsp'"
    await matrix.owner.execute(said, "99999|Villa", LEON.country, LEON.municipality)
    file = f"Año,Cve. Municipio,Municipio,Subtipo de delito,{','.join(MONTHS)}\n2020,99999,Villa,Homicidio doloso,3{',' * 11}\n"
    for who, parked, used in (("gt", 1, 0), ("mx", 0, 1)):
        query = {"reader": "sesnsp", "source": "sesnsp", "dry_run": "true"}
        answer = await matrix.clients[who].post(
            "/v1/imports/observations", params=query, content=file.encode(), headers={"Content-Type": "text/csv"}
        )
        report = answer.json()["report"]
        assert (report["rows_parked"], report["rows_used"]) == (parked, used), (who, report)
