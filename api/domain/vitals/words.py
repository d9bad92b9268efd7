"""What is counted of how a committee is doing, the items of GOPI-Prevención (DOMAIN §1.3), and what speaks for a leaving, in words."""

COMPONENTS: dict[str, dict[str, str]] = {
    "legality": {"en": "Legality", "es": "Legalidad", "pt": "Legalidade"},
    "rhythm": {"en": "Rhythm of sessions", "es": "Ritmo de sesiones", "pt": "Ritmo de reuniões"},
    "participation": {"en": "Participation", "es": "Participación", "pt": "Participação"},
    "composition": {"en": "Composition", "es": "Composición", "pt": "Composição"},
    "renewal_and_skills": {"en": "Renewal and skills", "es": "Renovación y capacidades", "pt": "Renovação e capacidades"},
    "external_linkages": {"en": "External linkages", "es": "Vínculos externos", "pt": "Vínculos externos"},
    "follow_through": {"en": "Follow-through", "es": "Cumplimiento", "pt": "Cumprimento"},
    "evidence": {"en": "Evidence", "es": "Evidencia", "pt": "Evidência"},
    "plan": {"en": "Plan", "es": "Plan", "pt": "Plano"},
    "accountability": {"en": "Accountability", "es": "Rendición de cuentas", "pt": "Prestação de contas"},
}
PARTS: dict[str, dict[str, str]] = {
    "bylaws_in_force": {
        "en": "Bylaws approved by the council are in force",
        "es": "Reglamento aprobado por el concejo y vigente",
        "pt": "Regulamento aprovado pelo conselho e em vigor",
    },
    "legalised": {
        "en": "Legalised by an instrument of the council",
        "es": "Legalizado por un instrumento del concejo",
        "pt": "Legalizado por um instrumento do conselho",
    },
    "ordinary_sessions": {
        "en": "Ordinary sessions with quorum, of those that the bylaws ask for",
        "es": "Sesiones ordinarias con quórum, de las que pide el reglamento",
        "pt": "Reuniões ordinárias com quórum, das que o regulamento pede",
    },
    "voting_seats_present": {
        "en": "Voting seats present or represented, over all sessions",
        "es": "Puestos con voto presentes o representados, en todas las sesiones",
        "pt": "Assentos com voto presentes ou representados, em todas as reuniões",
    },
    "rules_met": {
        "en": "Rules about seats that the committee keeps",
        "es": "Reglas sobre los puestos que el comité cumple",
        "pt": "Regras sobre os assentos que o comitê cumpre",
    },
    "new_organisation": {
        "en": "A new organisation came within twelve months",
        "es": "Se integró una organización nueva en doce meses",
        "pt": "Uma organização nova entrou em doze meses",
    },
    "onboarded": {
        "en": "Members who had the initial course, of those who should by now",
        "es": "Miembros con el curso inicial, de quienes ya debían tenerlo",
        "pt": "Membros com o curso inicial, dos que já deviam tê-lo",
    },
    "voters_trained": {
        "en": "Voting members who had the initial course",
        "es": "Miembros con voto que tienen el curso inicial",
        "pt": "Membros com voto que têm o curso inicial",
    },
    "partnerships": {"en": "Active partnerships", "es": "Hermanamientos activos", "pt": "Parcerias ativas"},
    "technical_assistance": {
        "en": "Technical assistance within twelve months",
        "es": "Asistencia técnica en doce meses",
        "pt": "Assistência técnica em doze meses",
    },
    "association": {
        "en": "The municipality belongs to an association",
        "es": "El municipio pertenece a una asociación",
        "pt": "O município pertence a uma associação",
    },
    "agreements_on_time": {
        "en": "Agreements fulfilled on time, of those that were due",
        "es": "Acuerdos cumplidos a tiempo, de los vencidos",
        "pt": "Acordos cumpridos no prazo, dos vencidos",
    },
    "assessment_fresh": {"en": "The assessment is fresh", "es": "El diagnóstico está vigente", "pt": "O diagnóstico está vigente"},
    "figures_reported": {
        "en": "Figures of the municipality of the last twelve months",
        "es": "Cifras del municipio de los últimos doce meses",
        "pt": "Cifras do município dos últimos doze meses",
    },
    "activities_on_track": {"en": "Activities on track", "es": "Actividades en marcha", "pt": "Atividades em andamento"},
    "budget_executed": {"en": "Budget executed", "es": "Presupuesto ejecutado", "pt": "Orçamento executado"},
    "minutes_published": {
        "en": "Sessions whose minutes are published",
        "es": "Sesiones cuyas actas están publicadas",
        "pt": "Reuniões cujas atas estão publicadas",
    },
    "sectors_seated": {"en": "Sectors at the table", "es": "Sectores en la mesa", "pt": "Setores à mesa"},
    "sessions_in_rules": {
        "en": "Sessions a year that the bylaws ask for",
        "es": "Sesiones al año que pide el reglamento",
        "pt": "Reuniões por ano que o regulamento pede",
    },
    "sessions_held": {
        "en": "Sessions with quorum within twelve months",
        "es": "Sesiones con quórum en doce meses",
        "pt": "Reuniões com quórum em doze meses",
    },
    "civil_in_rules": {
        "en": "The bylaws ask for a civil majority",
        "es": "El reglamento pide mayoría civil",
        "pt": "O regulamento pede maioria civil",
    },
    "civil_voters": {
        "en": "Voting members of social, business and academic sectors",
        "es": "Miembros con voto de los sectores social, empresarial y académico",
        "pt": "Membros com voto dos setores social, empresarial e acadêmico",
    },
    "call_in_rules": {
        "en": "The bylaws ask for an open call",
        "es": "El reglamento pide convocatoria abierta",
        "pt": "O regulamento pede chamada aberta",
    },
    "by_open_call": {
        "en": "Members who came by an open call",
        "es": "Miembros que llegaron por convocatoria abierta",
        "pt": "Membros que vieram por chamada aberta",
    },
    "staggered_in_rules": {
        "en": "The bylaws renew the seats in parts",
        "es": "El reglamento renueva los puestos por partes",
        "pt": "O regulamento renova os assentos por partes",
    },
    "different_ends": {
        "en": "Terms do not all end on one day",
        "es": "Los periodos no vencen todos el mismo día",
        "pt": "Os mandatos não vencem todos no mesmo dia",
    },
    "councillors": {
        "en": "Councillors, beside the mayor",
        "es": "Concejales o regidores, además de quien preside la alcaldía",
        "pt": "Vereadores, além de quem chefia a prefeitura",
    },
    "education": {"en": "Education", "es": "Educación", "pt": "Educação"},
    "health": {"en": "Health", "es": "Salud", "pt": "Saúde"},
    "police": {"en": "Public safety", "es": "Seguridad pública", "pt": "Segurança pública"},
    "other_offices": {
        "en": "Youth, women, participation and family services of the government",
        "es": "Juventud, mujer, participación y familia, del gobierno",
        "pt": "Juventude, mulher, participação e família, do governo",
    },
    "department": {"en": "Departmental government", "es": "Gobierno departamental", "pt": "Governo departamental"},
    "national_government": {"en": "National government", "es": "Gobierno nacional", "pt": "Governo nacional"},
    "secretariat": {
        "en": "Municipal staff in the technical secretariat",
        "es": "Personal municipal en la secretaría técnica",
        "pt": "Pessoal municipal na secretaria técnica",
    },
    "powers": {
        "en": "It has the powers to coordinate and to keep the record",
        "es": "Tiene facultades para coordinar y llevar el registro",
        "pt": "Tem poderes para coordenar e manter o registro",
    },
    "secretariat_in_rules": {
        "en": "The bylaws provide for a secretary",
        "es": "El reglamento prevé la secretaría",
        "pt": "O regulamento prevê a secretaria",
    },
    "work_plan": {"en": "Annual work plan", "es": "Plan anual de trabajo", "pt": "Plano anual de trabalho"},
    "minutes_approved": {
        "en": "Sessions whose minutes are approved",
        "es": "Sesiones cuyas actas están aprobadas",
        "pt": "Reuniões cujas atas estão aprovadas",
    },
}
UNKNOWN: dict[str, dict[str, str]] = {
    "no-room": {
        "en": "This service does not keep it yet.",
        "es": "Este servicio aún no lo registra.",
        "pt": "Este serviço ainda não o registra.",
    },
    "no-plans": {
        "en": "This service does not keep plans yet.",
        "es": "Este servicio aún no registra planes.",
        "pt": "Este serviço ainda não registra planos.",
    },
    "no-bylaws": {"en": "No bylaws are in force.", "es": "No hay reglamento vigente.", "pt": "Não há regulamento em vigor."},
    "too-early": {
        "en": "Bylaws are in force for too short a time.",
        "es": "El reglamento lleva muy poco tiempo vigente.",
        "pt": "O regulamento está em vigor há muito pouco tempo.",
    },
    "no-session": {
        "en": "No session of the plenary is recorded within twelve months.",
        "es": "No consta ninguna sesión del pleno en doce meses.",
        "pt": "Não consta nenhuma reunião do plenário em doze meses.",
    },
    "nobody-due": {
        "en": "Nobody should have had it by now.",
        "es": "Nadie debía tenerlo todavía.",
        "pt": "Ninguém devia tê-lo ainda.",
    },
    "nobody-votes": {
        "en": "Nobody who votes is named.",
        "es": "No hay nadie con voto registrado.",
        "pt": "Não há ninguém com voto registrado.",
    },
    "nothing-due": {
        "en": "Nothing that was agreed was due yet.",
        "es": "Aún no vencía nada de lo acordado.",
        "pt": "Nada do que foi acordado venceu ainda.",
    },
    "not-said": {
        "en": "The rules of bylaws as they are kept here do not say it.",
        "es": "Las reglas del reglamento que aquí se guardan no lo dicen.",
        "pt": "As regras do regulamento aqui guardadas não o dizem.",
    },
    "sectors-too-wide": {
        "en": "The sectors of seats do not tell these offices apart.",
        "es": "Los sectores de los puestos no distinguen estas oficinas.",
        "pt": "Os setores dos assentos não distinguem esses órgãos.",
    },
    "a-judgement": {"en": "It needs a judgement.", "es": "Requiere un juicio.", "pt": "Requer um julgamento."},
    "nobody-seated": {"en": "Nobody holds a seat.", "es": "Nadie ocupa un puesto.", "pt": "Ninguém ocupa um assento."},
}
WITHHELD = {
    "en": "Less than {percent} % of what it is made of is known; see the components.",
    "es": "Se conoce menos del {percent} % de lo que lo compone; vea los componentes.",
    "pt": "Conhece-se menos de {percent} % do que o compõe; veja os componentes.",
}
_PRESENT = {
    "en": "It was at {present} of {sessions} sessions within a year.",
    "es": "Estuvo en {present} de {sessions} sesiones en un año.",
    "pt": "Esteve em {present} de {sessions} reuniões em um ano.",
}
SIGNALS: dict[str, dict[str, dict[str, str]]] = {
    "absent-mostly": {
        "why": _PRESENT,
        "what": {
            "en": "Visit its head, and ask what keeps it away; agree on an alternate.",
            "es": "Visite a quien la dirige y pregunte qué lo impide; acuerde un suplente.",
            "pt": "Visite quem a dirige e pergunte o que impede; combine um suplente.",
        },
    },
    "absent-often": {
        "why": _PRESENT,
        "what": {
            "en": "Agree on days and hours that suit it, and on an alternate.",
            "es": "Acuerde días y horas que le convengan, y un suplente.",
            "pt": "Combine dias e horários que lhe convenham, e um suplente.",
        },
    },
    "absent-lately": {
        "why": {
            "en": "Nobody of it was at the last {lately} sessions.",
            "es": "Nadie de ella estuvo en las últimas {lately} sesiones.",
            "pt": "Ninguém dela esteve nas últimas {lately} reuniões.",
        },
        "what": {
            "en": "Call before the next session, and give it a point of the agenda.",
            "es": "Llame antes de la próxima sesión y déle un punto de la agenda.",
            "pt": "Ligue antes da próxima reunião e dê-lhe um ponto da pauta.",
        },
    },
    "word-not-kept": {
        "why": {
            "en": "It did {on_time} of {due} things that it agreed to in time.",
            "es": "Cumplió a tiempo {on_time} de {due} acuerdos a su cargo.",
            "pt": "Cumpriu no prazo {on_time} de {due} acordos a seu cargo.",
        },
        "what": {
            "en": "Go through what is open with it: smaller pieces, later days, or another owner.",
            "es": "Revise con ella lo pendiente: partes más pequeñas, otras fechas u otro responsable.",
            "pt": "Reveja com ela o pendente: partes menores, outras datas ou outro responsável.",
        },
    },
    "no-result": {
        "why": {
            "en": "For {months} months the committee fulfilled no agreement and published no minutes.",
            "es": "En {months} meses el comité no cumplió ningún acuerdo ni publicó actas.",
            "pt": "Em {months} meses o comitê não cumpriu nenhum acordo nem publicou atas.",
        },
        "what": {
            "en": "Plan something small that can be finished and shown within weeks.",
            "es": "Planee algo pequeño que pueda terminarse y mostrarse en semanas.",
            "pt": "Planeje algo pequeno que possa ser terminado e mostrado em semanas.",
        },
    },
}
