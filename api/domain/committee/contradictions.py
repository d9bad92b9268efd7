"""What cannot be in a draft of bylaws, found before a council approves it: each with the place and a sentence that says what to do."""

from collections.abc import Callable, Iterator
from enum import StrEnum

from api.domain.committee.majorities import Of, least
from api.domain.committee.quorum import Base, Quorum, required
from api.domain.committee.rules import DecisionKind, Rules
from api.domain.committee.sectors import Group, Sector, above_51
from api.domain.committee.words import LANGUAGES, Words, said
from api.domain.fields import Fields


class Severity(StrEnum):
    """Whether it can be at all."""

    CONTRADICTION = "contradiction"
    """The rules cannot be kept together; the draft cannot be approved."""
    WARNING = "warning"
    """They can, but not always; somebody should look."""


class Finding(Fields):
    """One thing that is wrong with the rules."""

    pointer: str
    """JSON pointer into the rules."""
    code: str
    severity: Severity
    detail: str
    """What is wrong and what to do, in the caller's language."""


class Found(Fields):
    """The same before a language is chosen."""

    pointer: str
    code: str
    severity: Severity
    words: Words


def _no(pointer: str, code: str, severity: Severity = Severity.CONTRADICTION, **values: int | str) -> Found:
    return Found(pointer=pointer, code=code, severity=severity, words=said(SENTENCES[code], **values))


def _sectors(rules: Rules) -> Iterator[Found]:
    seen: set[tuple[Sector, bool]] = set()
    for n, seats in enumerate(rules.seats):
        if seats.min > seats.max:
            yield _no(f"/seats/{n}/min", "sector-minimum-above-maximum", min=seats.min, max=seats.max)
        if (seats.sector, seats.voting) in seen:
            yield _no(f"/seats/{n}/sector", "sector-twice")
        seen.add((seats.sector, seats.voting))
    if (minima := rules.least(voting=True)) > rules.voting_seats:
        yield _no("/seats", "minima-above-seats", sum=minima, seats=rules.voting_seats)
    if (maxima := rules.most(voting=True)) < rules.voting_seats:
        yield _no("/seats", "maxima-below-seats", sum=maxima, seats=rules.voting_seats)
    if rules.civil_majority and not above_51(rules.civil_most(), rules.voting_seats):
        yield _no("/civil_majority", "civil-majority-unreachable", most=rules.civil_most(), seats=rules.voting_seats)


def _groups(rules: Rules) -> Iterator[Found]:
    most, minima = rules.most(), {}
    for n, minimum in enumerate(rules.demographic_minima):
        if minimum.group in minima:
            yield _no(f"/demographic_minima/{n}/group", "group-twice")
        if minimum.min > most:
            yield _no(f"/demographic_minima/{n}/min", "group-above-seats", min=minimum.min, seats=most)
        minima[minimum.group] = minimum.min
    for one, other in ((Group.WOMEN, Group.MEN), (Group.YOUNG, Group.OLDER)):
        if (together := minima.get(one, 0) + minima.get(other, 0)) > most and max(minima.get(one, 0), minima.get(other, 0)) <= most:
            yield _no("/demographic_minima", "groups-above-seats", sum=together, seats=most)


def _roles(rules: Rules) -> Iterator[Found]:
    seen = set()
    for n, role in enumerate(rules.roles):
        if role.min > role.max:
            yield _no(f"/roles/{n}/min", "role-minimum-above-maximum", min=role.min, max=role.max)
        if role.role in seen:
            yield _no(f"/roles/{n}/role", "role-twice")
        seen.add(role.role)
    if (sum_ := sum(role.min for role in rules.roles)) > rules.most():
        yield _no("/roles", "roles-above-seats", sum=sum_, seats=rules.most())
    of_mayor = {Sector.MUNICIPAL_ELECTED, Sector.MUNICIPAL_STAFF}
    if rules.president == "mayor_or_delegate" and not any(s.sector in of_mayor and s.max > 0 for s in rules.seats):
        yield _no("/president", "president-without-seat")


def _filled_least(rules: Rules, quorum: Quorum) -> int:
    """The fewest seats that n can be while the rules are kept."""
    return rules.voting_seats if quorum.base is Base.LEGAL else rules.least(voting=True)


def _quorum(rules: Rules) -> Iterator[Found]:
    n = rules.voting_seats
    calls = [("/quorum", rules.quorum)] + ([("/second_call/quorum", rules.second_call.quorum)] if rules.second_call else [])
    for pointer, quorum in calls:
        if (need := required(quorum, n)) > n:
            yield _no(pointer, "quorum-above-seats", need=need, seats=n)
        elif need > rules.most(voting=True):
            yield _no(pointer, "quorum-above-maxima", need=need, sum=rules.most(voting=True))
        elif (bare := required(quorum, _filled_least(rules, quorum))) > rules.least(voting=True):
            yield _no(pointer, "quorum-above-minima", Severity.WARNING, need=bare, sum=rules.least(voting=True))
    if rules.second_call and (second := required(rules.second_call.quorum, n)) > (first := required(rules.quorum, n)):
        yield _no("/second_call/quorum", "second-call-above-first", first=first, second=second)


