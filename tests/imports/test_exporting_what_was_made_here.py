"""What people agreed on here is written in the same format, as far as it goes, and nothing that is theirs alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from adapters.database import Statement
from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import ImportedAgreement, imported_agreement_id
from domain.agreements.state import AgreementState
from domain.base import Aggregate
from domain.commitments.commitment import Commitment
from domain.commitments.content import Due, Who
from domain.commitments.imported import ImportedCommitment, imported_commitment_id
from domain.commitments.outcome import outcome_of
from domain.commitments.outcome_elsewhere import outcome_elsewhere
from domain.people.team import Team
from domain.updates.events import EntryWithdrawn, UpdateGiven
from domain.updates.update_log import UpdateLog
from services.ports import Answer, Command
from tests.domain import spec
from tests.domain.agreements.agreement_facts import (
    AGREEMENT,
    LEADER,
    REPORT,
    SUPPORT,
    UPDATE,
    drafted,
    head,
    in_force,
)
from tests.domain.commitments.promises import CHANGE, NOTE, TEXT, creditor, debtor
from tests.domain.spec import OSLO, Recalled, act, person
from tests.imports.conftest import Importer
from tests.imports.test_exporting import TOWN, Exported, elsewhere, export, founded

REVIEWABLE = replace(TEXT, use="reviewable")
LATER = Due.end_of_day(date(2026, 1, 26), OSLO)
ADA, BEN = f"@ada-lund.{LEADER.hex[-6:]}", f"@member.{REPORT.hex[-6:]}"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough here: it is about what lines say."""
    return sqlite_url


async def stored(imports: Importer, *made: Aggregate) -> None:
    """Stores what was made, as the deeds do."""
    for aggregate in made:
        await imports.ledger.new_keys(aggregate.id, LEADER, REPORT)
        command = Command(aggregate.id.hex * 2, "", LEADER, imports.organisation.id)
        await imports.ledger.record(command, Answer(), aggregate)


async def named(imports: Importer) -> None:
    """The leader has a name; the report's is gone."""
    row = {"id": str(LEADER), "organisation": str(imports.organisation.id)}

    await imports.database.write(
        [
            Statement(
                "INSERT INTO identity_people (person_id, organisation_id, name, created_at) "
                "VALUES (:id, :organisation, 'Ada Lund', '2026-01-01T00:00:00+00:00')",
                row,
            )
        ]
    )


def agreement(recalled: list[Recalled], id: UUID = AGREEMENT) -> AccountabilityAgreement:
    """The agreement that these facts make, with all of them still to be stored."""
    first, *others = recalled
    made = AccountabilityAgreement.begin(first.fact, first.act, id, **first.content)  # type: ignore[arg-type]
    for step in others:
        made.record(step.fact, step.act, **step.content)
    return made


def amended() -> AccountabilityAgreement:
    """A second version, agreed a week later, which holds from ten days later on; then notice, and the end."""
    made = agreement(in_force())
    made.open_amendment(act(REPORT, days=7), "Half an hour is too short")
    made.revise_term(act(REPORT, days=7), SUPPORT, {"text": "60 minutes each week"})
    made.change_head(act(REPORT, days=7), {"title": "How we work now", "effective_on": date(2026, 1, 22)})
    for party in (LEADER, REPORT):
        assert made.proposal is not None
        made.give_consent(act(party, days=8), made.proposal.revision, made.proposal.content_hash)
    made.give_notice(act(REPORT, days=30), date(2026, 3, 31))
    made.let_time_pass(spec.act(None, days=100))
    return made


def said_in(exported: Exported, *types: str) -> list[dict[str, Any]]:
    return [one for one in exported.lines if not types or one["type"] in types]


