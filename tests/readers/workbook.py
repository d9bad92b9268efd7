"""A workbook written by hand, small enough to say exactly what stands in each cell."""

import io
import zipfile

_OPEN = "http://schemas.openxmlformats.org"
_KINDS = f"{_OPEN}/package/2006/content-types"
_TIES = f"{_OPEN}/officeDocument/2006/relationships"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
Sheet = list[list[str]]
"""Rows of cells, each the XML inside `<c>` or a text to be put there; the first row is row 1."""


def _cell(at: int, n: int, said: str) -> str:
    name = f"{chr(65 + at)}{n}"
    if said == "":
        return ""
    if said.startswith("="):
        formula, _, value = said[1:].partition("->")
        return f'<c r="{name}"><f>{formula}</f>{f"<v>{value}</v>" if value else ""}</c>'
    if said.startswith("#"):
        return f'<c r="{name}" t="e"><v>{said}</v></c>'
    if said.replace(".", "", 1).isdigit() and not said.startswith("0"):
        return f'<c r="{name}"><v>{said}</v></c>'
    return f'<c r="{name}" t="inlineStr"><is><t>{said}</t></is></c>'


def _sheet(rows: Sheet) -> str:
    lines = "".join(f'<row r="{n}">{"".join(_cell(at, n, said) for at, said in enumerate(row))}</row>' for n, row in enumerate(rows, 1))
    return f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def workbook(**sheets: Sheet) -> bytes:
    """The bytes of a workbook with these sheets. `=1+1->2` is a formula with its value, `=1+1` one without, `#REF!` an error."""
    numbered = list(enumerate(sheets.items(), 1))
    ties = "".join(f'<Relationship Id="r{n}" Type="{_TIES}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered)
    named = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, (name, _) in numbered)
    main = f'<Relationship Id="r1" Type="{_TIES}/officeDocument" Target="xl/workbook.xml"/>'
    package = f"{_OPEN}/package/2006/relationships"
    xml = '<Default Extension="xml" ContentType="application/xml"/>'
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", f'<Types xmlns="{_KINDS}">{rels}{xml}</Types>')
        parts.writestr("_rels/.rels", f'<Relationships xmlns="{package}">{main}</Relationships>')
        parts.writestr("xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_TIES}"><sheets>{named}</sheets></workbook>')
        parts.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}">{ties}</Relationships>')
        for n, (_, rows) in numbered:
            parts.writestr(f"xl/worksheets/sheet{n}.xml", _sheet(rows))
    return file.getvalue()
