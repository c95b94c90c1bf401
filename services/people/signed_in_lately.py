"""Who changes what signs them in must have shown who they are a moment ago: an old session is not enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.refusals import SignInAgain
from services.ports import Actor

LATELY = timedelta(minutes=15)


def must_have_signed_in_lately(actor: Actor, now: datetime) -> None:
    """Passes for a session that began within `LATELY`; SignInAgain for an older one, and for a token."""
    if actor.signed_in_at is None or now - actor.signed_in_at > LATELY:
        raise SignInAgain(
            "Please sign in again first: what signs you in is changed only within a quarter of an hour after that."
        )
