"""How many must be present: the rules that bylaws know, each computed to a number and explained in words.

"Half plus one" is ambiguous for an odd number of seats, so both readings stand here by name: of 17 seats `strict_majority` asks for 9,
`half_plus_one_ceil` for 10 (DOMAIN §6 S2).
"""

from enum import StrEnum

from pydantic import Field as Limits
from pydantic import model_validator

from api.domain.committee.words import Words, said
from api.domain.fields import Fields

SEATS_MOST = 500
"""Seats of one committee; the largest known have some sixty."""


class QuorumRule(StrEnum):
    """How the number is found."""

    STRICT_MAJORITY = "strict_majority"
    """More than half: floor(n / 2) + 1."""
    HALF_PLUS_ONE_CEIL = "half_plus_one_ceil"
    """Half and one more, rounded up: ceil(n / 2 + 1)."""
    FRACTION = "fraction"
    """A fraction of n, rounded up."""
    NUMBER = "number"
    """A number, whatever n is."""


class Base(StrEnum):
    """What n is."""

    LEGAL = "legal"
    """The voting seats that the bylaws make, vacant ones too (OParl votingMemberCount)."""
    FILLED = "filled"
    """The voting seats that somebody holds on the day."""


class Quorum(Fields):
    """A rule for how many voting seats must be present or represented."""

    rule: QuorumRule = QuorumRule.STRICT_MAJORITY
    base: Base = Base.LEGAL
    numerator: int | None = Limits(default=None, ge=1, le=100)
    """Of the fraction; with rule=fraction only."""
    denominator: int | None = Limits(default=None, ge=1, le=100)
    number: int | None = Limits(default=None, ge=1, le=SEATS_MOST)
    """With rule=number only."""

    @model_validator(mode="after")
    def _whole(self) -> "Quorum":
        fraction, number = self.rule is QuorumRule.FRACTION, self.rule is QuorumRule.NUMBER
        if (self.numerator is not None, self.denominator is not None, self.number is not None) != (fraction, fraction, number):
            raise ValueError("a fraction has numerator and denominator, a number has number, and nothing else has either")
        if fraction and (self.numerator or 0) > (self.denominator or 0):
            raise ValueError("the fraction is of the whole: numerator may not be above denominator")
        return self


class SecondCall(Fields):
    """What is asked for where the first call found no quorum."""

    quorum: Quorum
    minutes_after: int = Limits(default=30, ge=0, le=43_200)
    """How long after the first call, in minutes."""


def ceil_of(n: int, numerator: int, denominator: int) -> int:
    """The smallest whole number that is at least `numerator`/`denominator` of `n`: integers only, so that nothing is lost to rounding."""
    return -(-n * numerator // denominator)


def required(quorum: Quorum, n: int) -> int:
    """How many of `n` seats must be present; never fewer than one, for nobody at all is no meeting."""
    match quorum.rule:
        case QuorumRule.STRICT_MAJORITY:
            return n // 2 + 1
        case QuorumRule.HALF_PLUS_ONE_CEIL:
            return ceil_of(n, 1, 2) + 1
        case QuorumRule.FRACTION:
            return max(1, ceil_of(n, quorum.numerator or 1, quorum.denominator or 1))
        case QuorumRule.NUMBER:
            return quorum.number or 1


class Quorate(Fields):
    """Whether a meeting has quorum, with all that it was computed from."""

    rule: QuorumRule
    base: Base
    seats: int
    """n: the legal or the filled voting seats, as the rule says."""
    required: int
    present: int
    """Voting seats present or represented; a seat counts once, an alternate only where its holder is absent."""
    met: bool
    second_call: bool
    words: Words
    """The same in a sentence of each language."""


def quorate(first: Quorum, second: SecondCall | None, seats: dict[Base, int], present: int, *, second_call: bool = False) -> Quorate:
    """Whether `present` of the voting seats are enough, at the first or the second call; without a rule of its own the second call asks
    for as many as the first."""
    quorum = second.quorum if second_call and second else first
    n = seats[quorum.base]
    need = required(quorum, n)
    met = present >= need
    words = said(
        OUTCOME,
        call=CALLS[second_call],
        rule=phrase(quorum),
        base=BASES[quorum.base],
        n=n,
        need=need,
        present=present,
        so=MET[met],
    )
    return Quorate(
        rule=quorum.rule, base=quorum.base, seats=n, required=need, present=present, met=met, second_call=second_call, words=words
    )


OUTCOME = {
    "en": "{call}: {rule} of {n} {base} makes {need} necessary; {present} are present: {so}.",
    "es": "{call}: {rule} de {n} {base} exige {need}; hay {present} presentes: {so}.",
    "pt": "{call}: {rule} de {n} {base} exige {need}; há {present} presentes: {so}.",
}
CALLS = {
    False: {"en": "First call", "es": "Primera convocatoria", "pt": "Primeira convocação"},
    True: {"en": "Second call", "es": "Segunda convocatoria", "pt": "Segunda convocação"},
}
MET = {
    True: {"en": "there is quorum", "es": "hay quórum", "pt": "há quórum"},
    False: {"en": "there is no quorum", "es": "no hay quórum", "pt": "não há quórum"},
}
BASES = {
    Base.LEGAL: {"en": "voting seats", "es": "puestos con voto", "pt": "assentos com voto"},
    Base.FILLED: {"en": "filled voting seats", "es": "puestos con voto ocupados", "pt": "assentos com voto ocupados"},
}
RULES = {
    QuorumRule.STRICT_MAJORITY: {"en": "more than half", "es": "más de la mitad", "pt": "mais da metade"},
    QuorumRule.HALF_PLUS_ONE_CEIL: {
        "en": "half plus one, rounded up,",
        "es": "la mitad más uno, redondeada hacia arriba,",
        "pt": "a metade mais um, arredondada para cima,",
    },
    QuorumRule.FRACTION: {
        "en": "{numerator}/{denominator}, rounded up,",
        "es": "{numerator}/{denominator}, redondeado hacia arriba,",
        "pt": "{numerator}/{denominator}, arredondado para cima,",
    },
    QuorumRule.NUMBER: {"en": "a fixed number", "es": "un número fijo", "pt": "um número fixo"},
}


def phrase(quorum: Quorum) -> Words:
    """The rule in words, without any number of seats."""
    return said(RULES[quorum.rule], numerator=quorum.numerator or 0, denominator=quorum.denominator or 0)
