"""What somebody is told by mail a week before they are erased."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5
from zoneinfo import ZoneInfo

from adapters.settings import Settings
from domain.people.erasing import Erasure
from services.people.ports import Identity, Letter


def notice(settings: Settings, person: Identity, erasure: Erasure, zone: ZoneInfo, at: datetime) -> Letter | None:
    """The letter, the same however often it is written; None where no mail is set up, or they have no address."""
    if not settings.smtp_url or person.email is None or erasure.erases_at is None:
        return None
    asked = "you asked" if erasure.asked_by == person.person_id else "a steward of your organisation asked"
    comes = erasure.erases_at.astimezone(zone)
    return Letter(
        uuid5(person.person_id, f"erasure {erasure.id}"),
        person.person_id,
        person.organisation_id,
        person.email,
        "You will be erased from Concord",
        f"Hello {person.name},\n\n"
        f"{asked} that you be erased from Concord, and somebody else agreed to it. On {comes:%d.%m.%Y at %H:%M}\n"
        f"({zone.key}) your name, your address and your ways to sign in are deleted, and what you wrote becomes\n"
        "unreadable for everybody, for good. What you agreed on with others stays readable to them for a while,\n"
        "without your name.\n\n"
        f"Until then you can sign in at {settings.public_url}, take your data with you, or object: then nothing\n"
        "happens. If you cannot sign in any more, tell a steward or whoever runs this installation.\n",
        at,
    )
