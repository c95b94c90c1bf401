"""Commitments from elsewhere: every record type, in any order, at any instant, and nothing of them dropped."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.agreements.imported import imported_agreement_id, imported_person_id
from domain.base import fold_as_of
from domain.commitments.content import Who
from domain.commitments.imported import ImportedCommitment, imported_commitment_id
from services.imports.writing import write_line
from tests.imports.conftest import COLLEAGUE, IMPORTER, ORGANISATION, Importer
from tests.imports.invented import LIFE, WELL, proposed, record, village

DIG = f"{WELL}/t01"
DUE = {"due_at": "2031-06-30T23:59:59Z", "due_basis": "stated", "raw": "June"}


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough here: what lines hold is sealed long before it reaches any."""
    return sqlite_url


def of(kind: str, day: str = "2031-02-01", /, **fields: Any) -> dict[str, Any]:
    """A record of the digging, on a day."""
    kind = kind if "." in kind else f"commitment.{kind}"
    return record(kind, f"{day}T10:00:00Z", **({"commitment_id": DIG} | fields))


OFFERED = of(
    "proposed", "2031-02-01", text="Dig.", level="task", kind="task", section="Plan", debtors=["@anna", "diggers"],
    creditors=["water"], due=DUE, help_wanted=True,
)  # fmt: skip
ASKED = of("requested", "2031-02-01", text="Dig, please.", debtors=[], creditors=["@cai"], due={"raw": "TBD"})


async def commitment(imports: Importer, name: str = DIG) -> ImportedCommitment:
    found = await imports.ledger.load(ImportedCommitment, imported_commitment_id(ORGANISATION.id, name))
    assert isinstance(found, ImportedCommitment)
    return found


async def told(imports: Importer, *lines: dict[str, Any]) -> ImportedCommitment:
    """The digging after these lines, all of which come in and can be written back as they came."""
    report = await imports.bring(*lines)
    assert report.refused == []
    assert report.applied + report.annotated == report.lines
    found = await commitment(imports)
    facts = [r.fact for r in await imports.ledger.facts(found.id)]
    assert [write_line(fact) for fact in facts] == list(lines)  # type: ignore[arg-type]
    return found


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


async def test_an_offer_says_who_owes_what_to_whom_by_when(imports: Importer):
    dig = await told(imports, OFFERED)

    said = dig.content
    assert (dig.state, dig.title, dig.external_id, dig.use) == ("offered", "Dig.", DIG, "reviewable")
    assert (said.level, said.kind, said.section, dict(said.others)) == ("task", "task", "Plan", {"help_wanted": "true"})
    anna = Who("person", imported_person_id(ORGANISATION.id, "@anna"))
    assert (dig.debtors[0].who, dig.debtors[0].name) == (anna, "@anna")
    others = [(member.who.kind, member.name) for member in (*dig.debtors[1:], *dig.creditors)]
    assert others == [("team", "diggers"), ("team", "water")]
    assert said.due is not None
    assert (said.due.on, said.due.raw) == (date(2031, 6, 30), "June")
    assert dig.agreement_id == imported_agreement_id(ORGANISATION.id, WELL)


LIVES = [
    ([OFFERED], "offered"),
    ([ASKED], "requested"),
    ([ASKED, of("promised")], "promised"),
    ([OFFERED, of("promised"), of("delivered")], "kept"),
    ([OFFERED, of("promised"), of("delivery_claimed")], "reported"),
    ([OFFERED, of("promised"), of("delivery_claimed"), of("confirmed")], "kept"),
    ([OFFERED, of("promised"), of("confirmed"), of("delivery_claimed", "2031-02-02")], "kept"),
    ([OFFERED, of("promised"), of("delivery_claimed"), of("cancelled")], "reported"),
    ([OFFERED, of("promised"), of("cancelled")], "cancelled"),
    ([OFFERED, of("promised"), of("cancelled"), of("promised", "2031-02-02")], "promised"),
    ([OFFERED, of("promised"), of("cancelled"), OFFERED | {"id": "again"}], "offered"),
    ([OFFERED, of("promised"), of("cancelled"), OFFERED | {"id": "again"}, of("reopened")], "promised"),
    ([OFFERED, of("cancelled"), of("reopened")], "offered"),
    ([ASKED, of("cancelled"), of("delivered")], "kept"),
    ([OFFERED, of("promised"), of("delivered"), of("reopened")], "promised"),
    ([OFFERED, of("promised"), of("delivered"), of("promised", "2031-03-01"), of("cancelled", "2031-03-02")], "kept"),
    ([OFFERED, of("promised"), of("delivered"), OFFERED | {"id": "again"}], "kept"),
    ([of("promised")], "noted"),
    ([of("promised"), OFFERED], "offered"),
]


@pytest.mark.parametrize(("lines", "state"), LIVES)
async def test_the_state_is_what_its_records_make_it(imports: Importer, lines: list[dict[str, Any]], state: str):
    dig = await told(imports, *lines)

    assert dig.state == state
    assert [t.line_id for t in dig.records] == [line["id"] for line in lines]


