"""What files are written in and what their rows may be: workbooks, lines of JSON, dividers, titles, formulas, and files that are none."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.domain.errors import Invalid
from api.readers import Cell, Tally, words
from api.readers.layouts import LAYOUTS, Layout, layouts
from api.readers.shapes import reader_of
from tests.readers.workbook import workbook

DATA = Path(words.__file__).parent.parent / "data"
HEAD = ["indicator", "period", "value", "scheme", "code"]
LONG = "indicator,period,value,scheme,code\n"


def read(raw: bytes, name: str = "long", **told: str) -> tuple[list[Cell], Tally]:
    reader = reader_of(name, told)
    return [cell for piece in reader.cells(io.BytesIO(raw)) for cell in piece], reader.tally


def test_a_workbook_is_read_from_the_first_sheet_that_has_the_columns() -> None:
    rows = [
        ["", "Cuadro 1"],
        [],
        HEAD,
        ["homicide", "2023-01-01", "=1+1->2", "gt-ine", "108"],
        ["homicide", "Febrero 2023", "0.5", "iso", "GT"],
    ]
    found, tally = read(workbook(Portada=[["x"]], Datos=rows))
    assert (tally.sheet, tally.header_row, tally.rows_in, tally.healed) == ("Datos", 3, 2, 1)
    assert [(c.row, c.period, c.value) for c in found] == [(4, "2023-01-01", "2"), (5, "2023-02-01", "0.5")]
    assert [p.code for p in tally.places] == ["0108", "GT"]


def test_a_breakdown_has_one_spelling_in_whatever_column_and_word_it_stands() -> None:
    head, row = "indicator,period,value,scheme,code,sexo,dims\n", "homicide,2023,1,gt-ine,0108,{},{}\n"
    said = (("Mujer", ""), ("f", ""), ("", "sex=f"), ("F", "age=Y15T24"), ("", ""), ("niña", ""), ("", "sex"))
    found, _ = read((head + "".join(row.format(*each) for each in said)).encode())
    assert [c.dims for c in found][:5] == ["sex=F", "sex=F", "sex=F", "age=Y15T24;sex=F", ""]
    assert [c.problem for c in found][5:] == ["breakdown-unknown", "dims-invalid"]


def test_a_municipality_that_is_called_suma_is_none() -> None:
    head = "Año,Cve. Municipio,Municipio,Subtipo de delito,Enero\n"
    found, tally = read(f"{head}2023,31072,Suma,Homicidio doloso,2\n2023,,Suma,Homicidio doloso,9\n".encode(), "sesnsp")
    assert ([(c.row, c.value) for c in found], tally.ignored) == ([(2, "2")], {"total-row": [3]})


def test_no_municipality_of_the_gazetteer_is_taken_for_a_total_or_for_what_has_no_place() -> None:
    with (DATA / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        names = {row["name"] for row in csv.DictReader(file)}
    assert [n for n in sorted(names) if words.is_total(n, coded=True) or words.is_unspecified(n)] == []


@pytest.mark.parametrize("said", ["=SUM(A1:A2)", "#REF!", "#DIV/0!"])
def test_a_formula_without_its_value_is_never_taken_for_blank(said: str) -> None:
    rows = [HEAD, ["homicide", "2023-01", said, "gt-ine", "0108"], ["homicide", "2023-02", "", "gt-ine", "0108"]]
    found, tally = read(workbook(Datos=rows))
    assert [(c.row, c.problem) for c in found] == [(2, "formula")]
    assert (tally.blank, tally.ignored) == (1, {"blank-row": [3]})


def test_a_workbook_that_unpacks_without_end_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", bytes(200 << 20))
    with pytest.raises(Invalid) as refused:
        read(file.getvalue())
    assert refused.value.code == "workbook-too-large"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "columns-missing"),
        (b"PK", "table-unreadable"),
        (b"PK\x03\x04" + bytes(100), "table-unreadable"),
        (workbook(Datos=[["x"]]), "columns-missing"),
        (b"\x00\x01", "not-text"),
        (b"a,b\n1,2\n", "columns-missing"),
        (b"{", "ndjson-unreadable"),
        (b'{"indicator": {}}', "ndjson-unreadable"),
        (rb'{"name": "\u0000"}', "ndjson-unreadable"),
        (rb'{"name": "\ud800"}', "ndjson-unreadable"),
        (b"{" * 5000, "ndjson-unreadable"),
        (b'{"indicator": "homicide", "strange": "x"}', "columns-differ"),
        (LONG.replace("code", "code,notes").encode(), "columns-differ"),
        (LONG.replace("code", "code,CURP").encode(), "identities-refused"),
        (b"indicator,period,value\n", "columns-missing"),
    ],
)
def test_what_is_no_such_table_is_refused_by_name(raw: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(raw)
    assert refused.value.code == code


@pytest.mark.parametrize("divider", [",", ";", "\t", "|"])
def test_a_table_is_divided_by_what_makes_its_header(divider: str) -> None:
    found, _ = read((LONG + "homicide,2023-01,3,gt-ine,0108\n").replace(",", divider).encode("utf-8-sig"))
    assert [(c.value, c.indicator) for c in found] == [("3", "homicide")]


@pytest.mark.parametrize("said", ["TOTAL", "Gran total:", "Total general"])
def test_a_row_that_sums_up_begins_with_the_word_in_any_column(said: str) -> None:
    found, tally = read((LONG + f"homicide,2023-01,3,gt-ine,0108\n{said},,3,,\n").encode())
    assert ([(c.value, c.problem) for c in found], tally.ignored_counts["total-row"]) == ([("3", "")], 1)


def test_months_of_a_year_and_whole_years_stand_across() -> None:
    found, tally = read("Municipio;Año;Delito;ENERO;febrero;Total\nMixco;2023;Robo;1;2;3\n".encode("latin-1"), "names-wide", country="GT")
    assert [(c.period, c.frequency, c.value) for c in found] == [("2023-01-01", "M", "1"), ("2023-02-01", "M", "2")]
    found, _ = read(b"Municipio,Delito,2022,T1 2023\nMixco,robbery,1,2\n", "names-wide", country="GT")
    assert [(c.period, c.frequency) for c in found] == [("2022-01-01", "A"), ("2023-01-01", "Q")]
    assert tally.indicators == {"robbery"}


def test_names_need_to_be_told_where() -> None:
    with pytest.raises(Invalid) as refused:
        reader_of("names-long")
    assert (refused.value.code, refused.value.pointer) == ("country-unknown", "query/country")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2023", ("2023-01-01", "A")),
        ("2023.0", ("2023-01-01", "A")),
        ("2023-Q4", ("2023-10-01", "Q")),
        ("2023-07", ("2023-07-01", "M")),
        ("2023-07-01", ("2023-07-01", "M")),
        ("Setiembre de 2023", ("2023-09-01", "M")),
        ("dic-2023", ("2023-12-01", "M")),
        ("março 2023", ("2023-03-01", "M")),
        *((said, None) for said in ("2023-13", "2023-07-15", "01/02/2023", "Brumario 2023", "23", "", "Enero", "1823")),
    ],
)
def test_periods_as_offices_write_them(said: str, meant: tuple[str, str] | None) -> None:
    assert words.period(said) == meant


def test_words_for_totals_for_what_is_not_placed_and_for_who_somebody_is() -> None:
    assert [words.is_total(n) for n in ("TOTAL", "Total general", "Total Guatemala:", "Totonicapán", "Totalco")] == [True] * 3 + [False] * 2
    assert [words.is_unspecified(n) for n in ("No Especificado", "OTROS MUNICIPIOS", "Otros Mundos", "")] == [True, True, False, False]
    told = ["Nombre de la víctima", "NOMBRES", "No. Documento", "cedula_victima", "Fecha de nacimiento"]
    assert words.identities([*told, "Nombre del municipio", "provincia", "RANGO DE EDAD", "Cve. Municipio"], case=True) == told


def test_every_layout_is_a_file_of_its_name_and_one_that_says_nothing_of_values_is_none() -> None:
    assert {path.stem for path in LAYOUTS.glob("*.json")} == set(layouts())
    with pytest.raises(ValidationError):
        Layout(reader="x", about="x", shape="x", columns={"name": ["a"]})
    assert Path(LAYOUTS).is_dir()
