"""The items 1 to 14 of GOPI-Prevención (DOMAIN §1.3), each judged from what is kept here. Some need a judgement, or something that is not
kept: those are unknown until somebody declares them, and say so. Items 8 and 9 are read as departmental and national."""

from collections.abc import Callable
from enum import StrEnum

from api.domain.committee.composition import civil_share
from api.domain.committee.rules import Rules
from api.domain.committee.sectors import SeatRole, Sector
from api.domain.fields import Fields
from api.domain.vitals.vector import Counted, HealthPart, Known, counted, worded, yes

SESSIONS_FEWEST = 4
OFFICES = (Sector.EDUCATION, Sector.HEALTH, Sector.POLICE)
"""Of item 7, the offices that sectors of seats tell apart, beside councillors."""
SECRETARIES = frozenset({SeatRole.TECHNICAL_SECRETARY, SeatRole.EXECUTIVE_SECRETARY})


class GopiState(StrEnum):
    """What is known of an item."""

    MET = "met"
    NOT_MET = "not_met"
    DECLARED = "declared"
    """Nothing that is known speaks against it, and what is not known was declared, never computed."""
    UNKNOWN = "unknown"
    """Nothing that is known speaks against it, and not all is."""


class GopiItem(Fields):
    """One item."""

    number: int
    text: str
    """In the caller's language, in our words."""
    state: GopiState
    parts: list[HealthPart]
    """What it was judged from: it is met where each part has all that it is of, and not met where one that is known has not."""


class Gopi(Fields):
    """The items, and how many of them are how."""

    met: int
    not_met: int
    declared: int
    unknown: int
    items: list[GopiItem]


def _needed(part: str, count: int, needed: int) -> Counted:
    """`count` of the `needed`; more than that is no more than all."""
    return (part, count, needed, None)


def _unknown(part: str, why: str) -> Counted:
    return (part, None, None, why)


def _ruled(part: str, known: Known, asked: Callable[[Rules], int], needed: int = 1) -> Counted:
    """What bylaws ask for, of what they should."""
    return _needed(part, int(asked(known.rules)), needed) if known.rules else _unknown(part, "no-bylaws")


def _of_sessions(part: str, known: Known, count: int) -> Counted:
    """Of one session at least: those of yesterday have no minutes yet."""
    return _needed(part, count, 1) if known.counts.quorate else _unknown(part, "no-session")


def _seated(known: Known, sector: Sector) -> int:
    return sum(h.sector is sector and h.term_id is not None for h in known.made.held)


def _mechanism(known: Known) -> list[Counted]:
    return [_needed("sectors_seated", len({h.sector for h in known.made.held if h.term_id}), 2)]


def _bylaws(known: Known) -> list[Counted]:
    return [yes("bylaws_in_force", known.rules is not None)]


def _sessions(known: Known) -> list[Counted]:
    ruled = _ruled("sessions_in_rules", known, lambda rules: rules.sessions_per_year, SESSIONS_FEWEST)
    return [ruled, _needed("sessions_held", known.counts.quorate, SESSIONS_FEWEST)]


def _civil(known: Known) -> list[Counted]:
    share = civil_share(known.made.held, required=True)
    needed = 51 * share.voting // 100 + 1
    practice = _needed("civil_voters", share.civil, needed) if share.voting else _unknown("civil_voters", "nobody-seated")
    return [_ruled("civil_in_rules", known, lambda rules: rules.civil_majority), practice]


def _open_call(known: Known) -> list[Counted]:
    return [_unknown("call_in_rules", "not-said"), counted("by_open_call", known.counts.by_call, known.counts.holders, "nobody-seated")]


def _staggered(known: Known) -> list[Counted]:
    practice = _needed("different_ends", known.counts.ends, 2) if known.counts.holders else _unknown("different_ends", "nobody-seated")
    return [_ruled("staggered_in_rules", known, lambda rules: rules.renewal_cohorts > 1), practice]


def _councillors(known: Known) -> int:
    """Elected authorities at the table beside whoever presides: that seat is the mayor's, or of whom the mayor sends."""
    elected = [h for h in known.made.held if h.sector is Sector.MUNICIPAL_ELECTED and h.term_id is not None]
    return sum(h.role is not SeatRole.PRESIDENT for h in elected)


def _offices(known: Known) -> list[Counted]:
    kept = [_needed(str(sector), _seated(known, sector), 1) for sector in OFFICES]
    return [_needed("councillors", _councillors(known), 1), *kept, _unknown("other_offices", "sectors-too-wide")]


def _secretariat(known: Known) -> list[Counted]:
    return [_needed("secretariat", known.counts.secretaries, 1), _unknown("powers", "a-judgement")]


def _grounded(known: Known) -> list[Counted]:
    return [_ruled("secretariat_in_rules", known, lambda rules: any(r.role in SECRETARIES and r.max for r in rules.roles))]


