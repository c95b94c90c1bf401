"""`concord reset-password`: a link for somebody who cannot sign in any more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import DataDir, opened, ready, run_to_its_end, say

if TYPE_CHECKING:
    from adapters.settings import Settings


def reset_password(
    email: Annotated[str, typer.Argument(help="The address that they sign in with.")],
    data_dir: DataDir = None,
) -> None:
    """Ends all their sessions and prints a link to a new password, good for 72 hours, as JSON; they see that it was."""
    settings = ready(data_dir=data_dir)
    print(json.dumps(run_to_its_end(_reset(settings, email))))
    say("Every session of theirs has ended. They, and the parties of their agreements, see that this was done.")


async def _reset(settings: Settings, email: str) -> dict[str, str]:
    from adapters.identity.letters import PlainLetters
    from services.people.password_resets import reset_for_operator

    async with opened(settings) as concord:
        identities = concord.identities
        letters = PlainLetters(settings)
        link = await reset_for_operator(concord.ledger, identities, identities.resets, letters, concord.clock, email)
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return {
        "person_id": str(link.person.person_id),
        "reset_url": f"{base}/password-resets/{link.secret}",
    }
