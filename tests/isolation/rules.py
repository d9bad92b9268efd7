"""What everyone may see and write of every table, in words and in plain Python. Policies are not read; they must come out as this."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from api.domain.indicator.computed import SOURCE
from api.levels import COMMUNITIES_FROM
from tests.isolation.people import Person, Units

Row = dict[str, Any]
Says = Callable[[Row, Person], bool]


def everyone(row: Row, who: Person) -> bool:
    return True


def nobody(row: Row, who: Person) -> bool:
    return False


def own(row: Row, who: Person) -> bool:
    """What somebody did or holds themselves."""
    return who.principal is not None and row["principal_id"] == who.principal


def _municipal(row: Row, units: Units) -> bool:
    place = (row["territory_id"] if "territory_id" in row else row["municipality_id"]) or 0
    # A community here has the key of its municipality and a thousand million: it is reached by those who reach the municipality.
    place -= COMMUNITIES_FROM if place >= COMMUNITIES_FROM else 0
    return row["country_id"] in units.countries or place in units.municipalities


def _anywhere(row: Row, units: Units) -> bool:
    return _municipal(row, units) or row["organisation_id"] in units.organisations or units.region


def read_there(row: Row, who: Person) -> bool:
    """Facts of a municipality: those who read it, or its country."""
    return _municipal(row, who.read)


def stated_there(row: Row, who: Person) -> bool:
    """What somebody stated: lists leave out what is counted here."""
    return read_there(row, who) and row["source_id"] != SOURCE


def written_there(row: Row, who: Person) -> bool:
    return _municipal(row, who.write)


def named_there(row: Row, who: Person) -> bool:
    """Names of members: those with the personal scope."""
    return _municipal(row, who.personal)


def both(*rules: Says) -> Says:
    return lambda row, who: all(rule(row, who) for rule in rules)


def read_at_its_unit(row: Row, who: Person) -> bool:
    """What may belong to a municipality, a country, an organisation or the region: those who read that unit."""
    return _anywhere(row, who.read)


def written_at_its_unit(row: Row, who: Person) -> bool:
    return _anywhere(row, who.write)


def administered(row: Row, who: Person) -> bool:
    return who.write.region


def either(*rules: Says) -> Says:
    return lambda row, who: any(rule(row, who) for rule in rules)


def of_its_country(row: Row, who: Person) -> bool:
    return row["country_id"] in who.write.countries


def country_reads(row: Row, who: Person) -> bool:
    return row["country_id"] in who.read.countries


def is_itself_written(row: Row, who: Person) -> bool:
    """An organisation or programme, by those who act for it."""
    return row["id"] in who.write.organisations


def organisation_written(row: Row, who: Person) -> bool:
    return row["organisation_id"] in who.write.organisations


def governed(row: Row, who: Person) -> bool:
    """What belongs to any organisation of a country that one writes."""
    return row["organisation_id"] in who.governs


def programme_written(row: Row, who: Person) -> bool:
    return row["programme_id"] in who.write.organisations


def oneself(row: Row, who: Person) -> bool:
    return who.principal is not None and row["id"] == who.principal


def drafted(row: Row, who: Person) -> bool:
    """Figures of a municipality that nobody runs, by its association."""
    return row["territory_id"] in who.drafts


def draft(row: Row, who: Person) -> bool:
    """The drafts themselves: never what somebody stated."""
    return drafted(row, who) and bool(row["assisted"])


def classed(row: Row, who: Person) -> bool:
    """A document: what is public by everyone, the committee's by those who read the municipality, what is personal with that scope."""
    reads = {"public": True, "committee": _municipal(row, who.read), "personal": _municipal(row, who.personal)}
    return reads[row["access_rights"]]


def classed_written(row: Row, who: Person) -> bool:
    return written_there(row, who) and (row["access_rights"] != "personal" or _municipal(row, who.personal))


def told_of(row: Row, who: Person) -> bool:
    """A record of a change, by those who read its unit; of records of access, by those who manage it."""
    access = row["noun"] in ("principal", "granted", "invitation", "api_key")
    return written_at_its_unit(row, who) if access else read_at_its_unit(row, who)


def public(row: Row, who: Person) -> bool:
    return bool(row["is_public"])


@dataclass(frozen=True)
class Rule:
    """Who may do what with a row; what is not `may` at all is refused for want of the privilege, before any row is looked at."""

    select: Says = nobody
    insert: Says = nobody
    update: Says | None = None
    """As insert where it is not said."""
    delete: Says | None = None
    may: frozenset[str] = frozenset({"select", "insert", "update", "delete"})
    mark: str = "version = 77777"
    """What a bare update sets: no key, nothing that places the row."""
    moves: tuple[str, ...] = field(default=("country_id", "municipality_id", "territory_id", "organisation_id", "principal_id"))
    """Columns that place a row, where the table has them."""

    def says(self, command: str) -> Says:
        said = {"select": self.select, "update": self.update, "delete": self.delete}.get(command)
        return said or self.insert


NONE: frozenset[str] = frozenset()
LOOK = frozenset({"select"})
ADD = frozenset({"select", "insert"})
REGISTER = Rule(everyone, administered)
SECRET = Rule(may=NONE)

