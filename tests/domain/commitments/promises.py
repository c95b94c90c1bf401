"""Commitments in every state, brought there by the acts that lead there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain.base import Act
from domain.cadence import Cadence
from domain.commitments.commitment import Commitment
from domain.commitments.content import Content, Due, Who
from tests.domain import spec
from tests.domain.spec import ANNA, BORIS, CARLA, OSLO, STRANGER, T0, person

LEADER, REPORT, NEWCOMER = ANNA, BORIS, CARLA
COMMITMENT = UUID("01900000-0000-7000-8000-0000000000c1")
CHANGE, PERIOD, NOTE = person(201), person(202), person(203)
DUE = Due.end_of_day(date(2026, 1, 19), OSLO)
"""Two weeks after the tests begin."""
MONDAYS = Cadence("FREQ=WEEKLY;BYDAY=MO", "Europe/Oslo", "2026-01-12T10:00")

TEXT = Content(
    owed_by=(Who("person", REPORT),),
    owed_to=(Who("person", LEADER),),
    outcome="The numbers for January are in the sheet",
    conditions=("all four regions", "checked by Dana"),
    due=DUE,
)
LASTING = replace(TEXT, level="impact", due=None, cadence=MONDAYS, conditions=())

debtor: Callable[..., Act] = lambda **later: spec.act(REPORT, **later)  # noqa: E731 - reads as a name
creditor: Callable[..., Act] = lambda **later: spec.act(LEADER, **later)  # noqa: E731
stranger: Callable[..., Act] = lambda **later: spec.act(STRANGER, **later)  # noqa: E731
newcomer: Callable[..., Act] = lambda **later: spec.act(NEWCOMER, **later)  # noqa: E731
clock: Callable[..., Act] = lambda **later: spec.act(None, **later)  # noqa: E731

ROLES = {"debtor": debtor, "creditor": creditor, "stranger": stranger}


def requested(content: Content = TEXT) -> Commitment:
    return Commitment.request(creditor(), COMMITMENT, content)


def offered(content: Content = TEXT) -> Commitment:
    return Commitment.offer(debtor(), COMMITMENT, content)


def promised(content: Content = TEXT) -> Commitment:
    c = requested(content)
    c.promise(debtor(hours=1), 1)
    return c


def after(make: Callable[[], Commitment], *steps: Callable[[Commitment], Any]) -> Callable[[], Commitment]:
    """The commitment that `make` gives, after these steps, with nothing left pending."""

    def made() -> Commitment:
        c = make()
        for step in steps:
            step(c)
        c.collect_events()
        return c

    return made


def date_asked(by: Act) -> Callable[[Commitment], None]:
    later = Due.end_of_day(date(2026, 1, 26), OSLO)
    return lambda c: c.propose_change(by, CHANGE, "terms", reason="the data come late", due=later)


suspended = after(
    promised,
    lambda c: c.propose_change(debtor(days=1), CHANGE, "suspend", reason="fire elsewhere", until=date(2026, 1, 16)),
    lambda c: c.accept_change(creditor(days=1), 1),
)
reported = after(promised, lambda c: c.done(debtor(days=1), ["link"]))
kept = after(reported, lambda c: c.confirm(creditor(days=2)))

STATES: dict[str, Callable[[], Commitment]] = {
    "requested": after(requested),
    "offered": after(offered),
    "countered by the debtor": after(requested, lambda c: c.counter(debtor(hours=1), TEXT)),
    "countered by the creditor": after(offered, lambda c: c.counter(creditor(hours=1), TEXT)),
    "promised": after(promised),
    "promised impact": after(lambda: promised(LASTING)),
    "change asked by the debtor": after(promised, date_asked(debtor(days=1))),
    "change asked by the creditor": after(promised, date_asked(creditor(days=1))),
    "suspended": suspended,
    "set aside": after(promised, lambda c: c.set_aside(clock(days=1), PERIOD, date(2026, 2, 1))),
    "reported": reported,
    "kept": kept,
    "reopened": after(kept, lambda c: c.reopen(creditor(days=3), "one region is missing")),
    "kept, reopening refused": after(
        kept,
        lambda c: c.reopen(creditor(days=3), "one region is missing"),
        lambda c: c.refuse_reopening(debtor(days=3), "it was never asked for"),
    ),
    "released": after(promised, lambda c: c.release(creditor(days=1))),
    "cancelled": after(promised, lambda c: c.cancel(creditor(days=1), "the plan changed")),
    "reneged": after(promised, lambda c: c.renege(debtor(days=1), "I took on too much")),
    "lapsed": after(promised, lambda c: c.let_time_pass(clock(days=60))),
    "declined": after(requested, lambda c: c.decline(debtor(hours=1))),
    "withdrawn": after(requested, lambda c: c.withdraw(creditor(hours=1))),
    "expired": after(requested, lambda c: c.let_time_pass(clock(days=20))),
}

ENDED = frozenset(
    {
        "kept", "kept, reopening refused", "released", "cancelled", "reneged", "lapsed", "declined", "withdrawn",
        "expired",
    }
)  # fmt: skip

DAY = timedelta(days=1)
START = T0
