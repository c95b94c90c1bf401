"""What came from elsewhere is read through the same doors as what was made here, marked as imported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.agreements.imported import imported_agreement_id, imported_person_id
from domain.base import fold_as_of
from domain.refusals import NotThere
from services.agreements.imported_view import show_imported
from services.agreements.reading import read
from services.ports import Actor
from services.updates.list_updates import list_updates
from tests.imports.conftest import COLLEAGUE, IMPORTER, ORGANISATION, Clock, Importer
from tests.imports.invented import WELL, amended, proposed, record, update, village

THE_WELL = imported_agreement_id(ORGANISATION.id, WELL)
HISTORY = [
    proposed(),
    record("agreement.accepted", "2031-02-10T00:00:00Z", status="Accepted"),
    amended(at="2031-03-01T10:00:00Z"),
    update(),
    record("progress.reported", "2031-05-01T00:00:00Z", value=3, max=12, tracking_issue=7),
    record("agreement.outcome_reported", "2031-12-01T00:00:00Z", outcome="completed", raw="Done!"),
]


def actor(imports: Importer) -> Actor:
    return Actor(imports.person, imports.organisation, frozenset({"all"}))


async def shown(imports: Importer, **when: Any) -> dict[str, Any]:
    version = when.pop("version", None)
    return show_imported(await read(imports.ledger, Clock(), actor(imports), THE_WELL, **when), version=version)


def fields(document: dict[str, Any]) -> dict[str, str]:
    return {term["name"]: term["text"] for term in document["terms"]}


class Afterwards(Clock):
    """A clock of the time after all that these histories tell, which lies in the future of the machine's."""

    def now(self) -> datetime:
        return datetime(2040, 1, 1, tzinfo=UTC)


async def test_an_imported_agreement_is_shown_as_it_is_and_as_it_was(imports: Importer):
    await imports.bring(*HISTORY)

    now = show_imported(await read(imports.ledger, Afterwards(), actor(imports), THE_WELL))
    assert (now["imported"], now["external_id"], now["state"], now["version"]) == (True, WELL, "in_force", 2)
    assert fields(now) == {"metadata.Owners": "anna, bo", "section:Scope": "Two wells.", "section:Scope/Depth": "12 m"}
    assert [(a["record"], a["says"]["raw"]) for a in now["annotations"]] == [("agreement.outcome_reported", "Done!")]
    assert now["head"].keys() == {"title", "use", "parties"}

    february = datetime(2031, 2, 5, tzinfo=UTC)
    then = show_imported(await read(imports.ledger, Afterwards(), actor(imports), THE_WELL, as_of=february))
    assert (then["state"], then["version"], fields(then)["section:Scope"]) == ("drafting", 1, "One well.")
    first = show_imported(await read(imports.ledger, Afterwards(), actor(imports), THE_WELL), version=1)
    assert fields(first)["section:Scope"] == "One well."


async def test_before_its_first_record_and_before_its_import_there_was_nothing(imports: Importer):
    before = datetime.now(UTC) - timedelta(seconds=1)
    await imports.bring(*HISTORY)

    for when in ({"as_of": datetime(2031, 1, 1, tzinfo=UTC)}, {"known_at": before}):
        with pytest.raises(NotThere):
            await read(imports.ledger, Afterwards(), actor(imports), THE_WELL, **when)


async def test_only_its_readers_see_it(imports: Importer):
    await imports.bring(*HISTORY)
    colleague = replace(imports, person=COLLEAGUE)

    with pytest.raises(NotThere):
        await shown(colleague)
    await imports.bring(HISTORY[0], readers="organisation")
    assert (await shown(colleague))["external_id"] == WELL
    assert IMPORTER != COLLEAGUE


async def test_its_updates_and_progress_are_listed_with_where_they_come_from(imports: Importer):
    await imports.bring(*HISTORY)

    updates = await list_updates(imports.ledger, Afterwards(), actor(imports), THE_WELL)
    progress = await list_updates(imports.ledger, Afterwards(), actor(imports), THE_WELL, what="progress")

    (given,) = updates["items"]
    assert (given["text"], given["by"]) == ("Half way down.", str(imported_person_id(ORGANISATION.id, "@anna")))
    assert (given["imported"], given["day_only"], given["source"]["repo"]) == (True, True, "village/works")
    assert (given["at"], given["allowed_actions"]) == ("2031-04-01T00:00:00Z", [])
    (reported,) = progress["items"]
    assert (reported["steps_done"], reported["steps_in_all"]) == (3, 12)
    assert reported["also_said"] == {"tracking_issue": 7}

    march = datetime(2031, 3, 15, tzinfo=UTC)
    earlier = await list_updates(imports.ledger, Afterwards(), actor(imports), THE_WELL, as_of=march)
    assert earlier["items"] == []


def text_by_hand(records: list[dict[str, Any]], until: datetime) -> tuple[Any, dict[str, str]]:
    """State and fields of one agreement as a reader of the file would put them together."""
    state, accepted, found = None, False, {}
    for one in records:
        kind = one["type"].partition(".")[2]
        if datetime.fromisoformat(one.get("effective_at") or one["at"]) > until or not one["type"].startswith("agree"):
            continue
        if kind == "proposed":
            state = "drafting"
            found = {f"metadata.{name}": text for name, text in one["terms"]["metadata"].items()}
            found |= {f"section:{name}": text for name, text in one["terms"]["sections"].items()}
        elif kind == "term_amended" and "new" in one:
            found[one["field"]] = one["new"]
        elif kind == "term_amended":
            found.pop(one["field"], None)
        elif kind == "accepted":
            state, accepted = "in_force", True
        elif kind == "reopened":
            state = "in_force" if accepted else "drafting"
        elif kind in ("removed", "orphaned", "fulfilled"):
            state = "ended"
    return state, found


@pytest.mark.parametrize("seed", [11, 12])
async def test_a_whole_history_says_at_every_instant_what_its_file_says(imports: Importer, seed: int):
    file = village(40, seed=seed)
    report = await imports.bring(*file)
    assert report.refused == []

    names = sorted({one["agreement_id"] for one in file if one["type"] == "agreement.proposed"})
    for name in names:
        records = [one for one in file if one.get("agreement_id") == name and "commitment_id" not in one]
        proposed_in_file = next(n for n, one in enumerate(records) if one["type"] == "agreement.proposed")
        assert proposed_in_file == 0
        agreement = await imports.agreement(name)
        facts = [r.fact for r in await imports.ledger.facts(agreement.id)]
        begun = [v.made_at for v in agreement.versions]
        assert begun == sorted(set(begun))
        for instant in {datetime.fromisoformat(one.get("effective_at") or one["at"]) for one in records}:
            state, found = text_by_hand(records, instant)
            then, version = fold_as_of(facts, instant), agreement.version_at(instant)
            assert {term.name: term.text for term in then.terms.values()} == found
            assert (dict(version.terms) if version else {}) == dict(then.terms)
            if state is not None:
                assert then.state == agreement.state_at(instant) == state
