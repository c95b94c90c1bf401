"""Updates and progress from elsewhere: history, not commands."""

from __future__ import annotations

from domain.updates import events
from tests.domain.spec import ANNA, act, as_of
from tests.domain.updates.stage import FIRST, SECOND, by, log, oslo

GIVEN_THERE = oslo("2024-05-01", "00:00")


def test_an_imported_update_takes_effect_when_it_was_given_there() -> None:
    imported = log().when(
        lambda log: log.import_update(
            as_of(by(ANNA, "2026-01-07"), GIVEN_THERE),
            FIRST,
            external_id="rpg-1",
            text="<p>Done</p>",
            text_format="html",
            kind="summary",
            day_only=True,
            source={"repo": "a/b"},
            also_said={"tracking_issue": "390"},
        )
    )
    imported.then(
        (events.UpdateImported, {"effective_at": GIVEN_THERE, "timestamp": oslo("2026-01-07"), "text_format": "html"})
    )
    (update,) = imported.aggregate.updates
    assert (update.at, update.by, update.term_id) == (GIVEN_THERE, ANNA, None)
    assert update.elsewhere is not None
    assert update.elsewhere.external_id == "rpg-1"
    assert imported.aggregate.given == {}, "history does not count as given under a term of today"


def test_progress_may_be_reported_by_nobody() -> None:
    imported = log().when(
        lambda log: log.import_progress(
            as_of(act(None), GIVEN_THERE), SECOND, external_id="rpg-2", steps_done=1, steps_in_all=13
        )
    )
    imported.then((events.ProgressImported, {"actor_id": None, "steps_done": 1, "steps_in_all": 13}))
    assert [(p.by, p.steps_done, p.steps_in_all) for p in imported.aggregate.progress] == [(None, 1, 13)]
