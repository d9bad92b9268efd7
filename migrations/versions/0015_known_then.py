"""What registers said before they were changed, so that an answer as known at an instant stays the same for ever."""

from alembic import op

from migrations import policies, statements

revision = "0015"
down_revision = "0014"

REMEMBERED = (
    *("country", "admin1", "municipality", "succession", "organisation", "association", "affiliation", "participation"),
    *("indicator", "source"),
)
STOOD = """create function app.{noun}_at(known timestamptz) returns setof {noun} language sql stable as $$
    select t.* from {noun} t where not exists (
        select from register_revision r join recording k on k.recording_id = r.recording_id and k.country_id = r.country_id
        where r.noun = '{noun}' and r.thing = t.id::text and k.at > known)
      and (t.created_at <= known or exists (select from register_revision r where r.noun = '{noun}' and r.thing = t.id::text
        and r.revision = 0))
    union all
    select p.* from (
        select distinct on (r.thing) r.was
        from register_revision r join recording k on k.recording_id = r.recording_id and k.country_id = r.country_id
        where r.noun = '{noun}' and k.at > known order by r.thing, r.revision) f, jsonb_populate_record(null::{noun}, f.was) p
    where f.was is not null $$"""
"""The records of a noun that stood at an instant: what the first change after it replaced, else the record as it is. One that nobody
changed stood from when it was loaded, one that came by the API from when that was recorded."""
FUNCTIONS = (
    *("before_at(int[], timestamptz)", "with_predecessors_at(int, timestamptz)"),
    *("affiliated_at(int, date, timestamptz)", "participating_at(uuid, date, timestamptz)"),
)


def upgrade() -> None:
    table, *functions = statements.read("0015_known_then.sql")
    for statement in (table, *(STOOD.format(noun=noun) for noun in REMEMBERED), *functions):
        op.get_bind().exec_driver_sql(statement)
    for function in (*FUNCTIONS, *(f"{noun}_at(timestamptz)" for noun in REMEMBERED)):
        op.execute(f"revoke execute on function app.{function} from public")
        op.execute(f"grant execute on function app.{function} to amuprev_api")
    visible = f"is_public or {policies.unit(policies.READ)} or {policies.OWN}"
    policies.guard("register_revision", select=visible, insert=policies.OWN, update="false", delete="false")
    policies.grant("register_revision", "select, insert")
