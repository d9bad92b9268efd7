"""The demonstration: an invented region over the real places, and invented committees in its municipalities of 2019."""

from api.demo import committees, region
from api.demo.region import Tell, password
from api.settings import Settings
from migrations.catalogues import rows_of

__all__ = ["fill", "names", "password"]


async def fill(settings: Settings, url: str, owner_url: str, tell: Tell) -> None:
    """Make what of it is not there yet; `url` and `owner_url` are the API's and the owner's."""
    await region.fill(settings, url, owner_url, tell)
    await committees.fill(settings, url, owner_url, tell)


def names() -> list[str]:
    """The local parts of the people's addresses."""
    return [row["name"] for row in [*rows_of("demo/people"), *committees.PEOPLE]]
