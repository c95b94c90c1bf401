"""How read models fold: what they read of the log, and what they leave sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import StoredRecord
from adapters.readmodels.folding import SKIPPED, read_model_folder
from domain.agreements import events as e
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported_events import ImportedAnnotated, ImportedProposed
from domain.base import FACTS
from tests.contract.tally import act_of, close_store, new_agreement, open_store, record


@pytest.fixture
async def ledger(sqlite_url: str, tmp_path: Path) -> AsyncIterator[EventLedger]:
    database, ledger = await open_store(sqlite_url, tmp_path)
    yield ledger
    await close_store(database, ledger)


async def recorded(
    ledger: EventLedger, title: str = "Cooking"
) -> tuple[AccountabilityAgreement, Sequence[StoredRecord]]:
    agreement = await new_agreement(ledger, title=title)
    agreement.share(act_of(agreement.opened_by))
    comment = {"comment_id": uuid4(), "term_id": uuid4(), "text": "Salt?"}
    agreement.record(e.Commented, act_of(agreement.opened_by), **comment)
    agreement.record(e.PromptAnswered, act_of(agreement.opened_by), key="hopes_and_worries", text="Soup", show_now=True)
    await record(ledger, agreement)
    return agreement, await ledger.log.read_stream(agreement.id)


async def test_titles_are_unsealed_and_what_no_row_shows_stays_sealed(ledger: EventLedger) -> None:
    _, records = await recorded(ledger)
    folded = (await read_model_folder(ledger).folded(records)).aggregate
    assert isinstance(folded, AccountabilityAgreement)
    assert folded.head.title == "Cooking"
    assert folded.comments == {}
    answers = folded.prompt_answers["hopes_and_worries"]
    assert [a.text for a in answers.values()] == ["[erased]"]
    assert folded.version == 4


async def test_what_was_folded_is_folded_on_and_read_from_the_log_only_where_it_is_not_at_hand(
    ledger: EventLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, records = await recorded(ledger)
    folder = read_model_folder(ledger)
    asked: list[int] = []
    reading = ledger.log.read_stream

    async def counted(*args: Any, **kwargs: Any) -> Any:
        asked.append(1)
        return await reading(*args, **kwargs)

    monkeypatch.setattr(ledger.log, "read_stream", counted)
    assert (await folder.folded(records[:2])).aggregate.version == 2
    assert (await folder.folded(records[2:])).aggregate.version == 4
    assert (await folder.folded(records[1:3])).aggregate.version == 4, "another projection had come further"
    assert asked == []
    folder.forget()
    assert (await folder.folded(records[2:])).aggregate.version == 4
    assert asked == [1]


async def test_a_fact_that_fails_leaves_no_half_folded_aggregate_behind(
    ledger: EventLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, records = await recorded(ledger)
    folder = read_model_folder(ledger)
    await folder.folded(records[:1])

    def fails(self: AccountabilityAgreement, fact: e.PromptAnswered) -> None:
        raise ValueError("this fact cannot be applied")

    monkeypatch.setattr(AccountabilityAgreement, "_prompt_answered", fails)
    with pytest.raises(ValueError, match="cannot be applied"):
        await folder.folded(records[1:])
    monkeypatch.undo()
    folded = (await folder.folded(records[1:])).aggregate
    assert isinstance(folded, AccountabilityAgreement)
    assert (folded.version, folded.shared) == (4, True)


def test_only_facts_that_exist_are_skipped_and_none_that_an_agreement_begins_with() -> None:
    assert set(FACTS) >= SKIPPED
    assert not {e.AgreementOpened.TOPIC, ImportedProposed.TOPIC, ImportedAnnotated.TOPIC} & SKIPPED
