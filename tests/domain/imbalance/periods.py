"""Periods in every state, made by the acts that lead there.

Anna leads Boris and Carla. She declares two weeks for results, from Monday the 12th to Sunday the 25th; Boris
owes her an update, she owes him support, Boris and Carla owe each other a norm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.base import Act
from domain.imbalance.content import Content, Recovery, Thing
from domain.imbalance.period import ImbalancePeriod
from tests.domain.spec import ANNA, BORIS, CARLA, STRANGER, act, person

PERIOD, ASK, ALSO_ASK = person(500), person(501), person(502)
DORA = person(4)
"""Whom Anna leads as well, and did not name."""
ELSA = person(5)
"""A report of Anna's who drafts for her."""

UPDATE = Thing(person(601), "term", term_id=person(611), agreement_id=person(621), owed_by=(BORIS,), owed_to=(ANNA,))
SUPPORT = Thing(person(602), "term", term_id=person(612), agreement_id=person(621), owed_by=(ANNA,), owed_to=(BORIS,))
REPORT = Thing(person(603), "commitment", commitment_id=person(613), owed_by=(BORIS,), owed_to=(CARLA,))
WORDS = Thing(person(604), "text")

CONTENT = Content(
    focus="results",
    stakes="The launch cannot move",
    people=(BORIS, CARLA),
    starts_on=date(2026, 1, 12),
    ends_on=date(2026, 1, 25),
    set_aside=(UPDATE, SUPPORT, REPORT, WORDS),
    milestone="The launch",
    asked_for={str(BORIS): "Ten hours a day"},
    texts={str(WORDS.id): "The reading circle"},
    recovery=(Recovery("Two days off", BORIS, "P14D"),),
)
ALONE = replace(CONTENT, focus="self", people=(ANNA,), set_aside=(WORDS,), asked_for={}, recovery=())

ROLES: dict[str, Callable[..., Act]] = {
    "declarer": lambda **later: act(ANNA, **later),
    "drafter": lambda **later: act(ELSA, **later),
    "named": lambda **later: act(BORIS, **later),
    "invited": lambda **later: act(DORA, **later),
    "stranger": lambda **later: act(STRANGER, **later),
}


def done(period: ImbalancePeriod, *acts: Callable[[ImbalancePeriod], Any]) -> ImbalancePeriod:
    """The period after these acts, as if loaded from the log."""
    for one in acts:
        one(period)
    period.collect_events()
    return period


def drafted(content: Content = CONTENT) -> ImbalancePeriod:
    return done(ImbalancePeriod.draft(act(ELSA), PERIOD, ANNA, content))


def declared(content: Content = CONTENT) -> ImbalancePeriod:
    return done(drafted(content), lambda p: p.declare(act(ANNA, hours=1)))


def answered(*objects_to: UUID) -> ImbalancePeriod:
    """Boris objects to these things, and has asked something; Carla acknowledged."""
    return done(
        declared(),
        lambda p: p.ask(act(BORIS, hours=2), ASK, "Whose idea was this?"),
        lambda p: p.acknowledge(act(BORIS, hours=2), objects_to),
        lambda p: p.acknowledge(act(CARLA, hours=2)),
    )


def active(*objects_to: UUID) -> ImbalancePeriod:
    """Everybody had answered, so it started on its first day; Dora is asked to come in on the next."""
    return done(
        answered(*objects_to),
        lambda p: p.let_time_pass(act(days=7)),
        lambda p: p.invite(act(ANNA, days=8), DORA),
    )


def extended() -> ImbalancePeriod:
    return done(active(), lambda p: p.extend(act(ANNA, days=9), date(2026, 2, 1), "The vendor is late"))


def asked_to_end() -> ImbalancePeriod:
    """Boris and Carla want it to end."""
    return done(active(), lambda p: p.ask_to_end(act(BORIS, days=9)), lambda p: p.ask_to_end(act(CARLA, days=9)))


def ended() -> ImbalancePeriod:
    return done(active(), lambda p: p.end(act(ANNA, days=9)))


STATES: dict[str, Callable[[], ImbalancePeriod]] = {
    "draft": drafted,
    "dropped": lambda: done(drafted(), lambda p: p.drop(act(ANNA, hours=1))),
    "declared": declared,
    "declared, answered": answered,
    "withdrawn": lambda: done(declared(), lambda p: p.withdraw(act(ANNA, hours=2))),
    "active": active,
    "active, extended": extended,
    "active, asked to end": asked_to_end,
    "ended": ended,
    "closed": lambda: done(ended(), lambda p: p.close(act(ANNA, days=9, hours=1))),
}
