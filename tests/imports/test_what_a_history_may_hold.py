"""Every quirk that real histories have: each comes in whole, and nothing is guessed at."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.imports.writing import write_line
from tests.imports.conftest import Importer
from tests.imports.invented import HEADER, WELL, amended, proposed, record, update

ACCEPTED = record("agreement.accepted", "2031-02-10T00:00:00Z", status="Accepted")


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough here: what lines hold is sealed long before it reaches any."""
    return sqlite_url


async def written_back(imports: Importer) -> list[dict[str, Any]]:
    """Everything that is in, as the lines that it came from, by id."""
    facts = await imports.ledger.restore(await imports.ledger.log.read_after(0, 1_000_000))
    lines = [write_line(fact) for fact in facts if fact.TOPIC.startswith("concord.imported_")]  # type: ignore[arg-type]
    return sorted(lines, key=lambda line: str(line["id"]))


def as_kept(*lines: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(
        ({name: value for name, value in line.items() if name != "seq"} for line in lines), key=lambda one: one["id"]
    )


async def survives(imports: Importer, *lines: dict[str, Any], applied: int, annotated: int = 0) -> None:
    """All these lines come in, so many of them as annotations, and can be written back as they came."""
    report = await imports.bring(*lines)
    assert (report.applied, report.annotated, report.refused) == (applied, annotated, [])
    assert await written_back(imports) == as_kept(*lines)


async def test_a_burst_of_changes_in_one_second_is_one_version(imports: Importer):
    at = "2031-03-01T10:00:00Z"
    burst = [amended(f"section:Part {n}", at, old=..., old_absent=True, new=f"Text {n}.") for n in range(63)]

    await survives(imports, proposed(), *burst, amended("section:Part 7", at, new="Seven, again."), applied=65)

    well = await imports.agreement()
    assert len(well.versions) == 2
    assert len(well.versions[1].terms) == 66
    assert "Seven, again." in [t.text for t in well.versions[1].terms.values()]


@pytest.mark.parametrize("actor", ["git-author-0003", "works-blog", "Renée ü", "@UPPER-case"])
async def test_an_actor_may_be_a_pseudonym_or_an_organisation(imports: Importer, actor: str):
    await survives(imports, proposed(actor=actor), update(actor=actor), applied=2)


@pytest.mark.parametrize("nobody", [None, ..., ""])
async def test_what_nobody_is_named_for_changes_the_text_and_the_state_but_gives_no_update(
    imports: Importer, nobody: Any
):
    lines = [record("agreement.accepted", actor=nobody), amended(actor=nobody), update(actor=nobody)]

    await survives(imports, proposed(actor=nobody), *lines, applied=3, annotated=1)

    well = await imports.agreement()
    assert (well.state, len(well.versions), well.updates) == ("in_force", 2, [])
    assert [(a.why, a.by) for a in well.annotations] == [("by_nobody", None)]


async def test_a_record_dated_before_the_agreement_began_is_kept(imports: Importer):
    early = [update("2031-01-05T00:00:00Z"), amended(at="2031-01-06T00:00:00Z")]

    await survives(imports, *early, proposed(), ACCEPTED, applied=2, annotated=2)

    well = await imports.agreement()
    assert [(a.why, a.effective_at.day) for a in well.annotations] == [("not_known_yet", 5), ("not_known_yet", 6)]
    assert well.state == "in_force"


async def test_an_agreement_that_nothing_ever_proposes_holds_what_was_said_of_it(imports: Importer):
    await survives(imports, update(), ACCEPTED, record("agreement.removed"), applied=0, annotated=3)

    assert (await imports.agreement()).state == "noted"


async def test_an_earlier_effective_time_moves_a_change_to_its_own_day(imports: Importer):
    late = amended(at="2031-06-01T00:00:00Z", effective_at="2031-02-20T00:00:00Z", new="Agreed at the table.")

    await survives(imports, proposed(), late, applied=2)

    well = await imports.agreement()
    assert [v.made_at for v in well.versions] == [
        datetime(2031, 2, 1, 10, tzinfo=UTC),
        datetime(2031, 2, 20, tzinfo=UTC),
    ]


async def test_days_stand_beside_seconds(imports: Importer):
    day = update("2031-04-01T00:00:00Z", precision="day")
    date = update("2031-04-01", precision="day")
    second = update("2031-04-01T09:30:17Z", precision="second")

    await survives(imports, proposed(), day, date, second, applied=4)


async def test_fields_that_the_format_does_not_list_are_kept(imports: Importer):
    more = {"mood": "good", "weather": {"wind": [1, 2.5, None, True]}, "ünïcode": "🪣"}

    await survives(imports, HEADER | more, proposed(**more), ACCEPTED | more, amended(**more), applied=4)


@pytest.mark.parametrize("due", [None, {}, {"due_at": None, "raw": "TBD"}, {"due_at": "x.y"}, {"due_at": ""}, "TBD"])
async def test_a_due_date_may_be_no_date(imports: Importer, due: Any):
    await survives(imports, proposed(due=due), applied=1)


@pytest.mark.parametrize(
    "parties",
    [
        {},
        {"debtors": []},
        {"debtors": ["@anna", "@bo", "@anna"], "creditors": ["water", "@anna"]},
        {"debtors": ["@anna"], "approvers": {"water": ["@cai", "@di"], "roads": []}, "debtors_raw": "Anna (mostly)"},
    ],
)
async def test_debtors_may_be_several_none_or_change(imports: Importer, parties: dict[str, Any]):
    none = record("agreement.party_changed", role="debtors", field="owners", old=["@anna"], new=[], new_absent=True)
    one = record("agreement.party_changed", role="debtors", field="owners", old=[], old_absent=True, new=["@eva"])

    await survives(imports, proposed(parties=parties), none, one, applied=3)

    assert [p.name for p in (await imports.agreement()).parties if p.role == "debtors"] == ["@eva"]


async def test_a_text_may_be_long_and_hold_anything_that_is_text(imports: Importer):
    row = "| a | b |\n|---|---|\n\t```rust\nfn main() {}\n```\n<details>é 👩‍👩‍👧‍👦 \u202etxet\u202c</details>\r\n"
    words = row * 200

    await survives(imports, proposed(), amended(new=words), update(text=words), applied=3)

    well = await imports.agreement()
    assert words in [t.text for t in well.terms.values()]
    assert well.updates[0].text == words


async def test_text_in_another_normal_form_reads_as_the_same_words_and_is_written_back_as_it_came(imports: Importer):
    composed, decomposed = "Brücke", "Bru\u0308cke"

    await survives(
        imports, proposed(agreement_id=decomposed), amended(agreement_id=composed, new=decomposed), applied=2
    )

    bridge = await imports.agreement(composed)
    assert composed in [t.text for t in bridge.terms.values()]


async def test_documents_move_go_and_come_back(imports: Importer):
    await survives(
        imports,
        proposed(),
        record("agreement.relocated", "2031-02-02T00:00:00Z", old="2031/well.md", new="2031/done/well.md"),
        ACCEPTED,
        record("agreement.removed", "2031-03-01T00:00:00Z"),
        amended(at="2031-03-02T00:00:00Z", new="Changed while it was gone."),
        record("agreement.reopened", "2031-04-01T00:00:00Z", status="Proposed"),
        record("agreement.removed", "2031-05-01T00:00:00Z"),
        proposed("2031-06-01T00:00:00Z", title="The well, once more"),
        applied=8,
    )

    well = await imports.agreement()
    states = [well.state_at(datetime(2031, month, 15, tzinfo=UTC)) for month in range(1, 7)]
    assert states == ["noted", "in_force", "ended", "in_force", "ended", "drafting"]
    assert (well.head.title, well.location) == ("The well, once more", "2031/done/well.md")


async def test_what_comes_after_the_end_is_kept_beside_it(imports: Importer):
    await survives(
        imports,
        proposed(),
        record("agreement.fulfilled", "2031-03-01T00:00:00Z"),
        update("2031-04-01T00:00:00Z"),
        record("progress.reported", "2031-04-02T00:00:00Z", value=1, max=1),
        record("agreement.outcome_reported", "2031-04-03T00:00:00Z", outcome="completed"),
        record("agreement.carried_over", "2031-04-04T00:00:00Z", to_agreement_id="works-2032-well"),
        applied=3,
        annotated=3,
    )

    assert [a.why for a in (await imports.agreement()).annotations] == ["after_end", "after_end", "outcome"]


async def test_decisions_may_come_before_requests(imports: Importer):
    decided = record("extension.decided", "2031-03-01T00:00:00Z", decision="denied")
    asked = record("extension.requested", "2031-03-02T00:00:00Z", due={"due_at": "2032-01-01T00:00:00Z"})
    approved = record("approval.approver_changed", "2031-03-03T00:00:00Z", old="@a", new="@b")

    await survives(imports, proposed(), decided, asked, approved, applied=1, annotated=3)


async def test_types_that_are_not_known_of_a_known_family_are_kept(imports: Importer):
    await survives(
        imports,
        HEADER,
        proposed(),
        record("agreement.blessed"),
        record("update.retracted-again"),
        record("reference.new_moon", agreement_id=...),
        record("dataset.footer", agreement_id=...),
        applied=2,
        annotated=4,
    )


async def test_a_file_without_a_header_comes_in(imports: Importer):
    await survives(imports, record("reference.slate_accepted", agreement_id=...), proposed(), applied=1, annotated=1)


async def test_a_header_that_says_nothing_is_kept(imports: Importer):
    bare = {"id": "h", "type": "dataset.header", "at": "2031-01-01T00:00:00Z", "name": None}

    await survives(imports, bare, applied=1)


async def test_lines_in_the_wrong_order_come_in(imports: Importer):
    lines = [proposed(), ACCEPTED, amended(), update()]

    await survives(imports, *reversed(lines), applied=1, annotated=3)


async def test_a_line_may_be_as_long_as_it_may_be(imports: Importer):
    line = proposed(terms={"sections": {f"Part {n}": "x" * 19_000 for n in range(13)}})
    assert 200_000 < len(json.dumps(line)) <= 256 * 1024

    await survives(imports, line, applied=1)
    assert len((await imports.agreement(WELL)).terms) == 13
