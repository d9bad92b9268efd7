"""Registers sent as tables: proposed, ended, and a snapshot that ends nothing before it is confirmed."""

import zipfile
from io import BytesIO
from typing import Any

import httpx

from tests.conftest import World

CSV = {"Content-Type": "text/csv"}


async def send(client: httpx.AsyncClient, kind: str, text: str | bytes, **query: Any) -> httpx.Response:
    return await client.post(f"/v1/imports/{kind}", params=query, content=text if isinstance(text, bytes) else text.encode(), headers=CSV)


def report(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()["report"]
    assert said["rows_in"] == said["rows_used"] + said["rows_refused"]
    return said


async def test_new_members_are_proposed_and_the_same_file_changes_nothing(world: World) -> None:
    anam = await world.who("anam")
    text = "municipality,starts_on\ngt-ine:0103,2026-01-01\ngt-ine:9999,2026-01-01\ngt-ine:0107,01/02/2026\n"
    checked = report(await send(anam, "affiliations", text, association=2, dry_run=True))
    assert (checked["created"], checked["rows_refused"]) == (0 + checked["created"], 2)
    first = report(await send(anam, "affiliations", text, association=2))
    assert {e["code"]: e["rows"] for e in first["errors"]} == {"place-unknown": [3], "date-invalid": [4]}
    again = report(await send(anam, "affiliations", text, association=2))
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, first["created"] + first["unchanged"])


async def test_a_snapshot_ends_only_what_is_confirmed(world: World) -> None:
    amhon = await world.who("amhon")
    everyone = (await amhon.get("/v1/associations/4/municipalities", params={"limit": 200, "count": "exact", "as_of": "2026-01-01"})).json()
    keep = "municipality\n" + "\n".join(str(m["id"]) for m in everyone["items"]) + "\n"
    would = report(await send(amhon, "affiliations", keep, association=4, mode="snapshot"))
    missing = everyone["count"] - 200
    assert (would["ended"], len(would["would_end"]), would["unchanged"]) == (0, min(missing, 100), 200)
    other = await send(amhon, "affiliations", keep, association=4, mode="snapshot", confirm_ends=missing + 1)
    assert (other.status_code, other.json()["code"]) == (409, "ends-differ")
    dry = report(await send(amhon, "affiliations", keep, association=4, mode="snapshot", confirm_ends=missing, dry_run=True))
    assert dry["ended"] == missing
    assert (await amhon.get("/v1/associations/4")).json()["municipalities"] == everyone["count"]
    done = report(await send(amhon, "affiliations", keep, association=4, mode="snapshot", confirm_ends=missing))
    assert done["ended"] == missing
    assert (await amhon.get("/v1/associations/4")).json()["municipalities"] == 200


async def test_a_register_is_its_own_association_s(world: World) -> None:
    comures = await world.who("comures")
    answer = await send(comures, "affiliations", "municipality\ngt-ine:0103\n", association=2)
    assert answer.status_code == 403
    assert (await send(comures, "affiliations", "municipality\n", association=999)).status_code == 404


async def test_organisations_are_keyed_by_their_code(world: World) -> None:
    gt = await world.who("gt")
    rows = ("crm:1,Casa Joven,ngo,gt-ine:0108", "crm:2,Escuela,school,", "crm:3,Nada,nonsense,", ",Sin clave,ngo,")
    text = "external_id,name,classification,municipality\n" + "\n".join(rows) + "\n"
    first = report(await send(gt, "organisations", text, country="GT"))
    assert (first["created"], {e["code"] for e in first["errors"]}) == (2, {"classification-invalid", "code-invalid"})
    renamed = report(await send(gt, "organisations", text.replace("Casa Joven", "Casa de la Juventud"), country="GT"))
    assert (renamed["created"], renamed["changed"], renamed["unchanged"]) == (0, 1, 1)
    would = report(
        await send(gt, "organisations", "external_id,name,classification\ncrm:2,Escuela,school\n", country="GT", mode="snapshot")
    )
    assert (would["ended"], would["would_end"]) == (0, ["Casa de la Juventud"])
    assert (await send(gt, "organisations", text, country="SV")).status_code == 403


