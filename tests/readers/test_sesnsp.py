"""The SESNSP layout: encodings, blank months, modalities, lost zeros, and rows that state nothing."""

import io
from pathlib import Path

import pytest

from api.domain.errors import Invalid
from api.readers import Cell, number
from api.readers.shapes import Shaped, reader_of

DATA = Path(__file__).parent.parent / "data"


def cells(raw: bytes) -> tuple[list[Cell], Shaped]:
    reader = reader_of("sesnsp")
    return [cell for piece in reader.cells(io.BytesIO(raw)) for cell in piece], reader


@pytest.mark.parametrize("name", ["sesnsp_invented.csv", "sesnsp_invented_latin1.csv"])
def test_an_invented_file_in_two_encodings(name: str) -> None:
    found, reader = cells((DATA / name).read_bytes())
    leon = [c for c in found if c.row == 2]
    assert [c.value for c in leon] == ["2", "1", "0", "3", "1", "1", "0", "2", "1", "0"]
    tally = reader.tally
    places = list(tally.places)
    assert (places[leon[0].place].name, places[leon[0].place].code) == ("León", "11020")
    assert (leon[0].period, leon[0].indicator) == ("2023-01-01", "homicide")
    assert {places[c.place].code for c in found if c.row == 6} == {"01001"}
    assert {c.row: c.problem for c in found if c.problem} == {8: "number-invalid", 9: "value-negative", 10: "columns-short"}
    assert (tally.rows_in, tally.ignored, tally.healed, tally.blank) == (11, {"other-indicator": [5], "blank-row": [11]}, 1, 2 + 2 + 2 + 12)
    assert tally.rows_in == len({c.row for c in found}) + sum(tally.ignored_counts.values())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1", "1"),
        ("1\xa0234", "1234"),
        ("1,234.50", "1234.50"),
        ("1.0", "1.0"),
        (" 12 ", "12"),
        ("\xa07", "7"),
        ("1,234", "1234"),
        ("", None),
        ("-", None),
        ("N/D", None),
        ("0", "0"),
    ],
)
def test_numbers_as_offices_write_them(said: str, meant: str | None) -> None:
    assert number(said) == meant


@pytest.mark.parametrize("said", ["x", "1e5", "nan", "inf", "1,23", "=1+1", "--1", "1 2", "0x10", "9" * 30])
def test_what_is_no_number_is_never_guessed(said: str) -> None:
    with pytest.raises(ValueError):
        number(said)


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", b"\x00\x01\x02", b'"', b"Municipio\n"])
def test_another_layout_is_refused_with_what_is_missing(raw: bytes) -> None:
    with pytest.raises(Invalid):
        cells(raw)


def test_an_unknown_reader_is_told_what_there_is() -> None:
    with pytest.raises(Invalid) as refused:
        reader_of("nope")
    assert {"sesnsp", "long"} <= set(refused.value.more["choices"])