async def test_an_agreement_is_what_its_parties_said_yes_to(imports: Importer):
    await founded(imports)
    await named(imports)
    made = amended()
    assert isinstance(made, AgreementState)
    log = UpdateLog.begin_for(act(REPORT, days=1), AGREEMENT)
    update = {"term_id": UPDATE, "occurrence_on": None, "confidence": None, "use": "reviewable"}
    log.record(UpdateGiven, act(REPORT, days=12), update_id=person(301), text="All quiet.", **update)
    log.record(UpdateGiven, act(REPORT, days=13), update_id=person(302), text="Not this.", **update)
    log.record(EntryWithdrawn, act(REPORT, days=14), entry_id=person(302), reason=None)
    log.record(
        UpdateGiven, act(REPORT, days=15), update_id=person(303), text="For her only.", **(update | {"use": "coaching"})
    )
    await stored(imports, made, log)

    exported = await export(imports)
    there = await elsewhere(imports, exported)

    assert [(one["type"].partition(".")[2], one.get("actor")) for one in exported.lines] == [
        ("header", None), ("proposed", ADA), ("accepted", BEN), ("term_amended", BEN), ("term_amended", BEN),
        ("term_stated", BEN), ("given", BEN), ("withdrawn", None),
    ]  # fmt: skip
    assert "Not this." not in exported.file.decode()
    assert "For her only." not in exported.file.decode()
    found = await there.ledger.load(ImportedAgreement, imported_agreement_id(TOWN.id, str(AGREEMENT)))
    assert isinstance(found, ImportedAgreement)
    assert (found.state, found.status, [u.text for u in found.updates]) == ("ended", "ended (notice)", ["All quiet."])
    before = "30 minutes each week that are not about status"
    for instant, title, wanted in (
        (datetime(2026, 1, 6, tzinfo=UTC), "How we work", before),
        (datetime(2026, 1, 20, tzinfo=UTC), "How we work", before),
        (datetime(2026, 1, 22, tzinfo=UTC), "How we work now", "60 minutes each week"),
    ):
        then = found.version_at(instant)
        native = made.version_in_force(instant.astimezone(OSLO).date())
        assert then is not None
        assert native is not None
        assert then.head.title == native.head.title == title
        support = next(t.text for t in then.terms.values() if t.name == f"section:support {SUPPORT.hex[-6:]}")
        assert support == f"owed_by: {ADA}\ntext: {wanted}"
    assert [(p.name, p.role) for p in found.parties] == [(ADA, "leader"), (BEN, "report")]


async def test_nothing_for_coaching_and_nothing_unsettled_leaves(imports: Importer):
    await founded(imports)
    await stored(
        imports,
        agreement(in_force(head(use="coaching", title="Between us")), person(401)),
        agreement(drafted(), person(402)),
        commitment(1, lambda c: None, replace(REVIEWABLE, use="coaching", outcome="Between us")),
        Commitment.request(creditor(), person(404), replace(REVIEWABLE, outcome="Perhaps")),
    )

    exported = await export(imports)

    assert ([one["type"] for one in exported.lines], exported.report.plain()) == (
        ["dataset.header"],
        {"lines": 1, "erased": 0, "withheld": 2, "unsettled": 2},
    )


def commitment(number: int, live: Callable[[Commitment], object], content: Any = REVIEWABLE) -> Commitment:
    made = Commitment.request(creditor(), person(500 + number), content)
    made.promise(debtor(hours=1), 1)
    live(made)
    return made


def postponed(made: Commitment, **when: float) -> None:
    made.propose_change(debtor(**when), CHANGE, "terms", reason="the data come late", due=LATER, outcome="All numbers")
    made.accept_change(creditor(days=13), 1)


def done(made: Commitment, **when: float) -> None:
    made.done(debtor(**when), ["https://example.org/sheet"])
    made.confirm(creditor(**when), thanks="Well done")


def gone_back_and_forth(made: Commitment) -> None:
    made.done(debtor(days=2), [])
    made.return_(creditor(days=2, hours=1), "the south is missing")
    made.done(debtor(days=3), [])
    made.confirm(creditor(days=3, hours=1))
    made.reopen(creditor(days=4), "the sums are wrong")
    made.refuse_reopening(debtor(days=4, hours=1), "they are not")


def told_of(made: Commitment) -> None:
    made.report_progress(debtor(days=1), NOTE, "two regions are in")
    made.correct_note(debtor(days=1, hours=1), NOTE, "three regions are in")
    made.flag_at_risk(debtor(days=2), person(601), "the fourth is late")
    made.withdraw_note(debtor(days=2, hours=1), person(601))