async def test_other_tables_are_refused_with_what_is_wrong(region: World) -> None:
    gt = await region.who("gt")
    for body, code in (
        (b"name\nx\n", "columns-differ"),
        (b"external_id,name,classification,colour\n", "columns-differ"),
        (b"PK\x03\x04nonsense", "table-unreadable"),
    ):
        answer = await send(gt, "organisations", body, country="GT")
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def workbook(rows: list[list[str]]) -> bytes:
    """The smallest workbook: one sheet of inline strings."""
    cells = "".join("<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows)
    main, kinds = "http://schemas.openxmlformats.org", "application/vnd.openxmlformats-"
    sheet, links = f"{main}/spreadsheetml/2006/main", f"{main}/officeDocument/2006/relationships"

    def relation(name: str, kind: str, target: str) -> str:
        inner = f'<Relationship Id="{name}" Type="{links}/{kind}" Target="{target}"/>'
        return f'<Relationships xmlns="{main}/package/2006/relationships">{inner}</Relationships>'

    parts = {
        "[Content_Types].xml": f'<Types xmlns="{main}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="{kinds}package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}officedocument.spreadsheetml.sheet.main+xml"/>'
        f'<Override PartName="/xl/s.xml" ContentType="{kinds}officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": relation("a", "officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{sheet}" xmlns:r="{links}">'
        '<sheets><sheet name="a" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relation("b", "worksheet", "s.xml"),
        "xl/s.xml": f'<worksheet xmlns="{sheet}"><sheetData>{cells}</sheetData></worksheet>',
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, '<?xml version="1.0"?>' + text)
    return file.getvalue()


async def test_a_workbook_is_as_good_as_a_csv(world: World) -> None:
    body = workbook([["external_id", "name", "classification"], ["crm:7", "Iglesia", "faith"]])
    assert report(await send(await world.who("gt"), "organisations", body, country="GT"))["created"] == 1


async def test_a_table_is_read_as_offices_save_it(world: World) -> None:
    """Semicolons, Windows-1252, a title above the header, and a code that a spreadsheet took the zero from."""
    gt = await world.who("gt")
    text = "Registro de instituciones;;;\nExternal ID;name;classification;municipality\ncrm:9;Asociación Niñez;ngo;gt-ine:108\n"
    said = report(await send(gt, "organisations", text.encode("cp1252"), country="GT"))
    assert (said["created"], said["codes_healed"], said["header_row"]) == (1, 1, 2)
    [made] = (await gt.get("/v1/organisations", params={"q": "Asociacion Ninez"})).json()["items"]
    assert (made["name"], made["municipality_id"]) == ("Asociación Niñez", 3200008)


async def test_a_refused_row_names_its_column(world: World) -> None:
    gt = await world.who("gt")
    rows = ("crm:1,Uno,nonsense,,", "crm:2,Dos,ngo,1/2/2024,", "crm:3,Tres,ngo,,gt-ine:9999")
    text = "external_id,name,classification,ends_on,municipality\n" + "\n".join(rows) + "\n"
    said = report(await send(gt, "organisations", text, country="GT"))
    found = {(e["code"], e["column"], *e["rows"]) for e in said["errors"]}
    assert found == {("classification-invalid", "classification", 2), ("date-invalid", "ends_on", 3), ("place-unknown", "municipality", 4)}


async def test_a_retried_upload_is_done_once(world: World) -> None:
    gt = await world.who("gt", **{"Idempotency-Key": "k1"})
    text = "external_id,name,classification\ncrm:5,Cinco,ngo\n"
    first, again = [await send(gt, "organisations", text, country="GT") for _ in range(2)]
    assert report(first)["created"] == report(again)["created"] == 1
    assert (again.json()["id"], again.headers["Idempotent-Replayed"]) == (first.json()["id"], "true")
    other = await send(gt, "organisations", text + "crm:6,Seis,ngo\n", country="GT")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_dry_run_keeps_nothing(world: World) -> None:
    gt = await world.who("gt")
    text = "external_id,name,classification\ncrm:5,Cinco,ngo\n"
    for _ in range(2):
        assert report(await send(gt, "organisations", text, country="GT", dry_run=True))["created"] == 1
    assert report(await send(gt, "organisations", text, country="GT"))["created"] == 1
