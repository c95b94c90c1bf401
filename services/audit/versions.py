"""The agreed texts of an agreement: which there are, since when each holds, and who consented to what, when."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.agreements.imported import ImportedAgreement
from domain.agreements.state import ENDS, Version
from domain.agreements.terms import plain
from domain.refusals import Invalid, NotThere
from services.agreements.view import show_version
from services.audit.audience import GRANT, Agreement, Audience, audience_of, must_not_be_future
from services.ports import Actor, Clock, Ledger

Shown = dict[str, Any]
MOST = 200


async def list_versions(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Shown:
    """The versions, oldest first, each without its text; as they were at an instant, where one is given."""
    checked_limit(limit)
    audience, then, instant = await _asked(ledger, clock, actor, agreement_id, as_of, known_at)
    after = read_cursor(cursor) if cursor is not None else 0
    found = [v for v in audience.versions(then) if v.number > after]
    page = found[:limit]
    return {
        "items": [_without_text(_shown(v, then, audience, instant)) for v in page],
        "next_cursor": made_cursor(page[-1].number) if len(found) > limit else None,
    }


async def get_version(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    number: int,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> Shown:
    """One version with its whole text; NotThere when there is none of that number."""
    audience, then, instant = await _asked(ledger, clock, actor, agreement_id, as_of, known_at)
    for version in audience.versions(then):
        if version.number == number:
            return _shown(version, then, audience, instant)
    raise NotThere(f"This agreement has no version {number}.")


def checked_limit(limit: int) -> None:
    """Raises Invalid for a page that is none."""
    if not 1 <= limit <= MOST:
        raise Invalid(f"A page has 1 to {MOST} items.", field="limit")


def made_cursor(number: int) -> str:
    """An opaque cursor after the item of this number."""
    return urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> int:
    """The number that a cursor was made of; Invalid when it is none of ours."""
    try:
        found = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except ValueError:
        found = ""
    if not found.isdecimal() or len(found) > 18:
        raise Invalid("This cursor is none of ours; take the one that the page before gave.", field="cursor")
    return int(found)


async def _asked(
    ledger: Ledger,
    clock: Clock,
    actor: Actor,
    agreement_id: UUID,
    as_of: datetime | None,
    known_at: datetime | None,
) -> tuple[Audience, Agreement, datetime]:
    must_not_be_future(clock, as_of=as_of, known_at=known_at)
    audience = await audience_of(ledger, clock, actor, agreement_id)
    instant = min(as_of or audience.moment, audience.moment)
    if as_of is None and known_at is None:
        return audience, audience.today, instant
    return audience, audience.as_of(instant, known_at), instant


def _shown(version: Version, agreement: Agreement, audience: Audience, instant: datetime) -> Shown:
    """`in_force`: it holds at that instant; `upcoming`: it is agreed and waits for its day."""
    today = audience.day_of(instant)
    shown = show_version(version)
    if isinstance(agreement, ImportedAgreement):
        holding, upcoming = agreement.version_at(instant), None
        over = agreement.state == "ended"
        shown["terms"] = [plain(term) for term in version.terms.values()]
    else:
        holding, upcoming = agreement.version_in_force(today), agreement.upcoming(today)
        over = agreement.state in ENDS
    shown["in_force"] = not over and holding is not None and holding.number == version.number
    shown["upcoming"] = upcoming is not None and upcoming.number == version.number
    shown["terms_count"] = len(version.terms)
    shown["imported"] = isinstance(agreement, ImportedAgreement)
    if audience.sight == GRANT and version.opened_by != audience.words_of:
        # Why somebody else amended it is in their words.
        shown["reason"] = None
    return shown


def _without_text(shown: Shown) -> Shown:
    return {name: value for name, value in shown.items() if name not in ("head", "terms")} | {
        "title": shown["head"]["title"]
    }
