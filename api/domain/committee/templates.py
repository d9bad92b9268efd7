"""Templates of bylaws, per framework, from api/data/bylaws_templates.json: somewhere to start, not what must be."""

import json
from functools import lru_cache
from pathlib import Path

from api.domain.committee.rules import Rules
from api.domain.fields import Fields, LongText, Slug, Text

FILE = Path(__file__).parents[2] / "data" / "bylaws_templates.json"


class Template(Fields):
    """Rules to start a draft from."""

    code: Slug
    framework: Slug
    label_en: Text
    label_es: Text
    label_pt: Text
    note_en: LongText
    note_es: LongText
    note_pt: LongText
    rules: Rules


@lru_cache(maxsize=1)
def templates() -> tuple[Template, ...]:
    """All of them."""
    return tuple(Template.model_validate(said) for said in json.loads(FILE.read_text(encoding="utf-8")))
