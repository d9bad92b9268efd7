"""How it is asked for: thin pages, one a noun, in the same rooms as the domain. Routers never import each other."""

from api.routers import feed, health
from api.routers.access import auth, people, services
from api.routers.alert import alerts
from api.routers.alert import settings as alert_settings
from api.routers.committee import bodies, bylaws, commitments, committees, composition, declarations, instruments, persons, seats, terms
from api.routers.documents import documents
from api.routers.indicator import breakdowns, catalogue, csvw, gaps, imports, latest, observations, peers, series, tables, trends
from api.routers.levels import communities, countries, municipalities, organisations, registers, schemes, ties
from api.routers.network import members
from api.routers.outreach import calls, invitations, maps, stakeholders
from api.routers.outreach import gaps as sector_gaps
from api.routers.session import agreements, calendars, decisions, holding, home, inaugurations, minutes, sessions
from api.routers.steps import records, steps, waivers
from api.routers.training import assistance, attendance, certificates, courses, events
from api.routers.transition import blackouts, files, handovers, office_terms, survival, transitions
from api.routers.vitals import health as committee_health
from api.routers.vitals import item_declarations

BACKEND = [
    m.router
    for m in (
        health,
        countries,
        municipalities,
        communities,
        organisations,
        ties,
        registers,
        schemes,
        catalogue,
        breakdowns,
        observations,
        series,
        latest,
        tables,
        trends,
        gaps,
        peers,
        csvw,
        imports,
        documents,
        courses,
        events,
        assistance,
        committees,
        declarations,
        commitments,
        instruments,
        bylaws,
        bodies,
        seats,
        persons,
        terms,
        composition,
        committee_health,
        item_declarations,
        sessions,
        holding,
        inaugurations,
        decisions,
        minutes,
        agreements,
        home,
        calendars,
        maps,
        stakeholders,
        invitations,
        calls,
        sector_gaps,
        steps,
        records,
        waivers,
        alerts,
        alert_settings,
        attendance,
        certificates,
        office_terms,
        transitions,
        handovers,
        files,
        survival,
        blackouts,
        feed,
        auth,
        people,
        services,
    )
]
NETWORK = [members.router]