BESIDE = [
    ([of("delivered")], "not_known_yet"),
    ([of("confirmed"), of("update.given", agreement_id=..., text="x")], "not_known_yet"),
    ([OFFERED, of("not_delivered", evidence={"raw": "Will not complete :("})], "not_delivered"),
    ([OFFERED, of("update.given", agreement_id=..., text="Half.", actor=None)], "by_nobody"),
    ([OFFERED, of("delivered"), of("promised")], "after_end"),
    ([OFFERED, of("delivery_claimed"), of("cancelled")], "after_end"),
    ([OFFERED, of("cancelled"), of("extension.requested", due=DUE)], "after_end"),
    ([OFFERED, of("delivered"), of("progress.reported", agreement_id=..., value=1, max=2)], "after_end"),
    ([OFFERED, of("amended", why="?")], "incomplete"),
    ([OFFERED, of("blessed")], "other_type"),
    ([OFFERED, of("meeting.held", place="square")], "other_type"),
]


@pytest.mark.parametrize(("lines", "why"), BESIDE)
async def test_what_its_life_cannot_hold_is_an_annotation(imports: Importer, lines: list[dict[str, Any]], why: str):
    dig = await told(imports, *lines)

    last = dig.annotations[-1]
    assert (last.line_id, last.record, last.why) == (lines[-1]["id"], lines[-1]["type"], why)


async def test_approvals_and_extensions_are_kept_in_whatever_order_they_come(imports: Importer):
    lines = [
        OFFERED,
        of("extension.decided", "2031-03-01", decision="denied"),
        of("extension.requested", "2031-03-02", due=DUE, reason="rain"),
        of("extension.decided", "2031-03-03", decision="Approved"),
        of("approval.given", "2031-03-04", approver="@cai", actor=None),
        of("approval.approver_changed", "2031-03-05", old=["@cai"], new=["@di", "@ed"]),
    ]

    dig = await told(imports, *lines)

    assert dig.annotations == []
    assert [t.words for t in dig.records[1:]] == ["denied", None, "Approved", "@cai", "@di, @ed"]
    assert dig.records[2].due is not None
    assert dig.records[2].says == {"reason": "rain", "source": OFFERED["source"]}
    assert dig.due_log == dig.due_log[:1], "being asked for more time gives none"


async def test_content_and_due_date_are_those_of_the_instant(imports: Importer):
    later = {"due_at": "2031-09-30", "due_basis": "stated"}
    lines = [
        OFFERED,
        of("amended", "2031-03-01", changes=[{"field": "text", "old": "Dig.", "new": "Dig deep."}, {"field": "sec"}]),
        of("reassigned", "2031-04-01", old=["@anna", "diggers"], new=["@bo"]),
        of("due_date_renegotiated", "2031-05-01", old=DUE, new=later, timing="before-due"),
        of("due_date_withdrawn", "2031-06-01", old=later, new_absent=True),
        of("due_date_renegotiated", "2031-07-01", new={"due_at": None, "raw": "x.y"}),
        of("amended", "2031-08-01", field="help", old=True, new=None),
        of("promised", "2031-09-01", debtors=["@bo", "@cy"]),
        # It was known only later that this had happened long before.
        of("amended", "2031-10-01", effective_at="2031-03-15T00:00:00Z", changes=[{"field": "notes", "new": "Spade."}]),
    ]

    dig = await told(imports, *lines)

    assert [dig.content_at(at(day)).text for day in ("2031-01-01", "2031-02-28", "2031-03-02")] == [
        None, "Dig.", "Dig deep.",
    ]  # fmt: skip
    assert (dig.content_at(at("2031-02-28")).section, dig.content.section) == ("Plan", None)
    assert [dig.content_at(at(day)).notes for day in ("2031-03-14", "2031-03-16")] == [None, "Spade."]
    assert [m.name for m in dig.content_at(at("2031-08-01")).debtors] == ["@bo"]
    assert [m.name for m in dig.debtors] == ["@bo", "@cy"]
    dues = [entry.due and (entry.due.on and entry.due.on.month, entry.due.raw) for entry in dig.due_log]
    assert dues == [(6, "June"), (9, None), None, (None, "x.y")]
    assert dict(dig.content.others) == {}
    assert dig.promised_at == datetime(2031, 9, 1, 10, tzinfo=UTC)
    assert [dig.state_at(at(day)) for day in ("2031-01-01", "2031-08-31", "2031-09-02")] == [
        "noted", "offered", "promised",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        of("promised", "2031-03-01", due={"due_at": "2031-09-30"}),
        of("reassigned", "2031-03-01", new=["@bo"], due={"due_at": "2031-09-30"}),
        of("amended", "2031-03-01", changes=[{"field": "due", "old": DUE, "new": {"due_at": "2031-09-30"}}]),
        of("amended", "2031-03-01", field="due_at", new="2031-09-30T12:00:00Z"),
        of("amended", "2031-03-01", changes=[{"field": "text", "new": "Dig."}], due="2031-09-30"),
    ],
)
async def test_a_due_date_may_be_set_by_the_way(imports: Importer, line: dict[str, Any]):
    dig = await told(imports, OFFERED, line)

    assert dig.content.due is not None
    assert (dig.content.due.on, dig.happened[-1].due) == (date(2031, 9, 30), date(2031, 9, 30))
    assert len(dig.due_log) == 2


