"""A process that appends until it is killed, and says on its output what was acknowledged.

usage: python -m tests.contract.log.writing STORE_URL DATA_DIR TASKS

Every command records three events on two things (the first of them five), with a receipt; a line is
written once it is acknowledged.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from pathlib import Path

from adapters.logging import configure_logging
from services.ports import Answer
from tests.contract.log.things import act_of, command, new_thing, opened


async def main(url: str, data_dir: str, tasks: int) -> None:
    async with opened(url, Path(data_dir)) as ledger:

        async def write() -> None:
            id = secrets.token_hex(32)
            one, other = await new_thing(ledger, command_id=id), await new_thing(ledger, command_id=id)
            while True:
                one.say(act_of(one.id, command_id=id), "words " * 20)
                one.step(act_of(None, command_id=id))
                other.step(act_of(None, command_id=id))
                events = len(one.pending_events) + len(other.pending_events)
                receipt = await ledger.record(command(id), Answer(), one, other)
                sys.stdout.write(f"{id} {receipt.position} {events}\n")
                sys.stdout.flush()
                id = secrets.token_hex(32)

        await asyncio.gather(*(write() for _ in range(tasks)))


if __name__ == "__main__":
    configure_logging()
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
