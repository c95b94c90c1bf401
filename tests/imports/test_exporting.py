"""Everything imported is written out again, and tells the same wherever that is imported."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from adapters.eventlog.streams import streams_of
from domain.base import Act
from domain.people.events import ReadInBulk
from domain.people.organisation import Organisation as OrganisationHere
from services.exports.export_history import ExportDesk, export_history
from services.exports.report import ExportReport
from services.ports import Actor, Answer, Command, Organisation
from tests.imports.conftest import Clock, Importer
from tests.imports.invented import HEADER, WELL, amended, jsonl, proposed, record, shuffled, update, village
from tests.imports.test_the_command import Commands

TOWN = Organisation(UUID("01900000-0000-7000-8000-0000000000aa"), "Town", ZoneInfo("UTC"))
MAYOR = UUID("01900000-0000-7000-8000-0000000000ab")


@dataclass
class Exported:
    """What came out: the file, and the report."""

    file: bytes
    report: ExportReport

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.splitlines()]


async def founded(importer: Importer) -> Importer:
    """The same, once the organisation itself has its stream, which keeps who read what many wrote."""
    organisation = importer.organisation
    act = Act(None, Clock().now(), organisation.id, organisation.id.hex * 2, organisation.zone)
    here = OrganisationHere.found(act, organisation.id)
    await importer.ledger.record(Command(act.command_id, "", None, organisation.id), Answer(), here)
    return importer


async def export(importer: Importer) -> Exported:
    written: list[bytes] = []
    ledger, actor = importer.ledger, Actor(importer.person, importer.organisation, frozenset({"all"}))
    desk = ExportDesk(ledger, lambda topics: streams_of(ledger, topics), importer.people, Clock(), actor)
    report = await export_history(desk, written.append)
    assert report.lines == len(written)
    return Exported(b"".join(written), report)


async def elsewhere(importer: Importer, exported: Exported) -> Importer:
    """Another organisation, into which the export was imported whole."""
    there = replace(importer, organisation=TOWN, person=MAYOR)
    await there.join(MAYOR, "steward")
    await founded(there)
    report = await there.bring_file(exported.file)
    assert (report.lines, report.refused, report.repeated) == (exported.report.lines, [], 0)
    return there


OF_THE_ORGANISATION = ("originator_id", "organisation_id", "actor_id", "command_id", "term_id", "to_id")


async def answers(importer: Importer) -> dict[str, list[dict[str, Any]]]:
    """All that is known of each thing here, in the order in which it is folded, but for ids that differ everywhere."""
    known: dict[str, list[dict[str, Any]]] = {}
    for facts in (await importer.told()).values():
        if facts[0]["organisation_id"] != importer.organisation.id:
            continue
        name = f"{facts[0]['topic'].rpartition('.')[0]} {facts[0].get('external_id', facts[0].get('name'))}"
        known[name] = [{k: v for k, v in fact.items() if k not in OF_THE_ORGANISATION} for fact in facts]
    return known


def as_sent(*files: list[dict[str, Any]]) -> list[str]:
    """The lines of these files without their places, each once."""
    return sorted(
        {json.dumps({k: v for k, v in one.items() if k != "seq"}, sort_keys=True) for f in files for one in f}
    )


async def comes_round(imports: Importer, *files: list[dict[str, Any]], made_up: int = 0) -> Exported:
    """Imports the files, and everything of them comes out, goes in elsewhere, tells the same and comes out the same."""
    await founded(imports)
    for file in files:
        assert (await imports.bring(*file)).refused == []
    exported = await export(imports)
    there = await elsewhere(imports, exported)

    out = as_sent(exported.lines)
    assert set(as_sent(*files)) <= set(out)
    assert len(out) == len(as_sent(*files)) + made_up == exported.report.lines
    assert [one["seq"] for one in exported.lines] == list(range(len(exported.lines)))
    told, told_there = await answers(imports), await answers(there)
    assert told.keys() == told_there.keys()
    for name, facts in told.items():
        if "imported_dataset" not in name:
            assert facts == told_there[name]
    assert (await export(there)).file == exported.file
    return exported


async def test_a_whole_history_comes_round(imports: Importer):
    exported = await comes_round(imports, village(50, seed=31, changes=30))

    assert [one["type"] for one in exported.lines].count("dataset.header") == 1
    assert exported.lines[0]["type"] == "dataset.header"
    times = [one["at"] for one in exported.lines[1:]]
    assert times == sorted(times)


class TestOnOneStore:
    """What lines hold, and in which order they come out, does not depend on the store."""

    @pytest.fixture
    def store_url(self, sqlite_url: str) -> str:
        return sqlite_url

    async def test_lines_that_came_out_of_order_are_folded_in_that_order_elsewhere(self, imports: Importer):
        file = village(12, seed=32, changes=30)

        await comes_round(imports, file[:1], shuffled(file[1:200], 1), shuffled(file[1:], 2))

    async def test_a_line_that_came_in_late_about_earlier_stays_behind_what_it_followed(self, imports: Importer):
        file = [
            HEADER,
            proposed(),
            amended(at="2031-05-01T00:00:00Z", new="Three."),
            amended(at="2031-03-01T00:00:00Z", new="Two."),
            record("commitment.proposed", "2031-06-01T00:00:00Z", commitment_id="c", text="Dig."),
            record("commitment.promised", "2031-02-01T00:00:00Z", commitment_id="c"),
        ]
        # An import takes lines in as they come; that they are sorted is only how files usually are.
        exported = await comes_round(imports, file)

        assert [one.get("new") for one in exported.lines if "new" in one] == ["Three.", "Two."]

    async def test_a_history_that_never_introduced_itself_gets_a_header(self, imports: Importer):
        file = [proposed(), update(), record("reference.holiday", agreement_id=..., name="May")]

        exported = await comes_round(imports, file, made_up=1)

        assert (exported.lines[0]["type"], exported.lines[0]["name"]) == ("dataset.header", "unnamed")

    async def test_several_datasets_keep_what_belongs_to_each(self, imports: Importer):
        files = [
            [record("reference.first", agreement_id=...), proposed()],
            [HEADER | {"name": "a", "id": "a"}, record("reference.of_a", agreement_id=..., n=1)],
            [HEADER | {"name": "b", "id": "b"}, record("reference.of_b", agreement_id=..., n=2), update()],
            [HEADER | {"name": "a", "id": "a", "as_of": "2033-01-01T00:00:00Z"}],
        ]
        exported = await comes_round(imports, *files, made_up=1)

        last, of = "", {}
        for one in exported.lines:
            last = one["name"] if one["type"] == "dataset.header" else last
            of[one["type"]] = last
        assert (of["reference.first"], of["reference.of_a"], of["reference.of_b"]) == ("unnamed", "a", "b")

    async def test_that_everything_was_read_is_recorded_before_anything_is_written(self, imports: Importer):
        await (await founded(imports)).bring(proposed())
        seen: list[bytes] = []

        async def reads() -> int:
            facts = await imports.ledger.facts(imports.organisation.id)
            return sum(isinstance(r.fact, ReadInBulk) and r.fact.what == "export" for r in facts)

        exported = await export(imports)
        assert (await reads(), exported.report.lines) == (1, 2)

        def broken(line: bytes) -> None:
            seen.append(line)
            raise OSError("no space left")

        desk = ExportDesk(
            imports.ledger,
            lambda topics: streams_of(imports.ledger, topics),
            imports.people,
            Clock(),
            Actor(imports.person, imports.organisation, frozenset({"all"})),
        )
        with pytest.raises(OSError, match="space"):
            await export_history(desk, broken)
        assert (await reads(), len(seen)) == (2, 1)

    async def test_only_what_is_of_this_organisation_comes_out(self, imports: Importer):
        await (await founded(imports)).bring(HEADER, proposed())
        there = replace(imports, organisation=TOWN, person=MAYOR)
        await there.join(MAYOR, "steward")
        await founded(there)
        await there.bring(HEADER, proposed(agreement_id="roof"), update(agreement_id="roof"))

        assert {one.get("agreement_id") for one in (await export(imports)).lines} == {None, WELL}
        assert {one.get("agreement_id") for one in (await export(there)).lines} == {None, "roof"}

    async def test_what_was_erased_is_left_out_and_counted(self, imports: Importer):
        await (await founded(imports)).bring(HEADER, proposed(), update(), update(actor="@bo", text="Deeper."))
        bo = next(s.person_id for s in await imports.ledger.standings(imports.organisation.id) if s.kind == "imported")
        well = await imports.agreement()
        await imports.ledger.keyring.destroy(bo)
        exported = await export(imports)
        assert (exported.report.lines, exported.report.erased) == (4, 0)
        assert sorted(one.get("text", "") for one in exported.lines if "text" in one).count("[erased]") <= 1

        await imports.ledger.keyring.destroy(well.id)
        exported = await export(imports)
        assert ([one["type"] for one in exported.lines], exported.report.erased) == (["dataset.header"], 3)

    async def test_where_nothing_was_imported_there_is_only_a_header(self, imports: Importer):
        (only,) = (await export(await founded(imports))).lines

        assert (only["type"], only["name"]) == ("dataset.header", "Village")


async def test_the_command_writes_a_file_of_its_owner_alone_or_to_stdout(sqlite_url: str, tmp_path: Path):
    commands = Commands(tmp_path, sqlite_url)
    await commands.found("Village")
    brought = jsonl(HEADER, proposed(), record("commitment.proposed", commitment_id="c", text="Grüße 🪣"))
    (tmp_path / "in.jsonl").write_bytes(brought)
    assert (await commands.run("import", str(tmp_path / "in.jsonl"))).code == 0
    out = tmp_path / "out.jsonl"

    to_file, to_stdout, wrong = await asyncio.gather(
        commands.run("export", "--out", str(out), "--json"), commands.run("export"), commands.run("export", "--json")
    )

    assert (to_file.code, json.loads(to_file.out)["lines"]) == (0, 3)
    assert (to_stdout.code, to_stdout.out, to_stdout.err) == (0, out.read_text(), "3 lines written.\n")
    assert (wrong.code, wrong.out) == (2, "")
    assert out.stat().st_mode & 0o077 == 0
    assert as_sent([json.loads(line) for line in out.read_text().splitlines()]) == as_sent(
        [json.loads(line) for line in brought.splitlines()]
    )
    nowhere = await commands.run("export", "--out", str(tmp_path / "none" / "out.jsonl"))
    assert (nowhere.code, "No such file" in nowhere.err) == (1, True)
