"""Log lines for people (console) or machines (json), without personal text.

Nobody's words reach a log: only keys of an allow-list are written, an exception is told by its
type and the lines of code it passed, never by its message, and what libraries log is cut to its
first line.
"""

from __future__ import annotations

import logging
import sys
import traceback

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

KEYS = frozenset(
    {
        # structlog's own
        "event", "level", "logger", "timestamp", "exception", "left_out",
        # requests
        "method", "route", "status", "duration_ms", "code", "operation", "request_id",
        # the log and what follows it
        "attempt", "attempts", "behind", "events", "fact", "from_position", "lag_ms", "position", "projection",
        "stream", "stream_id", "to_position", "topic", "version",
        # commands and deadlines
        "actor_id", "agreement_id", "command_id", "deadline", "deadlines", "deed", "error", "organisation_id",
        "person_id", "refusal",
        # the process
        "applied", "count", "data_dir", "dialect", "host", "pid", "port", "retry_in", "seconds", "signal",
        "sqlite", "store",
    }
)  # fmt: skip
"""What a log line may carry. Every one of them holds an id, a figure or one of our own words."""

# Their messages are about connections and processes; what they fill in is theirs, not a person's.
_FILLED_IN = ("uvicorn.error", "psycopg.pool")


def configure_logging(log_format: str = "console", *, level: int = logging.INFO) -> None:
    """Sends all log lines of this process to stderr in the given format; may be called again."""
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _tell_exceptions_by_place,
        _leave_out_what_is_not_allowed,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    colours = log_format == "console" and sys.stderr.isatty()
    renderer: Processor = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=colours)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_say_no_more_than_the_first_line, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # Its lines hold addresses with secrets in them; requests are logged by route instead.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.captureWarnings(True)


def _leave_out_what_is_not_allowed(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    unknown = [key for key in line if key not in KEYS and not key.startswith("_")]
    for key in unknown:
        del line[key]
    if unknown:
        line["left_out"] = sorted(unknown)
    return line


def _tell_exceptions_by_place(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    given = line.pop("exc_info", None)
    line.pop("stack_info", None)
    if given is True:
        given = sys.exc_info()
    error = given if isinstance(given, BaseException) else given[1] if given else None
    if error is not None:
        line["exception"] = told_by_place(error)
    return line


def told_by_place(error: BaseException) -> str:
    """An exception and its causes by type and place: `ValueError at log.py:12 in append <- KeyError at ...`."""
    told: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = traceback.extract_tb(current.__traceback__)[-6:]
        places = ", ".join(f"{_short(frame.filename)}:{frame.lineno} in {frame.name}" for frame in reversed(frames))
        name = type(current).__name__
        if isinstance(current, BaseExceptionGroup):
            name += "[" + "; ".join(told_by_place(each) for each in current.exceptions[:5]) + "]"
        told.append(f"{name} at {places}" if places else name)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return " <- ".join(told)


def _short(filename: str) -> str:
    return "/".join(filename.replace("\\", "/").split("/")[-2:])


def _say_no_more_than_the_first_line(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    record: logging.LogRecord | None = line.get("_record")
    if record is None:
        return line
    said = line["event"] if record.name.startswith(_FILLED_IN) else str(record.msg)
    line["event"] = said.split("\n", 1)[0][:300]
    return line
