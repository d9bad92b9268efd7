"""/step-records, {level}/steps: how steps stood when it became known, and how many committees of a level stand where."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api import pages
from api.access import Reading
from api.answers.steps import StepsOfLevel, steps_of
from api.collection import ReadRoute, publish, publish_figures
from api.committees import HERE, OF_COMMITTEE, OfCommittee
from api.domain.steps.frameworks import FIRST
from api.domain.steps.records import StepRecordOut
from api.domain.steps.standing import StepState
from api.levels import Lens
from api.pages import Listing

router = APIRouter(tags=["steps"], route_class=ReadRoute)


class RecordsQuery(OfCommittee):
    """How records are listed."""

    step: Annotated[str | None, Field(max_length=63)] = None
    """Only those of this step."""
    state: StepState | None = None
    known_at: AwareDatetime | None = None
    """An instant with its offset: only what was known then, of each step one."""


STEP_RECORDS = Listing(
    "step-records",
    StepRecordOut,
    "step_record t",
    HERE,
    (("t.created_at", "timestamptz"), ("t.id", "uuid")),
    RecordsQuery,
    OF_COMMITTEE
    | {
        "step": "t.step = {value}",
        "state": "t.state = {value}",
        "known_at": "t.created_at <= {value} and (t.replaced_at is null or t.replaced_at > {value})",
    },
)

publish(
    router,
    STEP_RECORDS,
    flat="/v1/step-records",
    about="""How steps came to stand, in the order in which it became known: written down by the clock within a minute, also where time
alone changed something, and never altered. `committee=` those of one; `known_at=` what was known at an instant.""",
)


class StepsQuery(BaseModel):
    """What the summary of a level may be asked for."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    framework: Annotated[str, Field(max_length=63)] = FIRST
    """Committees that follow this framework."""
    known_at: AwareDatetime | None = None
    """An instant with its offset: what was known then."""


async def _steps(request: Request, reading: Reading, query: StepsQuery, lens: Lens, code: str) -> Response:
    found = await steps_of(reading, lens, query.framework, query.known_at)
    return pages.conditional(request, found.model_dump_json().encode(), {"Content-Language": reading.language})


publish_figures(
    router,
    "steps",
    "steps",
    _steps,
    (StepsQuery, StepsOfLevel),
    """How many committees of the level stand where at each step, how many moved and lapsed this quarter, and how long they take. Of
committees that are not dissolved; `GET {level}/step-records` says which.""",
)
