"""Training events as the pages of their room need them: found by those who may know who was there, and their certificates."""

from collections.abc import Callable
from uuid import UUID

from sqlmodel import select

from api import db
from api.access import Caller
from api.domain.training.attendance import opened as named
from api.domain.training.certificates import Certificate, withdraw
from api.domain.training.events import TrainingEvent
from api.levels import Shape
from api.offices import opened

HERE = Shape()


async def event_of(caller: Caller, id: UUID) -> TrainingEvent:
    """The event, for whoever has the personal scope there. Raises NotFound, NotAllowed."""
    row = await db.fetch(caller, TrainingEvent, id, HERE.seen())
    named(await opened(caller, row.municipality_id))
    return row


async def certificates_of(caller: Caller, event: TrainingEvent) -> list[Certificate]:
    """Those of the event that hold."""
    of_event = select(Certificate).where(Certificate.municipality_id == event.municipality_id, Certificate.event_id == event.id)
    return list((await caller.session.exec(of_event.where(Certificate.withdrawn_on.is_(None)))).all())  # type: ignore[union-attr]


async def withdraw_unless(caller: Caller, event: TrainingEvent, stands: Callable[[Certificate], bool]) -> None:
    """Withdraw the certificates of the event that do not stand any more."""
    for certificate in await certificates_of(caller, event):
        if not stands(certificate):
            withdraw(certificate, caller.at.date())
            await db.keep(caller, certificate, "withdraw", fields=["withdrawn_on"])
