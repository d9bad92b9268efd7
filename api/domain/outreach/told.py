"""How the gap report is told: in the caller's language, each gap with what to do, each name with the reason."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from api.domain.calendar import months_after
from api.domain.committee.sectors import Sector
from api.domain.outreach.gaps import Facts, Next, Stage, Tally, Why, ranked, tallies, unreached
from api.domain.outreach.stakeholders import Population


class Told(BaseModel):
    """The base of what is told."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class MapTold(Told):
    """The map that the report is made of."""

    id: UUID
    done_on: date
    valid_until: date
    """First day it does not count any more."""
    fresh: bool
    """Whether it counts on the day of the report."""


class SectorTold(Told):
    """One sector."""

    sector: Sector
    required: int
    """Seats that it must have: the more of the next two."""
    by_bylaws: int | None
    """Fewest seats by the bylaws in force; null where there are none."""
    by_framework: bool
    """Whether the framework wants it at the table."""
    mapped: int
    """Stakeholders on the map."""
    invited: int
    """Invitations that are open."""
    accepted: int
    """Invitations that were accepted and of which no seat came yet."""
    seated: int
    """Seats that somebody holds."""
    missing: int
    """Seats that nobody holds yet."""
    stage: Stage
    how: str | None
    """What to do; null where nothing is missing."""


class NextTold(Told):
    """Somebody to invite."""

    stakeholder_id: UUID
    sector: Sector
    organisation_id: UUID | None
    organisation: str | None
    institution: str | None
    """Null, as the organisation is, where it is a leader and no institution: who that is, the personal scope reads on the map."""
    influence: int
    interest: int
    why: Why
    reason: str
    """Why, in a sentence."""


class NewOrganisations(Told):
    """Whether new organisations still come."""

    months: int
    """Within how many months one should."""
    last_on: date | None
    """The first day of the organisation that came last; null where none ever did."""
    due_on: date | None
    """First day on which it is too long ago."""
    none_lately: bool


class SectorGaps(Told):
    """What is missing at the table, and whom to invite next."""

    committee_id: UUID
    as_of: date
    map: MapTold | None
    """The latest map finished by then; null where there is none, and then nobody can be named."""
    bylaws_id: UUID | None
    """Those in force."""
    sectors: list[SectorTold]
    next: list[NextTold]
    """The best first, each as if those before had been invited."""
    unreached: list[Population]
    """Populations that somebody on the map reaches, and nobody at the table."""
    new_organisations: NewOrganisations


HOW: dict[Stage, dict[str, str]] = {
    Stage.NOT_MAPPED: {
        "en": "Find institutions of this sector and put them on a map: nobody is known who could be invited now.",
        "es": "Busque instituciones de este sector y mapéelas: no se conoce a nadie a quien invitar ahora.",
        "pt": "Busque instituições deste setor e mapeie-as: não se conhece ninguém a quem convidar agora.",
    },
    Stage.NOT_INVITED: {
        "en": "Invite {open} more of this sector; {free} on the map could be asked.",
        "es": "Invite a {open} más de este sector; en el mapeo hay {free} a quienes puede invitar.",
        "pt": "Convide mais {open} deste setor; no mapa há {free} que podem ser convidados.",
    },
    Stage.WAITING: {
        "en": "Ask for the answers to {invited} open invitations.",
        "es": "Dé seguimiento a {invited} invitaciones sin respuesta.",
        "pt": "Acompanhe {invited} convites sem resposta.",
    },
    Stage.NOT_SEATED: {
        "en": "Seat those who accepted: {accepted}.",
        "es": "Integre a quienes aceptaron: {accepted}.",
        "pt": "Integre quem aceitou: {accepted}.",
    },
}
REASONS: dict[Why, dict[str, str]] = {
    Why.SECTOR_MISSING: {
        "en": "Sector {sector} holds {seated} of {required} seats that it must have. Influence {influence} and interest {interest} of 5.",
        "es": "El sector {sector} tiene {seated} de {required} puestos requeridos. Influencia {influence} e interés {interest} de 5.",
        "pt": "O setor {sector} tem {seated} de {required} assentos exigidos. Influência {influence} e interesse {interest} de 5.",
    },
    Why.REACHES_MORE: {
        "en": "Reaches whom nobody at the table reaches yet: {reaches}. Influence {influence} and interest {interest} of 5.",
        "es": "Llega a quienes nadie en la mesa llega todavía: {reaches}. Influencia {influence} e interés {interest} de 5.",
        "pt": "Alcança quem ninguém à mesa alcança ainda: {reaches}. Influência {influence} e interesse {interest} de 5.",
    },
    Why.STRONGEST: {
        "en": "Of those who are not at the table it has the most influence and interest: {influence} and {interest} of 5.",
        "es": "De quienes no están en la mesa tiene la mayor influencia e interés: {influence} y {interest} de 5.",
        "pt": "Dos que não estão à mesa tem a maior influência e interesse: {influence} e {interest} de 5.",
    },
}


def gaps_told(facts: Facts, committee: UUID, said: tuple[MapTold | None, UUID | None], came: NewOrganisations, language: str) -> SectorGaps:
    """The report in a language; `said` are the map and the bylaws that it is made of."""
    found = {tally.sector: tally for tally in tallies(facts)}
    return SectorGaps(
        committee_id=committee,
        as_of=facts.day,
        map=said[0],
        bylaws_id=said[1],
        sectors=[_sector(tally, facts, said[1] is not None, language) for tally in found.values()],
        next=[_next(one, found[one.candidate.sector], language) for one in ranked(facts)],
        unreached=sorted(unreached(facts)),
        new_organisations=came,
    )


def _sector(tally: Tally, facts: Facts, ruled: bool, language: str) -> SectorTold:
    said = {"open": tally.open, "free": tally.free, "invited": tally.invited, "accepted": tally.accepted}
    return SectorTold(
        sector=tally.sector,
        required=tally.required,
        by_bylaws=facts.by_bylaws.get(tally.sector, 0) if ruled else None,
        by_framework=tally.sector in facts.by_framework,
        mapped=tally.mapped,
        invited=tally.invited,
        accepted=tally.accepted,
        seated=tally.seated,
        missing=tally.lacking,
        stage=tally.stage,
        how=HOW[tally.stage][language].format_map(said) if tally.stage in HOW else None,
    )


def _next(one: Next, tally: Tally, language: str) -> NextTold:
    who = one.candidate
    said = {"sector": who.sector, "seated": tally.seated, "required": tally.required, "reaches": ", ".join(one.reaches)}
    said |= {"influence": who.influence, "interest": who.interest}
    return NextTold(
        stakeholder_id=who.id,
        sector=who.sector,
        organisation_id=who.organisation_id,
        organisation=who.organisation,
        institution=who.institution,
        influence=who.influence,
        interest=who.interest,
        why=one.why,
        reason=REASONS[one.why][language].format_map(said),
    )


def new_organisations(last_on: date | None, months: int, day: date) -> NewOrganisations:
    """Whether one came within `months` before `day`."""
    due = months_after(last_on, months) if last_on else None
    return NewOrganisations(months=months, last_on=last_on, due_on=due, none_lately=due is None or due <= day)