ITEMS: tuple[tuple[Callable[[Known], list[Counted]], dict[str, str]], ...] = (
    (
        _mechanism,
        {
            "en": "A mechanism of several sectors exists",
            "es": "Existe un mecanismo multisectorial",
            "pt": "Existe um mecanismo multissetorial",
        },
    ),
    (
        _bylaws,
        {
            "en": "The council approved its bylaws",
            "es": "El concejo aprobó su reglamento",
            "pt": "O conselho aprovou seu regulamento",
        },
    ),
    (
        _sessions,
        {
            "en": "Four sessions a year or more, in the bylaws and in practice",
            "es": "Cuatro sesiones al año o más, en el reglamento y en la práctica",
            "pt": "Quatro reuniões por ano ou mais, no regulamento e na prática",
        },
    ),
    (
        _civil,
        {
            "en": "More than 51 % of the voting members come from social, business and academic sectors",
            "es": "Más del 51 % de los miembros con voto viene de los sectores social, empresarial y académico",
            "pt": "Mais de 51 % dos membros com voto vêm dos setores social, empresarial e acadêmico",
        },
    ),
    (
        _open_call,
        {
            "en": "Members are selected by an open public call, in the bylaws and in practice",
            "es": "Los miembros se eligen por convocatoria pública abierta, en el reglamento y en la práctica",
            "pt": "Os membros são escolhidos por chamada pública aberta, no regulamento e na prática",
        },
    ),
    (
        _staggered,
        {
            "en": "Members are replaced in parts, in the bylaws and in practice",
            "es": "Los miembros se renuevan por partes, en el reglamento y en la práctica",
            "pt": "Os membros são renovados por partes, no regulamento e na prática",
        },
    ),
    (
        _offices,
        {
            "en": "Government offices for youth, women, education, health, safety, participation and families, and councillors, sit in it",
            "es": "Participan juventud, mujer, educación, salud, seguridad pública, participación y familia del gobierno, y concejales",
            "pt": "Participam juventude, mulher, educação, saúde, segurança pública, participação e família do governo, e vereadores",
        },
    ),
    (
        lambda _: [_unknown("department", "sectors-too-wide")],
        {
            "en": "The departmental government is represented",
            "es": "Está representado el gobierno departamental",
            "pt": "O governo departamental está representado",
        },
    ),
    (
        lambda known: [_needed("national_government", _seated(known, Sector.NATIONAL_GOVERNMENT), 1)],
        {
            "en": "The national government is represented",
            "es": "Está representado el gobierno nacional",
            "pt": "O governo nacional está representado",
        },
    ),
    (
        _secretariat,
        {
            "en": "A technical secretariat of municipal staff coordinates and keeps the record",
            "es": "Una secretaría técnica de personal municipal coordina y lleva el registro",
            "pt": "Uma secretaria técnica de pessoal municipal coordena e mantém o registro",
        },
    ),
    (
        _grounded,
        {
            "en": "The secretariat stands in the bylaws",
            "es": "La secretaría está en el reglamento",
            "pt": "A secretaria está no regulamento",
        },
    ),
    (
        lambda _: [_unknown("work_plan", "no-plans")],
        {"en": "It has an annual work plan", "es": "Tiene un plan anual de trabajo", "pt": "Tem um plano anual de trabalho"},
    ),
    (
        lambda known: [_of_sessions("minutes_approved", known, known.counts.minuted)],
        {"en": "It has minutes", "es": "Tiene actas", "pt": "Tem atas"},
    ),
    (
        lambda known: [_of_sessions("minutes_published", known, known.counts.published)],
        {"en": "Its minutes are published", "es": "Sus actas están publicadas", "pt": "Suas atas estão publicadas"},
    ),
)


def state(parts: list[HealthPart]) -> GopiState:
    """Met where each part has all that it is of; not met where one that is known has not; declared where somebody's word is among them."""
    if any(part.of is not None and (part.count or 0) < part.of for part in parts):
        return GopiState.NOT_MET
    if any(part.unknown for part in parts):
        return GopiState.UNKNOWN
    return GopiState.DECLARED if any(part.declared for part in parts) else GopiState.MET


def gopi(known: Known, language: str) -> Gopi:
    """Every item on the day."""
    items = []
    for number, (judge, text) in enumerate(ITEMS, 1):
        parts = [worded(part, language, known.declared) for part in judge(known)]
        items.append(GopiItem(number=number, text=text[language], state=state(parts), parts=parts))
    states = [item.state for item in items]
    return Gopi(
        met=states.count(GopiState.MET),
        not_met=states.count(GopiState.NOT_MET),
        declared=states.count(GopiState.DECLARED),
        unknown=states.count(GopiState.UNKNOWN),
        items=items,
    )
