"""`concord roles`: PostgreSQL roles with the rights that each part of Concord needs, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import DataDir, opened, ready, run_to_its_end, say

if TYPE_CHECKING:
    from adapters.settings import Settings


def roles(
    prefix: Annotated[str, typer.Option(help="What their names begin with, as in CONCORD_DATABASE_ROLES.")] = "concord",
    data_dir: DataDir = None,
) -> None:
    """Makes the roles and gives them their rights; run it as the owner of the database, again after each update."""
    settings = ready(data_dir=data_dir, database_roles="")
    for line in run_to_its_end(_make(settings, prefix)):
        print(line)
    say("Let web processes sign in as a member of all but the projector, the worker as a member of all four,")
    say(f"each with CONCORD_DATABASE_ROLES={prefix}: see adapters/stores/roles.py.")


async def _make(settings: Settings, prefix: str) -> list[str]:
    from adapters.settings import Misconfigured
    from adapters.stores.postgres import PostgresDatabase
    from adapters.stores.roles import make_roles

    if settings.store_kind != "PostgreSQL":
        raise Misconfigured("SQLite knows no roles: whoever may read the file reads all of it.")
    async with opened(settings) as concord:
        assert isinstance(concord.database, PostgresDatabase)
        await concord.checkpoints.tree.prepare()
        return list(await make_roles(concord.database, prefix))
