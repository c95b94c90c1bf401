"""Importing: what comes in, who becomes known, who may read, and how every line is accounted for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported import (
    ImportedAgreement,
    ImportedDataset,
    imported_agreement_id,
    imported_dataset_id,
    imported_person_id,
)
from domain.agreements.terms import Head, Party
from domain.base import Act
from domain.refusals import Invalid, NotThere, NotYourAct
from services.imports.import_history import CAN_SIGN_IN, MADE_HERE, NOT_OPEN, OTHER_CONTENT
from services.imports.report import ImportReport
from services.ports import Answer, Command, Organisation, Standing
from tests.imports.conftest import COLLEAGUE, IMPORTER, ORGANISATION, Importer
from tests.imports.invented import HEADER, WELL, amended, proposed, record, update, village

ACCEPTED = record("agreement.accepted", "2031-02-10T00:00:00Z", status="Accepted")
THE_WELL = imported_agreement_id(ORGANISATION.id, WELL)
ANNA = imported_person_id(ORGANISATION.id, "@anna")


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    """Applied, annotated, repeated, refused; they add up to the lines read."""
    found = (report.applied, report.annotated, report.repeated, len(report.refused))
    assert sum(found) == report.lines
    return found


async def test_a_history_comes_in_and_answers_what_it_said_when(imports: Importer):
    report = await imports.bring(
        HEADER,
        proposed(),
        ACCEPTED,
        amended(at="2031-03-01T10:00:00Z"),
        update(),
        record("agreement.outcome_reported", outcome="completed", raw="Done!"),
        record("commitment.proposed", commitment_id=f"{WELL}/t01", text="Dig."),
        record("reference.slate_accepted", agreement_id=..., period="2031"),
    )

    assert counts(report) == (6, 2, 0, 0)
    well = await imports.agreement()
    assert (well.state, well.head.title, well.external_id) == ("in_force", "A well for the square", WELL)
    assert [v.made_at for v in well.versions] == [
        datetime(2031, 2, 1, 10, tzinfo=UTC),
        datetime(2031, 3, 1, 10, tzinfo=UTC),
    ]
    scope = [next(t.text for t in v.terms.values() if t.name == "section:Scope") for v in well.versions]
    assert scope == ["One well.", "Two wells."]
    assert [(u.text, u.by) for u in well.updates] == [("Half way down.", ANNA)]
    assert [a.says["raw"] for a in well.annotations if a.why == "outcome"] == ["Done!"]
    dataset = await imports.ledger.load(ImportedDataset, imported_dataset_id(ORGANISATION.id, "village-works"))
    assert isinstance(dataset, ImportedDataset)
    assert [a.record for a in dataset.annotations] == ["reference.slate_accepted"]


async def test_a_fact_took_effect_when_the_record_says_and_was_recorded_now(imports: Importer):
    before = datetime.now(UTC)
    await imports.bring(proposed(effective_at="2031-01-15T00:00:00Z"))

    (fact,) = [r.fact for r in await imports.ledger.facts(THE_WELL)]
    assert fact.effective_at == datetime(2031, 1, 15, tzinfo=UTC)
    assert before <= fact.timestamp <= datetime.now(UTC)
    assert fact.actor_id == ANNA


async def test_whoever_is_named_becomes_a_person_who_cannot_sign_in(imports: Importer):
    await imports.bring(
        proposed(),
        record("agreement.accepted", actor="git-author-0003"),
        record("agreement.party_changed", actor=None, role="debtors", old=["@anna", "@bo"], new=["@dag", "unsigned"]),
    )

    standings = {s.person_id: s for s in await imports.ledger.standings(ORGANISATION.id) if s.kind == "imported"}
    names = await imports.people.names(list(standings))
    assert sorted(names.values()) == ["@anna", "@bo", "@cai", "@dag", "git-author-0003"]
    assert {(s.kind, s.roles, s.leader_id) for s in standings.values()} == {("imported", (), None)}
    assert all(person == imported_person_id(ORGANISATION.id, name) for person, name in names.items())


async def test_every_line_is_counted_once_and_a_broken_one_is_named_by_its_number(imports: Importer):
    report = await imports.bring(
        HEADER,
        proposed(),
        "{ this is no JSON",
        ACCEPTED,
        "",
        b"\xff\xfe",
        amended(new="n\x00l"),
        amended(new="x" * 20_001),
        b'{"id": "' + b"x" * 300_000 + b'"}',
        record("agreement.accepted", at="TBD"),
        record("harvest.reported", agreement_id=None),
        amended(),
    )

    assert counts(report) == (4, 0, 0, 8)
    assert [one.line for one in report.refused] == sorted(one.line for one in report.refused)
    assert {one.line: one.reason for one in report.refused} == {
        3: "It is not JSON.",
        5: "It is empty.",
        6: "It is not UTF-8.",
        7: "It holds a NUL character, which is not text.",
        8: "It holds a text of 20,001 characters; at most 20,000 fit.",
        9: "It is longer than 256 KiB.",
        10: "Its at is not an instant in ISO 8601.",
        11: "It names neither an agreement nor a commitment.",
    }
    assert len((await imports.agreement()).versions) == 2


async def test_a_dry_run_reports_what_would_come_in_and_stores_nothing(imports: Importer):
    file = [HEADER, proposed(), ACCEPTED, ACCEPTED, update(actor=None), "broken", *village(20, seed=3)[1:]]
    before = await imports.ledger.head()

    dry = await imports.bring(*file, dry_run=True)

    assert await imports.ledger.head() == before
    assert await imports.database.fetch_all("SELECT person_id FROM identity_people") == []
    assert await imports.ledger.sights_of(IMPORTER) == []
    wet = await imports.bring(*file)
    assert counts(dry) == counts(wet)
    assert dry.dry_run
    again = await imports.bring(*file, dry_run=True)
    assert (again.applied, again.annotated, again.repeated) == (0, 0, wet.applied + wet.annotated + wet.repeated)


async def test_who_imports_may_read_and_nobody_else(imports: Importer):
    await imports.bring(HEADER, proposed())

    assert [(s.thing_id, s.sight) for s in await imports.ledger.sights_of(IMPORTER) if s.thing_id == THE_WELL] == [
        (THE_WELL, "reader")
    ]
    for stranger in (COLLEAGUE, ORGANISATION.id, ANNA):
        assert await imports.ledger.sight(THE_WELL, stranger) is None


async def test_a_public_record_may_be_opened_to_all_members_also_when_it_is_in_already(imports: Importer):
    await imports.bring(proposed())
    again = await imports.bring(proposed(), readers="organisation")

    assert counts(again) == (0, 0, 1, 0)
    opened = await imports.ledger.sight(THE_WELL, ORGANISATION.id)
    assert opened is not None
    assert opened.sight == "reader"
    colleague = replace(imports, person=COLLEAGUE)
    assert counts(await colleague.bring(proposed(), ACCEPTED)) == (1, 0, 1, 0)


async def test_nobody_adds_to_or_opens_what_somebody_else_imported_for_themself(imports: Importer):
    await imports.bring(proposed())
    colleague = replace(imports, person=COLLEAGUE)

    report = await colleague.bring(proposed(), ACCEPTED, amended(), readers="organisation")

    assert counts(report) == (0, 0, 0, 3)
    assert {one.reason for one in report.refused} == {NOT_OPEN}
    assert (await imports.agreement()).version == 1
    assert await imports.ledger.sight(THE_WELL, ORGANISATION.id) is None
    operator = replace(imports, person=COLLEAGUE, operator=True)
    assert counts(await operator.bring(proposed(), ACCEPTED)) == (1, 0, 1, 0)


async def test_an_import_never_adds_to_an_agreement_that_was_made_here(imports: Importer):
    act = Act(IMPORTER, datetime.now(UTC), ORGANISATION.id, "e" * 64, ORGANISATION.zone)
    head = Head("Ours", "To test.", "coaching", (Party(IMPORTER, "leader"), Party(COLLEAGUE, "report")))
    await imports.ledger.new_keys(IMPORTER, THE_WELL)
    await imports.ledger.record(
        Command("e" * 64, "0" * 64, IMPORTER, ORGANISATION.id),
        Answer(),
        AccountabilityAgreement.open(act, THE_WELL, head),
    )

    report = await imports.bring(proposed(), ACCEPTED, proposed(agreement_id="works-2031-roof"))

    assert counts(report) == (1, 0, 0, 2)
    assert {one.reason for one in report.refused} == {MADE_HERE}
    assert await imports.ledger.version(THE_WELL) == 1
    assert await imports.ledger.sight(THE_WELL, IMPORTER) is None


async def test_an_import_never_speaks_for_somebody_who_can_sign_in(imports: Importer):
    await imports.join(ANNA)

    report = await imports.bring(
        proposed(), update(actor="@bo"), proposed(agreement_id="roof", actor="@bo", parties={})
    )

    assert counts(report) == (1, 1, 0, 1)
    assert [(one.line, one.reason) for one in report.refused] == [(1, CAN_SIGN_IN)]
    standing = await imports.ledger.standing(ANNA)
    assert standing is not None
    assert standing.kind == "member"


async def test_organisations_have_nothing_to_do_with_one_another(imports: Importer):
    other = Organisation(UUID("01900000-0000-7000-8000-0000000000aa"), "Town", ZoneInfo("UTC"))
    elsewhere = replace(imports, organisation=other, person=UUID(int=99))
    await elsewhere.join(elsewhere.person)

    first, second = await imports.bring(proposed(), ACCEPTED), await elsewhere.bring(proposed(), ACCEPTED)

    assert counts(first) == counts(second) == (2, 0, 0, 0)
    ours, theirs = await imports.agreement(), await elsewhere.agreement()
    assert ours.id != theirs.id
    assert (ours.organisation_id, theirs.organisation_id) == (ORGANISATION.id, other.id)


async def test_the_same_id_with_other_words_is_refused_whatever_its_place_in_the_file(imports: Importer):
    one = amended(id="works-1", seq=4)
    await imports.bring(proposed(), one)

    moved = await imports.bring(one | {"seq": 700})
    reworded = await imports.bring(one | {"new": "Three wells."})
    within = await imports.bring(amended(id="works-2"), amended(id="works-2", new="Four."), amended(id="works-2"))

    assert counts(moved) == (0, 0, 1, 0)
    assert [(r.line, r.reason) for r in reworded.refused] == [(1, OTHER_CONTENT)]
    assert counts(within) == (1, 0, 1, 1)
    assert (await imports.agreement()).version == 3


async def test_a_longer_version_of_a_file_introduces_its_dataset_again(imports: Importer):
    await imports.bring(HEADER)
    longer = await imports.bring(HEADER | {"as_of": "2033-01-01T00:00:00Z"})

    assert counts(longer) == (1, 0, 0, 0)
    dataset = await imports.ledger.load(ImportedDataset, imported_dataset_id(ORGANISATION.id, "village-works"))
    assert isinstance(dataset, ImportedDataset)
    assert len(dataset.descriptions) == 2


@pytest.mark.parametrize("scopes", [{"all"}, {"import"}])
async def test_a_token_for_imports_may_import(imports: Importer, scopes: set[str]):
    assert counts(await replace(imports, scopes=frozenset(scopes)).bring(proposed())) == (1, 0, 0, 0)


async def test_other_tokens_strangers_and_those_who_left_may_not(imports: Importer):
    with pytest.raises(NotYourAct):
        await replace(imports, scopes=frozenset({"agreements:write"})).bring(proposed())
    with pytest.raises(NotThere):
        await replace(imports, person=UUID(int=404)).bring(proposed())
    gone = Standing(COLLEAGUE, ORGANISATION.id, "member", None, (), False)
    await imports.ledger.record(Command("a" * 64, "a" * 64, None, ORGANISATION.id), Answer(), standings=[gone])
    with pytest.raises(NotThere):
        await replace(imports, person=COLLEAGUE).bring(proposed())
    assert await imports.told() == {}


async def test_readers_are_the_importer_or_the_organisation(imports: Importer):
    with pytest.raises(Invalid) as refusal:
        await imports.bring(proposed(), readers="everybody")
    assert "readers" in refusal.value.errors


async def test_two_imports_of_one_file_side_by_side_bring_each_line_in_once(imports: Importer):
    file = village(25, seed=8)

    reports = await asyncio.gather(*(imports.bring(*file) for _ in range(3)))

    alone = await imports.told()
    for report in reports:
        assert report.refused == []
        counts(report)
    assert sum(r.applied + r.annotated for r in reports) == sum(len(facts) for facts in alone.values())
    lines = [fact["line_id"] for facts in alone.values() for fact in facts]
    assert len(lines) == len(set(lines)) == reports[0].lines


async def test_texts_lie_sealed_in_the_store_and_read_erased_once_the_key_is_gone(imports: Importer):
    await imports.bring(proposed(title="Canary of the square"), update(text="Canary in the shaft"))

    stored = await imports.ledger.log.read_stream(THE_WELL)
    assert not any(b"anary" in r.header + r.body or b"@anna" in r.header + r.body for r in stored)
    await imports.ledger.keyring.destroy(ANNA)
    well = await imports.agreement()
    assert isinstance(well, ImportedAgreement)
    assert [u.text for u in well.updates] == ["[erased]"]
    assert well.head.title == "Canary of the square"
    await imports.ledger.keyring.destroy(THE_WELL)
    assert (await imports.agreement()).state == "drafting"
