"""What a committee may lack on a day, and what would cure it, in words."""

SENTENCES: dict[str, dict[str, dict[str, str]]] = {
    "sector-below-minimum": {
        "detail": {
            "en": "{filled} seats of the sector {sector} are filled, and at least {min} must be.",
            "es": "Hay {filled} puestos ocupados del sector {sector}, y deben ser al menos {min}.",
            "pt": "Há {filled} assentos ocupados do setor {sector}, e devem ser ao menos {min}.",
        },
        "cure": {
            "en": "Invite and seat {lack} more of the sector.",
            "es": "Invite e integre {lack} más del sector.",
            "pt": "Convide e integre mais {lack} do setor.",
        },
    },
    "sector-above-maximum": {
        "detail": {
            "en": "{filled} seats of the sector {sector} are filled, and at most {max} may be.",
            "es": "Hay {filled} puestos ocupados del sector {sector}, y pueden ser a lo sumo {max}.",
            "pt": "Há {filled} assentos ocupados do setor {sector}, e podem ser no máximo {max}.",
        },
        "cure": {
            "en": "Let terms of the sector run out without followers, or change the bylaws.",
            "es": "Deje vencer periodos del sector sin sucesor, o reforme el reglamento.",
            "pt": "Deixe vencer mandatos do setor sem sucessor, ou reforme o regulamento.",
        },
    },
    "seats-differ": {
        "detail": {
            "en": "The plenary has {made} voting seats, and the bylaws make {seats}.",
            "es": "El pleno tiene {made} puestos con voto, y el reglamento crea {seats}.",
            "pt": "O plenário tem {made} assentos com voto, e o regulamento cria {seats}.",
        },
        "cure": {
            "en": "Add or end seats of the plenary until they are as many.",
            "es": "Agregue o cierre puestos del pleno hasta que sean tantos.",
            "pt": "Acrescente ou encerre assentos do plenário até que sejam tantos.",
        },
    },
    "quorum-out-of-reach": {
        "detail": {
            "en": "Only {filled} voting seats are filled, and {need} must be present: no session can have quorum.",
            "es": "Solo hay {filled} puestos con voto ocupados, y deben estar presentes {need}: ninguna sesión tendría quórum.",
            "pt": "Só há {filled} assentos com voto ocupados, e devem estar presentes {need}: nenhuma sessão teria quórum.",
        },
        "cure": {
            "en": "Fill {lack} more voting seats.",
            "es": "Ocupe {lack} puestos con voto más.",
            "pt": "Ocupe mais {lack} assentos com voto.",
        },
    },
    "civil-share-too-small": {
        "detail": {
            "en": "Social, business and academic sectors hold {civil} of {voting} filled voting seats, which is not more than 51 %.",
            "es": "Los sectores social, empresarial y académico tienen {civil} de {voting} puestos con voto ocupados: no es más del 51 %.",
            "pt": "Os setores social, empresarial e acadêmico têm {civil} de {voting} assentos com voto ocupados: não é mais de 51 %.",
        },
        "cure": {
            "en": "Fill vacant seats of these sectors first.",
            "es": "Ocupe primero los puestos vacantes de esos sectores.",
            "pt": "Ocupe primeiro os assentos vagos desses setores.",
        },
    },
    "role-vacant": {
        "detail": {
            "en": "{filled} hold the role {role}, and at least {min} must.",
            "es": "{filled} ejercen el cargo {role}, y deben ser al menos {min}.",
            "pt": "{filled} exercem o cargo {role}, e devem ser ao menos {min}.",
        },
        "cure": {
            "en": "Seat somebody in a seat of this role.",
            "es": "Integre a alguien en un puesto de ese cargo.",
            "pt": "Integre alguém em um assento desse cargo.",
        },
    },
    "group-below-minimum": {
        "detail": {
            "en": "Fewer than {min} members said that they are of the group {group}.",
            "es": "Menos de {min} miembros dijeron ser del grupo {group}.",
            "pt": "Menos de {min} membros disseram ser do grupo {group}.",
        },
        "cure": {
            "en": "Ask institutions to name members of the group; members who have not said may say so.",
            "es": "Pida a las instituciones nombrar integrantes del grupo; quienes no lo han dicho pueden decirlo.",
            "pt": "Peça às instituições que indiquem integrantes do grupo; quem ainda não disse pode dizê-lo.",
        },
    },
}
