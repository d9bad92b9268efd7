"""The bases every record is built from, so that a field is written down once.

    class XFields(Fields)               what a caller writes: the body of POST
    class X(XFields, Row, table=True)   what is kept
    class XOut(XFields, Row)            what a caller reads
    XPatch = patch_of(XFields)          the body of PATCH

A table model does not validate when it is constructed (SQLModel), so rows are made with `made(X, body, …)` and changed with `merged`.
"""

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Optional, Self, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)
from pydantic import Field as Limits
from sqlalchemy import DateTime, Enum
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from api.domain.errors import Invalid, NotFound

Made = TypeVar("Made", bound="Kept")


def new_id() -> UUID:
    """A UUIDv7: unique without asking anyone, and sorted by when it was made."""
    return uuid7()


def now() -> datetime:
    return datetime.now(UTC)


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def sound(text: str) -> str:
    """The text. Raises ValueError where PostgreSQL could not keep it."""
    # PostgreSQL keeps no NUL, and half a surrogate pair is not a character: both would fail later and less kindly.
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("text must not hold NUL or lone surrogates")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), AfterValidator(sound)]
LongText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(sound)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Key = Annotated[int, Limits(ge=1, le=2**31 - 1)]
Number = Annotated[
    Decimal, Limits(allow_inf_nan=False, max_digits=20, decimal_places=6), PlainSerializer(float, return_type=float, when_used="json")
]


def _lower(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


Email = Annotated[
    str,
    BeforeValidator(_lower),
    StringConstraints(pattern=r"^[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,190}$", max_length=254),
    AfterValidator(sound),
]
ExternalIds = Annotated[
    dict[Slug, Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(sound)]], Limits(max_length=20)
]


class Fields(SQLModel):
    """A body: unknown members are refused, text is stripped."""

    model_config = ConfigDict(  # type: ignore[assignment]
        extra="forbid", use_attribute_docstrings=True, json_schema_serialization_defaults_required=True, allow_inf_nan=False
    )

    @field_validator("*")
    @classmethod
    def _in_the_calendar(cls, value: Any) -> Any:
        # PostgreSQL's driver keeps the first and the last day that Python knows as -infinity and infinity, which are no days in JSON.
        if value in (date.min, date.max) and isinstance(value, date):
            raise ValueError("this day is beyond the calendar; leave out the end of what has none")
        return value


class Documented(Fields):
    """The base of what is said on somebody's word and can be read somewhere."""

    description: LongText
    """What is said; names of people do not belong here."""
    reference: Text | None = None
    """What it can be read in, such as book and page of the minutes or an article of the bylaws; this or `document_id` is needed."""
    document_id: UUID | None = None
    """The document itself."""

    @model_validator(mode="after")
    def _documented(self) -> Self:
        if self.reference is None and self.document_id is None:
            raise ValueError("name the document: reference or document_id")
        return self


class Patch(Fields):
    """A body of PATCH. It has no source of its own: pydantic would look for its docstrings in everything that is being imported."""

    model_config = ConfigDict(use_attribute_docstrings=False)


class Kept(SQLModel):
    """What every record carries besides its key."""

    model_config = ConfigDict(extra="ignore", use_attribute_docstrings=True)  # type: ignore[assignment]

    version: int = Field(default=1)
    """Rises by one with every change; the ETag of the record."""
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    """When the record was first kept, UTC."""
    updated_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    """When the record last changed, UTC."""


class Row(Kept):
    """A record with a UUIDv7 of its own, which the client may bring."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    """UUIDv7; never reused. Bring your own to make the creation safe to repeat."""


class Numbered(Kept):
    """A record whose integer key stands in the committed data files and is never given twice."""

    id: int = Field(primary_key=True)
    """Integer key, stable for ever."""


def external_ids() -> Any:
    """The field of codes by scheme, kept a second time in the table external_id, where uniqueness is enforced (api/db.py)."""
    return Field(default_factory=dict, sa_type=JSONB, description="Codes by scheme: official registers and owners' own schemes.")


def superseded() -> Any:
    """A member that an answer keeps for the clients written before its successor; the document marks it deprecated."""
    return Field(schema_extra={"deprecated": True})


def one_of(words: type[StrEnum], **options: Any) -> Any:
    """A field that holds one of `words`, kept as text."""
    kept_as = Enum(words, native_enum=False, create_constraint=False, length=80, values_callable=lambda e: [w.value for w in e])
    return Field(sa_type=kept_as, **options)


def patch_of(fields: type[Fields]) -> type[Fields]:
    """The PATCH body of `fields`: each field optional, with its own limits and description (a JSON merge patch)."""
    optional: dict[str, Any] = {}
    for name, field in fields.model_fields.items():
        limits = [m for m in field.metadata if not type(m).__module__.startswith("sqlmodel")]  # what is about columns stays behind
        kind = Annotated[(field.annotation, *limits)] if limits else field.annotation
        optional[name] = (Optional[kind], Field(default=None, description=field.description))  # noqa: UP045
    return create_model(fields.__name__.removesuffix("Fields") + "Patch", __base__=Patch, __module__=fields.__module__, **optional)


def made(model: type[Made], body: Fields, **more: Any) -> Made:
    """A validated row of `model` from what the caller wrote and what the server knows."""
    return model.model_validate(body.model_dump() | more)


def merged(row: SQLModel, patch: Fields, fields: type[Fields]) -> list[str]:
    """Change `row` by what `patch` says, after validating the whole that results. Returns the names of the fields that changed.

    Raises Invalid where the whole would not stand, such as a null for what is required.
    """
    before = row.model_dump(include=set(fields.model_fields))
    try:
        whole = fields.model_validate(before | patch.model_dump(exclude_unset=True))
    except ValidationError as error:
        place = "".join(f"/{part}" for part in error.errors()[0]["loc"])
        raise Invalid("What would result is not as it must be.", "invalid-fields", pointer=place or None) from error
    changed = [name for name in fields.model_fields if getattr(whole, name) != before[name]]
    for name in changed:
        setattr(row, name, getattr(whole, name))
    return changed


def known(key: Key | None, pointer: str) -> int:
    """`key`, which a code in a body was found to mean. Raises Invalid where it means nothing."""
    if key is None:
        raise Invalid("There is no such code.", "unknown-code", pointer=pointer)
    return key


def found(thing: Any) -> None:
    """Raises NotFound where what an address names was not found."""
    if thing is None:
        raise NotFound()
