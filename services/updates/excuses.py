"""What may set an expected update aside: the agreement's pauses, and the absences of whoever owes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import end_of
from domain.people.person import Person
from domain.updates.expectation import Away, Excuses, Pause
from domain.updates.footing import Footing
from services.ports import Ledger


async def excuses_of(ledger: Ledger, agreement: AccountabilityAgreement, footing: Footing, zone: ZoneInfo) -> Excuses:
    """The agreement's pauses, and the absences of everybody who owes something under it."""
    owing = dict.fromkeys(person for span in footing.spans for person in span.owed_by)
    return Excuses(
        pauses=tuple(pauses_of(agreement, zone)),
        absences={person_id: tuple(await _absences(ledger, person_id)) for person_id in owing},
    )


def pauses_of(agreement: AccountabilityAgreement, zone: ZoneInfo) -> Iterator[Pause]:
    """The agreement's pauses; one that still lasts ends on the day agreed for it."""
    for from_at, until_at in agreement.pauses():
        if until_at is None and agreement.paused_until is not None:
            yield Pause(from_at, end_of(agreement.paused_until, zone))
        else:
            yield Pause(from_at, until_at)


async def _absences(ledger: Ledger, person_id: UUID) -> Iterable[Away]:
    person = await ledger.load(Person, person_id)
    return [Away(absence.from_on, absence.until_on) for absence in person.absences] if person is not None else []
