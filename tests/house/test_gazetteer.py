"""The committed data files: counts, keys, dates, and nothing of the sources left out."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.house.build_gazetteer import COLUMNS, DATA, NATIONAL, ROOT, UNLICENSED, Keys, Row, build, read

SHARED = ROOT.parent / "shared" / "data"
needs_sources = pytest.mark.skipif(not (SHARED / "gazetteer").is_dir(), reason="the shared sources are not beside this repository")

FILES = {
    "countries": 12,
    "admin1": 162,
    "municipalities": 3982,
    "codes": 11573,
    "schemes": 12,
    "successions": 262,
    "associations": 15,
    "programmes": 2,
    "demo/participations": 65,
    "demo/affiliations": 804,
    "demo/people": 12,
    "demo/members": 3,
}
TENANTS = {"GT": 340, "SV": 44 + 262, "HN": 298, "NI": 153, "PA": 82, "CR": 84, "DO": 155, "BZ": 6 + 9, "PR": 78, "MX": 2471}
LARGEST_INT4 = 2**31 - 1
ROLES = {
    "region_admin": ("region", 1),
    "programme_officer": ("programme", 1),
    "country_coordinator": ("country", 4),
    "association_officer": ("association", 3),
    "municipal_coordinator": ("municipality", 2),
    "reader": ("country", 1),
}


def rows(name: str) -> list[Row]:
    return read(DATA / f"{name}.csv")


def ids(name: str) -> set[str]:
    return {row["id"] for row in rows(name)}


def by_code(noun: str) -> dict[str, Row]:
    """Every row of a noun under each of its codes, written scheme:code."""
    table = {"country": "countries", "admin1": "admin1", "municipality": "municipalities"}[noun]
    found = {row["id"]: row for row in rows(table)}
    return {f"{code['scheme']}:{code['code']}": found[code["id"]] for code in rows("codes") if code["noun"] == noun}


def units() -> dict[str, set[str]]:
    """What a unit may name, by level."""
    return {
        "region": {""},
        "country": {row["iso2"] for row in rows("countries")},
        "programme": {row["code"] for row in rows("programmes")},
        "association": {row["short_name"] for row in rows("associations")},
        "municipality": set(by_code("municipality")),
    }


def open_on(row: Row, day: date) -> bool:
    """Starts are inclusive, ends exclusive, empty = open."""
    return (row["starts_on"] or "0001-01-01") <= day.isoformat() < (row["ends_on"] or "9999-12-31")


def participants(day: date, level: str, programme: str | None = "amuprev") -> set[str]:
    chosen = (row for row in rows("demo/participations") if row["level"] == level and open_on(row, day))
    return {row["unit"] for row in chosen if programme in (None, row["programme"])}


@pytest.mark.parametrize(("name", "count"), FILES.items())
def test_every_file_has_its_rows(name: str, count: int) -> None:
    assert len(rows(name)) == count


@pytest.mark.parametrize("name", FILES)
def test_files_are_utf8_with_lf_and_no_loose_blanks(name: str) -> None:
    content = (DATA / f"{name}.csv").read_bytes()
    assert b"\r" not in content
    assert content.endswith(b"\n")
    for row in rows(name):
        assert all(value == value.strip() for value in row.values()), row


@pytest.mark.parametrize("name", COLUMNS)
def test_generated_files_have_the_columns_of_the_builder(name: str) -> None:
    assert tuple(rows(name)[0]) == COLUMNS[name]


def test_no_data_file_is_python() -> None:
    assert not list(DATA.rglob("*.py"))


def test_tenants_and_their_municipalities() -> None:
    iso2 = {row["id"]: row["iso2"] for row in rows("countries")}
    assert {row["iso2"] for row in rows("countries") if row["tenant"] == "true"} == set(TENANTS)
    assert {row["iso2"] for row in rows("countries") if row["tenant"] == "false"} == {"BR", "US"}
    assert Counter(iso2[row["country_id"]] for row in rows("municipalities")) == TENANTS
    kinds = Counter(row["kind"] for row in rows("municipalities"))
    assert kinds == {"municipality": 3967, "town": 9, "district": 6}


@pytest.mark.parametrize(("name", "width"), [("admin1", 100), ("municipalities", 10_000)])
def test_keys_are_unique_fit_int4_and_carry_their_country(name: str, width: int) -> None:
    keys = [int(row["id"]) for row in rows(name)]
    assert len(set(keys)) == len(keys)
    assert max(keys) <= LARGEST_INT4
    for row in rows(name):
        assert int(row["id"]) // width == int(row["country_id"])


def test_a_committed_key_is_kept_and_never_lost() -> None:
    keys = Keys([{"noun": "admin1", "id": "8407", "scheme": "iso", "code": "BZ-CY"}], "admin1", 100)
    with pytest.raises(ValueError, match="no longer have"):
        keys.check()
    assert [keys.of(84, [("iso", "BZ-XX")]), keys.of(84, [("iso", "BZ-CY")])] == [8408, 8407]
    keys.check()


def test_natural_keys_are_unique() -> None:
    for name, columns in (
        ("countries", ("id",)),
        ("countries", ("iso2",)),
        ("countries", ("iso3",)),
        ("admin1", ("code",)),
        ("municipalities", ("country_id", "admin1_id", "name", "kind")),
        ("codes", ("scheme", "code", "noun")),
        ("schemes", ("slug",)),
        ("successions", ("predecessor_id", "successor_id")),
        ("associations", ("id",)),
        ("associations", ("short_name",)),
        ("programmes", ("code",)),
        ("demo/people", ("name",)),
    ):
        count = Counter(tuple(row[column] for column in columns) for row in rows(name))
        assert not [key for key, times in count.items() if times > 1], name


def test_foreign_keys() -> None:
    countries, admin1, municipalities = ids("countries"), {row["id"]: row for row in rows("admin1")}, ids("municipalities")
    puerto_rico = by_code("country")["iso:PR"]["id"]
    for row in [*rows("admin1"), *rows("municipalities"), *rows("associations")]:
        assert row["country_id"] in countries
    for row in rows("municipalities"):
        # Puerto Rico has no first level; everywhere else the parent lies in the same country.
        assert (row["admin1_id"] == "") == (row["country_id"] == puerto_rico)
        assert not row["admin1_id"] or admin1[row["admin1_id"]]["country_id"] == row["country_id"]
    tables = {"country": countries, "admin1": set(admin1), "municipality": municipalities}
    schemes = {row["slug"] for row in rows("schemes")}
    for row in rows("codes"):
        assert row["id"] in tables[row["noun"]]
        assert row["scheme"] in schemes
    assert schemes == {row["scheme"] for row in rows("codes")}


def test_every_place_has_a_code() -> None:
    for noun, table in (("country", "countries"), ("admin1", "admin1"), ("municipality", "municipalities")):
        assert {row["id"] for row in by_code(noun).values()} == ids(table)


def test_coordinates_are_licensed_whole_and_plausible() -> None:
    for row in rows("municipalities"):
        assert UNLICENSED not in row["coordinates_source"]
        assert bool(row["lat"]) == bool(row["lon"]) == bool(row["coordinates_source"])
        if row["lat"]:
            assert 6 < float(row["lat"]) < 33
            assert -119 < float(row["lon"]) < -64


def test_the_salvadoran_reform() -> None:
    places = {row["id"]: row for row in rows("municipalities")}
    successions = rows("successions")
    succeeded = {key for key, row in places.items() if row["status"] == "succeeded"}
    assert {row["predecessor_id"] for row in successions} == succeeded
    assert len(succeeded) == 262
    assert len({row["successor_id"] for row in successions}) == 44
    for row in successions:
        old, new = places[row["predecessor_id"]], places[row["successor_id"]]
        assert (old["admin1_id"], old["valid_to"], new["valid_from"]) == (new["admin1_id"], row["effective_on"], row["effective_on"])
        assert (row["effective_on"], row["share"], row["principal"]) == ("2024-05-01", "1", "true")
    alone = {places[row["predecessor_id"]]["name"] for row in successions if row["kind"] == "rename"}
    assert alone == {"Acajutla", "Santa Ana"}
    sonsonate = by_code("municipality")["ocha-2021:SV1315"]
    successor = next(row["successor_id"] for row in successions if row["predecessor_id"] == sonsonate["id"])
    assert places[successor]["name"] == "Sonsonate Centro"


def test_the_programme_began_with_five_municipalities_in_two_countries() -> None:
    day = date(2009, 12, 31)
    assert len(participants(day, "municipality")) == len(participants(day, "municipality", None)) == 5
    assert participants(day, "country") == {"PA", "SV"}


def test_the_programme_ended_with_the_counts_of_the_seed_article() -> None:
    for number in range(365):
        day = date(2019, 1, 1) + timedelta(days=number)
        # Counting every programme gives the same as counting this one.
        assert [len(participants(day, level)) for level in ("municipality", "association", "country")] == [29, 8, 5]
        assert [len(participants(day, level, None)) for level in ("municipality", "association", "country")] == [29, 8, 5]
    assert {"DO", "BZ", "PR", "PA", "SV"} == participants(date(2019, 6, 30), "country")


def test_participations_name_known_units_of_participating_countries() -> None:
    known, places = units(), by_code("municipality")
    countries = {row["iso2"]: row["id"] for row in rows("countries")}
    participations = rows("demo/participations")
    for row in participations:
        assert row["programme"] in known["programme"]
        assert row["unit"] in known[row["level"]]
        assert row["basis"] in {"article", "demonstration"}
        assert row["starts_on"] < (row["ends_on"] or "9999")
        if row["level"] == "municipality":
            day = date.fromisoformat(row["starts_on"])
            assert places[row["unit"]]["country_id"] in {countries[unit] for unit in participants(day, "country", row["programme"])}


@pytest.mark.parametrize("name", ["demo/participations", "demo/affiliations"])
def test_spells_of_one_unit_do_not_overlap(name: str) -> None:
    spells: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in rows(name):
        spells.setdefault((next(iter(row.values())), row["unit"]), []).append((row["starts_on"], row["ends_on"] or "9999"))
    for several in spells.values():
        ordered = sorted(several)
        assert all(first[1] <= second[0] for first, second in pairwise(ordered))


def test_affiliations_stay_in_their_country_and_within_the_municipality_s_life() -> None:
    countries = {row["short_name"]: row["country_id"] for row in rows("associations")}
    places = by_code("municipality")
    for row in rows("demo/affiliations"):
        place = places[row["unit"]]
        assert place["country_id"] == countries[row["association"]]
        assert row["starts_on"] >= place["valid_from"]
        assert not place["valid_to"] or row["ends_on"] <= place["valid_to"]
        assert row["starts_on"] < (row["ends_on"] or "9999")


def test_affiliations_give_the_demonstration_what_it_needs() -> None:
    members = Counter(row["association"] for row in rows("demo/affiliations") if open_on(row, date(2025, 6, 30)))
    assert members == {"COMURES": 44, "AMHON": 298, "ANAM": 167, "AGAAI": 25}
    assert sum(open_on(row, date(2024, 4, 30)) for row in rows("demo/affiliations") if row["association"] == "COMURES") == 262
    both = {row["unit"] for row in rows("demo/affiliations") if row["association"] == "ANAM"}
    assert both & {row["unit"] for row in rows("demo/affiliations") if row["association"] == "AGAAI"}
    assert {"gt-ine:0102", "gt-ine:0105", "gt-ine:0108"} <= both


def test_people_hold_known_roles_over_known_units() -> None:
    known = units()
    assert Counter((row["role"], row["level"]) for row in rows("demo/people")) == {
        (role, level): count for role, (level, count) in ROLES.items()
    }
    for row in rows("demo/people"):
        assert row["unit"] in known[row["level"]]
    assert by_code("municipality")["ocha:SV13001"]["name"] == "Sonsonate Centro"


def source_codes(row: Row) -> Iterator[str]:
    """Every code that a municipality of the source carries, as scheme:code."""
    old = row["status"] != "current"
    if row["country_iso2"] in NATIONAL:
        yield f"{NATIONAL[row['country_iso2']]}:{row['code']}"
    elif row["code"]:
        yield f"{'ocha-2021' if old else 'ocha'}:{row['code']}"
    if row["ocha_pcode"]:
        yield f"{'ocha-2021' if old else 'ocha'}:{row['ocha_pcode']}"
    if row["geonames_id"]:
        yield f"geonames:{row['geonames_id']}"


@needs_sources
def test_every_row_of_the_sources_is_here_with_all_its_codes() -> None:
    places, parents = by_code("municipality"), by_code("admin1")
    for row in read(SHARED / "gazetteer" / "municipalities.csv"):
        found = {places[code]["id"] for code in source_codes(row)}
        place = places[next(source_codes(row))]
        assert found == {place["id"]}
        parent = parents[f"iso:{row['admin1_iso3166_2']}"]["id"] if row["admin1_iso3166_2"] else ""
        assert (place["name"], place["notes"], place["admin1_id"]) == (row["name"], row["notes"], parent)
    for row in read(SHARED / "gazetteer" / "admin1.csv"):
        wanted = [
            f"iso:{row['iso3166_2']}",
            f"geonames:{row['geonames_id']}",
            *([f"ocha:{row['ocha_pcode']}"] if row["ocha_pcode"] else []),
        ]
        assert {parents[code]["name"] for code in wanted} == {row["name"]}


@needs_sources
def test_building_again_changes_nothing(tmp_path: Path) -> None:
    build(SHARED, tmp_path)
    for name in COLUMNS:
        assert (tmp_path / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes(), name