def _majorities(rules: Rules) -> Iterator[Found]:
    n = rules.voting_seats
    present = min(required(rules.quorum, n), n)
    if DecisionKind.ORDINARY not in rules.majorities:
        yield _no("/majorities", "majority-missing", Severity.WARNING)
    for kind, majority in rules.majorities.items():
        if majority.of is not Of.ENTITLED:
            continue
        need = least(majority.kind, n)
        if need > rules.most(voting=True):
            yield _no(f"/majorities/{kind}", "majority-unreachable", need=need, sum=rules.most(voting=True))
        elif need > present:
            yield _no(f"/majorities/{kind}", "majority-above-quorum", Severity.WARNING, need=need, present=present)


def _rhythm(rules: Rules) -> Iterator[Found]:
    if rules.renewal_cohorts > rules.term_months:
        yield _no("/renewal_cohorts", "cohorts-above-months", cohorts=rules.renewal_cohorts, months=rules.term_months)
    if rules.renewal_cohorts > rules.most():
        yield _no("/renewal_cohorts", "cohorts-above-seats", cohorts=rules.renewal_cohorts, seats=rules.most())
    if rules.notice_days * rules.sessions_per_year > 365:
        yield _no("/notice_days", "notice-longer-than-interval", days=rules.notice_days, sessions=rules.sessions_per_year)
    limit = rules.absence_limit and rules.absence_limit.in_a_year
    if limit and limit > rules.sessions_per_year:
        yield _no("/absence_limit/in_a_year", "absences-above-sessions", Severity.WARNING, limit=limit, sessions=rules.sessions_per_year)


CHECKS: tuple[Callable[[Rules], Iterator[Found]], ...] = (_sectors, _groups, _roles, _quorum, _majorities, _rhythm)


def contradictions(rules: Rules) -> list[Found]:
    """Everything that is wrong with `rules`, in the order in which bylaws are read."""
    return [found for check in CHECKS for found in check(rules)]


def approvable(found: list[Found]) -> bool:
    """Whether a council may approve the rules: warnings do not hold it up."""
    return all(f.severity is Severity.WARNING for f in found)


def by_language(found: list[Found]) -> dict[str, list[dict[str, str]]]:
    """The findings as they are kept: a list in each language."""
    return {
        language: [Finding(**f.model_dump(exclude={"words"}), detail=f.words[language]).model_dump(mode="json") for f in found]
        for language in LANGUAGES
    }


