"""How the server logs: one JSON object a line on the terminal of errors; no names, no addresses, no bodies."""

import logging
import sys
from traceback import walk_tb
from types import TracebackType

import structlog

Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def as_json(level: str) -> None:
    """Log from `level` on: debug, info, warning or error."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper(), logging.INFO)),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(where),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def where(exc_info: Raised) -> list[dict[str, object]]:
    """Where a fault came from, and what it came of: kinds and lines of code. Never what an exception says and never a variable: the one
    quotes rows, the other holds bodies (met: a member's name in the log of a fault, among the locals)."""
    found: list[dict[str, object]] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(found) < 10:
        at = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in walk_tb(error.__traceback__)]
        found.append({"kind": f"{type(error).__module__}.{type(error).__qualname__}", "at": at[-50:]})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found
