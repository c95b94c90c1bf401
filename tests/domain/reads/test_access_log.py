from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from domain.reads.access_log import AGREEMENT, ANEW_AFTER, GLASS, GRANT, TEXT, UPDATES, AccessLog, Read, access_log_id
from domain.reads.events import ContentRead
from tests.domain.spec import ANNA, BORIS, T0, act, fact, given, person

THING = person(50)
READ = Read(THING, AGREEMENT, GRANT, TEXT)
KEPT = {"thing_id": THING, "kind": AGREEMENT, "seen_as": GRANT, "what": TEXT}
BEFORE = fact(ContentRead, act(ANNA), originator_topic=AccessLog.TOPIC, **KEPT)


def test_a_log_begins_with_the_first_read() -> None:
    log = AccessLog.keep(None, act(ANNA), READ)
    (kept,) = log.collect_events()
    assert isinstance(kept, ContentRead)
    assert (kept.originator_id, kept.actor_id, kept.thing_id) == (access_log_id(THING), ANNA, THING)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(minutes=1), ANEW_AFTER - timedelta.resolution])
def test_reading_on_is_the_same_read(later: timedelta) -> None:
    read_on = act(ANNA, T0 + later)
    given(AccessLog, access_log_id(THING), BEFORE).when(lambda log: AccessLog.keep(log, read_on, READ)).then_nothing()


@pytest.mark.parametrize(
    ("by", "later", "read"),
    [
        (ANNA, ANEW_AFTER, READ),
        (BORIS, timedelta(0), READ),
        (ANNA, timedelta(0), Read(THING, AGREEMENT, GLASS, TEXT)),
        (ANNA, timedelta(0), Read(THING, AGREEMENT, GRANT, UPDATES)),
        # A clock that was put back keeps once more rather than not at all.
        (ANNA, -timedelta(minutes=1), READ),
    ],
    ids=["later", "somebody else", "as something else", "something else", "earlier"],
)
def test_every_other_read_is_kept(by: UUID, later: timedelta, read: Read) -> None:
    anew = act(by, T0 + later)
    given(AccessLog, access_log_id(THING), BEFORE).when(lambda log: AccessLog.keep(log, anew, read)).then(
        (ContentRead, {"actor_id": by, "seen_as": read.seen_as, "what": read.what, "thing_id": THING})
    )


def test_what_is_read_on_counts_from_the_read_that_was_kept() -> None:
    """Whoever never stops reading is seen reading again and again."""
    log = given(AccessLog, access_log_id(THING), BEFORE)
    for minutes in (10, 14):
        log.when(lambda it, m=minutes: AccessLog.keep(it, act(ANNA, T0 + timedelta(minutes=m)), READ)).then_nothing()
    log.when(lambda it: AccessLog.keep(it, act(ANNA, T0 + timedelta(minutes=16)), READ)).then(ContentRead)
