"""The process that listens: uvicorn over both applications, behind the edge."""

import resource

import uvicorn

from api.app import create_app
from api.edge import protocol
from api.settings import Settings


def run(settings: Settings, url: str) -> None:
    """Serve until Ctrl-C or SIGTERM: what is under way is ended, and the signal raised again for whoever called."""
    app, _ = create_app(settings, url)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=protocol(settings),
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=10,
        timeout_graceful_shutdown=10,
        backlog=2048,
    )
    _many_connections()
    uvicorn.Server(config).run()


def _many_connections() -> None:
    """As many open files as this process may have: a thousand half-open connections must not keep the next one out."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
