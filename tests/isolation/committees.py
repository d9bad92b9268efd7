"""What is sent for the operations of the committee room, and to whom they are granted."""

from typing import Any

from tests.isolation import rules, targets
from tests.isolation.entries import Entry, at, unique
from tests.isolation.targets import TARGETS, Thing, key

there, seen_there = at(rules.written_there), at(rules.read_there)
country = at(rules.of_its_country)


def of_committee(thing: Thing | None, **more: Any) -> Entry:
    """An operation on a committee, or on something that one has."""
    return Entry(there, seen_there, thing=thing, **more)


def standing(state: str) -> Thing:
    return "committee", targets.COMMITTEE[1] | {"state": state}


def instrument(state: str) -> Thing:
    return "council_instrument", targets.INSTRUMENT[1] | {"state": state}


def bylaws(state: str) -> Thing:
    return "bylaws", {"rules": targets.RULES, "state": state}


def invited(**more: Any) -> Thing:
    """An invitation to a seat, not sent yet or as far as `more` says."""
    return "seat_invitation", targets.DRAFTED | more


ANSWERED = {"answered_on": "2021-02-01"}
named = at(rules.named_there)
names = at(rules.both(rules.named_there, rules.written_there))
NAMED = TARGETS[:1]
"""Where somebody has the personal scope."""


def of_person(**more: Any) -> Entry:
    return Entry(names, named, thing=targets.PERSON, targets=NAMED, **more)


BODY, SEAT = targets.BODY[1], targets.SEAT[1]
LONG_AGO = {"happened_on": "2020-06-01"}

