"""What the clock does to a period: warn, start, part with who objected, end and close, each at its own time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.imbalance.events import (
    ExtensionBegan,
    PeopleWarned,
    PeriodClosed,
    PeriodEnded,
    PeriodStarted,
    PersonLeft,
)
from domain.imbalance.period import ImbalancePeriod
from domain.refusals import DatePast, Invalid, WrongState
from tests.domain.imbalance.periods import (
    ALONE,
    CONTENT,
    PERIOD,
    active,
    asked_to_end,
    declared,
    drafted,
    extended,
)
from tests.domain.spec import ANNA, BORIS, CARLA, OSLO, act


def passed(period: ImbalancePeriod, **later: float) -> list[tuple[type, str]]:
    """What the clock records up to then, each with when it took effect in Oslo."""
    period.let_time_pass(act(**later))
    return [(type(f), f.effective_at.astimezone(OSLO).strftime("%d.%m. %H:%M")) for f in period.collect_events()]


def names(recorded: list[tuple[type, str]]) -> list[tuple[str, str]]:
    return [(kind.__name__, at) for kind, at in recorded]


def test_it_runs_by_itself_from_the_declaration_to_the_close() -> None:
    assert names(passed(declared(), days=100)) == [
        (PeopleWarned.__name__, "11.01. 00:00"),
        (PeriodStarted.__name__, "12.01. 00:00"),
        (PeriodEnded.__name__, "26.01. 00:00"),
        (PeriodClosed.__name__, "25.02. 00:00"),
    ]


def test_who_is_silent_is_warned_a_day_before_and_it_starts_sooner_once_all_have_answered() -> None:
    today = replace(CONTENT, starts_on=date(2026, 1, 5), ends_on=date(2026, 1, 9))
    period = declared(today)
    assert names(passed(period, hours=2)) == [("PeopleWarned", "05.01. 10:00")]
    period.acknowledge(act(BORIS, hours=3))
    assert names(passed(period, hours=3)) == [("PeriodAcknowledged", "05.01. 12:00")]
    period.object(act(CARLA, hours=4), "Too soon")
    assert names(passed(period, hours=5)) == [("PeriodObjected", "05.01. 13:00"), ("PeriodStarted", "05.01. 13:00")]
    silent = declared(today)
    assert names(passed(silent, days=2))[-1] == ("PeriodStarted", "06.01. 10:00")


def test_what_could_not_start_in_time_never_was() -> None:
    period = declared(replace(CONTENT, starts_on=date(2026, 1, 5), ends_on=date(2026, 1, 5)))
    assert names(passed(period, days=1)) == [("PeopleWarned", "05.01. 10:00"), ("PeriodEnded", "06.01. 00:00")]
    assert period.days_of(BORIS, OSLO) is None
    assert period.active_days(OSLO) == {}


def test_a_period_for_oneself_waits_for_nobody() -> None:
    assert names(passed(declared(ALONE), days=8)) == [("PeriodStarted", "12.01. 00:00")]


def test_the_days_that_count_are_those_planned_and_then_those_it_lasted() -> None:
    assert declared().days_of(BORIS, OSLO) == (date(2026, 1, 12), date(2026, 1, 25))
    period = active()
    period.leave(act(CARLA, days=10))
    period.end(act(ANNA, days=12))
    assert period.days_of(CARLA, OSLO) == (date(2026, 1, 12), date(2026, 1, 15))
    assert period.days_of(BORIS, OSLO) == (date(2026, 1, 12), date(2026, 1, 17))
    over = active()
    over.let_time_pass(act(days=30))
    assert over.active_days(OSLO) == dict.fromkeys((BORIS, CARLA), (date(2026, 1, 12), date(2026, 1, 25)))


def test_who_objected_to_an_extension_is_out_at_the_first_end() -> None:
    period = extended()
    period.object(act(BORIS, days=10), "I have plans")
    period.acknowledge(act(CARLA, days=10))
    period.collect_events()
    assert names(passed(period, days=60)) == [
        (ExtensionBegan.__name__, "26.01. 00:00"),
        ("PeriodEnded", "02.02. 00:00"),
        ("PeriodClosed", "04.03. 00:00"),
    ]
    assert period.days_of(BORIS, OSLO) == (date(2026, 1, 12), date(2026, 1, 25))
    assert period.days_of(CARLA, OSLO) == (date(2026, 1, 12), date(2026, 2, 1))
    alone = extended()
    for who in (BORIS, CARLA):
        alone.object(act(who, days=10), "No")
    alone.collect_events()
    assert names(passed(alone, days=21))[0] == ("PeriodEnded", "26.01. 00:00")
    assert alone.end_cause == "nobody_left"


def test_an_extension_is_at_most_half_the_first_length() -> None:
    with pytest.raises(WrongState, match="7 days after 14, and 8 were asked for"):
        active().extend(act(ANNA, days=9), date(2026, 2, 2), "More")
    with pytest.raises(Invalid):
        active().extend(act(ANNA, days=9), date(2026, 1, 25), "More")


def test_a_majority_ends_it_in_three_days_unless_that_is_refused_in_writing() -> None:
    period = asked_to_end()
    assert names(passed(period, days=13)) == [("PeriodEnded", "17.01. 09:00")]
    assert period.end_cause == "majority"
    refused = asked_to_end()
    refused.refuse_to_end(act(ANNA, days=10), "The launch is on Friday")
    refused.ask_to_end(act(BORIS, days=11))
    refused.collect_events()
    assert names(passed(refused, days=15)) == [], "one of two is no majority"
    refused.leave(act(CARLA, days=15))
    refused.collect_events()
    assert names(passed(refused, days=18)) == [("PeriodEnded", "23.01. 09:00")], "one of one is"


def test_without_anybody_left_in_it_it_is_over() -> None:
    period = active()
    period.leave(act(BORIS, days=9))
    period.leave(act(CARLA, days=9))
    assert [type(f) for f in period.collect_events()] == [PersonLeft, PersonLeft, PeriodEnded]


def test_it_is_declared_before_it_starts() -> None:
    with pytest.raises(DatePast, match="2026-01-12"):
        drafted().declare(act(ANNA, days=9))
    far = replace(CONTENT, starts_on=date(2028, 1, 12), ends_on=date(2028, 1, 13))
    with pytest.raises(Invalid):
        drafted(far).declare(act(ANNA))
    assert drafted().next_due(OSLO) is None
    assert ImbalancePeriod.draft(act(ANNA), PERIOD, ANNA, CONTENT).opened_at == datetime(2026, 1, 5, 8, tzinfo=UTC)
