"""What may not stand though its row can be read: indicators nobody states, values that are none of their unit, contradictions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from api.intake.placing import BORN, OUTSIDE
from api.readers import Reader

INDICATORS = "select code, unit, origin from indicator where code = any($1)"
WHOLE_ROW = "update staged set problem = '{code}' where problem = '' and row_number in ({rows})"
"""A row is used or refused as a whole, however many periods stand across."""
OF = "select s.row_number from staged s {join} where s.problem = '' and {wrong}"
UNKNOWN = OF.format(join="left join indicator i on i.code = s.indicator", wrong="i.id is null")
COMPUTED = OF.format(join="join indicator i on i.code = s.indicator", wrong="i.origin = 'computed'")
BROKEN = OF.format(join="join indicator i on i.code = s.indicator", wrong="i.unit = 'count' and s.value <> trunc(s.value)")
OVER = OF.format(join="join indicator i on i.code = s.indicator", wrong="i.unit = 'percent' and s.value > 100")
REASONS = f"""select (select max(period_on) from staged where problem = '') > $1 as to_come, exists (select from placed p join {BORN} b
    on b.id = p.territory_id where p.verdict = '' and (b.valid_from is not null or b.valid_to is not null)) as bounded"""
NO_REASONS = {"to_come": False, "bounded": False}
TO_COME = "select s.row_number from staged s where s.problem = '' and s.period_on > '{today}'"
NOT_THEN = OF.format(
    join=f"join placed p on p.place = s.place and p.verdict = '' join {BORN} b on b.id = p.territory_id",
    wrong=OUTSIDE.format(b="b", on="s.period_on", frequency="s.frequency"),
)
TWICE = """select unnest(array_agg(s.row_number)) from staged s join placed p on p.place = s.place
    where s.problem = '' and p.verdict = '' group by p.territory_id, s.indicator, s.period_on, s.frequency, s.dims
    having count(*) > 1 and (app.adds_up(min(p.territory_id)) is false or count(distinct s.place) < count(*)
      or app.is_municipality(min(p.territory_id)) and (count(*) filter (where not p.said) > 1
        or not exists (select from indicator i where i.code = s.indicator and i.unit = 'count')))"""
"""Several words of an office for what it could not place are parts of one sum, and so are counts under words of which somebody said that
they mean a place, beside its own; anything else that is stated twice is wrong once."""


def checks(known: Iterable[Mapping[str, str]], reader: Reader, today: date, reasons: Mapping[str, bool]) -> Iterator[str]:
    """The statements that refuse rows, in order; `known` are the indicators of the catalogue that the file states. What reads every row is
    only run where there is a reason."""
    if reasons["to_come"]:
        yield WHOLE_ROW.format(code="period-to-come", rows=TO_COME.format(today=today))
    if reasons["bounded"]:
        yield WHOLE_ROW.format(code="place-not-then", rows=NOT_THEN)
    units, codes = {i["unit"] for i in known}, {i["code"] for i in known}
    if reader.tally.indicators - codes:
        yield WHOLE_ROW.format(code="indicator-unknown", rows=UNKNOWN)
    if any(i["origin"] == "computed" for i in known):
        yield WHOLE_ROW.format(code="indicator-computed", rows=COMPUTED)
    if reader.tally.fractions and "count" in units:
        yield WHOLE_ROW.format(code="count-not-whole", rows=BROKEN)
    if "percent" in units:
        yield WHOLE_ROW.format(code="percent-over-100", rows=OVER)
    if reader.repeats == "refuse":
        yield WHOLE_ROW.format(code="stated-twice", rows=TWICE)