async def test_who_stands_on_a_side_becomes_known_and_an_import_never_speaks_for_who_can_sign_in(imports: Importer):
    await imports.bring(OFFERED, of("reassigned", old=["@anna"], new=["@dag"], actor="git-author-0003"))

    standings = [s.person_id for s in await imports.ledger.standings(ORGANISATION.id) if s.kind == "imported"]
    assert sorted((await imports.people.names(standings)).values()) == ["@anna", "@dag", "git-author-0003"]

    await imports.join(imported_person_id(ORGANISATION.id, "@eve"))
    report = await imports.bring(of("reassigned", new=["@eve"]), of("promised", actor="@eve"))
    assert [r.line for r in report.refused] == [1, 2]


async def test_only_its_readers_see_it_and_only_they_add_to_it(imports: Importer):
    await imports.bring(OFFERED)
    here, colleague = imported_commitment_id(ORGANISATION.id, DIG), replace(imports, person=COLLEAGUE)

    refused = await colleague.bring(of("delivered"), readers="organisation")
    assert (len(refused.refused), (await commitment(imports)).state) == (1, "offered")
    assert [await imports.ledger.sight(here, who) for who in (COLLEAGUE, ORGANISATION.id)] == [None, None]
    own = await imports.ledger.sight(here, IMPORTER)
    assert own is not None
    assert own.sight == "reader"

    await imports.bring(OFFERED, readers="organisation")
    assert (await colleague.bring(of("delivered"))).applied == 1


def lives(file: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for name in sorted({one["commitment_id"] for one in file if "commitment_id" in one}):
        yield name, [one for one in file if one.get("commitment_id") == name]


def by_hand(records: list[dict[str, Any]], until: datetime) -> tuple[str | None, list[str]]:
    """The text and the debtors of a commitment as a reader of its file would put them together."""
    known, text, debtors = False, None, []
    for one in records:
        kind = one["type"]
        happened = datetime.fromisoformat(one.get("effective_at") or one["at"]) <= until
        if kind in ("commitment.proposed", "commitment.requested"):
            known = True
            text, debtors = (one["text"], one.get("debtors", [])) if happened else (text, debtors)
        elif known and happened and kind == "commitment.amended":
            text = one["changes"][0]["new"]
        elif known and happened and kind == "commitment.reassigned":
            debtors = one["new"]
        elif known and happened and kind == "commitment.promised":
            debtors = one["debtors"]
    return text, debtors


@pytest.mark.parametrize("seed", [21, 22])
async def test_a_whole_history_says_of_its_commitments_at_every_instant_what_its_file_says(
    imports: Importer, seed: int
):
    file = [one for one in village(30, seed=seed, changes=60) if one["type"] != "commitment.delivered"]
    file = [one for one in file if one["type"] not in ("commitment.delivery_claimed", "commitment.confirmed")]
    assert (await imports.bring(*file)).refused == []

    checked = 0
    for name, records in lives(file):
        found = await commitment(imports, name)
        assert sorted(t.line_id for t in found.records) == sorted(one["id"] for one in records)
        facts = [r.fact for r in await imports.ledger.facts(found.id)]
        for instant in {datetime.fromisoformat(one.get("effective_at") or one["at"]) for one in records}:
            then = fold_as_of(facts, instant)
            said = found.content_at(instant)
            assert (said.text, [m.name for m in said.debtors]) == by_hand(records, instant)
            assert (then.content, then.state) == (said, found.state_at(instant))
            checked += 1
    assert checked > 60


async def test_every_order_of_the_same_records_comes_in_whole(imports: Importer):
    """Each type of record twice, twelve times shuffled: nothing is refused, and each can be written back."""
    dice = random.Random(5)
    for turn in range(12):
        name = f"{WELL}/{turn}"
        lines = [
            of(
                kind,
                f"2031-02-{dice.randrange(1, 29):02}",
                commitment_id=name,
                id=f"{turn}-{n}",
                new=DUE,
                debtors=["@a"],
            )
            for n, kind in enumerate([*LIFE, *LIFE])
        ]
        dice.shuffle(lines)
        report = await imports.bring(*lines)
        assert (report.refused, report.applied + report.annotated) == ([], len(lines))
        found = await commitment(imports, name)
        facts = [r.fact for r in await imports.ledger.facts(found.id)]
        assert [write_line(fact) for fact in facts] == lines  # type: ignore[arg-type]
        assert len(found.records) == len(found.happened) == len(lines)


async def test_lines_of_a_commitment_whose_agreement_is_never_told_of_come_in_too(imports: Importer):
    report = await imports.bring(OFFERED, of("promised"), proposed(agreement_id="works-2031-roof"))

    assert (report.applied, report.annotated) == (3, 0)
    assert (await commitment(imports)).state == "promised"
