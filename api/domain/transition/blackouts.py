"""Blackout windows: days on which the law of a country refuses acts because an election is near. What is published stays readable, and as
it is."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Limits
from sqlalchemy import ARRAY
from sqlalchemy import Text as Plain
from sqlmodel import Field

from api.domain.errors import Conflict
from api.domain.fields import Fields, Key, LongText, Row, Text


class PublicAct(StrEnum):
    """A kind of act that a window may refuse. Reading is none."""

    PUBLISH_RECORDS = "publish_records"
    """Publishing what accountability asks for: council instruments, bylaws, calls, minutes, reports. Few laws refuse it."""
    PUBLISH_PROMOTION = "publish_promotion"
    """Publishing anything else, such as statements and photographs."""


class BlackoutFields(Fields):
    """Days on which acts are refused in a country."""

    starts_on: date
    """First day."""
    ends_on: date
    """First day after."""
    acts: Annotated[list[PublicAct], Limits(min_length=1, max_length=len(PublicAct))] = Field(sa_type=ARRAY(Plain))
    """What is refused."""
    legal_basis: Text
    """The law and its article."""
    note: LongText | None = None

    @model_validator(mode="after")
    def _forwards(self) -> "BlackoutFields":
        if self.ends_on <= self.starts_on:
            raise ValueError("ends_on must be after starts_on")
        return self


class Blackout(BlackoutFields, Row, table=True):
    """The row."""

    __tablename__ = "blackout_window"
    PUBLIC: ClassVar[bool] = True

    acts: list[str] = Field(sa_type=ARRAY(Plain))  # type: ignore[assignment]
    country_id: Key = Field(foreign_key="country.id")
    demonstration: bool = False


class BlackoutOut(BlackoutFields, Row):
    """A window as it is read."""

    country_id: int
    country: str
    """ISO 3166-1 alpha-2."""
    in_force: bool
    """Whether it refuses anything on `as_of`."""
    says: str
    """What is refused until when and why, in a sentence of the caller's language."""
    demonstration: bool


class Refused(BaseModel):
    """An act that is refused now."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    act: PublicAct
    until: date
    """First day on which it is allowed again; windows that follow each other without a gap count as one."""
    legal_basis: str
    """Of the window that lasts longest."""


class BlackoutNow(BaseModel):
    """What is refused at a municipality on a day."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    municipality_id: int
    country: str
    """ISO 3166-1 alpha-2."""
    as_of: date
    refused: list[Refused]
    """Empty where nothing is."""
    says: str
    """The same in a sentence of the caller's language."""
    next_on: date | None
    """First day of the next window that is known; null where none is."""


def refused(windows: Iterable[BlackoutFields], day: date) -> list[Refused]:
    """What of each act is refused on `day`, and until when."""
    known = sorted(windows, key=lambda w: (w.starts_on, w.ends_on))
    return [found for act in PublicAct if (found := _refused([w for w in known if act in w.acts], act, day))]


def _refused(windows: list[BlackoutFields], act: PublicAct, day: date) -> Refused | None:
    until, last = day, None
    for window in windows:
        if window.starts_on <= until < window.ends_on:
            until, last = window.ends_on, window
    return Refused(act=act, until=until, legal_basis=last.legal_basis) if last else None


def permit(acts: Iterable[PublicAct], windows: Iterable[BlackoutFields], day: date) -> None:
    """Raises Conflict where one of `acts` is refused on `day`; `until` says when it is allowed again."""
    wanted = set(acts)
    if found := [r for r in refused(windows, day) if r.act in wanted]:
        last = max(found, key=lambda r: r.until)
        told = f"Until {last.until.isoformat()} this is refused here because of an election ({last.legal_basis}); what is published stays."
        raise Conflict(told, "blackout", until=last.until.isoformat())


NOTHING = {
    "en": "Nothing is refused because of an election.",
    "es": "Nada se rechaza por motivo de una elección.",
    "pt": "Nada é recusado por motivo de uma eleição.",
}
LABELS: dict[PublicAct, dict[str, str]] = {
    PublicAct.PUBLISH_RECORDS: {
        "en": "publishing records of accountability",
        "es": "publicar documentos de rendición de cuentas",
        "pt": "publicar documentos de prestação de contas",
    },
    PublicAct.PUBLISH_PROMOTION: {
        "en": "publishing statements, photographs and the like",
        "es": "publicar comunicados, fotografías y similares",
        "pt": "publicar comunicados, fotografias e similares",
    },
}
UNTIL = {
    "en": "Until {until} {act} is refused: {basis}.",
    "es": "Hasta el {until} se rechaza {act}: {basis}.",
    "pt": "Até {until} é recusado {act}: {basis}.",
}


def told(found: Iterable[Refused], language: str) -> str:
    """What is refused, in sentences."""
    words = UNTIL[language]
    said = [words.format(until=r.until.isoformat(), act=LABELS[r.act][language], basis=r.legal_basis) for r in found]
    return " ".join(said) or NOTHING[language]


def blackout_of(place: tuple[int, str], windows: Iterable[BlackoutFields], day: date, language: str) -> BlackoutNow:
    """What is refused at `place`, a municipality and its country, by the country's windows."""
    known = list(windows)
    now, later = refused(known, day), [w.starts_on for w in known if w.starts_on > day]
    municipality, country = place
    next_on = min(later, default=None)
    return BlackoutNow(municipality_id=municipality, country=country, as_of=day, refused=now, says=told(now, language), next_on=next_on)
