"""Registers of committees as tests send them: rows of columns, and what came of each."""

import csv
import io
from typing import Any

import httpx

CSV = {"Content-Type": "text/csv"}


def sheet(*rows: dict[str, str], divider: str = ",") -> str:
    """A table of these rows; its columns are all that any of them has."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    file = io.StringIO()
    csv.writer(file, delimiter=divider, lineterminator="\n").writerows([columns, *([row.get(c, "") for c in columns] for row in rows)])
    return file.getvalue()


async def send(client: httpx.AsyncClient, kind: str, file: str | bytes, **query: Any) -> dict[str, Any]:
    """What came of a file: its state, its report, and the refused rows as (code, column, rows…)."""
    content = file if isinstance(file, bytes) else file.encode()
    answer = await client.post(f"/v1/imports/{kind}", params=query, content=content, headers=CSV)
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    report = said["report"]
    assert report["rows_in"] == report["rows_used"] + report["rows_refused"]
    refused = {(e["code"], e["column"], *e["rows"]) for e in report["errors"]}
    return report | {"state": said["state"], "refused": refused, "id": said["id"], "file_name": said["file_name"]}
