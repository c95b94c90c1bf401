"""For whom an audit question is answered, and what of the agreement is for them.

| who asks | is told |
|---|---|
| party | everything but others' drafts before the first share and answers that are not shown yet |
| former party | the same, of what was recorded up to the moment they left |
| joining | (an open amendment would bring them in) the newest version, and the text and comments since it was opened |
| contributor | text and comments |
| grant | the agreed versions, and the words of the report who let them read |
| reader | an imported record, whole |

Who may see is decided by today's rights, whatever day is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement
from domain.agreements.state import Version
from domain.agreements.terms import Head, Term
from domain.base import Act, Fact, fold_as_of
from domain.refusals import Invalid, NotThere
from services.agreements.reading import read
from services.ports import Actor, Clock, Ledger, Recorded

PARTY, FORMER_PARTY, JOINING, CONTRIBUTOR, GRANT, READER = (
    "party",
    "former_party",
    "joining",
    "contributor",
    "grant",
    "reader",
)

Agreement = AccountabilityAgreement | ImportedAgreement


class Text(NamedTuple):
    """What an agreement says at one moment; `version` is its number once it is agreed."""

    head: Head
    terms: dict[UUID, Term]
    version: int | None = None


@dataclass(frozen=True)
class Audience:
    """Who asks, as what, and the agreement as they may know it today.

    `recorded` is what may count for them at all; `words_of` is whose own words a grant covers;
    `moment` is now, or when a former party left.
    """

    viewer: UUID
    sight: str
    today: Agreement
    recorded: Sequence[Recorded]
    moment: datetime
    zone: ZoneInfo
    words_of: UUID | None = None

    @property
    def facts(self) -> list[Fact]:
        """What was recorded, in order."""
        return [r.fact for r in self.recorded]

    @property
    def opened_it(self) -> bool:
        """Whether the draft was this viewer's own before it was shared."""
        return isinstance(self.today, AccountabilityAgreement) and self.viewer == self.today.opened_by

    @property
    def reads_drafts(self) -> bool:
        """Whether they see the text while it is negotiated, and not only what was agreed."""
        return self.sight in (PARTY, FORMER_PARTY, CONTRIBUTOR)

    def day_of(self, instant: datetime) -> date:
        """The day of an instant in the organisation's zone."""
        return instant.astimezone(self.zone).date()

    def versions(self, of: Agreement | None = None) -> list[Version]:
        """The agreed texts that are for this viewer, of the agreement as it is today or as it was."""
        found = list((of or self.today).versions)
        if self.sight == JOINING:
            newest = self.today.versions[-1].number if self.today.versions else 0
            return [v for v in found if v.number == newest]
        return found

    def version(self, number: int) -> Version:
        """One agreed text; NotThere when there is none of that number for this viewer."""
        for version in self.versions():
            if version.number == number:
                return version
        raise NotThere(f"This agreement has no version {number}.")

    def as_of(self, instant: datetime, known_at: datetime | None = None) -> Agreement:
        """The agreement folded as of an instant; NotThere before the first event."""
        instant = min(instant, self.moment)
        found = fold_as_of(self.facts, instant, known_at)
        if not isinstance(found, AccountabilityAgreement | ImportedAgreement):
            raise NotThere("Nothing had happened here yet at that time.")
        if isinstance(found, AccountabilityAgreement) and known_at is None:
            found.let_time_pass(Act(None, instant, found.organisation_id, "", self.zone))
        then: Agreement = found
        return then

    def text_at(self, instant: datetime) -> Text:
        """What it said at an instant: the version that held, else what was agreed or negotiated by then.

        NotThere where this viewer cannot know of any text at that time.
        """
        instant = min(instant, self.moment)
        then = self.as_of(instant)
        if isinstance(then, ImportedAgreement):
            held = then.version_at(instant)
            return Text(then.head, dict(then.terms), held.number if held else None)
        held = then.version_held(self.day_of(instant), self.zone) or (then.versions[0] if then.versions else None)
        if held is not None:
            if held.number in {v.number for v in self.versions()}:
                return Text(held.head, held.terms, held.number)
        elif then.proposal is not None and self.reads_drafts and (then.shared or self.opened_it):
            return Text(then.proposal.head, then.proposal.terms)
        raise NotThere("There was no text for you to read at that time.")


async def audience_of(
    ledger: Ledger, clock: Clock, actor: Actor, agreement_id: UUID, *, deed: str = "agreement.audit"
) -> Audience:
    """Asks access and loads the agreement as this viewer may know it today; NotThere for strangers."""
    reading = await read(ledger, clock, actor, agreement_id, deed=deed)
    today: Agreement | None = reading.agreement or reading.imported
    if today is None:
        raise NotThere
    if isinstance(today, AccountabilityAgreement) and reading.sight == READER:
        raise NotThere
    zone = actor.organisation.zone
    return Audience(actor.person_id, reading.sight, today, reading.recorded, reading.instant, zone, reading.words_of)


def must_not_be_future(clock: Clock, **instants: datetime | None) -> None:
    """Raises Invalid for an instant that lies ahead; the names are those of the question's fields."""
    for field, instant in instants.items():
        if instant is not None and instant > clock.now():
            raise Invalid("This lies in the future; what will have been said then is not known.", field=field)
