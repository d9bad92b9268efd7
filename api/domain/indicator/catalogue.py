"""Indicators and the sources that count them. Two sources of one indicator stay two series."""

from collections.abc import Iterable
from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field

from api.domain.errors import Conflict, Invalid
from api.domain.fields import ExternalIds, Fields, Key, LongText, Numbered, Slug, Text, external_ids, one_of, patch_of


class IndicatorUnit(StrEnum):
    """What a value is a number of."""

    COUNT = "count"
    PER_100K = "per-100k"
    PERCENT = "percent"


class Direction(StrEnum):
    """Which way is better."""

    DOWN = "down"
    UP = "up"


class Adds(StrEnum):
    """How values go together."""

    SUM = "sum"
    LAST = "last"
    NONE = "none"


class Origin(StrEnum):
    """Where values come from."""

    REPORTED = "reported"
    COMPUTED = "computed"


class SourceKind(StrEnum):
    """What kind of office counts."""

    POLICE = "police"
    HEALTH = "health"
    PROSECUTOR = "prosecutor"
    OBSERVATORY = "observatory"
    SURVEY = "survey"
    ADMINISTRATIVE = "administrative"
    COMPUTED = "computed"
    DEMONSTRATION = "demonstration"


class CountingUnit(StrEnum):
    """What is counted: five victims of one offence are five or one."""

    VICTIMS = "victims"
    OFFENCES = "offences"
    INCIDENTS = "incidents"
    PEOPLE = "people"
    ATTENDANCES = "attendances"


class IndicatorDefinition(Fields):
    """What an indicator means, which may be put better; a country's own for the country alone."""

    label_en: Text
    label_es: Text
    label_pt: Text
    definition: LongText | None = None
    unit: IndicatorUnit = one_of(IndicatorUnit)
    numerator: Slug | None = None
    """Code of the indicator that a published rate is made of: it stands beside the rate made here of counts."""
    denominator: Slug | None = None
    """What it is held against: `population`, the residents. Of a count that is held against nothing, or anything else, there is no rate."""
    direction: Direction = one_of(Direction)
    adds_over_time: Adds = one_of(Adds)
    """How the values of months make one of a year: summed, the last one, or not at all."""
    adds_over_area: Adds = one_of(Adds)
    """How the values of places make one of a country: summed, or not at all."""
    iccs: str | None = Field(default=None, max_length=10)
    """Code of the International Classification of Crime for Statistical Purposes, 1.0."""
    sdg: str | None = Field(default=None, max_length=10)
    """Code of the Sustainable Development Goal indicator it feeds."""
    iati: str | None = Field(default=None, max_length=40)
    """As an IATI 2.03 result indicator is referred to: its vocabulary, a colon and the code there; 9:16.1.1 is the SDG's (vocabulary 9) of
    that number. Null where no vocabulary is known to hold it; in that of the reporting organisation (99) it has the code it has here."""
    framework: Slug | None = None
    """The set it comes from: ses-ric (the regional system of standardised indicators), sdg, amuprev, or a country's own."""
    sensitive: bool = False
    """Sexual violence, children, trafficking: outside its own municipality it is answered with small counts hidden and the rest rounded."""
    external_ids: ExternalIds = external_ids()


class IndicatorFields(IndicatorDefinition):
    """An indicator of the catalogue."""

    code: Slug
    """Never changes; that of a country's own begins with the country's, as in sv-extorsion."""
    country_id: Key | None = Field(default=None, foreign_key="country.id")
    """The country whose own it is; null for the region's."""


class Indicator(IndicatorFields, Numbered, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True
    origin: Origin = one_of(Origin)


class IndicatorOut(IndicatorFields, Numbered):
    """An indicator as it is read."""

    label: str
    """In the caller's language."""
    origin: Origin
    """Computed ones are counted here from what is kept; nobody states them."""


class SourceDefinition(Fields):
    """Who counts, and what exactly they count."""

    name: Text
    kind: SourceKind = one_of(SourceKind)
    counting_unit: CountingUnit = one_of(CountingUnit)
    url: Text | None = None
    external_ids: ExternalIds = external_ids()


class SourceFields(SourceDefinition):
    """A source of the catalogue."""

    code: Slug
    """Never changes; that of a country's own begins with the country's, as in sv-pnc."""
    country_id: Key | None = Field(default=None, foreign_key="country.id")
    """Null for sources of more than one country."""


class Source(SourceFields, Numbered, table=True):
    """The row."""

    PUBLIC: ClassVar[bool] = True


class SourceOut(SourceFields, Numbered):
    """A source as it is read."""


IndicatorPatch = patch_of(IndicatorDefinition)
SourcePatch = patch_of(SourceDefinition)
OWN_FROM = 100_000
"""Keys from here on are of indicators and sources that a region or country added; those below stand in the data files."""


def ours(key: int) -> None:
    """Raises Conflict where the definition comes with the service: it changes with it and nowhere else, so that figures stay comparable."""
    if key < OWN_FROM:
        raise Conflict("This definition comes with the service; add one of your own instead.", "shipped-with-the-service")


KEPT_BY = frozenset({"unit", "adds_over_time"})
"""What the kept sums of an indicator are made by."""
COUNTED_BY = frozenset({"kind", "counting_unit"})
"""By what the values of a source are told apart from those of others, with which they are never added."""


def as_stated(changed: list[str], stated: bool) -> None:
    """Raises Conflict where values were stated and what they mean would be another: the years of every place would change behind those who
    stated their months, and nobody would have restated anything."""
    if stated and (named := sorted((KEPT_BY | COUNTED_BY) & set(changed))):
        raise Conflict(
            "Values were stated of this as it is; add another indicator or source for what is measured, summed or counted otherwise.",
            "values-stated",
            pointer=f"/{named[0]}",
        )


_MOVED = " or ".join(f"r.was ->> '{name}' <> i.{name}" for name in sorted(KEPT_BY))
REDEFINED = f"""exists (select from register_revision r join recording k on k.recording_id = r.recording_id and k.country_id = r.country_id
      where r.noun = 'indicator' and r.thing = i.id::text and k.at > {{since}} and ({_MOVED}))"""
"""Whether what is stated of indicator `i` became another thing after the instant `since`, as SQL."""


def as_sent(redefined: Iterable[str]) -> None:
    """Raises Conflict where the unit of an indicator, or how its months add up, changed after values of it were sent: they were meant
    otherwise."""
    if codes := sorted(redefined):
        raise Conflict(
            f"What is stated of {', '.join(codes)} was defined otherwise after this was sent; read the definition and send it again.",
            "definition-changed",
            choices=codes,
        )


def of_a_kind(said: str) -> bool:
    """Whether it names a kind of source, or what a kind counts: police, police:victims."""
    kind, _, unit = said.partition(":")
    return kind in tuple(SourceKind) and (not unit or unit in tuple(CountingUnit))


def unknown(what: str, pointer: str) -> Invalid:
    """The refusal of a code that no catalogue has; `what` is an indicator or a source."""
    return Invalid(f"There is no such {what}; see GET /v1/{what}s.", f"{what}-unknown", pointer=pointer)


def own_code(code: str, iso2: str | None) -> None:
    """Raises Invalid where a country's own does not say whose it is: its code begins with the country's, as in `sv-extorsion`."""
    if iso2 is not None and not code.startswith(f"{iso2.lower()}-"):
        raise Invalid(f"The code of a country's own begins with {iso2.lower()}-.", "code-not-own", pointer="/code")
