"""One committee of the demonstration, made by the operations of the API, all in one transaction: it is there whole or not at all.

What is made goes through every rule that a request would meet, and says of itself that it is invented: rows, history and feed.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Response
from sqlalchemy import event
from sqlmodel import select

from api.access import Caller
from api.demo.stories import LAW, PLENARY, Agreed, Chair, Met, Promise, Story, ago
from api.domain.calendar import months_after
from api.domain.committee.bylaws import BylawsApproval
from api.domain.committee.commitments import Authority, CommitmentKind, Demand
from api.domain.committee.committees import Committee, CommitteeState, Dissolution, Legalisation, Milestone
from api.domain.committee.instruments import InstrumentKind, Purpose, Repeal
from api.domain.committee.templates import templates
from api.domain.committee.terms import EndReason, Selection, TermEnd
from api.domain.fields import Fields, Kept, Row
from api.domain.outreach.invitations import SeatAcceptance, Sending
from api.domain.outreach.maps import Finish
from api.domain.session.agreements import Fulfilment
from api.domain.session.decisions import Choice, VoteLine, VotesFields
from api.domain.session.minutes import MinutesApproval
from api.domain.session.presence import Presence, PresenceFields, PresenceLine
from api.domain.session.sessions import Calling, PurposeFields, Session, SessionKind
from api.domain.steps.frameworks import followed
from api.domain.training.attendance import AttendanceFields, AttendanceLine
from api.domain.training.certificates import CertificateIssuing
from api.domain.training.events import TrainingEvent, TrainingEventNew
from api.domain.transition.transitions import Reratification, Transition
from api.routers.committee import bodies, bylaws, commitments, committees, declarations, instruments, persons, seats, terms
from api.routers.outreach import invitations, maps, stakeholders
from api.routers.session import agreements, decisions, holding, minutes, sessions
from api.routers.steps import waivers
from api.routers.training import attendance, certificates, events
from api.routers.transition import office_terms, transitions

Body = TypeVar("Body", bound=Fields)
NOTICE_DAYS, FOUR_YEARS = 10, 1461
"""Between the call and a session, where the bylaws ask for fewer; and a term of office."""


@dataclass
class Walk:
    """Who acts, for which committee, and what of it is there so far."""

    caller: Caller
    story: Story
    number: int
    """Of the committee in the demonstration, so that no two invented people are called the same."""
    courses: tuple[UUID, UUID, UUID]
    """The initial course, one of a further topic, and the institution that certifies them."""
    authority: int
    """The municipality whose authority governs the place now."""
    committee: UUID = field(init=False)
    seats: list[UUID] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    terms: list[UUID] = field(default_factory=list)

    async def whole(self) -> None:
        """Everything that happened, in the order in which it is written down."""
        label(self.caller)
        body = said(committees.CommitteeNew, name=self.story.name, note=self.story.shows)
        self.committee = made(await committees.add_committee(self.story.unit, body, self.caller))
        for chapter in (
            *(self._authority, self._before, self._outreach, self._plenary, self._launch, self._law, self._training),
            *(self._sessions, self._renewal, self._office, self._waivers, self._end),
        ):
            await chapter()

    def day(self, days: int) -> date:
        return ago(self.caller.at.date(), days)

    async def version(self, model: type[Row], id: UUID) -> int:
        row = await self.caller.session.get(model, id)
        assert row is not None
        return row.version

    async def _authority(self) -> None:
        if told := self.story.commitment:
            await self._promised(told)

    async def _promised(self, told: Promise) -> None:
        shown = {"demand": Demand.PETITION, "demand_reference": "Demostración: 120 firmas"} if told.demand else {}
        body = said(
            commitments.CommitmentNew,
            kind=CommitmentKind.LETTER, authority=Authority.MAYOR, committed_on=self.day(told.on), ends_on=self.day(told.until),
            reference="Demostración: oficio 12", pledge=told.pledge, champion_office="Alcaldía" if told.champion else None, **shown,
        )  # fmt: skip
        await commitments.add_commitment(self.committee, body, self.caller)

    async def _before(self) -> None:
        """What was before it joined is declared."""
        for kind, days in self.story.declared.items():
            body = said(
                declarations.DeclarationNew,
                kind=kind,
                happened_on=self.day(days),
                description="Demostración: inventado",
                reference="Libro de actas de demostración",
            )
            await declarations.add_declaration(self.committee, body, self.caller)
        if self.story.convened is not None:
            on = Milestone(happened_on=self.day(self.story.convened))
            await committees.convene_committee(self.committee, on, self.caller, await self.version(Committee, self.committee))

    async def _outreach(self) -> None:
        wanted = followed("icma-mvpc-8").set_to("sectors-mapped")["sectors"]
        assert isinstance(wanted, list)
        named = [{"sector": sector, "institution": f"Institución de demostración: {sector}"} for sector in wanted]
        if told := self.story.mapped:
            map = made(await maps.add_map(self.committee, said(maps.StakeholderMapNew), self.caller))
            for who in named[: told.sectors]:
                body = said(stakeholders.StakeholderNew, **who, influence=4, interest=3)
                await stakeholders.add_stakeholder(map, body, self.caller)
            await maps.finish_map(map, Finish(done_on=self.day(told.on)), self.caller, 1)
        if asked := self.story.invited:
            for n, who in enumerate(named[: asked.sectors]):
                id = made(await invitations.add_seat_invitation(self.committee, said(invitations.SeatInvitationNew, **who), self.caller))
                await invitations.send_seat_invitation(id, Sending(sent_on=self.day(asked.on)), self.caller, 1)
                if n < self.story.accepted:
                    await invitations.accept_seat_invitation(id, SeatAcceptance(answered_on=self.day(asked.on)), self.caller, 2)

    async def _plenary(self) -> None:
        if self.story.plenary is None:
            return
        on = self.day(self.story.plenary)
        body = made(await bodies.add_body(self.committee, said(bodies.BodyNew, kind="plenary", name="Pleno", starts_on=on), self.caller))
        for n, chair in enumerate(PLENARY):
            seat = said(seats.SeatNew, body_id=body, sector=chair.sector, role=chair.role, voting=chair.voting, starts_on=on)
            self.seats.append(made(await seats.add_seat(self.committee, seat, self.caller)))
            await self._seated(n, chair, on)

    async def _seated(self, n: int, chair: Chair, on: date) -> None:
        """Seat somebody who is plainly nobody in the n-th seat."""
        who = f"Persona Demostración {100 * self.number + len(self.people) + 1}"
        person = made(await persons.add_person(self.committee, said(persons.PersonNew, name=who, groups=chair.groups), self.caller))
        until = None if chair.selection is Selection.EX_OFFICIO else months_after(on, 24)
        term = said(terms.TermNew, seat_id=self.seats[n], person_id=person, selection=chair.selection, starts_on=on, ends_on=until)
        self.terms.append(made(await terms.add_term(self.committee, term, self.caller)))
        self.people.append(person)

    async def _launch(self) -> None:
        if (told := self.story.launched) is None:
            return
        id = await self._called(SessionKind.INAUGURATION, told.on)
        if told.purpose:
            purpose = PurposeFields(purpose="Demostración: prevenir la violencia, con todos.")
            await sessions.write_purpose(id, purpose, self.caller, await self.version(Session, id))
        await self._held(id, told.present)

    async def _called(self, kind: SessionKind, on: int) -> UUID:
        id = made(await sessions.plan_session(self.committee, said(sessions.SessionNew, kind=kind, meets_on=self.day(on)), self.caller))
        await sessions.call_session(id, Calling(called_on=self.day(max(on + NOTICE_DAYS, 0))), self.caller, 1)
        return id

    async def _held(self, id: UUID, present: int) -> None:
        lines = [PresenceLine(seat_id=seat, status=Presence.PRESENT) for seat in self.seats[:present]]
        await holding.write_session_attendance(id, PresenceFields(lines=lines), self.caller, await self.version(Session, id))
        await holding.hold_session(id, self.caller, await self.version(Session, id))

    async def _instrument(self, purpose: Purpose, on: int) -> UUID:
        body = said(
            instruments.InstrumentNew,
            kind=InstrumentKind.AGREEMENT,
            purpose=purpose,
            number=f"Demostración {self.number}",
            council_date=self.day(on),
            votes_for=8,
            votes_against=1,
        )
        id = made(await instruments.add_instrument(self.committee, body, self.caller))
        await instruments.approve_instrument(id, self.caller, 1)
        return id

    async def _law(self) -> None:
        """The council approves the bylaws; who was launched is legalised by them."""
        if self.story.council is None:
            return
        act = await self._instrument(Purpose.BYLAWS, self.story.council)
        rules = next(template.rules for template in templates() if template.code == LAW)
        id = made(await bylaws.add_bylaws(self.committee, said(bylaws.BylawsNew, rules=rules), self.caller))
        await bylaws.check_bylaws(id, self.caller, 1)
        approval = BylawsApproval(instrument_id=act, in_force_from=self.day(self.story.council))
        await bylaws.approve_bylaws(id, approval, self.caller, 2)
        row = await self.caller.session.get(Committee, self.committee)
        if row is not None and row.state is CommitteeState.LAUNCHED:
            await committees.legalise_committee(self.committee, Legalisation(instrument_id=act), self.caller, row.version)
        if self.story.repealed is not None:
            await instruments.repeal_instrument(act, Repeal(repealed_on=self.day(self.story.repealed)), self.caller, 2)

    async def _training(self) -> None:
        initial, further, institution = self.courses
        if told := self.story.taught:
            event = await self._taught(initial, told.on, told.people)
            if told.certified:
                await self._certified(event, institution)
        if self.story.further is not None:
            await self._taught(further, self.story.further, len(self.people))

    async def _certified(self, event: UUID, institution: UUID) -> None:
        issued = await certificates.issue_certificates(event, CertificateIssuing(issuer_organisation_id=institution), self.caller)
        mistaken = json.loads(bytes(issued.body))["certificates"][-1]
        await certificates.withdraw_certificate(mistaken["code"], self.caller, mistaken["version"])

    async def _taught(self, course: UUID, on: int, people: int) -> UUID:
        id = made(await events.plan_event(self.story.unit, said(TrainingEventNew, course_id=course, starts_on=self.day(on)), self.caller))
        await events.hold_event(id, self.caller, 1)
        there = AttendanceFields(lines=[AttendanceLine(person_id=person) for person in self.people[:people]])
        await attendance.write_attendance(id, there, self.caller, await self.version(TrainingEvent, id))
        return id

    async def _sessions(self) -> None:
        for told in self.story.sessions:
            id = await self._called(SessionKind.ORDINARY, told.on)
            await self._held(id, told.present)
            await self._concluded(id, told)
        if self.story.next_session is not None:
            await self._called(SessionKind.ORDINARY, self.story.next_session)

    async def _concluded(self, id: UUID, told: Met) -> None:
        if told.decided:
            decision = made(await decisions.add_decision(id, said(decisions.DecisionNew, title=told.decided), self.caller))
            lines = [VoteLine(seat_id=seat, choice=Choice.YES) for n, seat in enumerate(self.seats[: told.present]) if PLENARY[n].voting]
            await decisions.write_votes(decision, VotesFields(lines=lines), self.caller, 1)
        for n, agreed in enumerate(told.agreed):
            await self._agreed(id, self.seats[n], agreed)
        if told.minutes:
            text = said(minutes.MinutesNew, text="Demostración: acta inventada, por instituciones y cargos.")
            written = made(await minutes.draft_minutes(id, text, self.caller))
            await minutes.approve_minutes(written, MinutesApproval(approved_on=self.day(told.on)), self.caller, 1)

    async def _agreed(self, session: UUID, seat: UUID, told: Agreed) -> None:
        body = said(agreements.AgreementNew, text="Demostración: lo acordado", owner_seat_id=seat, due_on=self.day(told.due))
        id = made(await agreements.add_agreement(session, body, self.caller))
        if told.fulfilled is not None:
            proof = Fulfilment(fulfilled_on=self.day(told.fulfilled), reference="Demostración: evidencia inventada")
            await agreements.fulfil_agreement(id, proof, self.caller, 1)

    async def _renewal(self) -> None:
        """Institutions replace the last of those who vote."""
        if (told := self.story.replaced) is None:
            return
        voting = [n for n, chair in enumerate(PLENARY) if chair.voting]
        for n in voting[-told.seats :]:
            over = TermEnd(ends_on=self.day(told.on), end_reason=EndReason.REPLACED)
            await terms.end_term(self.terms[n], over, self.caller, 1)
            await self._seated(n, PLENARY[n], self.day(told.on))

    async def _office(self) -> None:
        if (told := self.story.office) is None:
            return
        body = said(office_terms.OfficeTermNew, starts_on=self.day(told.starts), ends_on=self.day(told.ends))
        term = made(await office_terms.add_office_term(str(self.authority), body, self.caller))
        if told.ratified is not None:
            await self._promised(Promise(on=told.ratified, until=told.ends - FOUR_YEARS))
            row = (await self.caller.session.exec(select(Transition).where(Transition.office_term_id == term))).one()
            act = Reratification(reratified_on=self.day(told.ratified), reference="Demostración: punto 4, acta 31")
            await transitions.reratify_committees(row.id, act, self.caller, row.version)

    async def _waivers(self) -> None:
        for step, reason in self.story.waived.items():
            body = said(waivers.WaiverNew, step=step, reason=reason, starts_on=self.day(30))
            await waivers.add_waiver(self.committee, body, self.caller)

    async def _end(self) -> None:
        if self.story.dissolved is not None:
            act = await self._instrument(Purpose.DISSOLUTION, self.story.dissolved)
            body = Dissolution(instrument_id=act, dissolved_on=self.day(self.story.dissolved))
            await committees.dissolve_committee(self.committee, body, self.caller, await self.version(Committee, self.committee))


def said(model: type[Body], **fields: Any) -> Body:
    """The body of a request, validated as one."""
    return model.model_validate(fields)


def made(answer: Response) -> UUID:
    """The id of what an operation answers with."""
    return UUID(json.loads(bytes(answer.body))["id"])


def label(caller: Caller) -> None:
    """Let every row of this transaction that can say so say that it is a demonstration, before it is written; all are of its instant."""

    def labelled(session: Any, *_: Any) -> None:
        for row in session.new:
            if isinstance(row, Kept):
                row.created_at = row.updated_at = caller.at
            if hasattr(row, "demonstration"):
                row.demonstration = True

    event.listen(caller.session.sync_session, "before_flush", labelled)
