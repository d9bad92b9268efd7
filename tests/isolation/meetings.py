"""What is sent for the operations of sessions, and to whom they are granted."""

from datetime import date
from typing import Any
from uuid import UUID

from api.domain.access.people import sha256
from api.domain.committee.rules import Rules
from api.domain.session.holding import Present, frozen
from api.domain.session.sessions import Law, Session
from tests.isolation import rules, targets
from tests.isolation.committees import of_committee, seen_there
from tests.isolation.entries import Entry, at
from tests.isolation.targets import Thing, key

DAY = date(2021, 6, 1)
_LAW = Law(UUID(int=1), 1, Rules.model_validate(targets.RULES | targets.ONE_SEAT))


def _quorum(voting: int) -> dict[str, Any]:
    """What was computed of a session that so many of one voting seat were at."""
    return frozen(Session(meets_on=DAY), _LAW, Present(1, voting, 1, 1, True)).model_dump(mode="json")


def session(state: str = "planned", **said: Any) -> Thing:
    return "committee_session", targets.SESSION[1] | {"state": state} | said


HELD = session("held", held_on="2021-06-01", quorum=_quorum(1))
TOO_FEW = session("no_quorum", held_on="2021-06-01", quorum=_quorum(0))
DECISION: Thing = ("decision", {"kind": "ordinary", "title": "x", "effects": [], "of": HELD[1]})
DUE = {"text": "Seeded", "due_on": "2021-12-01"}
AGREED: Thing = ("agreement", DUE | {"state": "open", "of": HELD[1]})

WORD = {"part": "department", "starts_on": "2021-06-01", "description": "x", "reference": "x"}
DECLARED: Thing = ("item_declaration", WORD)


def minutes(state: str, **said: Any) -> Thing:
    return "minutes", {"year": 2021, "text": "Seeded", "of": HELD[1] | {"state": state}} | said


CALENDAR: Thing = ("calendar_feed", {"language": "es", "secret_sha256": sha256("secret")})
written = at(rules.written_there)
INAUGURATION: Thing = ("inauguration", {"committee": "Seeded", "held_on": "2021-06-01", "media_links": [], "attended": 1})


def of_session(thing: Thing, **more: Any) -> Entry:
    return of_committee(thing, version="committee_session", **more)


ENTRIES: dict[str, Entry] = {
    "plan_session": of_committee(targets.COMMITTEE, body=lambda o, t: {"meets_on": "2021-06-01"}),
    "read_session": Entry(seen_there, seen_there, thing=session()),
    "change_session": of_session(session(), body=lambda o, t: {"note": "x"}),
    "write_agenda": of_session(session(), body=lambda o, t: {"agenda": [{"title": "x"}]}),
    "write_purpose": of_session(session(kind="inauguration"), body=lambda o, t: {"purpose": "x"}),
    "call_session": of_session(session(called_on=None), body=lambda o, t: {"called_on": "2021-05-01"}),
    "cancel_session": of_session(session(), body=lambda o, t: {"because": "x"}),
    "read_session_attendance": Entry(seen_there, seen_there, thing=session("called")),
    "write_session_attendance": of_session(
        session("called"), body=lambda o, t: {"lines": [{"seat_id": key("committee-seat", t), "status": "excused"}]}
    ),
    "hold_session": of_session(session("called")),
    "call_again_session": of_session(TOO_FEW),
    "add_decision": of_committee(HELD, body=lambda o, t: {"title": "x"}),
    "read_decision": Entry(seen_there, seen_there, thing=DECISION),
    "change_decision": of_committee(DECISION, body=lambda o, t: {"title": "y"}, version="decision"),
    "read_votes": Entry(seen_there, seen_there, thing=DECISION),
    "write_votes": of_committee(
        DECISION, body=lambda o, t: {"lines": [{"seat_id": key("committee-seat", t), "choice": "yes"}]}, version="decision"
    ),
    "draft_minutes": of_committee(HELD, body=lambda o, t: {"text": "x"}),
    "read_minutes": Entry(seen_there, seen_there, thing=minutes("minutes_draft")),
    "change_minutes": of_committee(minutes("minutes_draft"), body=lambda o, t: {"text": "y"}, version="minutes"),
    "approve_minutes": of_committee(minutes("minutes_draft"), body=lambda o, t: {"approved_on": "2021-07-01"}, version="minutes"),
    "publish_minutes": of_committee(
        minutes("minutes_approved", approved_on="2021-07-01"),
        body=lambda o, t: {"document_id": key(f"{o}-document", t)},
        version="minutes",
    ),
    "add_erratum": of_committee(minutes("minutes_approved", approved_on="2021-07-01"), body=lambda o, t: {"says": "x", "corrected": "y"}),
    "read_erratum": Entry(seen_there, seen_there, thing=("erratum", {"says": "x", "corrected": "y", "of": HELD[1]})),
    "add_agreement": of_committee(HELD, body=lambda o, t: DUE | {"owner_seat_id": key("committee-seat", t)}),
    "read_agreement": Entry(seen_there, seen_there, thing=AGREED),
    "change_agreement": of_committee(AGREED, body=lambda o, t: {"text": "y"}, version="agreement"),
    "fulfil_agreement": of_committee(AGREED, body=lambda o, t: {"fulfilled_on": "2021-07-01", "reference": "x"}, version="agreement"),
    "cancel_agreement": of_committee(AGREED, body=lambda o, t: {"because": "x"}, version="agreement"),
    "read_follow_through": Entry(seen_there, seen_there, thing=targets.COMMITTEE),
    "read_health": Entry(seen_there, seen_there, thing=targets.COMMITTEE),
    "add_item_declaration": of_committee(targets.COMMITTEE, body=lambda o, t: WORD),
    "read_item_declaration": Entry(seen_there, seen_there, thing=DECLARED),
    "end_item_declaration": of_committee(DECLARED, body=lambda o, t: {"ends_on": "2021-07-01"}, version="item_declaration"),
    "read_drop_off_risk": Entry(seen_there, seen_there, thing=targets.COMMITTEE),
    "read_home": Entry(seen_there, seen_there, thing=targets.COMMITTEE, tells=lambda said, may: bool(said["allowed_actions"]) is may),
    "add_calendar_feed": Entry(seen_there, seen_there, thing=targets.COMMITTEE, body=lambda o, t: {"language": "es"}),
    "read_calendar_feed": Entry(written, written, thing=CALENDAR),
    "revoke_calendar_feed": Entry(written, written, thing=CALENDAR, version="calendar_feed"),
    "read_calendar": Entry(public=True, thing=CALENDAR, path=lambda o, t: {"token": f"{key(o, t)}.secret"}),
    "read_inauguration": Entry(public=True, thing=INAUGURATION),
}