ALL_OR_NONE: dict[str, Any] = {"answers": lambda said, may: (said["state"] == "done") is may}
"""Of files: they are taken in from everyone, and refused whole where a row is of a place that is not theirs."""
ENTRIES: dict[str, Entry] = {
    "import_terms": Entry(
        thing=targets.TERM,
        file=lambda t: (
            f"committee,seat,institution,selection,starts_on,ends_on\n{key('committee', t)},{key('import_terms-seat', t)},"
            f"{key('read_organisation', t)},elected,2019-02-01,2019-03-01\n"
        ),
        **ALL_OR_NONE,
    ),
    "import_committees": Entry(file=lambda t: f"municipality,name\n{t.municipality},Seeded by file\n", **ALL_OR_NONE),
    "import_seats": Entry(
        file=lambda t: f"committee,label,sector,starts_on\n{key('committee', t)},Seeded by file,ngo,2019-01-01\n", **ALL_OR_NONE
    ),
    # Committees and what they have.
    "list_bylaws_templates": Entry(public=True),
    "list_frameworks": Entry(public=True),
    "list_alert_rules": Entry(public=True),
    "read_framework": Entry(public=True, path=lambda o, t: {"code": "icma-mvpc-8"}),
    "add_committee": Entry(there, body=lambda o, t: {"name": unique(o, t)}),
    **{
        f"read_{noun}": Entry(seen_there, seen_there, thing=thing)
        for noun, thing in (
            ("committee", targets.COMMITTEE),
            ("declaration", targets.DECLARATION),
            ("instrument", instrument("proposed")),
            ("bylaws", bylaws("draft")),
            ("body", targets.BODY),
            ("seat", targets.SEAT),
            ("term", targets.TERM),
            ("commitment", targets.COMMITMENT),
            ("map", targets.MAP),
            ("stakeholder", targets.STAKEHOLDER),
            ("sector_gaps", targets.COMMITTEE),
            ("seat_invitation", invited()),
            ("open_call", targets.CALL),
            ("composition", targets.COMMITTEE),
            ("steps", targets.COMMITTEE),
            ("waiver", targets.WAIVER),
        )
    },
    "change_committee": of_committee(targets.COMMITTEE, body=lambda o, t: {"note": "x"}, version="committee"),
    "convene_committee": of_committee(standing("proposed"), body=lambda o, t: LONG_AGO, version="committee"),
    "launch_committee": of_committee(standing("convening"), body=lambda o, t: LONG_AGO, version="committee"),
    "legalise_committee": of_committee(
        standing("launched"), body=lambda o, t: {"instrument_id": key(f"{o}-bylaws", t)}, version="committee"
    ),
    "dissolve_committee": of_committee(
        standing("launched"),
        body=lambda o, t: {"instrument_id": key(f"{o}-dissolution", t), "dissolved_on": "2021-01-01"},
        version="committee",
    ),
    "add_declaration": of_committee(targets.COMMITTEE, body=lambda o, t: targets.DECLARATION[1]),
    "add_instrument": of_committee(targets.COMMITTEE, body=lambda o, t: targets.INSTRUMENT[1]),
    "change_instrument": of_committee(instrument("proposed"), body=lambda o, t: {"title": "x"}, version="council_instrument"),
    "approve_instrument": of_committee(instrument("proposed"), version="council_instrument"),
    "reject_instrument": of_committee(instrument("proposed"), version="council_instrument"),
    "repeal_instrument": of_committee(
        instrument("approved"), body=lambda o, t: {"repealed_on": "2021-01-01"}, version="council_instrument"
    ),
    "add_bylaws": of_committee(targets.COMMITTEE, body=lambda o, t: {"rules": targets.RULES}),
    "change_bylaws": of_committee(bylaws("draft"), body=lambda o, t: {"note": "x"}, version="bylaws"),
    "check_bylaws": of_committee(bylaws("draft"), version="bylaws"),
    "approve_bylaws": of_committee(
        bylaws("checked"),
        body=lambda o, t: {"instrument_id": key("committee-bylaws", t), "in_force_from": "2021-01-01"},
        version="bylaws",
    ),
    "add_commitment": of_committee(targets.COMMITTEE, body=lambda o, t: targets.COMMITMENT[1]),
    "change_commitment": of_committee(targets.COMMITMENT, body=lambda o, t: {"reference": "y"}, version="commitment"),
    "end_commitment": of_committee(targets.COMMITMENT, body=lambda o, t: {"ends_on": "2022-01-01"}, version="commitment"),
    "void_commitment": of_committee(targets.COMMITMENT, version="commitment"),
    # Who could be at the table.
    "add_map": of_committee(targets.COMMITTEE, body=lambda o, t: {}),
    "change_map": of_committee(targets.MAP, body=lambda o, t: {}, version="stakeholder_map"),
    "finish_map": of_committee(targets.MAP, body=lambda o, t: {"done_on": "2021-01-01"}, version="stakeholder_map"),
    "add_stakeholder": of_committee(targets.MAP, body=lambda o, t: targets.STAKEHOLDER[1]),
    "change_stakeholder": of_committee(targets.STAKEHOLDER, body=lambda o, t: {"influence": 1}, version="stakeholder"),
    "remove_stakeholder": of_committee(targets.STAKEHOLDER, version="stakeholder"),
    "read_stance": Entry(named, seen_there, thing=targets.STAKEHOLDER, targets=NAMED),
    "write_stance": Entry(
        names, seen_there, thing=targets.STAKEHOLDER, targets=NAMED, body=lambda o, t: {"note": "x"}, version="stakeholder_stance"
    ),
    "add_waiver": Entry(country, seen_there, thing=targets.COMMITTEE, body=lambda o, t: targets.WAIVER[1]),
    "end_waiver": Entry(country, seen_there, thing=targets.WAIVER, body=lambda o, t: {"ends_on": "2021-01-01"}, version="waiver"),
    "add_seat_invitation": of_committee(targets.COMMITTEE, body=lambda o, t: {"institution": "x", "sector": "ngo"}),
    "change_seat_invitation": of_committee(invited(), body=lambda o, t: {"channel": "visit"}, version="seat_invitation"),
    "remove_seat_invitation": of_committee(invited(), version="seat_invitation"),
    "send_seat_invitation": of_committee(invited(), body=lambda o, t: {"sent_on": "2021-01-01"}, version="seat_invitation"),
    "accept_seat_invitation": of_committee(
        invited(**targets.SENT | {"institution": "Accepting"}), body=lambda o, t: ANSWERED, version="seat_invitation"
    ),
    "decline_seat_invitation": of_committee(
        invited(**targets.SENT | {"institution": "Declining"}), body=lambda o, t: ANSWERED, version="seat_invitation"
    ),
    "seat_seat_invitation": of_committee(
        invited(**targets.SENT | ANSWERED | {"state": "accepted", "institution": "Seating"}),
        body=lambda o, t: {"term_id": key("committee-term", t)},
        version="seat_invitation",
    ),
    "add_open_call": of_committee(targets.COMMITTEE, body=lambda o, t: targets.CALL[1]),
    "change_open_call": of_committee(targets.CALL, body=lambda o, t: {"seats": 2}, version="open_call"),
    # Who sits in them.
    "list_committee_members": Entry(seen_there, seen_there, thing=targets.COMMITTEE),
    "add_body": of_committee(targets.COMMITTEE, body=lambda o, t: BODY),
    "change_body": of_committee(targets.BODY, body=lambda o, t: {"topic": "x"}, version="body"),
    "add_seat": of_committee(targets.COMMITTEE, body=lambda o, t: SEAT | {"body_id": key(f"{o}-body", t)}),
    "change_seat": of_committee(targets.SEAT, body=lambda o, t: {"label": "x"}, version="seat"),
    "add_term": of_committee(
        targets.COMMITTEE,
        body=lambda o, t: {
            "seat_id": key(f"{o}-seat", t),
            "on_behalf_of_id": key("read_organisation", t),
            "selection": "elected",
            "alternate": True,
            "starts_on": "2020-01-01",
        },
    ),
    "end_term": of_committee(targets.TERM, body=lambda o, t: {"ends_on": "2021-01-01", "end_reason": "resignation"}, version="term"),
    "void_term": of_committee(targets.TERM, version="term"),
    "add_person": Entry(names, seen_there, thing=targets.COMMITTEE, targets=NAMED, body=lambda o, t: {"name": "x"}),
    "read_person_behind_seat": Entry(named, named, thing=targets.PERSON, targets=NAMED),
    "change_person_behind_seat": of_person(body=lambda o, t: {"phone": "1"}, version="person"),
    "erase_person": of_person(version="person"),
}
