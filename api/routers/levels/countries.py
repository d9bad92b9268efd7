"""/countries: the tenants of the region, their profile, their first-level divisions."""

from fastapi import APIRouter, Request, Response
from sqlmodel import SQLModel

from api import db, pages, problems
from api.access import IfMatch, Public, Writing
from api.collection import ReadRoute, UnitName, publish
from api.domain.errors import Stale, Unconditional
from api.domain.fields import merged, patch_of
from api.domain.levels import Level
from api.domain.levels.countries import Country, CountryFields, CountryOut
from api.domain.roles import Action, Target
from api.levels import Shape
from api.pages import Listing

router = APIRouter(tags=["levels"], route_class=ReadRoute)
CountryPatch = patch_of(CountryFields)
OF_MUNICIPALITIES = (Level.ASSOCIATION, Level.MUNICIPALITY, Level.PROGRAMME)


def _holding(column: str) -> dict[Level, str]:
    """Territory seen through municipalities: what any of them lies in."""
    return dict.fromkeys(OF_MUNICIPALITIES, f"t.id in (select m.{column} from municipality m where m.id = any(l.municipalities))")


class CountryQuery(pages.Query):
    """How countries are listed."""

    tenant: bool | None = None
    """Only those whose municipalities are members here, or only the others."""


COUNTRIES = Listing(
    "countries",
    CountryOut,
    "country t",
    Shape(public=True, country="t.id", municipality=None, override=_holding("country_id")),
    (("t.name_key", "text"), ("t.id", "int")),
    CountryQuery,
    {"tenant": "t.tenant = {value}"},
    address="t.id = app.country_of({id})",
)


class Admin1Out(SQLModel):
    """A first-level division: department, province, state or district."""

    id: int
    country: str
    """ISO 3166-1 alpha-2."""
    code: str
    """ISO 3166-2."""
    name: str
    kind: str
    external_ids: dict[str, str]


ADMIN1 = Listing(
    "admin1",
    Admin1Out,
    "admin1 t join country c on c.id = t.country_id",
    Shape(public=True, municipality=None, override=_holding("admin1_id")),
    (("t.name_key", "text"), ("t.id", "int")),
    columns={"country": "c.iso2"},
)

publish(
    router,
    COUNTRIES,
    public=True,
    flat="/v1/countries",
    about="The countries, by name; through any other level those it lies in. As GeoJSON none: ask for municipalities.",
)
publish(router, ADMIN1, public=True, about="First-level divisions, by name; through municipalities those they lie in.")


@router.get("/v1/countries/{unit}", response_model=CountryOut)
async def read_country(request: Request, unit: UnitName, reading: Public) -> Response:
    """One country, by ISO code or numeric key, with its profile: who polices, the prevention law, what committees are called."""
    return await pages.one(request, reading, COUNTRIES, unit)


@router.patch("/v1/countries/{unit}", response_model=CountryOut, responses=problems.refusals(Stale, Unconditional))
async def change_country(unit: UnitName, body: CountryPatch, caller: Writing, if_match: IfMatch) -> Response:  # type: ignore[valid-type]
    """Change a country's profile. Needs `territory:write`."""
    key = (await db.run(caller.session, "select app.country_of(:unit)", unit=unit)).scalar()
    country = await db.fetch(caller, Country, key, COUNTRIES.shape.seen())
    caller.require(Action.WRITE_TERRITORY, Target(country_id=country.id))
    await pages.unchanged(caller, COUNTRIES, unit, country.version, if_match)
    await db.keep(caller, country, "change", fields=merged(country, body, CountryFields))
    return await pages.written(caller, COUNTRIES, unit, f"/v1/countries/{country.id}")
