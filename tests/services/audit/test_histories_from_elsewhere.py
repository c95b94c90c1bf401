from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.agreements.imported import imported_agreement_id, imported_person_id, imported_term_id
from domain.refusals import NotThere
from services.audit.audience import audience_of
from services.audit.expectations import get_expectations
from services.audit.history import list_history
from services.audit.lineage import get_lineage
from services.audit.text_diff import get_diff
from services.audit.versions import get_version, list_versions
from services.ports import Actor
from tests.imports.conftest import COLLEAGUE, IMPORTER, ORGANISATION, Importer, importer_on
from tests.imports.invented import WELL, amended, proposed, record, update, village
from tests.services.audit.stage import holding_in

THE_WELL = imported_agreement_id(ORGANISATION.id, WELL)
SCOPE = imported_term_id(THE_WELL, "section:Scope")
ANNA = imported_person_id(ORGANISATION.id, "@anna")

THE_WELLS_STORY = [
    proposed(),
    record("agreement.accepted", "2031-02-10T00:00:00Z", status="Accepted"),
    amended(at="2031-03-01T10:00:00Z"),
    amended("title", "2031-03-01T10:00:00Z", old="A well for the square", new="Wells for the square"),
    update(),
    amended(at="2031-06-01T10:00:00Z", old="Two wells.", new=..., new_absent=True),
    record("agreement.removed", "2031-09-01T00:00:00Z", status="Removed"),
]


class Afterwards:
    """A clock of the time after all that these histories tell."""

    def now(self) -> datetime:
        return datetime(2040, 1, 1, tzinfo=UTC)


CLOCK = Afterwards()


@pytest.fixture
async def imports(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Importer]:
    """Somebody who imports for all members, and a colleague."""
    importer = await importer_on(sqlite_url, tmp_path)
    await importer.join(IMPORTER, "steward")
    await importer.join(COLLEAGUE)
    yield importer
    await importer.ledger.close()
    await importer.database.close()


def colleague(imports: Importer) -> Actor:
    return Actor(COLLEAGUE, imports.organisation, frozenset({"all"}))


async def asked(imports: Importer, question: Any, *what: Any, **how: Any) -> dict[str, Any]:
    found: dict[str, Any] = await question(imports.ledger, CLOCK, colleague(imports), *what, **how)
    return found


async def expected(imports: Importer, about: UUID, **how: Any) -> dict[str, Any]:
    holding = await holding_in(imports.ledger, imports.database)
    return await get_expectations(imports.ledger, CLOCK, holding, colleague(imports), about, **how)


async def test_each_time_at_which_the_text_changed_is_a_version(imports: Importer) -> None:
    await imports.bring(*THE_WELLS_STORY, readers="organisation")
    versions = (await asked(imports, list_versions, THE_WELL))["items"]
    assert [(v["version"], v["made_at"][:10], v["title"]) for v in versions] == [
        (1, "2031-02-01", "A well for the square"),
        (2, "2031-03-01", "Wells for the square"),
        (3, "2031-06-01", "Wells for the square"),
    ]
    assert {v["imported"] for v in versions} == {True}
    assert [v["in_force"] for v in versions] == [False] * 3
    second = await asked(imports, get_version, THE_WELL, 2)
    assert [t["text"] for t in second["terms"] if t["name"] == "section:Scope"] == ["Two wells."]


async def test_which_version_held_is_told_as_of_then(imports: Importer) -> None:
    await imports.bring(*THE_WELLS_STORY, readers="organisation")
    then = datetime(2031, 4, 1, tzinfo=UTC)
    versions = (await asked(imports, list_versions, THE_WELL, as_of=then))["items"]
    assert [(v["version"], v["in_force"]) for v in versions] == [(1, False), (2, True)]
    with pytest.raises(NotThere):
        await asked(imports, list_versions, THE_WELL, as_of=datetime(2031, 1, 1, tzinfo=UTC))
    with pytest.raises(NotThere):
        # Nothing of it was known here before it was imported.
        await asked(imports, list_versions, THE_WELL, as_of=then, known_at=datetime(2020, 1, 1, tzinfo=UTC))


async def test_fields_are_compared_by_name(imports: Importer) -> None:
    await imports.bring(*THE_WELLS_STORY, readers="organisation")
    by_version = await asked(imports, get_diff, THE_WELL, "1", "2")
    by_instant = await asked(imports, get_diff, THE_WELL, "2031-02-15T00:00:00Z", "2031-03-01T11:00:00+01:00")
    for part in ("head", "added", "removed", "changed", "unchanged"):
        assert by_version[part] == by_instant[part]
    assert by_instant["to"]["version"] == 2
    (changed,) = by_version["changed"]
    assert (changed["name"], changed["term_id"]) == ("section:Scope", str(SCOPE))
    assert changed["fields"]["text"]["hunks"][0] == {"op": "replace", "old": "One well", "new": "Two wells"}
    assert by_version["head"]["title"]["hunks"][0] == {"op": "replace", "old": "A well", "new": "Wells"}
    assert [t["name"] for t in (await asked(imports, get_diff, THE_WELL, "2", "3"))["removed"]] == ["section:Scope"]


