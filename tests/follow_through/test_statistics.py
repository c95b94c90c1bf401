"""Shares and their intervals, and that groups add up whatever is counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.commitments.classes import CLASSES, CONCLUSIVE
from services.follow_through.statistics import ENOUGH, grouped, median, wilson

cells = st.lists(
    st.tuples(
        st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["2030", "2031", None])),
        st.sampled_from(CLASSES),
        st.integers(1, 9),
    )
)


@given(cells)
def test_groups_add_up_and_stand_in_the_order_of_their_keys(
    given_cells: list[tuple[tuple[str | None, ...], str, int]],
) -> None:
    groups = grouped(given_cells)
    assert sum(g.all for g in groups) == sum(number for _, _, number in given_cells)
    keys = [tuple((part is None, part or "") for part in g.key) for g in groups]
    assert keys == sorted(set(keys))
    for group in groups:
        shown = group.plain()
        assert sum(shown["counts"].values()) + sum(shown["impacts"].values()) == group.all
        assert group.n == sum(shown["counts"][c] for c in CONCLUSIVE)
        assert ("shares" in shown) == ("interval_95" in shown) == (group.n >= ENOUGH)
        for outcome_class, (low, high) in shown.get("interval_95", {}).items():
            assert 0 <= low <= shown["shares"][outcome_class] <= high <= 1


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # As Wilson's formula gives them with z = 1.959964; the first two are in many a textbook.
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (1, 5, 0.0362, 0.6245),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_intervals_are_those_of_wilson(successes: int, n: int, low: float, high: float) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_the_median_of_an_even_number_lies_between_the_two_in_the_middle() -> None:
    assert [median(s) for s in ([], [3], [9, 1], [5, 1, 9])] == [None, 3, 5, 5]
