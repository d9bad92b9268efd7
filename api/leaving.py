"""How an address says that it goes: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and the page that tells what to use instead.

`/v1` only grows, so an address is announced to go with the next version and works until its day. No middleware: others pay nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from fastapi.routing import APIRoute
from starlette.types import Message, Receive, Scope, Send


@dataclass(frozen=True)
class Leaving:
    """From when an address should not be used for anything new, when it stops to answer, and where it says what to use instead."""

    since: datetime
    until: datetime
    instead: str

    def headers(self) -> list[tuple[bytes, bytes]]:
        """What every answer of the address says."""
        sunset = format_datetime(self.until.astimezone(UTC), usegmt=True)
        link = f'<{self.instead}>; rel="deprecation", <{self.instead}>; rel="sunset"'
        said = {"deprecation": f"@{int(self.since.timestamp())}", "sunset": sunset, "link": link}
        return [(name.encode(), value.encode()) for name, value in said.items()]

    def announce(self, route: APIRoute) -> None:
        """Let `route` say so in its document and in its answers; what it refuses is answered elsewhere, without."""
        route.deprecated = True
        route.description = f"{route.description}\n\nStops to answer on {self.until:%Y-%m-%d}; see {self.instead}.".strip()
        app, said = route.app, self.headers()

        async def announced(scope: Scope, receive: Receive, send: Send) -> None:
            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message = {**message, "headers": [*message.get("headers", []), *said]}
                await send(message)

            await app(scope, receive, told)

        route.app = announced
