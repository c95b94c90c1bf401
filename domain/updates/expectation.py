"""What was expected when, and what came of it: pure functions over spans, excuses and what was given.

An occurrence is (term, debtor, local date). Occurrences run from the day on which a version with
the term took effect to the day it stopped:

- the first day counts whole, so an update due that morning is expected although the last consent came
  at noon, unless its grace was over by then;
- where one version with the term follows another, the instant of the change parts them;
- the last counts up to the instant at which the term stopped.

| status | when |
|---|---|
| `on_time` | given by due + grace (24 h unless agreed) |
| `excused` | not given by then, and set aside by an absence, a pause or an imbalance period |
| `late` | given after that, also when it had been recorded as missed |
| `ahead` | not given, and not due yet |
| `due` | not given, due, grace not over |
| `missed` | not given, grace over |

The first line that fits holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from domain import durations
from domain.cadence import Cadence, zone_named
from domain.refusals import Invalid

USUAL_GRACE = "PT24H"
MOST_OCCURRENCES = 20_000
"""How many one question may list; more is refused, so that no question takes long."""

AHEAD, DUE, ON_TIME, LATE, MISSED, EXCUSED = "ahead", "due", "on_time", "late", "missed", "excused"
STATUSES = (AHEAD, DUE, ON_TIME, LATE, MISSED, EXCUSED)


@dataclass(frozen=True)
class TermSpan:
    """A term as it stood from one instant until another (None: it still does); `owed_by` owe it severally.

    `agreed_at` is when the last consent was given, which may be later than the beginning of the first day.
    """

    term_id: UUID
    kind: str
    owed_by: tuple[UUID, ...]
    from_at: datetime
    until_at: datetime | None = None
    cadence: Cadence | None = None
    grace: str | None = None
    within: str | None = None
    agreed_at: datetime | None = None

    def of(self, debtor: UUID) -> TermSpan:
        """The same for one of its debtors alone."""
        return replace(self, owed_by=(debtor,))

    def holds_at(self, instant: datetime) -> bool:
        """Whether the term stood like this at that instant."""
        return self.from_at <= instant and (self.until_at is None or instant < self.until_at)

    def holds_on(self, day: date, zone: ZoneInfo) -> bool:
        """Whether the term stood like this at some time of that day."""
        if day < _day(self.from_at, zone):
            return False
        return self.until_at is None or day <= _day(self.until_at - timedelta(microseconds=1), zone)


@dataclass(frozen=True)
class Away:
    """A person's absence, first and last day included."""

    from_on: date
    until_on: date


@dataclass(frozen=True)
class Pause:
    """The agreement's pause; `until_at` is None while no end is known."""

    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True)
class SetAside:
    """A term that an imbalance period sets aside for a debtor."""

    term_id: UUID
    debtor_id: UUID
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True)
class Excuses:
    """Everything that may set an occurrence aside."""

    pauses: tuple[Pause, ...] = ()
    absences: Mapping[UUID, Sequence[Away]] = field(default_factory=dict)
    imbalances: tuple[SetAside, ...] = ()


class Key(NamedTuple):
    """What names an occurrence."""

    term_id: UUID
    debtor_id: UUID
    on: date


class Slot(NamedTuple):
    """An occurrence with its times: open from the one before it on, due, and late after its grace."""

    key: Key
    opens_at: datetime
    due_at: datetime
    late_after: datetime


class Given(NamedTuple):
    """The first update that was given for an occurrence."""

    update_id: UUID
    at: datetime


@dataclass(frozen=True)
class Expected:
    """An occurrence and what came of it; `cause` says what excused it: absence, pause or imbalance."""

    slot: Slot
    status: str
    given: Given | None = None
    cause: str | None = None
    cause_from: date | datetime | None = None
    cause_until: date | datetime | None = None


def slots(
    spans: Iterable[TermSpan], from_on: date, until_on: date, zone: ZoneInfo, *, kind: str = "update"
) -> list[Slot]:
    """The occurrences of all terms of this kind in the window, by due time; `zone` is the organisation's.

    Raises Invalid where the window holds more than MOST_OCCURRENCES.
    """
    found: list[Slot] = []
    for (term_id, debtor_id), of_debtor in _by_term_and_debtor(spans, kind).items():
        before = _due_before(of_debtor, from_on, zone)
        for on, due_at, span in _due_times(of_debtor, from_on, until_on, zone):
            opens_at = span.from_at if before is None else before
            found.append(Slot(Key(term_id, debtor_id, on), opens_at, due_at, _late_after(span, due_at)))
            before = due_at
            if len(found) > MOST_OCCURRENCES:
                raise Invalid(f"More than {MOST_OCCURRENCES:,} occurrences; ask for a shorter time.", field="to")
    return sorted(found, key=lambda slot: (slot.due_at, slot.key))