async def test_the_lineage_of_a_field_names_the_lines(imports: Importer) -> None:
    await imports.bring(*THE_WELLS_STORY, readers="organisation")
    found = await asked(imports, get_lineage, THE_WELL, SCOPE)
    assert [(e["act"], e["version"], e["by"]) for e in found["entries"]] == [
        ("added", 1, str(ANNA)),
        ("revised", 2, str(ANNA)),
        ("removed", 3, str(ANNA)),
    ]
    assert [e["external_id"] for e in found["entries"]] == [THE_WELLS_STORY[n]["id"] for n in (0, 2, 5)]
    assert (found["in_versions"], found["term"]) == ([1, 2], None)


async def test_every_line_is_told_with_its_own_id(imports: Importer) -> None:
    await imports.bring(*THE_WELLS_STORY, readers="organisation")

    async def names(ids: Sequence[UUID]) -> Mapping[UUID, str]:
        return dict.fromkeys(ids, "@anna")

    told = (await asked(imports, list_history, THE_WELL, names))["items"]
    assert [entry["sentence"] for entry in told] == [
        "@anna proposed it.",
        "It was accepted.",
        "@anna changed “section:Scope”.",
        "@anna changed “title”.",
        "@anna gave an update.",
        "@anna removed “section:Scope”.",
        "It ended: removed.",
    ]
    assert [entry["details"]["line_id"] for entry in told] == [line["id"] for line in THE_WELLS_STORY]
    assert told[2]["effective_at"] == "2031-03-01T10:00:00.000000Z"
    assert told[2]["details"]["fields"]["text"]["from"] == "One well."


async def test_what_somebody_known_from_a_record_stood_in_that_day(imports: Importer) -> None:
    await imports.bring(*THE_WELLS_STORY, readers="organisation")
    for on, stood in (("2031-02-05", []), ("2031-02-10", ["debtors"]), ("2031-08-31", ["debtors"]), ("2031-09-02", [])):
        found = await expected(imports, ANNA, on=date.fromisoformat(on))
        assert [role for agreement in found["agreements"] for role in agreement["roles"]] == stood, on
    with pytest.raises(NotThere):
        await expected(imports, imported_person_id(ORGANISATION.id, "@nobody"))


async def test_a_promise_from_elsewhere_is_shown_on_the_days_on_which_it_held(imports: Importer) -> None:
    of = {"commitment_id": "dig"}
    await imports.bring(
        record("commitment.proposed", "2031-02-01T10:00:00Z", **of, text="Dig", debtors=["@anna"], due="2031-03-01"),
        record("commitment.promised", "2031-02-03T10:00:00Z", **of),
        record("commitment.due_date_renegotiated", "2031-02-20T10:00:00Z", **of, new="2031-04-01"),
        record("commitment.delivered", "2031-03-20T10:00:00Z", **of),
        readers="organisation",
    )
    promised, later = [("promised", "2031-03-01")], [("promised", "2031-04-01")]
    for on, shown in (
        ("2031-02-02", []), ("2031-02-03", promised), ("2031-02-20", later), ("2031-03-20", [("kept", "2031-04-01")]),
        ("2031-03-21", []),
    ):  # fmt: skip
        found = (await expected(imports, ANNA, on=date.fromisoformat(on)))["promised_by_them"]
        assert [(one["state"], one["due_at"]) for one in found] == shown, on
        assert all(one["imported"] and one["owed_by"][0]["name"] == "@anna" for one in found)


async def test_what_the_importer_kept_is_for_nobody_else(imports: Importer) -> None:
    await imports.bring(*THE_WELLS_STORY)
    for question, what in ((list_versions, ()), (get_diff, ("1", "2")), (get_lineage, (SCOPE,))):
        with pytest.raises(NotThere):
            await asked(imports, question, THE_WELL, *what)
    with pytest.raises(NotThere):
        await expected(imports, ANNA)


async def test_a_whole_history_answers_for_each_of_its_documents(imports: Importer) -> None:
    await imports.bring(*village(agreements=12), readers="organisation")
    sights = [s for s in await imports.ledger.sights_of(ORGANISATION.id) if s.sight == "reader"]
    answered = 0
    for sight in sights:
        try:
            audience = await audience_of(imports.ledger, CLOCK, colleague(imports), sight.thing_id)
        except NotThere:
            # The dataset itself, which is no agreement.
            continue
        answered += 1
        for one, other in zip(audience.versions(), audience.versions()[1:], strict=False):
            by_version = await asked(imports, get_diff, sight.thing_id, str(one.number), str(other.number))
            moments = (one.made_at.isoformat(), other.made_at.isoformat())
            by_instant = await asked(imports, get_diff, sight.thing_id, *moments)
            for part in ("head", "added", "removed", "changed", "unchanged"):
                assert by_version[part] == by_instant[part]
        for term_id in {i for version in audience.versions() for i in version.terms}:
            found = await asked(imports, get_lineage, sight.thing_id, term_id)
            text = None
            for entry in found["entries"]:
                change = entry["fields"].get("text", {"from": text, "to": text})
                assert change["from"] == text
                text = change["to"]
            assert text == ((found["term"] or {}).get("text") or None)
    assert answered == 12