LIVES: list[tuple[Callable[[Commitment], object], str, str | None]] = [
    (lambda c: done(c, days=3), "kept", None),
    (lambda c: done(c, days=20), "kept", None),
    (lambda c: (postponed(c, days=5), done(c, days=18)), "kept", None),
    (lambda c: (postponed(c, days=5), done(c, days=40)), "kept", None),
    (gone_back_and_forth, "kept", None),
    (told_of, "promised", None),
    (lambda c: c.done(debtor(days=3), []), "reported", "open: nobody confirmed it yet; in the format a claim counts"),
    (lambda c: c.release(creditor(days=3), "no need"), "cancelled", None),
    (lambda c: c.cancel(creditor(days=3)), "cancelled", None),
    (lambda c: c.renege(debtor(days=3), "I cannot"), "cancelled", "reneged: the format has no word for it"),
]


@pytest.mark.parametrize(("number", "life"), list(enumerate(LIVES)))
async def test_a_commitment_and_what_came_of_it(imports: Importer, number: int, life: Any):
    live, state, differs = life
    await founded(imports)
    made = commitment(number, live)
    await stored(imports, made)

    there = await elsewhere(imports, await export(imports))

    found = await there.ledger.load(ImportedCommitment, imported_commitment_id(TOWN.id, str(made.id)))
    assert isinstance(found, ImportedCommitment)
    assert (found.state, found.annotations) == (state, [])
    assert (found.title, found.content.level) == (made.content.outcome, "task")
    assert [m.name for m in (*found.debtors, *found.creditors)] == [BEN, f"@member.{LEADER.hex[-6:]}"]
    for now in (datetime(2026, 1, 18, 12, tzinfo=UTC), datetime(2026, 4, 1, 12, tzinfo=UTC)):
        if now < made.modified_on + timedelta(days=1):
            continue
        here = outcome_of(made, now, OSLO)
        elsewhere_ = outcome_elsewhere(found.happened, now.date())
        assert (here.outcome_class == elsewhere_.outcome_class) is (differs is None), (here, elsewhere_)
        assert (here.first_due, here.changes_before) == (elsewhere_.first_due, elsewhere_.changes_before)


async def test_a_team_is_called_by_its_name(imports: Importer):
    await founded(imports)
    team = Team.make(act(LEADER), person(701), "The Cooks", (LEADER, person(8)))
    owed = replace(REVIEWABLE, owed_to=(Who("team", team.id), Who("team", person(702))))
    made = Commitment.request(replace(creditor(), teams=frozenset({team.id})), person(703), owed)
    made.promise(debtor(hours=1), 1)
    await stored(imports, team, made)

    (asked,) = said_in(await export(imports), "commitment.requested")

    assert asked["creditors"] == [f"the-cooks.{team.id.hex[-6:]}", f"team.{person(702).hex[-6:]}"]


async def test_lines_of_a_commitment_say_what_the_format_cannot(imports: Importer):
    await founded(imports)
    suspended = commitment(90, lambda c: None)
    suspended.propose_change(debtor(days=1), CHANGE, "suspend", reason="fire elsewhere", until=date(2026, 1, 9))
    suspended.accept_change(creditor(days=1), 1)
    suspended.let_time_pass(spec.act(None, days=6))
    await stored(imports, commitment(91, lambda c: c.renege(debtor(days=3), "I cannot")), suspended)
    await stored(imports, commitment(92, told_of), commitment(93, gone_back_and_forth))

    exported = await export(imports)

    cancelled, moved = said_in(exported, "commitment.cancelled", "commitment.due_date_renegotiated")[:2]
    native = {one["type"]: one["native"] for one in (cancelled, moved)}
    assert native == {"commitment.cancelled": "reneged", "commitment.due_date_renegotiated": "stood_still"}
    (note,) = said_in(exported, "update.given")
    assert (note["text"], note["kind"], "agreement_id" in note) == ("three regions are in", "progress", False)
    assert [one.get("missing") for one in said_in(exported, "commitment.reopened")] == ["the south is missing", None]
    (asked, *_) = said_in(exported, "commitment.requested")
    assert (asked["due"], asked["opened_at"]) == (
        {"due_at": "2026-01-19", "due_basis": "stated", "precision": "day"},
        "2026-01-05T08:00:00Z",
    )
    assert (await export(imports)).file == exported.file, "the same things have the same ids in every export"
