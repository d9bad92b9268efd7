"""What is sent for the operations of sessions, and to whom they are granted."""

from datetime import date
from typing import Any
from uuid import UUID

from api.domain.committee.rules import Rules
from api.domain.session.holding import Present, frozen
from api.domain.session.sessions import Law, Session
from tests.isolation import targets
from tests.isolation.committees import of_committee, seen_there
from tests.isolation.entries import Entry
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
    "read_inauguration": Entry(public=True, thing=INAUGURATION),
}
