"""What is sent for the operations about elections and what follows from them, and to whom they are granted."""

from typing import Any

from api.domain.alert.alerts import shipped
from tests.isolation import rules, targets
from tests.isolation.entries import Entry, at
from tests.isolation.people import Map, Person
from tests.isolation.targets import MANNED, TARGETS, Target, Thing

there, seen_there, country = at(rules.written_there), at(rules.read_there), at(rules.either(rules.administered, rules.of_its_country))
SETTING: Thing = ("alert_setting", {"days": 7, "basis": "Seeded"})
BLACKOUT: Thing = ("blackout_window", targets.PAST | {"acts": ["publish_promotion"], "legal_basis": "Seeded"})
TURNED = {"turns_on": "2002-01-01", "state": "frozen", "turned_at": "2002-01-01T00:00:00Z"}
PREPARED = {"turns_on": "2002-01-01", "state": "preparing"}
OWN = tuple(target for target in TARGETS if target.name in MANNED)
"""Where somebody coordinates the municipality itself."""
NAMED = tuple(target for target in TARGETS if target.name == "mixco")
"""Where whoever signed has the personal scope."""
OVER = {"ended_by": "election"}


def agreeing(target: Target, who: Person, map: Map) -> bool:
    """Those of the country, the region, and of an association of the municipality."""
    officer = map.organisation(target.association) in who.write.organisations and target.municipality in who.read.municipalities
    return officer or target.country in who.write.countries


def agreeing_or_managing(target: Target, who: Person, map: Map) -> bool:
    return agreeing(target, who, map) or there(target, who, map)


def signing(target: Target, who: Person, map: Map) -> bool:
    """Who coordinates the municipality itself."""
    return target.municipality in who.write.municipalities


def opening(target: Target, who: Person, map: Map) -> bool:
    """Who signed for the handover, which here is mixco@."""
    return who.name == "mixco"


def office(n: int) -> Thing:
    """A term of office in a year of its own: two never overlap."""
    return "office_term", targets.year(n)


def of_term(n: int, **more: Any) -> Entry:
    """A change of a term of office, which everyone sees."""
    return Entry(there, thing=office(n), version="office_term", **more)


def following(state: str) -> Thing:
    return "transition", {"turns_on": "2002-01-01", "state": state}


ENTRIES: dict[str, Entry] = {
    "read_blackout": Entry(public=True),
    "read_blackout_window": Entry(public=True, thing=BLACKOUT),
    "add_blackout": Entry(country, body=lambda o, t: BLACKOUT[1]),
    "change_blackout": Entry(country, thing=BLACKOUT, body=lambda o, t: {"note": "x"}, version="blackout_window"),
    "remove_blackout": Entry(country, thing=BLACKOUT, version="blackout_window"),
    "read_alert_setting": Entry(public=True, thing=SETTING),
    "add_alert_setting": Entry(country, body=lambda o, t: SETTING[1] | {"rule": shipped()[TARGETS.index(t)].code}),
    "change_alert_setting": Entry(country, thing=SETTING, body=lambda o, t: {"days": 8}, version="alert_setting"),
    "remove_alert_setting": Entry(country, thing=SETTING, version="alert_setting"),
    "read_office_term": Entry(public=True, thing=office(1)),
    "add_office_term": Entry(there, body=lambda o, t: targets.year(9)),
    "change_office_term": of_term(3, body=lambda o, t: {"election_on": "2020-01-01"}),
    "end_office_term": of_term(4, body=lambda o, t: OVER),
    "extend_office_term": Entry(  # Of one that is not over yet, by an act of the country.
        country, thing=office(190), body=lambda o, t: {"ends_on": "2091-06-01", "reference": "x"}, version="office_term"
    ),
    "remove_office_term": of_term(7),
    "read_handover": Entry(agreeing_or_managing, seen_there, thing=following("preparing")),
    "propose_handover": Entry(there, seen_there, thing=following("preparing"), body=lambda o, t: {"decisions": []}, version="transition"),
    "approve_handover": Entry(
        agreeing, seen_there, thing=("transition", PREPARED | {"proposed_at": "2001-12-01T00:00:00Z"}), version="transition"
    ),
    "accept_handover": Entry(
        signing, seen_there, thing=("transition", TURNED | {"approved_at": "2001-12-01T00:00:00Z"}), version="transition", targets=OWN
    ),
    "freeze_transition": Entry(there, seen_there, thing=following("preparing"), version="transition"),
    "read_handover_file": Entry(seen_there, seen_there, thing=following("frozen")),
    "read_handover_contacts": Entry(opening, seen_there, thing=following("frozen"), targets=NAMED),
    "read_transition": Entry(seen_there, seen_there, thing=following("lapsed")),
    "reratify_committees": Entry(
        there,
        seen_there,
        thing=following("lapsed"),
        body=lambda o, t: {"reratified_on": "2020-01-01", "reference": "x"},
        version="transition",
    ),
}
