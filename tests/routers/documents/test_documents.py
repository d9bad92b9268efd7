"""/documents over HTTP: one file is one document, its class decides who reads it, and nothing of it is believed but its bytes."""

import asyncio
import hashlib
import io
import json
from typing import Any

import httpx
import pytest
from PIL import Image

from api import filing
from api.access import moment
from api.app import create_app
from api.settings import Settings
from tests.conftest import World

MIXCO, SONSONATE = "gt-ine:0108", "ocha:SV13001"
"""mixco@ has the personal scope there; sonsonate@, who coordinates the other, has not."""
PDF = b"%PDF-1.7\nActa 1\n%%EOF\n"


async def send(world: World, by: str, content: bytes = PDF, place: str = MIXCO, **said: Any) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream", **said.pop("headers", {})}
    query = {"file_name": "acta.pdf"} | said
    return await (await world.who(by)).post(f"/v1/municipalities/{place}/documents", params=query, content=content, headers=headers)


async def content(world: World, by: str, id: str, **headers: str) -> httpx.Response:
    return await (await world.who(by)).get(f"/v1/documents/{id}/content", headers=headers)


async def test_what_is_sent_is_what_is_read(world: World) -> None:
    made = await send(world, "mixco", kind="minutes", file_name="Acta n.º 1.exe")
    assert made.status_code == 201, made.text
    said = made.json()
    assert (said["mime_type"], said["file_name"], said["access_rights"]) == ("application/pdf", "Acta n.º 1.exe.pdf", "committee")
    assert (said["size"], said["sha256"]) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert (await (await world.who("gt")).get(made.headers["location"])).json() == said
    found = await content(world, "anam", said["id"])
    assert (found.content, found.headers["content-type"], int(found.headers["content-length"])) == (PDF, "application/pdf", len(PDF))
    assert found.headers["content-disposition"] == "attachment; filename*=UTF-8''Acta%20n.%C2%BA%201.exe.pdf"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert (await content(world, "gt", said["id"], **{"If-None-Match": found.headers["etag"]})).status_code == 304
    for stranger in ("", "sv", "sonsonate", "comures"):
        assert (await content(world, stranger, said["id"])).status_code == 404


async def test_the_same_file_again_is_the_same_document(world: World) -> None:
    first = await send(world, "mixco")
    again = await send(world, "gt", file_name="otro nombre.pdf", kind="report")
    assert (again.status_code, again.json()) == (200, first.json())
    elsewhere = await send(world, "sonsonate", place=SONSONATE)
    assert elsewhere.status_code == 201, "what another municipality has is nobody's business here"
    # Another class is another document: others read it.
    published = await send(world, "mixco", access_rights="public")
    assert (published.status_code, published.json()["access_rights"]) == (201, "public")
    key = {"Idempotency-Key": "k1"}
    made = await send(world, "mixco", b"%PDF-2", headers=key)
    replayed = await send(world, "mixco", b"%PDF-2", headers=key)
    assert (made.status_code, replayed.status_code, replayed.json()) == (201, 201, made.json())
    assert replayed.headers["idempotent-replayed"] == "true"
    other = await send(world, "mixco", b"%PDF-3", headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_two_who_send_it_at_once_get_one_document(world: World) -> None:
    answers = await asyncio.gather(*(send(world, by, b"%PDF-at-once") for by in ("mixco", "gt", "mixco", "region")))
    assert sorted(a.status_code for a in answers) == [200, 200, 200, 201]
    assert len({a.json()["id"] for a in answers}) == 1


async def test_a_photograph_is_kept_without_where_it_was_taken(world: World) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (14.0, 38.0, 0.0)}
    exif[0xA430] = "Somebody"
    out = io.BytesIO()
    Image.effect_noise((900, 900), 90).save(out, "JPEG", exif=exif)
    raw = out.getvalue()
    assert len(raw) > 300_000, "more than one piece of the store"
    said = (await send(world, "mixco", raw, file_name="foto.png", kind="photograph")).json()
    assert (said["mime_type"], said["file_name"]) == ("image/jpeg", "foto.png.jpg")
    kept = (await content(world, "mixco", said["id"])).content
    assert b"Somebody" not in kept
    assert b"Exif" not in kept
    assert hashlib.sha256(kept).hexdigest() == said["sha256"] != hashlib.sha256(raw).hexdigest()
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(out).tobytes()
    assert (await send(world, "mixco", raw)).json()["id"] == said["id"], "known by what was sent, not only by what was kept"


