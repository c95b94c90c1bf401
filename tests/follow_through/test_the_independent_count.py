"""What became of commitments made elsewhere, beside a count that shares no code with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.commitments.outcome_elsewhere import Happened, outcome_elsewhere
from tests.follow_through import oracle

FIRST = date(2031, 1, 1)


def told_to(told: list[dict[str, Any]], today: date) -> dict[str, Any]:
    """Concord's answer in the oracle's words."""
    outcome = outcome_elsewhere([Happened(one["day"], one["line"]["type"], one["due"]) for one in told], today)
    return {
        "first_due": outcome.first_due,
        "promised": outcome.promised,
        "before": outcome.changes_before,
        "after": outcome.changes_after,
        "class": outcome.outcome_class,
        "why": outcome.why,
    }


def line(what: str, day: int, due: int | None) -> dict[str, Any]:
    """One record on a day, setting a due day, both counted from the first."""
    at = datetime.combine(FIRST + timedelta(days=day), datetime.min.time(), UTC).isoformat()
    due_at = None if due is None else f"{FIRST + timedelta(days=due)}T23:59:59Z"
    held = {"new" if what == "due_date_renegotiated" else "due": {"due_at": due_at}}
    return {"type": f"commitment.{what}", "at": at, "commitment_id": "c"} | held


acts = st.builds(
    line,
    st.sampled_from([*oracle.LIFE, "due_date_renegotiated", "due_date_renegotiated", "delivered"]),
    st.integers(0, 6),
    st.one_of(st.none(), st.integers(-1, 8)),
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(acts, min_size=1, max_size=9), st.integers(0, 10))
def test_small_histories_in_nasty_orders_are_judged_as_the_independent_count_judges(
    lines: list[dict[str, Any]], now: int
) -> None:
    as_of = datetime.combine(FIRST + timedelta(days=now), datetime.min.time(), UTC)
    for told in oracle.commitments(lines, as_of).values():
        assert told_to(told, as_of.date()) == oracle.judged(told, as_of.date())


PROPOSED = ("proposed", 0, 5)


@pytest.mark.parametrize(
    ("story", "now", "expected"),
    [
        ([PROPOSED], 5, "open"),
        ([PROPOSED], 6, "open_overdue"),
        ([PROPOSED, ("delivered", 5, None)], 9, "kept_on_time"),
        ([PROPOSED, ("delivered", 6, None)], 9, "kept_late"),
        ([PROPOSED, ("due_date_renegotiated", 5, 8), ("delivered", 8, None)], 9, "kept_renegotiated"),
        ([PROPOSED, ("due_date_renegotiated", 6, 8), ("delivered", 7, None)], 9, "kept_late"),
        ([PROPOSED, ("due_date_renegotiated", 6, 12)], 9, "open"),
        ([PROPOSED, ("delivered", 2, None), ("reopened", 3, None)], 6, "open_overdue"),
        ([PROPOSED, ("delivered", 2, None), ("cancelled", 3, None)], 9, "kept_on_time"),
        ([PROPOSED, ("cancelled", 7, None)], 9, "not_counted"),
        ([PROPOSED, ("due_date_withdrawn", 2, None)], 9, "not_counted"),
        ([PROPOSED, ("due_date_withdrawn", 2, None), ("due_date_renegotiated", 7, 9)], 9, "open"),
        ([PROPOSED, ("due_date_renegotiated", 2, 1), ("delivered", 5, None)], 9, "kept_on_time"),
        ([("proposed", 3, 2), ("delivered", 4, None)], 9, "not_counted"),
        ([("proposed", 0, None), ("delivered", 1, None), ("due_date_renegotiated", 2, 5)], 9, "not_counted"),
        ([PROPOSED, ("delivery_claimed", 4, None), ("confirmed", 8, None)], 9, "kept_on_time"),
    ],
)
def test_the_rules_of_the_data_readme_one_by_one(
    story: list[tuple[str, int, int | None]], now: int, expected: str
) -> None:
    told = oracle.commitments([line(*one) for one in story], datetime.max.replace(tzinfo=UTC))["c"]
    today = FIRST + timedelta(days=now)
    assert told_to(told, today)["class"] == expected
    assert oracle.judged(told, today)["class"] == expected
