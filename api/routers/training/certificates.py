"""/certificates: that somebody was at enough of a course. Everybody may check one by its code; nobody learns from it whose it is."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field
from sqlmodel import select

from api import db, pages, problems
from api.access import Caller, IfMatch, Public, Writing
from api.collection import ReadRoute, publish
from api.domain.errors import Conflict
from api.domain.fields import found
from api.domain.levels.organisations import Organisation
from api.domain.roles import Action, Target
from api.domain.training.attendance import Attendance
from api.domain.training.certificates import (
    Certificate,
    CertificateCheck,
    CertificateIssuing,
    CertificateOut,
    CertificatesIssued,
    CertificateState,
    EventCertificates,
    code_of,
    enough,
    issuable,
    issuer_of,
    new_code,
    said_on,
    withdraw,
)
from api.domain.training.courses import Course
from api.domain.training.events import TrainingEvent
from api.levels import Shape
from api.pages import Listing
from api.training import HERE, certificates_of, event_of

router = APIRouter(tags=["training"], route_class=ReadRoute)
STATE = "case when t.withdrawn_on is null then 'valid' else 'withdrawn' end"
Code = Annotated[str, Field(max_length=63)]
"""As it stands on the certificate; small letters and missing hyphens do not matter."""


class CertificateQuery(pages.Query):
    """How certificates are listed."""

    event: UUID | None = None
    """Only those of this training event."""
    state: CertificateState | None = None
    year: Annotated[int | None, Field(ge=1, le=9998)] = None


CERTIFICATES = Listing(
    "certificates",
    CertificateOut,
    "certificate t",
    HERE,
    (("t.issued_on", "date"), ("t.id", "uuid")),
    CertificateQuery,
    {"event": "t.event_id = {value}", "state": f"{STATE} = {{value}}", "year": "t.year = {value}"},
    {
        "person_id": f"case when {HERE.seen('personal')} then t.person_id end",
        "state": STATE,
        "allowed_actions": "case when t.withdrawn_on is null then array['withdraw'] else array[]::text[] end",
    },
    address="t.code = {id}",
    descending=True,
)
CHECKS = Listing(
    "certificate checks",
    CertificateCheck,
    "app.certificate_of({id}) t",
    Shape(public=True, country=None, municipality=None),
    (("t.code", "text"),),
    columns={"state": STATE},
    address="true",
)
OF_EVENT = f"""(select coalesce(json_agg(row_to_json(l) order by l.number), '[]') from (select {CERTIFICATES.select().replace("t.", "x.")}
    from certificate x where x.municipality_id = t.municipality_id and x.event_id = t.id and x.withdrawn_on is null) l)"""
ISSUED = Listing(
    "certificates of an event", EventCertificates, "training_event t", HERE, (("t.id", "uuid"),), columns={"certificates": OF_EVENT}
)

publish(
    router,
    CERTIFICATES,
    flat="/v1/certificates",
    about="Certificates of training that you see, the latest first; whose each is only with the personal scope.",
)


@router.get("/v1/certificates/{code}", response_model=CertificateCheck)
async def check_certificate(request: Request, code: Code, reading: Public) -> Response:
    """What a certificate says and whether it holds, for whoever has its code: course, hours, issuer and day, and never whose it is. Nobody
    needs to sign in."""
    return await pages.one(request, reading, CHECKS, code_of(code))


LIVING = "select p.id, p.demonstration from person p where p.id = any(:ids) and p.erased_at is null order by p.id"
NEXT = "select coalesce(max(number), 0) + 1 from certificate where municipality_id = :m and year = :year"
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended(:thing, 0))"


@router.post("/v1/training-events/{id}/certificates", response_model=CertificatesIssued, responses=problems.refusals(Conflict))
async def issue_certificates(id: UUID, body: CertificateIssuing, caller: Writing) -> Response:
    """Issue the certificates of an event that was held, to everybody who was there long enough: for the share of its hours that the course
    asks for, or 80 %. Who has one keeps it, so that sending this again issues only what is missing. Needs `training:write` and the personal
    scope there."""
    event = await event_of(caller, id)
    caller.require(Action.WRITE_TRAINING, Target(country_id=event.country_id, municipality_id=event.municipality_id))
    issuable(event)
    said = await _said(caller, body, event)
    of_event = select(Attendance).where(Attendance.municipality_id == event.municipality_id, Attendance.event_id == id)
    there = [line for line in (await caller.session.exec(of_event)).all() if line.present]
    held = {certificate.person_id for certificate in await certificates_of(caller, event)}
    earned = {line.person_id for line in there if enough(line, said["hours"], said["percent"])}
    given = await _give(caller, said, earned - held)
    counts = {"issued": given, "held": len(held), "short": len(there) - len(earned | held), "erased": len(earned - held) - given}
    return await pages.written(caller, ISSUED, id, f"/v1/certificates?event={id}", extra=counts)


async def _said(caller: Caller, body: CertificateIssuing, event: TrainingEvent) -> dict[str, Any]:
    course = await caller.session.get_one(Course, event.course_id)
    issuer = await caller.session.get(Organisation, issuer_of(body, event))
    return said_on(event, course, issuer, caller.at.date())


async def _give(caller: Caller, said: dict[str, Any], people: set[UUID]) -> int:
    """Keep a certificate for each of them who was not erased, one number after the other. Returns how many."""
    await db.run(caller.session, ONE_BY_ONE, thing=f"certificates of {said['municipality_id']}")
    living = (await db.run(caller.session, LIVING, ids=list(people))).all()
    first = (await db.run(caller.session, NEXT, m=said["municipality_id"], year=said["year"])).scalar()
    for number, person in enumerate(living, first):
        row = Certificate(**said, code=new_code(), number=number, person_id=person.id, demonstration=person.demonstration)
        await db.keep(caller, row, "create")
    return len(living)


PLACED = "select id, event_id from certificate where code = :code"


@router.post("/v1/certificates/{code}/withdraw", response_model=CertificateOut, responses=problems.CHANGES)
async def withdraw_certificate(code: Code, caller: Writing, if_match: IfMatch) -> Response:
    """Say that a certificate should not have been issued, for good: whoever checks it is told so. A right one is issued anew. Needs
    `training:write` there."""
    there = (await db.run(caller.session, PLACED, code=code_of(code))).first()
    found(there)
    # By the event, where it lies: so whoever writes its attendance, or issues, waits.
    event = await db.fetch(caller, TrainingEvent, there.event_id, HERE.seen())
    caller.require(Action.WRITE_TRAINING, Target(country_id=event.country_id, municipality_id=event.municipality_id))
    row = await caller.session.get_one(Certificate, there.id)
    await pages.unchanged(caller, CERTIFICATES, row.code, row.version, if_match)
    withdraw(row, caller.at.date())
    await db.keep(caller, row, "withdraw", fields=["withdrawn_on"])
    return await pages.written(caller, CERTIFICATES, row.code, f"/v1/certificates/{row.code}")