def slot_of(spans: Iterable[TermSpan], key: Key, zone: ZoneInfo) -> Slot | None:
    """The one occurrence of that name, or None when none is expected."""
    owing = (span for span in spans if span.term_id == key.term_id and key.debtor_id in span.owed_by)
    of_term = (span.of(key.debtor_id) for span in owing)
    found = slots(of_term, key.on, key.on, zone)
    return next((slot for slot in found if slot.key == key), None)


def expected(
    spans: Iterable[TermSpan],
    excuses: Excuses,
    given: Mapping[Key, Given],
    *,
    from_on: date,
    until_on: date,
    now: datetime,
    zone: ZoneInfo,
) -> list[Expected]:
    """The expected updates of a window, each with its status at `now`, by due time."""
    return [_judged(slot, excuses, given.get(slot.key), now, zone) for slot in slots(spans, from_on, until_on, zone)]


def excuse(
    key: Key, due_at: datetime, excuses: Excuses, zone: ZoneInfo
) -> tuple[str, date | datetime, date | datetime | None] | None:
    """What sets an occurrence aside, from when until when; None when nothing does."""
    for away in excuses.absences.get(key.debtor_id, ()):
        if away.from_on <= key.on <= away.until_on:
            return "absence", away.from_on, away.until_on
    for pause in excuses.pauses:
        if pause.from_at <= due_at and (pause.until_at is None or due_at < pause.until_at):
            return "pause", pause.from_at, pause.until_at
    for aside in excuses.imbalances:
        names_it = (aside.term_id, aside.debtor_id) == key[:2]
        if names_it and aside.from_at <= due_at and (aside.until_at is None or due_at < aside.until_at):
            return "imbalance", aside.from_at, aside.until_at
    return None


def _judged(slot: Slot, excuses: Excuses, given: Given | None, now: datetime, zone: ZoneInfo) -> Expected:
    if given is not None and given.at <= slot.late_after:
        return Expected(slot, ON_TIME, given)
    excused = excuse(slot.key, slot.due_at, excuses, zone)
    if excused is not None:
        return Expected(slot, EXCUSED, given, *excused)
    if given is not None:
        return Expected(slot, LATE, given)
    if now < slot.due_at:
        return Expected(slot, AHEAD)
    return Expected(slot, DUE if now <= slot.late_after else MISSED)


def _by_term_and_debtor(spans: Iterable[TermSpan], kind: str) -> dict[tuple[UUID, UUID], list[TermSpan]]:
    grouped: dict[tuple[UUID, UUID], list[TermSpan]] = {}
    for span in sorted(spans, key=lambda s: s.from_at):
        if span.kind == kind and span.cadence is not None:
            for debtor in span.owed_by:
                grouped.setdefault((span.term_id, debtor), []).append(span)
    return grouped


def _due_times(
    spans: Sequence[TermSpan], from_on: date, until_on: date, zone: ZoneInfo
) -> Iterator[tuple[date, datetime, TermSpan]]:
    """One debtor's occurrences of one term, in order; a local day that two versions name counts once."""
    last_on: date | None = None
    ended_at: datetime | None = None
    for span in spans:
        goes_on = ended_at is not None and ended_at == span.from_at
        ended_at = span.until_at
        if span.cadence is None:
            continue
        first_on = _day(span.from_at, zone)
        last_day = until_on if span.until_at is None else min(until_on, _day(span.until_at, zone) + timedelta(days=1))
        for on, due_at in span.cadence.occurrences(max(from_on, first_on), last_day):
            if span.until_at is not None and due_at >= span.until_at:
                break
            if last_on is not None and on <= last_on:
                continue
            if due_at < span.from_at and goes_on:
                continue
            agreed_at = span.agreed_at or span.from_at
            if due_at < agreed_at and _late_after(span, due_at) < agreed_at:
                continue
            last_on = on
            yield on, due_at, span


def _due_before(spans: Sequence[TermSpan], day: date, zone: ZoneInfo) -> datetime | None:
    """When the occurrence before that day fell due; looks a little back first, and further only where it must."""
    begin = _day(spans[0].from_at, zone)
    for back in (8, 40, 400, None):
        from_on = begin if back is None else max(begin, day - timedelta(days=back))
        last: datetime | None = None
        for _, due_at, _ in _due_times(spans, from_on, day - timedelta(days=1), zone):
            last = due_at
        if last is not None or from_on == begin:
            return last
    return None


def _late_after(span: TermSpan, due_at: datetime) -> datetime:
    cadence_zone = zone_named(span.cadence.time_zone) if span.cadence else ZoneInfo("UTC")
    return _parsed(span.grace or USUAL_GRACE).after_instant(due_at, cadence_zone)


@lru_cache(maxsize=256)
def _parsed(duration: str) -> durations.Duration:
    return durations.parse(duration)


def _day(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def told_within(span: TermSpan, noticed_at: datetime, told_at: datetime, zone: ZoneInfo) -> bool | None:
    """Whether an escalation was told within the agreed time after it was noticed; None where none was agreed."""
    if span.within is None:
        return None
    return told_at.astimezone(UTC) <= _parsed(span.within).after_instant(noticed_at, zone)