SENTENCES: dict[str, dict[str, str]] = {
    "sector-minimum-above-maximum": {
        "en": "The sector needs at least {min} seats and may have at most {max}.",
        "es": "El sector exige al menos {min} puestos y puede tener a lo sumo {max}.",
        "pt": "O setor exige ao menos {min} assentos e pode ter no máximo {max}.",
    },
    "sector-twice": {
        "en": "This sector is named twice; say it once.",
        "es": "Este sector está dos veces; dígalo una sola vez.",
        "pt": "Este setor aparece duas vezes; diga-o uma só vez.",
    },
    "minima-above-seats": {
        "en": "The sectors need {sum} voting seats together, and there are {seats}.",
        "es": "Los sectores exigen juntos {sum} puestos con voto, y hay {seats}.",
        "pt": "Os setores exigem juntos {sum} assentos com voto, e há {seats}.",
    },
    "maxima-below-seats": {
        "en": "The sectors may have {sum} voting seats together; the {seats} seats can never all be filled.",
        "es": "Los sectores pueden tener juntos {sum} puestos con voto; los {seats} puestos nunca podrán ocuparse todos.",
        "pt": "Os setores podem ter juntos {sum} assentos com voto; os {seats} assentos nunca poderão ser todos ocupados.",
    },
    "civil-majority-unreachable": {
        "en": "Social, business and academic sectors can have {most} of {seats} voting seats, which is not more than 51 %.",
        "es": "Los sectores social, empresarial y académico pueden tener {most} de {seats} puestos con voto, que no es más del 51 %.",
        "pt": "Os setores social, empresarial e acadêmico podem ter {most} de {seats} assentos com voto, o que não é mais de 51 %.",
    },
    "group-twice": {
        "en": "This group is named twice; say it once.",
        "es": "Este grupo está dos veces; dígalo una sola vez.",
        "pt": "Este grupo aparece duas vezes; diga-o uma só vez.",
    },
    "group-above-seats": {
        "en": "At least {min} of the group are asked for, and there are {seats} seats.",
        "es": "Se exigen al menos {min} del grupo, y hay {seats} puestos.",
        "pt": "Exigem-se ao menos {min} do grupo, e há {seats} assentos.",
    },
    "groups-above-seats": {
        "en": "Groups that nobody is in both of need {sum} seats together, and there are {seats}.",
        "es": "Grupos que se excluyen exigen juntos {sum} puestos, y hay {seats}.",
        "pt": "Grupos que se excluem exigem juntos {sum} assentos, e há {seats}.",
    },
    "role-minimum-above-maximum": {
        "en": "The role needs at least {min} and may have at most {max}.",
        "es": "El cargo exige al menos {min} y puede tener a lo sumo {max}.",
        "pt": "O cargo exige ao menos {min} e pode ter no máximo {max}.",
    },
    "role-twice": {
        "en": "This role is named twice; say it once.",
        "es": "Este cargo está dos veces; dígalo una sola vez.",
        "pt": "Este cargo aparece duas vezes; diga-o uma só vez.",
    },
    "roles-above-seats": {
        "en": "The roles need {sum} seats together, and there are {seats}.",
        "es": "Los cargos exigen juntos {sum} puestos, y hay {seats}.",
        "pt": "Os cargos exigem juntos {sum} assentos, e há {seats}.",
    },
    "president-without-seat": {
        "en": "The mayor or a delegate presides, and no seat is the municipality's; add one or let the president be elected.",
        "es": "Preside el alcalde o su delegado, y ningún puesto es de la municipalidad; agregue uno o elijan la presidencia.",
        "pt": "Preside o prefeito ou seu delegado, e nenhum assento é do município; acrescente um ou elejam a presidência.",
    },
    "quorum-above-seats": {
        "en": "The quorum asks for {need}, and there are {seats} voting seats: no session could ever be held.",
        "es": "El quórum exige {need}, y hay {seats} puestos con voto: nunca habría sesión.",
        "pt": "O quórum exige {need}, e há {seats} assentos com voto: nunca haveria sessão.",
    },
    "quorum-above-maxima": {
        "en": "The quorum asks for {need}, and the sectors may have {sum} voting seats together: no session could ever be held.",
        "es": "El quórum exige {need}, y los sectores pueden tener juntos {sum} puestos con voto: nunca habría sesión.",
        "pt": "O quórum exige {need}, e os setores podem ter juntos {sum} assentos com voto: nunca haveria sessão.",
    },
    "quorum-above-minima": {
        "en": "The quorum asks for {need} of all seats; with only the {sum} that must be filled there would be none.",
        "es": "El quórum exige {need} de todos los puestos; con solo los {sum} que deben ocuparse no lo habría.",
        "pt": "O quórum exige {need} de todos os assentos; só com os {sum} que devem ser ocupados não haveria.",
    },
    "second-call-above-first": {
        "en": "The second call asks for {second}, more than the {first} of the first.",
        "es": "La segunda convocatoria exige {second}, más que los {first} de la primera.",
        "pt": "A segunda convocação exige {second}, mais que os {first} da primeira.",
    },
    "majority-missing": {
        "en": "No majority is said for ordinary decisions; more yes than no will do.",
        "es": "No se dice la mayoría de las decisiones ordinarias; bastarán más votos a favor que en contra.",
        "pt": "Não se diz a maioria das decisões ordinárias; bastarão mais votos a favor que contra.",
    },
    "majority-unreachable": {
        "en": "The decision needs {need} yes, and the sectors may have {sum} voting seats together.",
        "es": "La decisión exige {need} a favor, y los sectores pueden tener juntos {sum} puestos con voto.",
        "pt": "A decisão exige {need} a favor, e os setores podem ter juntos {sum} assentos com voto.",
    },
    "majority-above-quorum": {
        "en": "The decision needs {need} yes; a session with just its quorum of {present} cannot take it.",
        "es": "La decisión exige {need} a favor; una sesión con solo su quórum de {present} no puede tomarla.",
        "pt": "A decisão exige {need} a favor; uma sessão só com seu quórum de {present} não pode tomá-la.",
    },
    "cohorts-above-months": {
        "en": "{cohorts} renewals do not fit into a term of {months} months.",
        "es": "{cohorts} renovaciones no caben en un periodo de {months} meses.",
        "pt": "{cohorts} renovações não cabem em um mandato de {months} meses.",
    },
    "cohorts-above-seats": {
        "en": "{cohorts} renewals of {seats} seats leave some with nothing to renew.",
        "es": "{cohorts} renovaciones de {seats} puestos dejan alguna sin nada que renovar.",
        "pt": "{cohorts} renovações de {seats} assentos deixam alguma sem nada a renovar.",
    },
    "notice-longer-than-interval": {
        "en": "{sessions} sessions a year with a notice of {days} days each do not fit into the year.",
        "es": "{sessions} sesiones al año con {days} días de convocatoria cada una no caben en el año.",
        "pt": "{sessions} sessões por ano com {days} dias de convocação cada não cabem no ano.",
    },
    "absences-above-sessions": {
        "en": "A limit of {limit} absences a year is never reached with {sessions} sessions.",
        "es": "Un límite de {limit} ausencias al año nunca se alcanza con {sessions} sesiones.",
        "pt": "Um limite de {limit} faltas por ano nunca se alcança com {sessions} sessões.",
    },
}
