"""What mails about signing in say, and where their links go."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from adapters.settings import Settings

INVITED = "You are invited to Concord"
RESET = "Your new password for Concord"


def link_to(connection: HTTPConnection, settings: Settings, path: str) -> str:
    """The address of a page of ours."""
    base = settings.public_url or str(connection.base_url).rstrip("/")
    return f"{base}/{path}"


def invitation_text(name: str, link: str) -> str:
    """What somebody reads who is invited."""
    return (
        f"Hello {name},\n\nyou are invited to Concord, where people write down what they expect of each other.\n"
        f"Choose a password here; the link works once, for 72 hours:\n\n{link}\n"
    )


def reset_text(name: str, link: str) -> str:
    """What somebody reads who has asked for a new password."""
    return (
        f"Hello {name},\n\nsomebody, probably you, asked for a new password for Concord.\n"
        f"Choose it here; the link works once, for 72 hours, and signs you out everywhere else:\n\n{link}\n\n"
        "If it was not you, there is nothing to do: without this link nothing changes.\n"
    )