NOTHING = "00000000-0000-4000-8000-000000000000"
REFUSED: list[tuple[bytes, dict[str, str], int, str]] = [
    (b"", {}, 422, "file-empty"),
    (b"\x7fELF\x01", {}, 415, "document-format-unknown"),
    (b"\xff\xd8\xff\xe0\x00\x10", {}, 422, "image-broken"),
    (PDF, {"file_name": "../../etc/passwd"}, 422, "invalid-fields"),
    (PDF, {"file_name": "a\u202efdp.exe"}, 422, "invalid-fields"),
    (PDF, {"file_name": " .. "}, 422, "invalid-fields"),
    (PDF, {"kind": "recipe"}, 422, "invalid-fields"),
    (PDF, {"nonsense": "1"}, 422, "invalid-fields"),
    (PDF, {"redacts_id": NOTHING}, 422, "redaction-not-public"),
    (PDF, {"redacts_id": NOTHING, "access_rights": "public"}, 422, "unknown-reference"),
]


@pytest.mark.parametrize(("raw", "query", "status", "code"), REFUSED, ids=lambda v: str(v)[:40])
async def test_what_is_refused(shared_world: World, raw: bytes, query: dict[str, str], status: int, code: str) -> None:
    answer = await send(shared_world, "mixco", raw, **query)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_who_may_not_is_refused_before_the_file_is_read(shared_world: World) -> None:
    for by, status in (("", 401), ("sonsonate", 403), ("anam", 403), ("reader", 403)):
        assert (await send(shared_world, by, b"\x7fELF")).status_code == status, by
    assert (await send(shared_world, "mixco", place="gt-ine:9999")).status_code == 404


async def test_personal_documents_need_the_personal_scope_and_tell_who_read_them(world: World) -> None:
    """sonsonate@ coordinates a municipality without that scope; gt@ a country, where nobody has it by default."""
    refused = await send(world, "sonsonate", place=SONSONATE, kind="attendance_list")
    assert (refused.status_code, refused.json()["code"]) == (403, "personal-scope-required")
    said = (await send(world, "mixco", b"Ana Canaria;Policia", kind="attendance_list", file_name="Ana Canaria.csv")).json()
    assert (said["access_rights"], said["file_name"]) == ("personal", None)
    for by in ("", "gt", "region", "anam", "sonsonate"):
        client = await world.who(by)
        assert (await client.get(f"/v1/documents/{said['id']}")).status_code == 404
        assert (await content(world, by, said["id"])).status_code == 404
        if by:
            listed = await client.get(f"/v1/municipalities/{MIXCO}/documents")
            assert said["id"] not in {d["id"] for d in listed.json()["items"]}
    found = await content(world, "mixco", said["id"])
    assert (found.content, found.headers["cache-control"]) == (b"Ana Canaria;Policia", "no-store")
    assert "Ana%20Canaria.csv" in found.headers["content-disposition"]
    async with world.owner() as owner:
        seen = await owner.fetch("select fields, principal_id from change where action = 'read-personal' and thing = $1", said["id"])
        assert [r["fields"] for r in seen] == [["file_name", "received_sha256", "sha256"]]
        assert await owner.fetchval("select count(*) from change where body::text like '%Canaria%'") == 0


async def test_what_is_published_is_a_file_of_its_own(world: World) -> None:
    original = (await send(world, "mixco", b"%PDF names", kind="attendance_list")).json()
    public = {"access_rights": "public", "redacts_id": original["id"]}
    same = await send(world, "mixco", b"%PDF names", **public)
    assert (same.status_code, same.json()["code"]) == (422, "nothing-redacted")
    foreign = await send(world, "sonsonate", b"%PDF black", place=SONSONATE, **public)
    assert (foreign.status_code, foreign.json()["code"]) == (422, "unknown-reference"), "of another municipality, and not to be seen"
    made = await send(world, "mixco", b"%PDF black", **public)
    assert (made.status_code, made.json()["redacts_id"]) == (201, original["id"])
    assert (await content(world, "", made.json()["id"])).content == b"%PDF black"
    listed = (await (await world.who()).get("/v1/documents", params={"redacts": original["id"]})).json()["items"]
    assert [d["id"] for d in listed] == [made.json()["id"]]
    client = await world.who("mixco")
    for one, rights in ((original, "public"), (made.json(), "committee")):
        change = await client.patch(f"/v1/documents/{one['id']}", json={"access_rights": rights}, headers={"If-Match": '"1"'})
        assert (change.status_code, change.json()["code"]) == (409, "published-apart")
    gone = await client.delete(f"/v1/documents/{original['id']}", headers={"If-Match": '"1"'})
    assert gone.status_code == 204, "what was published stays where its original goes"
    assert (await (await world.who()).get(f"/v1/documents/{made.json()['id']}")).json()["redacts_id"] is None


