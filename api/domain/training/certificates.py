"""Certificates of training: that somebody was at enough of a course. Whose it is stands as the id of a person and never as a name, so that
erasing the person leaves the certificate whole; whoever has its code can check it, and does not learn who."""

import secrets
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlmodel import Field, SQLModel

from api.domain.errors import Conflict, Invalid
from api.domain.fields import Fields, Key, Number, Row
from api.domain.levels.organisations import Organisation
from api.domain.training.attendance import Attendance, AttendanceLine
from api.domain.training.courses import Course
from api.domain.training.events import TrainingEvent, TrainingEventState

ENOUGH_PERCENT = 80
"""Of the hours, how many percent somebody must have been there, where the course does not say; a default of ours."""
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of codes: none is taken for another on paper (Crockford's base 32)."""
TAKEN_FOR = str.maketrans("OIL", "011")
CERTIFIED = frozenset({"course_id", "hours"})
"""What of an event stands on its certificates."""
CODE_LENGTH, GROUP = 12, 4
"""60 random bits: nobody finds one by trying."""


class CertificateState(StrEnum):
    """Whether it holds."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"
    """It was issued, and should not have been."""


class CertificateSaid(SQLModel):
    """What stands on a certificate, as it was when it was issued."""

    code: str
    """By which anybody checks it: GET /v1/certificates/{code}."""
    year: int
    number: int
    """The next of the municipality's year."""
    course: str
    """Title."""
    hours: Number
    """Hours that were given."""
    percent: int
    """Of these hours somebody had to be there at least so many percent."""
    issuer: str
    """Name of the institution that issues it."""
    issued_on: date
    withdrawn_on: date | None = None
    """First day on which it holds no more."""
    demonstration: bool = False
    """Whether it is invented for the demonstration."""


class Certificate(CertificateSaid, Row, table=True):
    """The row."""

    PERSONAL: ClassVar[frozenset[str]] = frozenset({"person_id"})

    hours: Decimal
    country_id: Key
    municipality_id: Key
    event_id: UUID
    person_id: UUID = Field(foreign_key="person.id")
    issuer_organisation_id: UUID = Field(foreign_key="organisation.id")


class CertificateCheck(CertificateSaid):
    """A certificate as everybody reads it who has its code."""

    state: CertificateState


class CertificateOut(CertificateSaid, Row):
    """A certificate as those read it who keep it."""

    municipality_id: int
    event_id: UUID
    person_id: UUID | None
    """Whose it is; null without the personal scope."""
    issuer_organisation_id: UUID
    state: CertificateState
    allowed_actions: list[str]


class CertificateIssuing(Fields):
    """The body that issues certificates."""

    issuer_organisation_id: UUID | None = None
    """The institution that issues them; the one that gave the course where it is missing."""


class EventCertificates(Row):
    """The certificates of an event that hold; `id` and `version` are the event's."""

    certificates: list[CertificateOut]


class CertificatesIssued(EventCertificates):
    """What issuing came to."""

    issued: int
    """Issued now."""
    held: int
    """People who had theirs already."""
    short: int
    """People who were there, but not long enough."""
    erased: int
    """People who attended enough and were erased since: there is nobody to give it to."""


def new_code() -> str:
    """A code for a certificate, in groups that are easily read out."""
    return grouped("".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)))


def grouped(letters: str) -> str:
    return "-".join(letters[n : n + GROUP] for n in range(0, len(letters), GROUP))


def code_of(said: str) -> str:
    """The code that somebody means who typed it from paper."""
    return grouped("".join(letter for letter in said.upper().translate(TAKEN_FOR) if letter in LETTERS))


def enough(line: AttendanceLine | Attendance | None, hours: Decimal, percent: int) -> bool:
    """Whether somebody was there for `percent` of the hours that were given; for all of them where no other number was written."""
    if line is None or not line.present:
        return False
    return 100 * (hours if line.hours is None else line.hours) >= percent * hours


def stands(certificate: Certificate, lines: Iterable[AttendanceLine]) -> bool:
    """Whether whose it is was there long enough, now that attendance was written anew."""
    line = next((line for line in lines if line.person_id == certificate.person_id), None)
    return enough(line, certificate.hours, certificate.percent)


def issuable(event: TrainingEvent) -> None:
    """Raises Conflict where the event was not held."""
    if event.state is not TrainingEventState.HELD:
        raise Conflict("Certificates are of events that were held.", "not-in-this-state")


def issuer_of(said: CertificateIssuing, event: TrainingEvent) -> UUID:
    """The institution that issues. Raises Invalid where none is named, nor one that gave the course."""
    issuer = said.issuer_organisation_id or event.trainer_organisation_id
    if issuer is None:
        raise Invalid("Name the institution that issues them.", "issuer-missing", pointer="/issuer_organisation_id")
    return issuer


def said_on(event: TrainingEvent, course: Course, issuer: Organisation | None, day: date) -> dict[str, Any]:
    """What stands on every certificate of an event. Raises Invalid where there is no such institution."""
    if issuer is None:
        raise Invalid("There is no such organisation.", "unknown-reference", pointer="/issuer_organisation_id")
    placed = {"country_id": event.country_id, "municipality_id": event.municipality_id, "event_id": event.id}
    issued = {"issuer_organisation_id": issuer.id, "issuer": issuer.name, "year": day.year, "issued_on": day}
    percent = course.certificate_percent or ENOUGH_PERCENT
    return placed | issued | {"course": course.title, "hours": event.hours or course.hours, "percent": percent}


def withdraw(certificate: Certificate, on: date) -> None:
    """Say that it holds no more, for good. Raises Conflict where that was said already."""
    if certificate.withdrawn_on is not None:
        raise Conflict("This certificate was withdrawn already.", "certificate-withdrawn")
    certificate.withdrawn_on = on
