"""The settings: each explained, each read from the environment, and each used."""

import ast
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.settings import Settings
from tests.contract import ROOT

NAMES = sorted(Settings.model_fields)


def uses() -> set[str]:
    """The names that anything in api/ or migrations/ takes from an object called settings."""
    found = set()
    for file in [*(ROOT / "api").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[-1].endswith("settings"):
                found.add(node.attr)
    return found


def test_every_setting_is_explained() -> None:
    assert [name for name in NAMES if not (Settings.model_fields[name].description or "").endswith(".")] == []


def test_every_setting_is_used() -> None:
    assert set(NAMES) - uses() == set()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMUPREV_PORT", "8123")
    monkeypatch.setenv("AMUPREV_HOME", "elsewhere")
    monkeypatch.setenv("AMUPREV_DATABASE_URL", "postgresql://amuprev_api:secret@host/amuprev")
    settings = Settings()
    assert (settings.port, settings.home) == (8123, Path("elsewhere"))
    assert "secret" not in repr(settings), "an address with a password is not printed"


def test_what_is_said_outright_counts_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMUPREV_PORT", "8123")
    assert Settings(port=9).port == 9


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "many"), ("ACCESS_TOKEN_S", "901"), ("READ_CONNECTIONS", "0"), ("STATEMENT_TIMEOUT_S", "-1")]
)
def test_what_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"AMUPREV_{name}", value)
    with pytest.raises(ValidationError):
        Settings()
