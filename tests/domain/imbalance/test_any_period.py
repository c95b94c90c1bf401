"""Random lives of a period: whatever people and the clock do, what is set aside stays what may be."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.base import Act, Fact, fold
from domain.imbalance.content import TERM
from domain.imbalance.period import ImbalancePeriod
from domain.imbalance.state import ACTIVE
from domain.refusals import Refusal
from tests.domain.imbalance.periods import CONTENT, DORA, PERIOD
from tests.domain.spec import ANNA, BORIS, CARLA, OSLO, T0, act, person

PEOPLE = (ANNA, BORIS, CARLA, DORA)
RARE = {"withdraw", "end"}
THINGS = [thing.id for thing in CONTENT.set_aside]


def acts(rnd: random.Random) -> dict[str, Callable[[ImbalancePeriod, Act], Any]]:
    """Every act, with something random where it takes something."""
    some = tuple(rnd.sample(THINGS, rnd.randrange(3)))
    later = date(2026, 1, 25) + timedelta(days=rnd.randrange(-2, 10))
    return {
        "declare": lambda p, by: p.declare(by),
        "acknowledge": lambda p, by: p.acknowledge(by, some),
        "object": lambda p, by: p.object(by, "No"),
        "withdraw": lambda p, by: p.withdraw(by),
        "invite": lambda p, by: p.invite(by, DORA),
        "join": lambda p, by: p.join(by),
        "leave": lambda p, by: p.leave(by),
        "extend": lambda p, by: p.extend(by, later, "More"),
        "ask_to_end": lambda p, by: p.ask_to_end(by),
        "refuse_to_end": lambda p, by: p.refuse_to_end(by, "No"),
        "end": lambda p, by: p.end(by),
        "closing_review": lambda p, by: p.review(by, kept=True, restored=True, cost="Much"),
    }


@pytest.mark.parametrize("seed", range(60))
def test_any_life_of_a_period(seed: int) -> None:
    rnd = random.Random(seed)
    period = ImbalancePeriod.draft(act(ANNA), PERIOD, ANNA, CONTENT)
    facts: list[Fact] = [f for f in period.collect_events() if isinstance(f, Fact)]
    now = T0
    for _ in range(60):
        now += timedelta(hours=rnd.choice((1, 5, 20, 40)))
        period.let_time_pass(act(None, now))
        by = act(rnd.choice(PEOPLE), now)
        (name, do), *_ = rnd.choices(list(acts(rnd).items()), [0.1 if a in RARE else 1 for a in acts(rnd)])
        said = set(period.allowed_acts(by))
        version = period.version
        try:
            do(period, by)
        except Refusal:
            assert period.version == version
        else:
            assert name in said, f"{name} was done without being offered"
        facts += [f for f in period.collect_events() if isinstance(f, Fact)]
        check(period)
        again = fold(facts)
        assert isinstance(again, ImbalancePeriod)
        assert (again.state, again.people, again.in_effect()) == (period.state, period.people, period.in_effect())
    effects = [f.effective_at for f in facts]
    assert effects == sorted(effects), "what happens later takes effect later"


def check(period: ImbalancePeriod) -> None:
    inside = {ANNA, *period.people}
    assert period.state == ACTIVE or period.in_effect() == []
    for thing, debtors in period.in_effect():
        assert set(debtors) <= inside & set(thing.owed_by)
        creditors = {c for c in thing.owed_to for d in debtors if c != d} if thing.kind == TERM else set(thing.owed_to)
        for creditor in creditors - {ANNA}:
            assert creditor in inside
            assert period.answers[creditor].acknowledged_at is not None, "nothing without leave"
            assert thing.id not in period.answers[creditor].objects_to
    for who in (BORIS, CARLA, DORA, person(77)):
        days = period.days_of(who, OSLO)
        if days is not None and who in period.everybody():
            assert days[0] <= days[1] <= period.content.ends_on
    assert (period.content.ends_on - period.first_ends_on).days <= 7
