"""What is sent for every operation, and to whom it is granted: one entry an operation, data and no test.

A new operation gets an entry here. Lists through the levels need none unless they are not public: then their table stands in TENANT_LISTS.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.isolation import committees, elections, meetings, papers, rules, targets
from tests.isolation.entries import Entry, Fits, Says, at, unique
from tests.isolation.people import Map, Person
from tests.isolation.targets import MANNED, OFFICES, TARGETS, Target, Thing, before, key

region_only = at(rules.administered)
managed = at(rules.written_at_its_unit)
country = at(rules.either(rules.administered, rules.of_its_country))


def affiliation_seen(target: Target, who: Person, map: Map) -> bool:
    return rules.read_at_its_unit(target.row(map) | {"organisation_id": map.organisation(target.association)}, who)


def programme(target: Target, who: Person, map: Map) -> bool:
    return who.write.region or map.programme(target.programme) in who.write.organisations


def association(target: Target, who: Person, map: Map) -> bool:
    """Who speaks for the association: its officers, and neither its country nor the region."""
    return not who.write.countries and map.organisation(target.association) in who.write.organisations


def municipality(target: Target, who: Person, map: Map) -> bool:
    """Who speaks for the municipality: its own people, and where there are none its country's coordinator."""
    for_it = target.name not in MANNED and target.country in who.write.countries and not who.write.region
    return for_it or target.municipality in who.write.municipalities


def either_side(target: Target, who: Person, map: Map) -> bool:
    return association(target, who, map) or municipality(target, who, map)


def of_territory(community: Says, country: Says) -> Fits:
    """Of a community the one rule, of a country the other."""
    return lambda target, who, map: (country if target.territory == target.iso2 else community)(target.row(map), who)


PLACE_READ, PLACE_WRITTEN = of_territory(rules.read_there, rules.country_reads), of_territory(rules.written_there, rules.of_its_country)
EVERYWHERE = (*TARGETS, *OFFICES)


def office(operation: str, target: Target) -> dict[str, Any]:
    return target.unit | {"role": "reader", "starts_on": "2030-01-01"}


def invited(operation: str, target: Target) -> dict[str, Any]:
    return office(operation, target) | {"email": f"{unique(operation, target)}@x.example", "display_name": "x"}


def tie(operation: str, target: Target) -> dict[str, Any]:
    return {"municipality_id": target.municipality, "association_id": target.association} | targets.year(1)


def participation(operation: str, target: Target) -> dict[str, Any]:
    return {"level": "municipality", "municipality_id": target.municipality, "country_id": target.country, "basis": "x"} | targets.year(1)


def access(thing: Thing, **more: Any) -> Entry:
    """An operation on a record of access, which those who manage its unit may."""
    return Entry(may=managed, sees=managed, thing=thing, targets=EVERYWHERE, **more)


def decided(thing: Thing, **more: Any) -> Entry:
    return Entry(sees=affiliation_seen, thing=thing, **more)


def numbered(operation: str, target: Target) -> dict[str, Any]:
    """The unit by its own key, by which the version to change is looked up."""
    return {"unit": getattr(target, operation.removeprefix("change_"))}


def ended(operation: str, target: Target) -> dict[str, Any]:
    return {"ends_on": f"{1900 + NUMBER[operation]}-06-01"}


MONTHS = ("Enero", "Febrero", "Marzo", "Abril", "Mayo", "Junio", "Julio", "Agosto", "Septiembre", "Octubre", "Noviembre", "Diciembre")
SUCCESSION = {"kind": "merge", "effective_on": "2100-01-01", "principal": False}
PASSED = {"act_reference": "Act", "act_sha256": "0" * 64}
CATALOGUE = {"indicator": {k: v for k, v in targets.DEFINED.items() if k != "origin"}, "source": targets.COUNTS}
ONE_VALUE = {"indicator": "homicide", "period": "2022-03"}


STATED = ONE_VALUE | {"period": "2024"}
"""In a year in which the municipalities of before and after 2024-05-01 existed."""


