"""What the log of a fault says: where it was, and nobody's name."""

import json
from collections.abc import Iterator

import pytest
import structlog

from api import logs

CANARY = "Canaria Kinkajú"


@pytest.fixture
def configured() -> Iterator[None]:
    """Whatever a test does to the log ends with it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def failing(name: str) -> None:
    body = {"name": name}
    try:
        raise ValueError(f"Key (name)=({name}) already exists.")
    except ValueError as error:
        raise RuntimeError(f"could not keep {body}") from error


@pytest.mark.usefixtures("configured")
def test_a_fault_says_where_it_was_and_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    logs.as_json("info")
    try:
        failing(CANARY)
    except RuntimeError:
        structlog.get_logger().exception("fault", request_id="r")
    written = capsys.readouterr().err
    assert CANARY not in written
    assert "Kinkaj" not in written
    said = json.loads(written)
    assert [raised["kind"] for raised in said["exception"]] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert all("test_logs.py" in at and "failing" in at for at in (said["exception"][0]["at"][-1], said["exception"][1]["at"][-1]))
    assert (said["event"], said["level"], said["request_id"]) == ("fault", "error", "r")
