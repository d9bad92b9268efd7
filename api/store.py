"""Where the bytes of documents lie: a folder of this machine, or a bucket that obstore reaches; streamed both ways, never whole in memory.

An object lies under its municipality and its hash. It is put before the row that names it: what is left of a server that was killed between
the two is an object that nothing names, which harms nobody and is swept away later (api/filing.py).
"""

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import IO, Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from api.domain.errors import NotNow
from api.settings import Settings

PIECE = 1 << 18
PART = 5 << 20
"""Bytes of one part of an upload to a bucket, the smallest that S3 takes; two are in memory at a time."""
RETRY_FOR = timedelta(seconds=20)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise NotNow("The store of documents does not answer; send the same request again.", "documents-unavailable") from error


class Store:
    """The store of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _objects(self) -> ObjectStore:
        """Opened when first asked for: where it cannot be, everything else is served all the same."""
        if self._settings.documents_url is None:
            return LocalStore(prefix=self._settings.home.absolute() / "documents", mkdir=True)
        url = self._settings.documents_url.get_secret_value()
        return from_url(url, retry_config={"max_retries": 3, "retry_timeout": RETRY_FOR})

    async def put(self, key: str, file: IO[bytes]) -> None:
        """Keep `file` under `key`: whole or not at all. Raises NotNow where the store cannot."""
        file.seek(0)
        with _reached():
            await obstore.put_async(self._objects, key, file, chunk_size=PART, max_concurrency=2)

    async def has(self, key: str) -> bool:
        """Whether there is an object. Raises NotNow where the store cannot say."""
        try:
            with _reached():
                await obstore.head_async(self._objects, key)
        except FileNotFoundError:
            return False
        return True

    async def pieces(self, key: str) -> AsyncIterator[bytes]:
        """The object, opened; raises NotNow before the first piece where it is not there or the store cannot."""
        try:
            with _reached():
                found = await obstore.get_async(self._objects, key)
        except FileNotFoundError as error:
            # Its row says that it is there: a store of another day than the database, or not the one it was put into.
            raise NotNow("The content of this document is not in the store; ask who runs this service.", "content-missing") from error
        return _bytes(found.stream(min_chunk_size=PIECE))

    async def older_than(self, day: datetime) -> AsyncIterator[list[str]]:
        """The keys of objects put before `day`, a thousand at a time."""
        stream = obstore.list(self._objects, chunk_size=1000)
        async for metas in stream:
            yield [meta["path"] for meta in metas if meta["last_modified"] < day]

    async def drop(self, key: str) -> None:
        """Remove an object for good; nothing happens where it is gone already. Raises NotNow where the store cannot."""
        try:
            with _reached():
                await obstore.delete_async(self._objects, key)
        except FileNotFoundError:
            return


async def _bytes(stream: AsyncIterable[Any]) -> AsyncIterator[bytes]:
    async for piece in stream:
        yield bytes(piece)
