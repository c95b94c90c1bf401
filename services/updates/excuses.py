"""What may set an expected update aside: pauses, absences of whoever owes it, and imbalance periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import end_of
from domain.base import Aggregate, fold
from domain.people.person import Person
from domain.updates.expectation import Away, Excuses, Pause, SetAside
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog
from services.ports import Ledger


async def excuses_of(
    ledger: Ledger,
    agreement: AccountabilityAgreement,
    footing: Footing,
    zone: ZoneInfo,
    log: UpdateLog | None,
    *,
    told_by: datetime | None = None,
) -> Excuses:
    """The agreement's pauses, the absences of everybody who owes something under it, and what its log says.

    With `told_by`, of the absences those that were told of by then: for who left at that time.
    """
    owing = dict.fromkeys(person for span in footing.spans for person in span.owed_by)
    return Excuses(
        pauses=tuple(pauses_of(agreement, zone)),
        absences={person_id: tuple(await _absences(ledger, person_id, told_by)) for person_id in owing},
        imbalances=tuple(imbalances_of(log, zone)),
    )


def imbalances_of(log: UpdateLog | None, zone: ZoneInfo) -> Iterator[SetAside]:
    """The terms that imbalance periods set aside; one that still lasts ends with its last day, whoever looks then."""
    for aside in log.asides if log is not None else ():
        yield SetAside(aside.term_id, aside.debtor_id, aside.from_at, aside.until_at or end_of(aside.until, zone))


def pauses_of(agreement: AccountabilityAgreement, zone: ZoneInfo) -> Iterator[Pause]:
    """The agreement's pauses; one that still lasts ends on the day agreed for it."""
    for from_at, until_at in agreement.pauses():
        if until_at is None and agreement.paused_until is not None:
            yield Pause(from_at, end_of(agreement.paused_until, zone))
        else:
            yield Pause(from_at, until_at)


async def _absences(ledger: Ledger, person_id: UUID, told_by: datetime | None) -> Iterable[Away]:
    person = await ledger.load(Person, person_id)
    if person is not None and told_by is not None and person.modified_on > told_by:
        then: Aggregate | None = fold(r.fact for r in await ledger.facts(person_id) if r.fact.timestamp <= told_by)
        person = then if isinstance(then, Person) else None
    return [Away(absence.from_on, absence.until_on) for absence in person.absences] if person is not None else []
