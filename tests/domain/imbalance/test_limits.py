"""Two at once, length, gap and share: each refusal names its figures, and a written reason lifts all but the first."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from domain.imbalance.calendar import ImbalanceCalendar, calendar_id
from domain.imbalance.guards import Booking, Figures, Limits, check
from domain.refusals import ImbalanceBudget, ImbalanceGap, ImbalanceOverlap, ImbalanceTooLong, Refusal
from tests.domain.spec import BORIS, act, person

FIRST = date(2026, 3, 2)


def booked(number: int, starts: int, days: int, focus: str = "results") -> Booking:
    """A period of so many days that starts so many days after the second of March."""
    first_on = FIRST + timedelta(days=starts)
    return Booking(person(700 + number), focus, first_on, first_on + timedelta(days=days - 1))


def calendar(*bookings: Booking) -> ImbalanceCalendar:
    made = ImbalanceCalendar.begin_for(act(), BORIS)
    for booking in bookings:
        made.book(act(), booking)
    made.collect_events()
    return made


@pytest.mark.parametrize(
    ("held", "new", "refusal", "figures"),
    [
        ([booked(1, 0, 10, "self")], booked(2, 9, 3), ImbalanceOverlap, ["2026-03-02", "2026-03-11", "2026-03-13"]),
        ([booked(1, 5, 10, "self")], booked(2, 0, 6), ImbalanceOverlap, ["2026-03-07", "2026-03-16"]),
        ([booked(1, 0, 10, "self")], booked(2, 10, 3, "self"), None, []),
        ([], booked(2, 0, 90, "self"), None, []),
        ([], booked(2, 0, 91, "self"), ImbalanceTooLong, ["91 days", "at most 90"]),
        # Half of nine days is four and a half: five days without are needed.
        ([booked(1, 0, 9)], booked(2, 13, 3), ImbalanceGap, ["9 days", "needs 5 days", "would be 4"]),
        ([booked(1, 0, 9)], booked(2, 14, 3), None, []),
        ([booked(1, 0, 9)], booked(2, 9, 3, "relationships"), None, []),
        # It works backwards too: what is declared before one that is planned leaves half of itself free.
        ([booked(1, 13, 3)], booked(2, 0, 9), ImbalanceGap, ["needs 5 days", "would be 4"]),
        # A quarter of 365 days is 91.
        ([booked(1, 0, 60)], booked(2, 100, 31), None, []),
        ([booked(1, 0, 60)], booked(2, 100, 32), ImbalanceBudget, ["92 of the 365 days", "at most 91", "25%"]),
        ([booked(1, 0, 60)], booked(2, 364, 60), None, []),
        ([booked(1, 0, 60)], booked(2, 330, 60), ImbalanceBudget, ["95 of the 365 days"]),
        ([booked(1, 0, 60)], booked(2, 100, 60, "self"), None, []),
    ],
)
def test_one_more_period(held: list[Booking], new: Booking, refusal: type[Refusal] | None, figures: list[str]) -> None:
    on = calendar(*held)
    if refusal is None:
        assert on.check(new, Limits(), lift=False) == ()
        return
    with pytest.raises(refusal) as refused:
        on.check(new, Limits(), lift=False)
    assert type(refused.value) is refusal
    for figure in figures:
        assert figure in refused.value.sentence
    if refusal is ImbalanceOverlap:
        with pytest.raises(ImbalanceOverlap):
            on.check(new, Limits(), lift=True)
    else:
        assert on.check(new, Limits(), lift=True) == (refused.value.code,)
    assert on.collect_events() == []


@pytest.mark.parametrize(
    ("held", "new", "figures"),
    [
        ([], booked(2, 0, 21), Figures(21, None, None, 21, 91)),
        ([booked(1, 0, 30)], booked(2, 42, 21), Figures(21, 12, 15, 51, 91, ("imbalance-gap",))),
        # Of two that lie around it (16 free, 15 needed; 13 free, 11 needed) the one that leaves less.
        ([booked(1, 0, 30), booked(3, 80, 10)], booked(2, 46, 21), Figures(21, 16, 15, 61, 91)),
        (
            [booked(1, 0, 30)],
            booked(2, 10, 81),
            Figures(81, None, None, 111, 91, ("imbalance-overlap", "imbalance-budget")),
        ),
        ([booked(1, 0, 60)], booked(2, 5, 91, "self"), Figures(91, beyond=("imbalance-overlap", "imbalance-too-long"))),
        # One that is planned for the same days again is measured without itself.
        ([booked(2, 0, 30)], booked(2, 1, 30), Figures(30, None, None, 30, 91)),
    ],
)
def test_the_figures_stand_beside_a_draft_also_where_nothing_is_refused(
    held: list[Booking], new: Booking, figures: Figures
) -> None:
    assert calendar(*held).figures(new, Limits()) == figures


def test_what_ended_early_counts_the_days_that_it_lasted() -> None:
    on, next_one = calendar(booked(1, 0, 60)), booked(2, 30, 40)
    with pytest.raises(ImbalanceOverlap):
        on.check(next_one, Limits(), lift=False)
    on.settle(act(), person(701), (FIRST, FIRST + timedelta(days=9)))
    assert on.check(next_one, Limits(), lift=False) == ()
    on.settle(act(), person(701), None)
    assert on.check(booked(2, 0, 90), Limits(), lift=False) == ()
    on.collect_events()
    on.settle(act(), person(701), None)
    on.settle(act(), person(799), (FIRST, FIRST))
    assert on.collect_events() == [], "said a second time, or of an unknown period, it changes nothing"


def test_an_extension_is_measured_against_the_others_and_not_against_itself() -> None:
    on = calendar(booked(1, 0, 10), booked(2, 20, 5))
    assert on.check(booked(1, 0, 12), Limits(), lift=False) == ()
    with pytest.raises(ImbalanceGap, match="needs 7 days"):
        on.check(booked(1, 0, 14), Limits(), lift=False)
    on.book(act(), booked(1, 0, 12))
    assert on.bookings[person(701)].days == 12
    assert on.id == calendar_id(BORIS)


def test_an_organisation_may_set_other_limits() -> None:
    wider = Limits(longest=200, budget_share=Limits().budget_share * 2)
    assert check(booked(1, 0, 120), [], BORIS, wider, lift=False) == ()


def test_the_share_is_that_of_the_fullest_year() -> None:
    """Against a count of every window there is, day by day."""
    refused = 0
    for seed in range(200):
        rnd = random.Random(seed)
        starts = [n * 110 + rnd.randrange(0, 70) for n in range(7)]
        *held, new = [booked(n, start, rnd.randrange(1, 40)) for n, start in enumerate(rnd.sample(starts, 6))]
        counted = [0] * 2000
        for booking in (*held, new):
            for n in range(booking.days):
                counted[(booking.first_on - FIRST).days + 500 + n] += 1
        begins = (new.first_on - FIRST).days + 500
        touching = range(begins - 364, begins + new.days)
        fullest = max(sum(counted[start : start + 365]) for start in touching)
        lifted = check(new, held, BORIS, Limits(), lift=True)
        assert ("imbalance-budget" in lifted) == (fullest > 91), (seed, fullest)
        told = calendar(*held).figures(new, Limits())
        assert (told.share, told.beyond) == (fullest, tuple(dict.fromkeys(lifted)))
        refused += fullest > 91
    assert 20 < refused < 180
