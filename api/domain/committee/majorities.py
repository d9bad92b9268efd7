"""How many must say yes: simple, absolute, two thirds, four fifths, of those present, entitled or of the votes cast (DOMAIN §6 S5).

An abstention is presence and is no vote cast. A decision always needs one yes, also where nobody says no.
"""

from enum import StrEnum

from api.domain.committee.quorum import ceil_of
from api.domain.committee.words import Words, said
from api.domain.errors import Invalid
from api.domain.fields import Fields


class MajorityKind(StrEnum):
    """How large the part must be."""

    SIMPLE = "simple"
    """More than half; usually of the votes cast: more yes than no."""
    ABSOLUTE = "absolute"
    """More than half; usually of everyone who is entitled."""
    TWO_THIRDS = "two_thirds"
    """At least two thirds, rounded up."""
    FOUR_FIFTHS = "four_fifths"
    """At least four fifths, rounded up."""


class Of(StrEnum):
    """Of what."""

    PRESENT = "present"
    """The voting seats present or represented, abstaining ones too."""
    ENTITLED = "entitled"
    """All voting seats, as the quorum counts them: legal or filled."""
    CAST = "cast"
    """Yes and no; abstentions do not count."""


class Majority(Fields):
    """A rule for how many must say yes."""

    kind: MajorityKind = MajorityKind.SIMPLE
    of: Of = Of.CAST


def least(kind: MajorityKind, n: int) -> int:
    """How many yes of `n` are enough; at least one."""
    match kind:
        case MajorityKind.SIMPLE | MajorityKind.ABSOLUTE:
            return n // 2 + 1
        case MajorityKind.TWO_THIRDS:
            return max(1, ceil_of(n, 2, 3))
        case MajorityKind.FOUR_FIFTHS:
            return max(1, ceil_of(n, 4, 5))


class Votes(Fields):
    """What was counted."""

    yes: int
    no: int
    abstain: int = 0
    present: int
    """Voting seats present or represented when the vote was taken."""
    entitled: int
    """Voting seats, legal or filled as the quorum counts them."""


class Passed(Fields):
    """Whether a decision was taken, with all that it was computed from."""

    kind: MajorityKind
    of: Of
    base: int
    """How many there are of what the rule counts."""
    required: int
    yes: int
    passed: bool
    words: Words
    """The same in a sentence of each language."""


def counted(votes: Votes) -> None:
    """Raises Invalid where the numbers cannot be: more votes than voters, more voters than seats."""
    if min(votes.yes, votes.no, votes.abstain, votes.present, votes.entitled) < 0:
        raise Invalid("Numbers of votes are not below 0.", "votes-below-zero")
    if votes.yes + votes.no + votes.abstain > votes.present:
        raise Invalid("There are more votes than voting seats present.", "votes-exceed-present")
    if votes.present > votes.entitled:
        raise Invalid("More voting seats are present than there are.", "present-exceed-seats")


def outcome(majority: Majority, votes: Votes) -> Passed:
    """Whether `votes` decide by `majority`. Raises Invalid where the numbers cannot be."""
    counted(votes)
    base = {Of.PRESENT: votes.present, Of.ENTITLED: votes.entitled, Of.CAST: votes.yes + votes.no}[majority.of]
    need = least(majority.kind, base)
    passed = votes.yes >= need
    words = said(OUTCOME, kind=KINDS[majority.kind], base=base, of=OFS[majority.of], need=need, yes=votes.yes, so=PASSED[passed])
    return Passed(kind=majority.kind, of=majority.of, base=base, required=need, yes=votes.yes, passed=passed, words=words)


OUTCOME = {
    "en": "{kind} of {base} {of} makes {need} yes necessary; {yes} said yes: {so}.",
    "es": "{kind} de {base} {of} exige {need} a favor; hubo {yes} a favor: {so}.",
    "pt": "{kind} de {base} {of} exige {need} a favor; houve {yes} a favor: {so}.",
}
KINDS = {
    MajorityKind.SIMPLE: {"en": "A simple majority", "es": "Mayoría simple", "pt": "Maioria simples"},
    MajorityKind.ABSOLUTE: {"en": "An absolute majority", "es": "Mayoría absoluta", "pt": "Maioria absoluta"},
    MajorityKind.TWO_THIRDS: {"en": "Two thirds", "es": "Dos tercios", "pt": "Dois terços"},
    MajorityKind.FOUR_FIFTHS: {"en": "Four fifths", "es": "Cuatro quintos", "pt": "Quatro quintos"},
}
OFS = {
    Of.PRESENT: {"en": "voting seats present", "es": "puestos con voto presentes", "pt": "assentos com voto presentes"},
    Of.ENTITLED: {"en": "voting seats", "es": "puestos con voto", "pt": "assentos com voto"},
    Of.CAST: {"en": "votes cast", "es": "votos emitidos", "pt": "votos emitidos"},
}
PASSED = {
    True: {"en": "passed", "es": "aprobado", "pt": "aprovado"},
    False: {"en": "not passed", "es": "no aprobado", "pt": "não aprovado"},
}
