"""Days that the clock ends are settled in the calendars: what counts is how long it lasted, no longer what was planned.

A deed that ends a period for somebody settles it in the same append; this does so for what the clock ends.
"""

from __future__ import annotations

from domain.imbalance import events as e
from domain.imbalance.calendar import ImbalanceCalendar, calendar_id
from services.imbalance.period_at import settle
from services.imbalance.suspend_and_restore import act_of, period_after
from services.policies.policy import Policy, policy_command
from services.ports import Answer, Clock, Ledger, Organisation, Recorded

NAME = "settle_the_calendars_of_who_is_through_with_an_imbalance"


async def settle_calendars(ledger: Ledger, clock: Clock, recorded: Recorded, organisation: Organisation) -> None:
    """Puts the days that it lasted for each in the place of those planned."""
    period = await period_after(ledger, recorded)
    for person in period.everybody():
        calendar = await ledger.load(ImbalanceCalendar, calendar_id(person))
        if calendar is None:
            continue
        command = policy_command(NAME, recorded, person, organisation)
        settle(calendar, period, act_of(recorded, clock, organisation, command.id))
        if calendar.pending_events:
            await ledger.record(command, Answer(), calendar)


POLICY = Policy(
    NAME, frozenset(fact.TOPIC for fact in (e.PersonLeft, e.ExtensionBegan, e.PeriodEnded)), settle_calendars
)
