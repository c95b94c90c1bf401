"""`concord worker`: follows the log and keeps the deadlines for web processes that do not do it themselves."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from adapters.cli.frame import DataDir, opened, ready, run_to_its_end, say

if TYPE_CHECKING:
    from adapters.settings import Settings


def worker(data_dir: DataDir = None) -> None:
    """Follows the log and keeps the deadlines, until it is told to stop."""
    settings = ready(chatty=True, data_dir=data_dir)
    run_to_its_end(_work(settings))


async def _work(settings: Settings) -> None:
    told_to_stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    async with opened(settings) as concord:
        await concord.start_work()
        say(f"Following the log ({settings.store_kind}). Ctrl-C ends it.")
        await told_to_stop.wait()
