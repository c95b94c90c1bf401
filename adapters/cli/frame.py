"""What the commands have in common: their options, the event loop, and Concord opened while one runs."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from adapters.bootstrap import Concord
    from adapters.settings import Settings

T = TypeVar("T")

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder of the SQLite file and of the keys (CONCORD_DATA_DIR; var).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def ready(*, chatty: bool = False, **given: Any) -> Settings:
    """The settings, with what was given on the command line before all else; log lines go to stderr from here on.

    Commands that give an answer only log what is wrong; `chatty` ones also what they do.
    """
    from adapters.logging import configure_logging
    from adapters.settings import load_settings

    settings = load_settings(**given)
    configure_logging(settings.log_format, level=logging.INFO if chatty else logging.WARNING)
    return settings


def run_to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs it on the fastest event loop there is for this system."""
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Concord]:
    """Concord put together but idle: it neither follows the log nor keeps deadlines."""
    from adapters.bootstrap import open_concord

    concord = await open_concord(settings)
    try:
        yield concord
    finally:
        await concord.close()


def say(words: str) -> None:
    """Says something to the person at the terminal, on stderr: stdout is for answers."""
    print(words, file=sys.stderr, flush=True)