def one_value(operation: str, target: Target) -> dict[str, Any]:
    return (STATED if operation.startswith("state_") else ONE_VALUE) | {"unit": target.territory}


def a_community(operation: str, target: Target) -> dict[str, Any]:
    return {"id": target.community, "unit": target.community}


ENTRIES: dict[str, Entry] = {
    # The service, and the catalogues.
    **{name: Entry(public=True) for name in ("check_alive", "check_ready", "read_version", "read_metrics", "read_jwks")},
    **{f"read_{noun}": Entry(public=True) for noun in ("country", "municipality", "association", "programme", "member")},
    **{name: Entry(public=True) for name in ("list_roles", "list_readers")},
    "read_csvw": Entry(public=True, path=lambda o, t: {"name": "series"}),
    **dict.fromkeys(("read_indicator", "read_indicator_versions"), Entry(public=True, path=lambda o, t: {"code": "homicide"})),
    **dict.fromkeys(("read_source", "read_source_versions"), Entry(public=True, path=lambda o, t: {"code": "sesnsp"})),
    **{
        f"add_{noun}": Entry(country, body=lambda o, t, said=said: said | {"code": targets.own(o, t), "country_id": t.country})
        for noun, said in CATALOGUE.items()
    },
    **{
        f"change_{noun}": Entry(
            country,
            thing=(noun, targets.DEFINED | targets.COUNTS),
            body=lambda o, t, noun=noun: {"definition" if noun == "indicator" else "name": "Other"},
            version=f"{noun}.code",
            path=lambda o, t: {"code": targets.own(o, t)},
        )
        for noun in CATALOGUE
    },
    "read_scheme": Entry(public=True, path=lambda o, t: {"slug": "gt-ine"}),
    "add_scheme": Entry(
        country, thing=targets.ORGANISATION, body=lambda o, t: {"slug": unique(o, t), "title": "x", "organisation_id": key(o, t)}
    ),
    "read_organisation": Entry(public=True, thing=targets.ORGANISATION),
    "read_participation": Entry(public=True, thing=targets.PARTICIPATION),
    "read_succession": Entry(public=True, thing=("succession", SUCCESSION | {"share": 1})),
    "read_me": Entry(),
    # The register.
    "change_country": Entry(region_only, body=lambda o, t: {"committee_name": t.name}, version="country", path=numbered),
    "add_municipality": Entry(region_only, body=lambda o, t: {"name": unique(o, t), "country": t.iso2}),
    "change_municipality": Entry(region_only, body=lambda o, t: {"notes": "x"}, version="municipality", path=numbered),
    "add_succession": Entry(
        region_only,
        body=lambda o, t: SUCCESSION | {"predecessor_id": before(t, o), "successor_id": t.municipality},
    ),
    "add_programme": Entry(region_only, body=lambda o, t: {"code": unique(o, t), "name": "x", "name_es": "x", "name_pt": "x"}),
    "change_programme": Entry(programme, body=lambda o, t: {"description": t.name}, version="programme.code", path=numbered),
    "add_organisation": Entry(
        at(rules.written_there),
        body=lambda o, t: {"name": unique(o, t), "classification": "ngo", "country_id": t.country, "municipality_id": t.municipality},
    ),
    "change_organisation": Entry(
        at(rules.written_there), thing=targets.ORGANISATION, body=lambda o, t: {"name": "Other"}, version="organisation"
    ),
    "remove_organisation": Entry(at(rules.written_there), thing=targets.ORGANISATION, version="organisation"),
    # Who belongs to whom.
    "read_affiliation": Entry(affiliation_seen, affiliation_seen, thing=targets.PROPOSED),
    "propose_affiliation": Entry(either_side, body=tie),
    "confirm_affiliation": decided(targets.PROPOSED, may=municipality, clashes=association, version="affiliation"),
    "decline_affiliation": decided(targets.PROPOSED, may=municipality, clashes=association, version="affiliation"),
    "end_affiliation": decided(targets.CONFIRMED, may=either_side, body=ended, version="affiliation"),
    "confirm_affiliations": decided(
        targets.PROPOSED, may=municipality, clashes=association, body=lambda o, t: PASSED | {"affiliation_ids": [key(o, t)]}
    ),
    "add_participation": Entry(programme, body=participation),
    "end_participation": Entry(programme, thing=targets.PARTICIPATION, body=ended, version="participation"),
    # Access.
    "read_person": access(targets.SERVICE),
    "change_person": access(targets.SERVICE, body=lambda o, t: {"display_name": "Other"}, version="principal"),
    "reset_password": access(targets.SERVICE),
    "add_key": access(targets.SERVICE, body=lambda o, t: {"days": 1}),
    "read_grant": access(targets.GRANT),
    "revoke_grant": access(targets.GRANT, version="granted"),
    "grant_role": access(targets.SERVICE, body=lambda o, t: office(o, t) | {"principal_id": key(o, t)}),
    "read_invitation": access(targets.INVITATION),
    "invite_person": Entry(managed, body=invited, targets=EVERYWHERE),
    "add_service": Entry(managed, body=lambda o, t: office(o, t) | {"display_name": "x"}, targets=EVERYWHERE),
    "read_key": access(targets.API_KEY),
    "revoke_key": access(targets.API_KEY, version="api_key"),
    **committees.ENTRIES,
    **meetings.ENTRIES,
    # Figures. A file is taken in from everyone; its rows of places that are not theirs are refused one by one.
    "read_import": Entry(at(rules.read_there), at(rules.read_there), thing=targets.IMPORT),
    "read_observation": Entry(
        at(rules.read_there), at(rules.read_there), path=lambda o, t: ONE_VALUE, query=lambda o, t: {"source": "sesnsp"}
    ),
    "state_observation": Entry(
        at(rules.either(rules.written_there, rules.drafted)),
        at(rules.read_there),
        path=lambda o, t: STATED,
        query=lambda o, t: {"source": "demonstration"},
        body=lambda o, t: {"value": 7},
    ),
    "read_territory_observation": Entry(PLACE_READ, PLACE_READ, path=one_value, query=lambda o, t: {"source": "sesnsp"}),
    "state_territory_observation": Entry(
        PLACE_WRITTEN, PLACE_READ, path=one_value, query=lambda o, t: {"source": "demonstration"}, body=lambda o, t: {"value": 7}
    ),
    "read_community": Entry(at(rules.read_there), at(rules.read_there), path=a_community),
    "add_community": Entry(at(rules.written_there), at(rules.read_there), body=lambda o, t: {"name": unique(o, t), "kind": "colonia"}),
    "change_community": Entry(
        at(rules.written_there), at(rules.read_there), path=a_community, body=lambda o, t: {"kind": "aldea"}, version="community"
    ),
    "read_parked": Entry(at(rules.country_reads), at(rules.country_reads), thing=targets.PARKED),
    "assign_parked": Entry(
        at(rules.of_its_country), at(rules.country_reads), thing=targets.PARKED, body=lambda o, t: {"municipality": str(t.municipality)}
    ),
    **papers.ENTRIES,
    **elections.ENTRIES,
    "list_changes": Entry(query=lambda o, t: {"limit": 1}),
    "import_observations": Entry(
        query=lambda o, t: {"reader": "sesnsp", "source": "sesnsp"},
        file=lambda t: f"Año,Cve. Municipio,Municipio,Subtipo de delito,{','.join(MONTHS)}\n2020,11020,León,Homicidio doloso,3{',' * 11}\n",
        targets=tuple(t for t in TARGETS if t.name == "leon"),
        answers=lambda said, may: (said["report"]["rows_used"] == 1) is may,
    ),
    "import_affiliations": Entry(
        association,
        query=lambda o, t: {"association": t.association},
        file=lambda t: f"municipality,starts_on,ends_on\n{t.municipality},1950-01-01,1951-01-01\n",
        targets=tuple(t for t in TARGETS if t.name != "leon"),
    ),
    "import_organisations": Entry(
        country,
        query=lambda o, t: {"country": t.iso2},
        file=lambda t: f"external_id,name,classification\nseeded:{t.name},Seeded,ngo\n",
    ),
    "import_populations": Entry(
        query=lambda o, t: {"year": "2021", "source": "censo", "scheme": "ocha"},
        file=lambda t: f"code,population\n{t.code},77\n",
        answers=lambda said, may: (said["report"]["rows_used"] == 1) is may,
    ),
}
NUMBER = {name: n for n, name in enumerate(ENTRIES, 2)}
TAKES_IN = frozenset(name for name, entry in ENTRIES.items() if entry.answers)
JOINING = frozenset({"sign_in", "refresh_tokens", "accept_invitation", "sign_out", "change_password"})
"""About the caller alone, not about a place: tests/isolation/test_http.py sends these one by one."""


