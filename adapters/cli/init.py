"""`concord init`: an organisation with its first steward."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import DataDir, opened, ready, run_to_its_end

if TYPE_CHECKING:
    from adapters.settings import Settings
    from services.people.found_organisation import Founded, FoundOrganisation


def init(
    organisation: Annotated[str, typer.Option(help="The organisation's name.")],
    name: Annotated[str, typer.Option(help="The first steward's name.")],
    email: Annotated[str, typer.Option(help="The address that they sign in with.")],
    time_zone: Annotated[str, typer.Option(help="The zone that bare dates are days in.")] = "UTC",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin instead of asking for it.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Makes an organisation and its first steward; prints organisation_id, person_id and token as JSON."""
    from services.people.found_organisation import FoundOrganisation
    from services.people.passwords import must_be_long_enough

    settings = ready(data_dir=data_dir)
    password = _password(password_stdin)
    must_be_long_enough(password)
    founded = run_to_its_end(_init(settings, FoundOrganisation(organisation, name, email, time_zone, password)))
    print(json.dumps(asdict(founded)))


async def _init(settings: Settings, command: FoundOrganisation) -> Founded:
    from services.people.found_organisation import found_organisation

    async with opened(settings) as concord:
        return await found_organisation(concord.ledger, concord.identities, concord.clock, concord.new_id, command)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask for the password; use --password-stdin")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked
