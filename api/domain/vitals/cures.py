"""Who could state what is not known of how a committee is doing, and how: for each reason why something is unknown."""

from typing import NamedTuple

from api.domain.roles import Role

KEEPERS = (Role.COMMITTEE_SECRETARY, Role.MUNICIPAL_COORDINATOR)


class Cure(NamedTuple):
    """Who could state it, nobody where only time can, and how, by language."""

    who: tuple[Role, ...]
    how: dict[str, str]


CURES: dict[str, Cure] = {
    "no-room": Cure(
        (),
        {
            "en": "Nobody can yet: this service has no place for it.",
            "es": "Nadie puede aún: este servicio no tiene dónde registrarlo.",
            "pt": "Ninguém ainda pode: este serviço não tem onde registrá-lo.",
        },
    ),
    "no-bylaws": Cure(
        KEEPERS,
        {
            "en": "Draft the bylaws, record the council's instrument and approve them by it.",
            "es": "Redacte el reglamento, registre el acuerdo municipal y apruébelo con él.",
            "pt": "Redija o regulamento, registre o ato do conselho e aprove-o com ele.",
        },
    ),
    "too-early": Cure(
        (),
        {
            "en": "Time will tell: it is known once the first ordinary session should have been held.",
            "es": "El tiempo lo dirá: se sabrá cuando debiera haberse celebrado la primera sesión ordinaria.",
            "pt": "O tempo dirá: será sabido quando a primeira reunião ordinária devesse ter ocorrido.",
        },
    ),
    "no-session": Cure(
        KEEPERS,
        {
            "en": "Record the sessions that were held, with who came.",
            "es": "Registre las sesiones celebradas, con su asistencia.",
            "pt": "Registre as reuniões realizadas, com a presença.",
        },
    ),
    "nobody-due": Cure(
        (),
        {
            "en": "Time will tell: it is known once a member's time for the initial course is over.",
            "es": "El tiempo lo dirá: se sabrá cuando venza el plazo de algún miembro para el curso inicial.",
            "pt": "O tempo dirá: será sabido quando vencer o prazo de algum membro para o curso inicial.",
        },
    ),
    "nobody-votes": Cure(
        KEEPERS,
        {
            "en": "Record who holds the voting seats, by name.",
            "es": "Registre quién ocupa los puestos con voto, por su nombre.",
            "pt": "Registre quem ocupa os assentos com voto, pelo nome.",
        },
    ),
    "nothing-due": Cure(
        (),
        {
            "en": "Time will tell: it is known once the first agreement is due.",
            "es": "El tiempo lo dirá: se sabrá cuando venza el primer acuerdo.",
            "pt": "O tempo dirá: será sabido quando vencer o primeiro acordo.",
        },
    ),
    "nobody-seated": Cure(
        KEEPERS,
        {
            "en": "Record who holds the seats.",
            "es": "Registre quién ocupa los puestos.",
            "pt": "Registre quem ocupa os assentos.",
        },
    ),
}
DECLARED = Cure(
    KEEPERS,
    {
        "en": "Declare it, with what it can be read in: POST /v1/committees/{id}/item-declarations.",
        "es": "Declárelo, con el documento en que consta: POST /v1/committees/{id}/item-declarations.",
        "pt": "Declare-o, com o documento em que consta: POST /v1/committees/{id}/item-declarations.",
    },
)
CURES |= dict.fromkeys(("not-said", "sectors-too-wide", "a-judgement", "no-plans"), DECLARED)
