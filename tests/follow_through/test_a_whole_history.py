"""Whole histories, brought in and counted, beside the independent count of their lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.eventlog.streams import streams_of
from adapters.projector import Projector
from adapters.readmodels.commitments import CommitmentProjection
from adapters.readmodels.commitments_count import CommitmentCountView
from adapters.readmodels.commitments_list import CommitmentListView
from adapters.readmodels.folding import read_model_folder
from adapters.readmodels.sealing import RowSeal
from domain.agreements.imported import imported_person_id
from domain.base import Aggregate, fold
from domain.commitments.imported import ImportedCommitment
from domain.commitments.outcome_elsewhere import is_commitment
from services.follow_through.over_everything import TOPICS, Judged, judge, totals
from services.ports import Organisation
from services.queries import CommitmentFilter, Counted, Viewer
from tests.follow_through import oracle
from tests.follow_through.histories import crowded
from tests.imports.conftest import COLLEAGUE, IMPORTER, ORGANISATION, Importer, importer_on, imports

REAL = Path(__file__).parents[3] / "shared" / "data" / "rust-project-goals.jsonl"
"""Where `scripts/bench` looks for a real history too."""
LATER = datetime(2040, 1, 1, tzinfo=UTC)

__all__ = ["imports"]


async def judged(importer: Importer, as_of: datetime) -> dict[str, Judged]:
    """What Concord says of every commitment as of an instant."""
    found = {}
    async for facts in streams_of(importer.ledger, TOPICS):
        each = judge(facts, as_of, ZoneInfo("Europe/Oslo"))
        if each is not None:
            found[each.name] = each
    return found


def row(one: Judged) -> dict[str, Any]:
    """The same in the oracle's words."""
    outcome = one.outcome
    return {
        "first_due": outcome.first_due,
        "promised": outcome.promised,
        "before": outcome.changes_before,
        "after": outcome.changes_after,
        "class": outcome.outcome_class,
        "why": outcome.why,
    }


async def agrees(importer: Importer, lines: list[dict[str, Any]], moments: list[datetime]) -> Counter[str]:
    """Checks every commitment and every group at each moment; answers which classes there were."""
    classes: Counter[str] = Counter()
    for moment in moments:
        found, expected = await judged(importer, moment), oracle.rows(lines, moment)
        assert {name: row(one) for name, one in found.items()} == expected
        for proposed in (False, True):
            total, groups = totals(found.values(), ("creditor", "level", "year"), {}, proposed=proposed)
            assert +Counter(total.counts) == oracle.total(expected.values(), proposed=proposed)
            assert {(g.key, c): n for g in groups for c, n in g.counts.items() if n} == by_creditor(
                lines, moment, proposed=proposed
            )
        classes.update(one["class"] for one in expected.values())
    return classes


def by_creditor(lines: list[dict[str, Any]], moment: datetime, *, proposed: bool) -> dict[tuple[Any, str], int]:
    """The oracle's groups by creditor, level and year."""
    counts: Counter[tuple[Any, str]] = Counter()
    for told in oracle.commitments(lines, moment).values():
        one = oracle.judged(told, moment.date())
        if not (proposed or one["promised"]):
            continue
        year = f"{one['first_due']:%Y}" if one["first_due"] else None
        levels = [t["line"]["level"] for t in told if t["line"].get("level")]
        for creditor in set(oracle.creditors(told)) or [None]:
            counts[(creditor, levels[-1] if levels else "task", year), one["class"]] += 1
    return dict(counts)


async def sides_of(importer: Importer) -> dict[str, dict[str, set[str]]]:
    """Who owes each commitment to whom, by its aggregate."""
    found: dict[str, dict[str, set[str]]] = {}
    async for facts in streams_of(importer.ledger, TOPICS):
        commitment: Aggregate | None = fold(facts)
        assert isinstance(commitment, ImportedCommitment)
        if is_commitment(commitment.happened):
            found[commitment.external_id] = {
                "owed_by": {who.name for who in commitment.debtors},
                "owed_to": {who.name for who in commitment.creditors},
            }
    return found


async def counted_for_each_viewer(importer: Importer, lines: list[dict[str, Any]], now: datetime) -> None:
    """Checks the read model: for everybody named, on each side, by class, with the list behind."""
    folder, seal = read_model_folder(importer.ledger), RowSeal(importer.ledger.keyring)

    async def organisation_of(_: object) -> Organisation:
        return ORGANISATION

    projector = Projector(importer.ledger.log, importer.database, [CommitmentProjection(folder, seal, organisation_of)])
    await projector.start()
    try:
        assert await projector.caught_up(await importer.ledger.head(), timeout=30)
    finally:
        await projector.stop()
    counts = CommitmentCountView(importer.database)
    listed = CommitmentListView(importer.database, importer.ledger, seal)
    expected: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    rows = oracle.rows(lines, now)
    for name, sides in (await sides_of(importer)).items():
        for side, names in sides.items():
            for who in names:
                expected[who, side][rows[name]["class"]] += 1
    assert expected
    reader = Viewer(COLLEAGUE, ORGANISATION.id, now.date())
    for (name, side), classes in sorted(expected.items())[:60]:
        counted = Counted(imported_person_id(ORGANISATION.id, name), side, proposed=True)
        cells = await counts.count(reader, now, counted, ())
        assert {c.outcome_class: c.number for c in cells} == classes
        page = await listed.list_commitments(reader, now, CommitmentFilter(counted=counted), limit=200)
        assert len(page.items) == min(200, sum(classes.values()))
        whom = page.items[0].owed_by if side == "owed_by" else page.items[0].owed_to
        assert name in [who.name for who in whom]
    assert await counts.count(Viewer(IMPORTER, COLLEAGUE, now.date()), now, counted, ()) == []


async def test_an_invented_history_is_counted_as_its_lines_say(imports: Importer) -> None:
    lines = crowded(350, seed=3)
    report = await imports.bring(*lines, readers="organisation")
    assert report.refused == []
    moments = [datetime(2031, 3, day, 11, tzinfo=UTC) for day in (4, 8, 12)] + [LATER]
    classes = await agrees(imports, lines, moments)
    assert set(classes) == {"kept_on_time", "kept_renegotiated", "kept_late", "open_overdue", "open", "not_counted"}
    await counted_for_each_viewer(imports, lines, LATER)


@pytest.mark.skipif(not REAL.exists(), reason="no real history beside this repository")
async def test_the_real_history_is_counted_as_its_lines_say(sqlite_url: str, tmp_path: Path) -> None:
    lines = oracle.read(str(REAL))
    importer = await importer_on(sqlite_url, tmp_path)
    await importer.join(IMPORTER, "steward")
    await importer.join(COLLEAGUE)
    report = await importer.bring_file(REAL.read_bytes(), readers="organisation")
    assert report.refused == []
    moments = ["2024-10-01T00:00:00Z", "2025-06-30T23:59:59Z", "2026-01-01T00:00:00Z", "2026-08-07T12:15:03Z"]
    await agrees(importer, lines, [oracle.instant(m) for m in moments])
    await counted_for_each_viewer(importer, lines, oracle.instant("2026-12-31T12:00:00Z"))
    await importer.ledger.close()
    await importer.database.close()