async def test_a_class_is_put_right_and_two_editors_notice_each_other(world: World) -> None:
    said = (await send(world, "mixco")).json()
    client = await world.who("mixco")
    path, first = f"/v1/documents/{said['id']}", {"If-Match": '"1"'}
    assert (await client.patch(path, json={"kind": "minutes"})).status_code == 428
    coordinator = await (await world.who("gt")).patch(path, json={"access_rights": "personal"}, headers=first)
    assert (coordinator.status_code, coordinator.json()["code"]) == (403, "personal-scope-required")
    changed = await client.patch(path, json={"access_rights": "personal", "file_name": "acta 2"}, headers=first)
    assert (changed.status_code, changed.json()["file_name"], changed.json()["version"]) == (200, None, 2)
    assert "acta%202.pdf" in (await content(world, "mixco", said["id"])).headers["content-disposition"]
    assert (await client.patch(path, json={"kind": "minutes"}, headers=first)).status_code == 412
    assert (await client.patch(path, json={"kind": None}, headers={"If-Match": '"2"'})).status_code == 422
    assert (await (await world.who("gt")).patch(path, json={"kind": "minutes"}, headers={"If-Match": '"2"'})).status_code == 404


async def test_what_is_removed_leaves_the_store_and_what_is_cited_stays(world: World) -> None:
    said, kept = (await send(world, "mixco", b"%PDF gone")).json(), (await send(world, "mixco", b"%PDF kept")).json()
    twice = (await send(world, "mixco", b"%PDF kept", access_rights="public")).json()
    client = await world.who("mixco")
    for one in (said, kept):
        assert (await client.delete(f"/v1/documents/{one['id']}", headers={"If-Match": '"1"'})).status_code == 204
        assert (await content(world, "mixco", one["id"])).status_code == 404
    folder = world.settings.home / "documents" / str(said["municipality_id"])
    (folder / ("0" * 64)).write_bytes(b"of an upload that was broken off")
    (world.settings.home / "documents" / "stray").write_bytes(b"of nobody")
    there = {path.name for path in folder.iterdir()}
    assert {said["sha256"], kept["sha256"], "0" * 64} <= there
    _, applications = create_app(world.settings, world.url("api"))
    async with applications.open() as house:
        assert await filing.sweep(house, moment().replace(year=2000)) == 0, "an upload may be under way"
        assert await filing.sweep(house, moment()) >= 3
    assert {path.name for path in folder.iterdir()} == {kept["sha256"]}
    assert (await content(world, "", twice["id"])).content == b"%PDF kept"
    # Sent once more after it was swept, it is there again.
    assert (await content(world, "mixco", (await send(world, "mixco", b"%PDF gone")).json()["id"])).content == b"%PDF gone"


async def test_without_its_store_a_document_says_so(world: World) -> None:
    said = (await send(world, "mixco", b"%PDF lost")).json()
    file = world.settings.home / "documents" / str(said["municipality_id"]) / said["sha256"]
    file.unlink()
    lost = await content(world, "mixco", said["id"])
    assert (lost.status_code, lost.json()["code"]) == (503, "content-missing")
    settings = world.settings.model_copy(update={"documents_url": Settings(documents_url="file:///dev/null/none").documents_url})
    app, applications = create_app(settings, world.url("api"))
    async with applications.open():
        other = World(world.postgres, world.database, app, settings, world.house)
        refused = await send(other, "mixco", b"%PDF nowhere")
        assert (refused.status_code, refused.json()["code"], "retry-after" in refused.headers) == (503, "documents-unavailable", True)
        assert (await (await other.who("mixco")).get("/v1/documents")).status_code == 200
        for client in other.clients.values():
            await client.aclose()
    async with world.owner() as owner:
        assert await owner.fetchval("select count(*) from document") == 1, "nothing was kept of what has no bytes"


async def test_larger_than_the_setting_is_not_taken(world: World) -> None:
    small = world.settings.model_copy(update={"document_limit_bytes": 1000})
    app, applications = create_app(small, world.url("api"))
    async with applications.open():
        other = World(world.postgres, world.database, app, small, world.house)
        assert (await send(other, "mixco", b"%PDF" + b"x" * 996)).status_code == 201
        assert (await send(other, "mixco", b"%PDF" + b"x" * 997)).status_code == 413
        for client in other.clients.values():
            await client.aclose()


async def test_lists_name_what_everyone_may_read(world: World) -> None:
    for n, rights in enumerate(("public", "committee", "personal")):
        assert (await send(world, "mixco", b"%PDF" + bytes((65 + n,)), access_rights=rights, kind="report")).status_code == 201
    everything = ["committee", "personal", "public"]
    for by, seen in (("", ["public"]), ("sv", ["public"]), ("gt", ["committee", "public"]), ("mixco", everything)):
        for unit in ("", "/countries/GT", f"/municipalities/{MIXCO}", "/associations/2"):
            page = (await (await world.who(by)).get(f"/v1{unit}/documents", params={"kind": "report", "count": "exact"})).json()
            assert (sorted(d["access_rights"] for d in page["items"]), page["count"]) == (seen, len(seen)), (by, unit)
        lines = (await (await world.who(by)).get("/v1/documents", params={"format": "ndjson"})).text.splitlines()
        assert sorted(json.loads(line)["access_rights"] for line in lines) == seen
