"""The handover file: what is handed over as it stood when it was frozen, hashed and signed; names are never in it."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ARRAY, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from api.domain.committee.seats import Display
from api.domain.errors import NotAllowed
from api.domain.fields import Key, Row, digest
from api.domain.transition.transitions import Transition

FORMAT = "amuprev-handover-1"


class HandoverFile(Row, table=True):
    """The row; it never changes."""

    __tablename__ = "handover_file"

    country_id: Key
    municipality_id: Key
    transition_id: UUID = Field(foreign_key="transition.id")
    body: str
    sha256: str
    kid: str
    signature: str
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    persons: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))


class Held(BaseModel):
    """A line of the roster."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    sha256: str
    """Of `salt` followed by `said`, in hex: one of `roster` in the body."""
    salt: str | None
    said: str | None
    """JSON: institution, role and days, as far as the seat showed them. Null where the seat shows less by now: what was taken back is not
    told any more, and the body still verifies."""


class HandoverFileOut(BaseModel):
    """What is handed over, to be saved and verified."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    transition_id: UUID
    made_at: datetime
    sha256: str
    """Of the bytes of `body`, in hex."""
    kid: str
    """The key that signed, in /.well-known/jwks.json as long as it is there; keep that with the file."""
    signature: str
    """JWS (ES256) whose payload tells the transition, the instant and `sha256`."""
    body: str
    """JSON: committees, bylaws, instruments, minutes, agreements, commitments, documents, credentials without secrets, hashes of the
    roster. No name and no contact of anybody."""
    roster: list[Held]


class Contact(BaseModel):
    """Somebody of the committees, by name."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    person_id: UUID
    committee_id: UUID
    name: str
    email: str | None
    phone: str | None


class Contacts(BaseModel):
    """The sealed part of a handover file."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    transition_id: UUID
    people: list[Contact]
    """As they are known now; who was erased is not among them."""


def canonical(said: Any) -> str:
    """JSON that is the same for the same content."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def lines_of(roster: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines of the roster, each with a salt: from a hash alone nobody may guess which institution stood there."""
    return [
        {"seat_id": line["seat"], "display": line["display"], "salt": secrets.token_hex(16), "said": canonical(line["said"])}
        for line in roster
    ]


def body_of(row: Transition, sections: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], at: datetime) -> str:
    """The bytes that are hashed and signed."""
    head = {"format": FORMAT, "transition_id": str(row.id), "municipality_id": row.municipality_id, "made_at": at.isoformat()}
    roster = [digest(line["salt"] + line["said"]) for line in lines]
    return canonical(head | {"turns_on": row.turns_on.isoformat(), "sections": dict(sections), "roster": roster})


WIDEST = (Display.NONE, Display.SECTOR, Display.INSTITUTION, Display.PERSON)


def shown(lines: Sequence[Mapping[str, Any]], now: Mapping[str, str]) -> list[Held]:
    """The roster, without what seats show no more; `now` is what each shows today."""
    found = []
    for line in lines:
        today = WIDEST.index(Display(now.get(line["seat_id"], Display.NONE)))
        told = today >= WIDEST.index(Display(line["display"]))
        hashed = digest(line["salt"] + line["said"])
        found.append(Held(sha256=hashed, salt=line["salt"] if told else None, said=line["said"] if told else None))
    return found


def opens(row: Transition, who: UUID, personal: bool) -> None:
    """Raises NotAllowed unless `who` is the incoming office that signed, with the personal scope: never the team that left."""
    if row.accepted_by != who:
        raise NotAllowed("Only the incoming office that signed for the handover opens this.", "not-incoming")
    if not personal:
        raise NotAllowed("Names need the personal scope of an office at this municipality; see GET /v1/me.", "personal-scope-required")
