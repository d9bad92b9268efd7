"""Whatever is killed, what was acknowledged is there, once; and the same count finds the losses of a server that forgets."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.faults.kills import KINDS, Fire, fire, forgetful, lapse, missing, rage

SECONDS = 20.0
"""The longer one is `./run python -m tests.faults kills --seconds 600`."""


@pytest_asyncio.fixture(scope="module")
async def burning(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fire]:
    async with fire(tmp_path_factory.mktemp("fire") / "home") as made:
        yield made


async def test_every_acknowledged_write_is_there_once(burning: Fire) -> None:
    ledger = await rage(burning, SECONDS)
    print(ledger)
    assert ledger.wrong == []
    assert set(ledger.statuses) <= {0, 201, 503}
    assert set(ledger.kills) == set(KINDS)
    assert ledger.statuses[0] + ledger.statuses[503] > 0, "somebody noticed"
    assert len(ledger.kept) > 100
    assert await missing(burning, ledger) == {}


async def test_a_server_that_forgets_is_found_out(burning: Fire) -> None:
    """The control: without waiting for the disk some acknowledged writes are lost. Otherwise the test above could not fail."""
    await forgetful(burning)
    for _ in range(3):
        ledger, lost = await lapse(burning)
        print(f"{lost} of {len(ledger.kept)} acknowledged writes lost")
        if lost:
            break
    assert lost > 0
    assert 500 not in ledger.statuses