RULES: dict[str, Rule] = {
    # The registers: everyone reads them, who administers the region writes them.
    "country": REGISTER,
    "admin1": REGISTER,
    "municipality": REGISTER,
    "succession": REGISTER,
    # A scheme may be an organisation's own: then those who act for it, and its country.
    "scheme": Rule(everyone, either(administered, organisation_written, governed)),
    # Indicators and sources of the region; a country adds its own.
    "indicator": Rule(everyone, either(administered, of_its_country)),
    "source": Rule(everyone, either(administered, of_its_country)),
    # Organisations are public; those who act for them write them, their country, the region.
    "organisation": Rule(everyone, either(administered, written_there, is_itself_written), moves=("country_id", "municipality_id", "id")),
    "association": Rule(everyone, either(administered, of_its_country, organisation_written)),
    "programme": Rule(everyone, either(administered, is_itself_written), moves=("id",)),
    "participation": Rule(everyone, either(administered, programme_written), moves=("programme_id",)),
    # Who belongs to whom is no public matter: the municipality, its country, the association, the region.
    "affiliation": Rule(read_at_its_unit, written_at_its_unit),
    "external_id": Rule(everyone, written_at_its_unit, mark="thing = '!'"),
    # Access: what is one's own, and what lies where one writes.
    "role": Rule(everyone, may=LOOK),
    "principal": Rule(either(oneself, written_at_its_unit), written_at_its_unit, either(oneself, written_at_its_unit)),
    "granted": Rule(either(own, written_at_its_unit), written_at_its_unit),
    "invitation": Rule(written_at_its_unit, written_at_its_unit),
    "api_key": Rule(either(own, written_at_its_unit), written_at_its_unit),
    "session": SECRET,
    "credential": SECRET,
    "scope": SECRET,
    "signing_key": SECRET,
    # The house.
    "epoch": Rule(everyone, may=LOOK),
    "schema_version": Rule(everyone, may=LOOK),
    "change": Rule(either(public, told_of, own), own, nobody, may=ADD),
    "register_revision": Rule(either(public, read_at_its_unit, own), own, nobody, may=ADD),
    "idempotency": Rule(own, own, mark="status = 777"),
    # Figures of municipalities.
    "community": Rule(read_there, written_there, may=frozenset({"select", "insert", "update"}), moves=("country_id", "municipality_id")),
    "recording": Rule(everyone, may=LOOK),
    "population": Rule(read_there, written_there),
    "population_revision": Rule(read_there, written_there, may=ADD),
    "denominator": Rule(read_there, written_there, mark="to_year = 7777"),
    "observation": Rule(read_there, either(written_there, draft)),
    "figure": Rule(read_there, either(written_there, drafted), mark="months = 77"),
    "observation_revision": Rule(read_there, either(written_there, drafted), may=ADD),
    # Each document says itself who reads it.
    "document": Rule(classed, classed_written),
    # Training: topics come with the service, courses are public, events and assistance are the municipality's.
    "training_topic": Rule(everyone, may=LOOK),
    "course": Rule(everyone, written_at_its_unit),
    "training_event": Rule(read_there, written_there),
    "technical_assistance": Rule(read_there, written_there),
    "certificate": Rule(read_there, written_there, delete=nobody, may=frozenset({"select", "insert", "update"})),
    # Committees and what they have: those who read, or write, the municipality where they sit.
    **dict.fromkeys(
        (
            *("committee", "council_instrument", "declaration", "bylaws", "body", "seat", "term"),
            *("commitment", "stakeholder_map", "stakeholder", "open_call", "seat_invitation"),
            *("committee_session", "decision", "minutes", "erratum", "agreement", "item_declaration"),
        ),
        Rule(read_there, written_there),
    ),
    "session_attendance": Rule(read_there, written_there, mark="status = 'excused'"),
    "session_vote": Rule(read_there, written_there, mark="choice = 'abstain'"),
    # What of an inauguration everyone may read.
    "inauguration": Rule(everyone, written_there),
    # The address of a calendar is whose it is; whoever writes there may end it.
    "calendar_feed": Rule(
        either(own, written_there),
        both(own, read_there),
        either(own, written_there),
        may=frozenset({"select", "insert", "update"}),
    ),
    # Terms of office and blackouts are public; what follows from an election is for those who read the municipality.
    "office_term": Rule(everyone, written_there),
    "blackout_window": Rule(everyone, of_its_country),
    "alert_setting": Rule(everyone, of_its_country),
    "transition": Rule(read_there, written_there),
    "handover_file": Rule(read_there, written_there, may=ADD),
    # How steps stood is written by the clock alone, which has no route; row security holds it to the place like everything of committees.
    "waiver": Rule(read_there, written_there),
    "step_record": Rule(read_there, written_there),
    "alert": Rule(read_there, written_there),
    "step_due": Rule(may=NONE, mark="due_on = '2077-07-07'"),
    "clock_mark": Rule(may=NONE, mark="epoch = '77'"),
    # Names of members, and how stakeholders stand: the personal scope alone, and to write them an office that writes there as well.
    "person": Rule(named_there, both(named_there, written_there)),
    "stakeholder_stance": Rule(named_there, both(named_there, written_there)),
    "training_attendance": Rule(read_there, written_there, mark="hours = 7"),
    # Imports belong to who made them; what they could not place, to the country as well.
    "import": Rule(either(own, read_at_its_unit), own, may=frozenset({"select", "insert", "update"})),
    "parked": Rule(either(own, country_reads), either(own, of_its_country)),
    "place_match": Rule(country_reads, of_its_country, mark="territory_id = 77", moves=("country_id",)),
}
