"""A term that an imbalance period sets aside: said once, bounded by the period's last day, over when it is over."""

from __future__ import annotations

from datetime import date

from domain.updates.events import TermSetAside, TermTakenUpAgain, UpdateLogOpened
from domain.updates.expectation import SetAside
from domain.updates.update_log import UpdateLog, update_log_id
from services.updates.excuses import imbalances_of
from tests.domain.spec import ANNA, BORIS, OSLO, Given, Recalled, act, fact, given, person

AGREEMENT, TERM, PERIOD, OTHER = person(30), person(31), person(32), person(33)
UNTIL, LATER = date(2026, 1, 18), date(2026, 1, 25)
OPENED = fact(UpdateLogOpened, act(), agreement_id=AGREEMENT)


def aside(at: float = 0, until: date = UNTIL, **other: object) -> Recalled:
    content = {"term_id": TERM, "period_id": PERIOD, "debtors": (ANNA, BORIS), "until": until, **other}
    return fact(TermSetAside, act(days=at), **content)


def a_log(*facts: Recalled) -> Given[UpdateLog]:
    return given(UpdateLog, update_log_id(AGREEMENT), OPENED, *facts)


def spans(log: UpdateLog) -> list[tuple[object, str, str]]:
    found = list(imbalances_of(log, OSLO))
    assert all(isinstance(one, SetAside) for one in found)
    return [(o.debtor_id, o.from_at.astimezone(OSLO).strftime("%d.%m."), _day(o)) for o in found]


def _day(one: SetAside) -> str:
    assert one.until_at is not None
    return one.until_at.astimezone(OSLO).strftime("%d.%m. %H:%M")


def test_it_is_recorded_once_and_again_only_for_whom_or_until_when_it_is_new() -> None:
    a_log().when(lambda log: log.set_aside(act(), TERM, PERIOD, (ANNA,), UNTIL)).then(
        (TermSetAside, {"debtors": (ANNA,), "until": UNTIL})
    )
    held = a_log(aside())
    held.when(lambda log: log.set_aside(act(days=1), TERM, PERIOD, (ANNA, BORIS), UNTIL)).then_nothing()
    held.when(lambda log: log.set_aside(act(days=1), TERM, PERIOD, (ANNA,), LATER)).then(
        (TermSetAside, {"debtors": (ANNA,), "until": LATER})
    )
    assert spans(held.aggregate) == [(ANNA, "05.01.", "26.01. 00:00"), (BORIS, "05.01.", "19.01. 00:00")]


def test_it_is_taken_up_again_for_all_but_those_who_stay_in_it() -> None:
    held = a_log(aside(), aside(period_id=OTHER, debtors=(ANNA,)))
    held.when(lambda log: log.take_up_again(act(days=2), TERM, PERIOD, but=(ANNA,))).then(
        (TermTakenUpAgain, {"debtors": (BORIS,), "period_id": PERIOD})
    )
    held.when(lambda log: log.take_up_again(act(days=3), TERM, PERIOD)).then((TermTakenUpAgain, {"debtors": (ANNA,)}))
    held.when(lambda log: log.take_up_again(act(days=4), TERM, PERIOD)).then_nothing()
    assert spans(held.aggregate) == [
        (ANNA, "05.01.", "08.01. 09:00"),
        (BORIS, "05.01.", "07.01. 09:00"),
        (ANNA, "05.01.", "19.01. 00:00"),
    ]


def test_somebody_who_comes_back_to_it_begins_a_time_of_their_own() -> None:
    log = a_log(aside(), fact(TermTakenUpAgain, act(days=1), term_id=TERM, period_id=PERIOD, debtors=(ANNA,)))
    log.when(lambda log: log.set_aside(act(days=3), TERM, PERIOD, (ANNA, BORIS), UNTIL)).then(
        (TermSetAside, {"debtors": (ANNA,)})
    )
    assert spans(log.aggregate)[-1] == (ANNA, "08.01.", "19.01. 00:00")
