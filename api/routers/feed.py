"""/changes: everything that changed, for mirrors and integrations."""

from typing import Annotated

from fastapi import APIRouter, Response

from api import feed, problems
from api.access import Asking
from api.collection import ReadRoute
from api.domain.errors import Gone
from api.pages import AS_QUERY

router = APIRouter(tags=["sync"], route_class=ReadRoute)


@router.get("/v1/changes", response_model=feed.Changes, responses=problems.refusals(Gone))
async def list_changes(query: Annotated[feed.ChangesQuery, AS_QUERY], reading: Asking) -> Response:
    """Everything that changed and that you may see, in an order in which nothing is lost; without a cursor from the beginning.

    Keep `next` and ask again. Deleted things come once more with a null `body`. Where your own scope changed since the cursor was given,
    items of the noun `scope` come first, one a unit: fetch what you `entered`, drop what you `left`. After a restore of the database a
    cursor answers 410 `cursor-gone`: start again without it.
    """
    return await feed.answer(reading, query)
