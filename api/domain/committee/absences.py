"""Absences without excuse, held against what the bylaws say of them. It is told and never acted upon: a seat is lost by a decision."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

from api.domain.committee.rules import AbsenceLimit
from api.domain.committee.sectors import Sector
from api.domain.committee.words import said
from api.domain.fields import Fields

YEAR_DAYS = 365
SENTENCES: dict[str, dict[str, str]] = {
    "consecutive": {
        "en": "Absent without excuse from the last {n} sessions; {limit} cost the seat by the bylaws.",
        "es": "Ausente sin excusa de las últimas {n} sesiones; {limit} hacen perder el puesto según el reglamento.",
        "pt": "Ausente sem justificativa das últimas {n} sessões; {limit} fazem perder o assento pelo regulamento.",
    },
    "in_a_year": {
        "en": "Absent without excuse from {n} sessions of the last 365 days; {limit} cost the seat by the bylaws.",
        "es": "Ausente sin excusa de {n} sesiones de los últimos 365 días; {limit} hacen perder el puesto según el reglamento.",
        "pt": "Ausente sem justificativa de {n} sessões dos últimos 365 dias; {limit} fazem perder o assento pelo regulamento.",
    },
}
CURE = {
    "en": "Speak with the institution: it may name somebody else; otherwise the committee decides, and the term is ended with its reason.",
    "es": "Hable con la institución: puede nombrar a otra persona; si no, el comité decide y el periodo se termina con su causa.",
    "pt": "Fale com a instituição: ela pode indicar outra pessoa; senão o comitê decide, e o mandato termina com sua causa.",
}


class Absence(Fields):
    """A seat whose holder was absent as often as costs it by the bylaws."""

    seat_id: UUID | None
    """Null where the seat does not show its holder."""
    sector: Sector | None
    pointer: str
    """JSON pointer into the rules."""
    absences: int
    limit: int
    detail: str
    cure: str


class Sat(NamedTuple):
    """A session while the holder held the seat."""

    day: date
    absent: bool
    """Whether nobody came for it, and without excuse."""


class Attended(NamedTuple):
    """A seat that is held, and the sessions of its body since then, the latest first."""

    seat_id: UUID
    sector: Sector
    shown: bool
    sessions: Sequence[Sat]


def absences(limit: AbsenceLimit | None, seats: Sequence[Attended], day: date, language: str) -> list[Absence]:
    """The seats that reached a limit of the bylaws by `day`. An excuse, or an alternate who came, breaks a row of absences."""
    return [told for seat in seats for told in _of(seat, limit, day, language)] if limit else []


def _of(seat: Attended, limit: AbsenceLimit, day: date, language: str) -> Iterator[Absence]:
    counted: Mapping[str, int] = {
        "consecutive": sum(1 for _ in takewhile(lambda s: s.absent, seat.sessions)),
        "in_a_year": sum(s.absent and (day - s.day).days < YEAR_DAYS for s in seat.sessions),
    }
    for rule, n in counted.items():
        most = getattr(limit, rule)
        if most is not None and n >= most:
            yield Absence(
                seat_id=seat.seat_id if seat.shown else None,
                sector=seat.sector if seat.shown else None,
                pointer=f"/absence_limit/{rule}",
                absences=n,
                limit=most,
                detail=said(SENTENCES[rule], n=n, limit=most)[language],
                cure=CURE[language],
            )
