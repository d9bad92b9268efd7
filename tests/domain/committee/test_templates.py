"""What is offered to start from is sound itself."""

import pytest

from api.domain.committee.bylaws import explained
from api.domain.committee.contradictions import contradictions
from api.domain.committee.templates import Template, templates


@pytest.mark.parametrize("template", templates(), ids=lambda t: t.code)
def test_a_template_contradicts_nothing(template: Template) -> None:
    assert [(f.pointer, f.code) for f in contradictions(template.rules) if f.severity != "warning"] == []
    assert set(explained(template.rules)) == {"en", "es", "pt"}


def test_codes_are_given_once() -> None:
    assert len({t.code for t in templates()}) == len(templates()) >= 2
