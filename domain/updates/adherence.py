"""How the update terms of an agreement were kept, by both sides: counts, and nothing made out of them.

For each person: the updates that were expected of them; what they did with the updates given to
them; how often they asked outside the cadence; how the terms that they owe went, as either side
noted; and whether escalations were told in the agreed time. No figure weighs one against another.

A correction or a withdrawal changes no count. Of several notes by one person on one day the last counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.updates import expectation
from domain.updates.entries import Answerable, Note, Update
from domain.updates.expectation import Excuses, Expected, Key, TermSpan
from domain.updates.footing import Footing
from domain.updates.update_log import NOTED_KINDS, UpdateLog


@dataclass(frozen=True)
class UpdatesOwed:
    """The occurrences expected of a person, by status, and what they gave beside them."""

    expected: int
    on_time: int
    late: int
    missed: int
    excused: int
    due: int
    ahead: int
    ad_hoc: int


@dataclass(frozen=True)
class UpdatesReceived:
    """What a person did with the updates of the others; a median is in hours, None where it has nothing to be of."""

    received: int
    acknowledged: int
    answered: int
    median_hours_to_acknowledge: float | None
    median_hours_to_answer: float | None


@dataclass(frozen=True)
class TermNoted:
    """How one term went that a person owes.

    A term with a cadence counts its occurrences that have come; one without counts the days that
    anybody noted, and is `not_noted` once where nobody did. `noted_both_ways`: kept as one side saw
    it and not kept as the other did.
    """

    term_id: UUID
    kind: str
    kept: int
    not_kept: int
    noted_both_ways: int
    not_noted: int
    excused: int


@dataclass(frozen=True)
class EscalationsOwed:
    """A person's escalations: told within the agreed time after they were noticed, or later."""

    told_within: int
    told_later: int
    no_time_agreed: int
    answered: int
    median_hours_to_answer: float | None


@dataclass(frozen=True)
class PersonAdherence:
    """One side of the agreement."""

    person_id: UUID
    updates: UpdatesOwed
    received: UpdatesReceived
    asked_outside_cadence: int
    was_asked_outside_cadence: int
    noted: tuple[TermNoted, ...]
    escalations: EscalationsOwed


def adherence(
    log: UpdateLog, footing: Footing, excuses: Excuses, *, from_on: date, until_on: date, now: datetime, zone: ZoneInfo
) -> list[PersonAdherence]:
    """Both sides' counts over a window of days, first and last included, as they stand at `now`.

    An occurrence belongs to its local day; what was given, asked, noted or told belongs to the day
    it happened on in the organisation's zone (a note: the day it is about).
    """
    window = _Window(from_on, until_on, zone)
    all_expected = log.expected(footing, excuses, from_on, until_on, now, zone)
    people = dict.fromkeys((*footing.parties, *(p for s in footing.spans for p in s.owed_by)))
    return [_of(person, log, footing, excuses, all_expected, window, now) for person in people]


@dataclass(frozen=True)
class _Window:
    from_on: date
    until_on: date
    zone: ZoneInfo

    def holds(self, instant: datetime) -> bool:
        return self.from_on <= instant.astimezone(self.zone).date() <= self.until_on

    def holds_day(self, day: date) -> bool:
        return self.from_on <= day <= self.until_on


def _of(
    person: UUID,
    log: UpdateLog,
    footing: Footing,
    excuses: Excuses,
    all_expected: Sequence[Expected],
    window: _Window,
    now: datetime,
) -> PersonAdherence:
    return PersonAdherence(
        person,
        _owed(person, log, all_expected, window),
        _received(person, log, window),
        sum(a.by == person and window.holds(a.at) for a in log.asks),
        sum(person in a.asked_of and window.holds(a.at) for a in log.asks),
        tuple(_noted(person, log, footing, excuses, window, now)),
        _escalated(person, log, footing, window),
    )


def _owed(person: UUID, log: UpdateLog, all_expected: Sequence[Expected], window: _Window) -> UpdatesOwed:
    count = Counter(one.status for one in all_expected if one.slot.key.debtor_id == person)
    days = {one.slot.key for one in all_expected}
    ad_hoc = sum(
        u.by == person and window.holds(u.at) and not _for_an_expected_day(u, days, window) for u in log.updates
    )
    return UpdatesOwed(
        expected=count.total(),
        on_time=count[expectation.ON_TIME],
        late=count[expectation.LATE],
        missed=count[expectation.MISSED],
        excused=count[expectation.EXCUSED],
        due=count[expectation.DUE],
        ahead=count[expectation.AHEAD],
        ad_hoc=ad_hoc,
    )


