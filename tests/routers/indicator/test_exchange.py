"""Observations as other systems take them, held against what those systems publish (rules in our own words).

DHIS2: developer guide, Web API, "Sending bulks of data values", "Identifier schemes" and "Date and period format"
(dhis2/dhis2-docs, src/commonmark/en/content/developer/web-api/data.md and overview.md).
SDMX-CSV 2.0: Data Message Field Guide (sdmx-twg/sdmx-csv, docs/data_message_field_guide.md) on RFC 4180.
"""

import csv
import io
import re
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from tests.conftest import World

LIST = "/v1/countries/GT/observations"
AT = "/v1/municipalities/{}/observations/{}/{}"
DATA_VALUE_SET = {
    "type": "object",
    "required": ["dataValues"],
    "properties": {
        "dataSet": {"type": ["string", "null"]},
        **{f"{kind}Scheme": {"enum": ["UID", "CODE", "NAME"]} for kind in ("id", "dataElementId", "orgUnitId", "categoryOptionComboId")},
        "dataValues": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["dataElement", "period", "orgUnit", "value"],
                "properties": {
                    **{name: {"type": "string", "minLength": 1} for name in ("dataElement", "orgUnit", "categoryOptionCombo")},
                    "period": {"type": "string", "pattern": r"^\d{4}(Q[1-4]|(0[1-9]|1[0-2]))?$"},
                    "value": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
                    "comment": {"type": ["string", "null"]},
                    "followUp": {"type": "boolean"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


async def sown(world: World) -> None:
    gt = await world.who("gt")
    stated: list[tuple[int, str, str, dict[str, Any], dict[str, str]]] = [
        (3200008, "homicide", "2022-03", {"value": 0}, {}),
        (3200008, "homicide", "2022-Q1", {"value": 4, "status": "P"}, {}),
        (3200001, "homicide", "2022", {"value": 1234}, {}),
        (3200001, "homicide", "2021", {"value": None, "status": "M"}, {}),
        (3200008, "homicide", "2022", {"value": 2}, {"dims": "sex=F;age=15-24"}),
        (3200008, "sexual-offence", "2022", {"value": 3}, {}),
    ]
    for place, what, period, body, more in stated:
        made = await gt.put(AT.format(place, what, period), json=body, params={"source": "demonstration"} | more)
        assert made.status_code == 201, made.text


async def test_dhis2_takes_what_it_can_keep(world: World) -> None:
    await sown(world)
    query = {"format": "dhis2", "source": "demonstration", "data_set": "VIOLENCE"}
    answer = await (await world.who("gt")).get(LIST, params=query)
    said = answer.json()
    assert answer.headers["content-type"].startswith("application/x.dhis2.data-value-set+json")
    assert not list(Draft202012Validator(DATA_VALUE_SET).iter_errors(said))
    assert (said["dataSet"], said["orgUnitIdScheme"]) == ("VIOLENCE", "CODE")
    told = {(v["dataElement"], v["orgUnit"], v["period"]): (v["value"], v["followUp"], v["comment"]) for v in said["dataValues"]}
    assert told == {
        ("homicide", "3200008", "202203"): ("0", False, None),
        ("homicide", "3200008", "2022Q1"): ("4", True, "OBS_STATUS P"),
        ("homicide", "3200001", "2022"): ("1234", False, None),
        ("sexual-offence", "3200008", "2022"): ("3", False, None),
    }
    by_code = (await (await world.who("gt")).get(LIST, params=query | {"scheme": "gt-ine", "to": "2022-01-01"})).json()
    assert ("0101", "2022") in {(v["orgUnit"], v["period"]) for v in by_code["dataValues"]}
    nothing = (await (await world.who("sv")).get("/v1/countries/SV/observations", params=query)).json()
    assert nothing["dataValues"] == []


async def test_two_sources_would_be_one_value_for_dhis2(region: World) -> None:
    refused = await (await region.who("gt")).get(LIST, params={"format": "dhis2"})
    assert (refused.status_code, refused.json()["code"]) == (422, "source-required")


COMPONENTS = ["FREQ", "REF_AREA", "INDICATOR", "SOURCE", "BREAKDOWN", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE"]
IDENTIFIED = re.compile(r"[A-Za-z][\w.-]*:[\w@$-]+\(\d+\.\d+(\.\d+)?\)")


@pytest.mark.parametrize("how", ["format", "accept"])
async def test_sdmx_csv_is_as_its_field_guide_says(world: World, how: str) -> None:
    await sown(world)
    gt = await world.who("gt")
    media = "application/vnd.sdmx.data+csv"
    asked: dict[str, Any] = {"params": {"format": "sdmx-csv"}} if how == "format" else {"headers": {"Accept": f"{media};version=2.0.0"}}
    answer = await gt.get(LIST, **asked)
    assert answer.headers["content-type"].split(";")[0] == media
    header, *rows = list(csv.reader(io.StringIO(answer.text)))
    # The header row is mandatory: STRUCTURE, STRUCTURE_ID, ACTION, then dimensions, measures, attributes, then columns of our own.
    assert header[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert header[3:12] == COMPONENTS
    assert len(set(header)) == len(header)
    for row in rows:
        assert len(row) == len(header)
        assert row[0] in ("dataflow", "datastructure", "dataprovision")
        assert IDENTIFIED.fullmatch(row[1])
        assert row[2] in ("I", "A", "R", "D")
    said = [dict(zip(header, row, strict=True)) for row in rows]
    assert all(r["FREQ"] in ("A", "Q", "M") and re.fullmatch(r"\d{4}(-Q[1-4]|-\d\d)?", r["TIME_PERIOD"]) for r in said)
    keys = [tuple(r[name] for name in COMPONENTS[:6]) for r in said]
    assert len(set(keys)) == len(keys) == 6
    by_key = {(r["REF_AREA"], r["INDICATOR"], r["TIME_PERIOD"], r["BREAKDOWN"]): (r["OBS_VALUE"], r["OBS_STATUS"]) for r in said}
    assert by_key["3200001", "homicide", "2021", "_T"] == ("", "M")
    assert by_key["3200008", "homicide", "2022-03", "_T"] == ("0", "A")
    assert by_key["3200008", "homicide", "2022", "age=15-24;sex=F"] == ("2", "A")


async def test_what_is_hidden_is_in_neither(world: World) -> None:
    await sown(world)
    anam = await world.who("anam")
    query = {"indicator": "sexual-offence", "source": "demonstration"}
    assert (await anam.get("/v1/associations/2/observations", params=query | {"format": "dhis2"})).json()["dataValues"] == []
    text = (await anam.get("/v1/associations/2/observations", params=query | {"format": "sdmx-csv"})).text
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["OBS_VALUE"], row["OBS_STATUS"]) == ("", "Q")


async def test_a_code_is_no_formula(world: World) -> None:
    await sown(world)
    async with world.owner() as owner:
        await owner.execute("""update municipality set external_ids = external_ids || '{"gt-ine": "=cmd|calc"}' where id = 3200001""")
    text = (await (await world.who("gt")).get(LIST, params={"format": "sdmx-csv", "scheme": "gt-ine"})).text
    assert "'=cmd" in text
    assert ",=cmd" not in text
    async with world.owner() as owner:
        await owner.execute("""update municipality set external_ids = external_ids || '{"gt-ine": "0101"}' where id = 3200001""")