@dataclass(frozen=True)
class TenantList:
    """A list that is not public: its table, who sees which of its rows, and what one of its items is known by."""

    table: str
    sees: Says
    identity: Callable[[dict[str, Any]], Any] = field(default=lambda item: str(item["id"]))
    public: bool = False
    """Whether whoever has not signed in gets what of it is public."""
    exported: bool = True
    """Whether it can be read whole as lines; what is personal cannot."""


def _fact(item: dict[str, Any]) -> Any:
    return int(item["territory_id"])


TENANT_LISTS: dict[str, TenantList] = {
    "affiliations": TenantList("affiliation", rules.read_at_its_unit),
    "observations": TenantList("observation", rules.stated_there, _fact),
    "lineage": TenantList("observation", rules.read_there, _fact),
    "populations": TenantList("population", rules.read_there, _fact),
    "communities": TenantList("community", rules.read_there),
    "documents": TenantList("document", rules.classed, public=True),
    "training_events": TenantList("training_event", rules.read_there),
    "technical_assistance": TenantList("technical_assistance", rules.read_there),
    "certificates": TenantList("certificate", rules.read_there),
    "imports": TenantList("import", rules.either(rules.own, rules.read_at_its_unit)),
    "parked": TenantList("parked", rules.either(rules.own, rules.country_reads)),
    **{
        noun: TenantList(table, rules.read_there)
        for noun, table in (
            *(("committees", "committee"), ("declarations", "declaration"), ("instruments", "council_instrument"), ("bylaws", "bylaws")),
            *(("bodies", "body"), ("seats", "seat"), ("terms", "term"), ("members", "term"), ("commitments", "commitment")),
            *(("sessions", "committee_session"), ("decisions", "decision"), ("minutes", "minutes"), ("errata", "erratum")),
            *(("agreements", "agreement"), ("alerts", "alert"), ("step_records", "step_record"), ("waivers", "waiver")),
            ("item_declarations", "item_declaration"),
            *(("stakeholder_maps", "stakeholder_map"), ("stakeholders", "stakeholder")),
            *(("seat_invitations", "seat_invitation"), ("open_calls", "open_call")),
        )
    },
    "transitions": TenantList("transition", rules.read_there),
    "calendar_feeds": TenantList("calendar_feed", rules.either(rules.own, rules.written_there)),
    "persons": TenantList("person", rules.named_there, exported=False),
    "people": TenantList("principal", rules.either(rules.oneself, rules.written_at_its_unit), exported=False),
    "grants": TenantList("granted", rules.either(rules.own, rules.written_at_its_unit)),
    "invitations": TenantList("invitation", rules.written_at_its_unit),
    "keys": TenantList("api_key", rules.either(rules.own, rules.written_at_its_unit)),
}
PUBLIC_LISTS = (
    *("countries", "admin1", "municipalities", "successions", "organisations", "associations", "members"),
    *("programmes", "participations", "indicators", "sources", "schemes"),
    *("training_topics", "courses", "inaugurations", "office_terms", "blackouts", "alert_settings"),
)
