"""What the update log learns of a real agreement: which term stood from when until when, owed by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.state import start_of
from domain.agreements.terms import Term
from domain.updates.expectation import Excuses, Pause
from domain.updates.footing import Footing
from domain.updates.update_log import UpdateLog
from services.updates.actions import requests_on_updates
from services.updates.footing import footing_of
from tests.domain.agreements.agreement_facts import (
    LEADER,
    REPORT,
    SUPPORT,
    SUPPORT_TERM,
    TRIO,
    UPDATE,
    UPDATE_TERM,
    agreement,
    current,
    head,
    in_force,
)
from tests.domain.spec import CARLA, OSLO, STRANGER, T0, act

NORM = UUID("01900000-0000-7000-8000-0000000000b9")


def made(**other: Any) -> AccountabilityAgreement:
    return agreement(*in_force(**other)).aggregate


def amended(of: AccountabilityAgreement, days: int, change: Any, effective_on: date | None = None) -> None:
    """An amendment that both consent to that many days later."""
    of.open_amendment(act(REPORT, days=days), "It does not fit")
    change(of)
    if effective_on is not None:
        of.change_head(act(REPORT, days=days), {"effective_on": effective_on})
    for person in (LEADER, REPORT):
        of.give_consent(act(person, days=days), **current(of))


def days_expected(footing: Footing, until: date = date(2026, 2, 28)) -> list[str]:
    log = UpdateLog.begin_for(act(LEADER), UUID(int=1))
    found = log.expected(footing, Excuses(), date(2026, 1, 1), until, T0, OSLO)
    return [f"{one.slot.key.on:%m-%d}" for one in found]


def midnight(day: str) -> datetime:
    return start_of(date.fromisoformat(day), OSLO)


def test_a_term_stands_from_the_first_day_of_its_version() -> None:
    footing = footing_of(made(), OSLO)
    assert (footing.state, footing.use, footing.parties) == ("in_force", "reviewable", (LEADER, REPORT))
    spans = {s.term_id: s for s in footing.spans}
    assert set(spans) == {UPDATE, SUPPORT}
    assert spans[UPDATE].owed_by == (REPORT,)
    assert (spans[UPDATE].from_at, spans[UPDATE].until_at, spans[UPDATE].agreed_at) == (
        midnight("2026-01-05"),
        None,
        T0,
    )
    assert spans[UPDATE].cadence == UPDATE_TERM.cadence


def test_an_amendment_changes_what_is_expected_on_the_day_it_takes_effect() -> None:
    fridays = replace(UPDATE_TERM.cadence, rrule="FREQ=WEEKLY;BYDAY=FR") if UPDATE_TERM.cadence else None
    of = made()
    amended(of, 9, lambda a: a.revise_term(act(REPORT, days=9), UPDATE, {"cadence": fridays}), date(2026, 1, 21))
    expected = ["01-12", "01-19", "01-23", "01-30", "02-06", "02-13", "02-20", "02-27"]
    assert days_expected(footing_of(of, OSLO)) == expected


def test_a_removed_term_is_expected_up_to_the_day_before() -> None:
    of = made()

    def change(a: AccountabilityAgreement) -> None:
        a.remove_term(act(REPORT, days=9), UPDATE)
        a.add_term(act(REPORT, days=9), Term(NORM, "expectation", (REPORT,), text="I raise doubts early"))

    amended(of, 9, change, date(2026, 1, 21))
    assert days_expected(footing_of(of, OSLO)) == ["01-12", "01-19"]


def test_a_last_day_known_ahead_ends_what_is_expected() -> None:
    by_notice = made()
    by_notice.give_notice(act(LEADER, days=1), date(2026, 1, 26))
    assert days_expected(footing_of(by_notice, OSLO)) == ["01-12", "01-19", "01-26"]
    by_head = made(the_head=head(ends_on=date(2026, 1, 19)))
    assert days_expected(footing_of(by_head, OSLO)) == ["01-12", "01-19"]


def test_an_ended_agreement_expects_nothing_after_its_end() -> None:
    of = made()
    of.give_notice(act(LEADER, days=1), date(2026, 1, 26))
    of.let_time_pass(act(None, days=60))
    footing = footing_of(of, OSLO)
    assert footing.state == "ended"
    assert days_expected(footing) == ["01-12", "01-19", "01-26"]


def test_who_leaves_owes_until_then_and_the_others_go_on() -> None:
    both = replace(UPDATE_TERM, owed_by=(REPORT, CARLA))
    text = {UPDATE: both, SUPPORT: SUPPORT_TERM}
    of = made(the_head=head(TRIO), made=text)
    of.give_notice(act(CARLA, days=1), date(2026, 1, 22))
    ahead = footing_of(of, OSLO)
    of.let_time_pass(act(None, days=30))
    behind = footing_of(of, OSLO)
    for footing in (ahead, behind):
        log = UpdateLog.begin_for(act(LEADER), UUID(int=1))
        found = log.expected(footing, Excuses(), date(2026, 1, 1), date(2026, 1, 31), T0, OSLO)
        of_carla = [one.slot.key.on.day for one in found if one.slot.key.debtor_id == CARLA]
        of_report = [one.slot.key.on.day for one in found if one.slot.key.debtor_id == REPORT]
        assert (of_carla, of_report) == ([12, 19], [12, 19, 26])
    assert CARLA not in behind.parties


def test_a_norm_is_owed_by_all() -> None:
    norm = Term(NORM, "norm", text="We repair within two days")
    of = made(the_head=head(TRIO), made={UPDATE: UPDATE_TERM, SUPPORT: SUPPORT_TERM, NORM: norm})
    (span,) = [s for s in footing_of(of, OSLO).spans if s.term_id == NORM]
    assert span.owed_by == (LEADER, REPORT, CARLA)


@pytest.mark.parametrize(
    ("person", "requests"),
    [
        (LEADER, ["POST notes", "POST updates/ask"]),
        (REPORT, ["POST notes", "POST updates"]),
        (STRANGER, []),
    ],
)
def test_what_may_be_sent_is_said_in_requests(person: UUID, requests: list[str]) -> None:
    assert requests_on_updates(made(), act(person, days=1)) == requests


def test_a_pause_that_lasts_is_known_to_end_on_its_day() -> None:
    from services.updates.excuses import pauses_of

    of = made()
    motion = UUID(int=7)
    of.propose_motion(act(LEADER, days=1), motion, "pause", until=date(2026, 1, 20))
    of.agree_to_motion(act(REPORT, days=1), motion)
    assert list(pauses_of(of, OSLO)) == [Pause(T0 + timedelta(days=1), midnight("2026-01-21"))]
    of.resume(act(REPORT, days=3))
    assert list(pauses_of(of, OSLO)) == [Pause(T0 + timedelta(days=1), (T0 + timedelta(days=3)).astimezone(UTC))]


def test_what_is_said_is_for_the_use_of_the_version_that_holds_and_not_of_one_that_waits_for_its_day() -> None:
    of = made(the_head=head(use="coaching"))
    amended(of, 1, lambda a: a.change_head(act(REPORT, days=1), {"use": "reviewable"}), date(2026, 2, 2))
    assert footing_of(of, OSLO, date(2026, 1, 20)).use == "coaching"
    assert footing_of(of, OSLO, date(2026, 2, 2)).use == "reviewable"