def _for_an_expected_day(update: Update, expected_days: set[Key], window: _Window) -> bool:
    if update.term_id is None or update.occurrence_on is None or update.by is None:
        return False
    # A day outside the window was checked when the update was given; one inside may be expected no more.
    key = Key(update.term_id, update.by, update.occurrence_on)
    return key in expected_days or not window.holds_day(key.on)


def _received(person: UUID, log: UpdateLog, window: _Window) -> UpdatesReceived:
    theirs = [u for u in log.updates if u.by != person and window.holds(u.at)]
    read_after = [u.acknowledged[person] - u.at for u in theirs if person in u.acknowledged]
    answered_after = [first - u.at for u in theirs if (first := _first_answer(u, {person})) is not None]
    return UpdatesReceived(
        len(theirs), len(read_after), len(answered_after), _median_hours(read_after), _median_hours(answered_after)
    )


def _first_answer(entry: Answerable, by: set[UUID]) -> datetime | None:
    return min((a.at for a in entry.answers if a.by in by), default=None)


def _noted(
    person: UUID, log: UpdateLog, footing: Footing, excuses: Excuses, window: _Window, now: datetime
) -> Iterable[TermNoted]:
    owed: dict[UUID, list[TermSpan]] = {}
    for span in footing.spans:
        if span.kind in NOTED_KINDS and person in span.owed_by and _touches(span, window, now):
            owed.setdefault(span.term_id, []).append(span)
    for term_id, spans in owed.items():
        yield _one_noted(person, term_id, spans, log, excuses, window, now)


def _touches(span: TermSpan, window: _Window, now: datetime) -> bool:
    begun = span.from_at <= now and span.from_at.astimezone(window.zone).date() <= window.until_on
    return begun and (span.until_at is None or span.until_at.astimezone(window.zone).date() >= window.from_on)


def _one_noted(
    person: UUID,
    term_id: UUID,
    spans: Sequence[TermSpan],
    log: UpdateLog,
    excuses: Excuses,
    window: _Window,
    now: datetime,
) -> TermNoted:
    kind = spans[-1].kind
    notes: dict[date, list[Note]] = {}
    for note in log.notes:
        if note.term_id == term_id and window.holds_day(note.on):
            notes.setdefault(note.on, []).append(note)
    days = Counter(_as_noted(of_day) for of_day in notes.values())
    slots = expectation.slots(spans, window.from_on, window.until_on, window.zone, kind=kind)
    not_noted = excused = 0
    for slot in slots:
        if slot.key.debtor_id != person or slot.due_at > now or slot.key.on in notes:
            continue
        if expectation.excuse(slot.key, slot.due_at, excuses, window.zone):
            excused += 1
        else:
            not_noted += 1
    if not any(span.cadence for span in spans):
        not_noted = 0 if notes else 1
    return TermNoted(term_id, kind, days["kept"], days["not_kept"], days["both"], not_noted, excused)


def _as_noted(notes: Sequence[Note]) -> str:
    said = set({note.by: note.kept for note in notes}.values())
    return "both" if len(said) == 2 else "kept" if said == {True} else "not_kept"


def _escalated(person: UUID, log: UpdateLog, footing: Footing, window: _Window) -> EscalationsOwed:
    told: Counter[bool | None] = Counter()
    answered_after: list[timedelta] = []
    others = set(footing.parties) - {person}
    for one in log.escalations:
        if one.by != person or not window.holds(one.at):
            continue
        span = footing.term_at(one.term_id, one.at)
        noticed_at = one.noticed_at or one.happened_at
        told[expectation.told_within(span, noticed_at, one.at, window.zone) if span else None] += 1
        first = _first_answer(one, others)
        if first is not None:
            answered_after.append(first - one.at)
    return EscalationsOwed(told[True], told[False], told[None], len(answered_after), _median_hours(answered_after))


def _median_hours(spans: Sequence[timedelta]) -> float | None:
    return round(median(span.total_seconds() for span in spans) / 3600, 2) if spans else None
