"""What a record from elsewhere makes of an agreement: its states, its text at any instant, its annotations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

import pytest

from domain.agreements import imported_events as e
from domain.agreements.imported import (
    ImportedAgreement,
    Said,
    imported_agreement_id,
    imported_person_id,
    imported_term_id,
)
from domain.agreements.imported_events import ImportedFact, NamedParty, StatedField
from domain.base import Act, fold, fold_as_of
from tests.domain.spec import ANNA, ORGANISATION, T0, act, as_of

ID = imported_agreement_id(ORGANISATION, "garden-2031-well")
SCOPE = "section:Scope"


def on(day: float) -> datetime:
    return T0 + timedelta(days=day)


def happened(day: float, by: Any = ANNA) -> Act:
    """Recorded today, long after; it happened on that day."""
    return as_of(act(by, on(5_000)), on(day))


def said(fact: type[ImportedFact], record: str, **content: Any) -> Said:
    common = {
        "external_id": "garden-2031-well",
        "line_id": f"line-{record}-{len(content)}",
        "record": record,
        "at": "2031-01-01T00:00:00Z",
        "said_by": "@anna",
        "rest": "{}",
    }
    return Said(fact, common | content, lambda: '{"everything": true}')


def proposed(title: str = "A well", scope: str = "One well.", **more: Any) -> Said:
    content: dict[str, Any] = {
        "title": title,
        "status": None,
        "parties": (NamedParty("@anna", "debtors"), NamedParty("water team", "creditors")),
        "fields": (StatedField("metadata.Owner", "anna"), StatedField(SCOPE, scope)),
    }
    return said(e.ImportedProposed, "agreement.proposed", **(content | more))


def accepted() -> Said:
    return said(e.ImportedAccepted, "agreement.accepted", status="Accepted")


def ended(word: str) -> Said:
    return said(e.ImportedEnded, f"agreement.{word}", word=word, status=None)


def reopened() -> Said:
    return said(e.ImportedReopened, "agreement.reopened", status="Proposed")


def changed(new: str | None, field: str = SCOPE, old: str | None = None) -> Said:
    return said(
        e.ImportedTermChanged,
        "agreement.term_amended",
        term_id=imported_term_id(ID, field),
        field=field,
        old=old,
        new=new,
    )


def update(text: str = "Half way down.") -> Said:
    return said(e.ImportedUpdateGiven, "update.given", text=text, kind="comment", text_format="markdown")


def heard(*told: tuple[float, Said]) -> ImportedAgreement:
    """What remains of an agreement of which these things were heard, in this order, each about its day."""
    agreement: ImportedAgreement | None = None
    for day, one in told:
        agreement, _ = ImportedAgreement.hear(agreement, happened(day), ID, one)
    assert agreement is not None
    return agreement


def facts_of(agreement: ImportedAgreement) -> list[Any]:
    return list(agreement.collect_events())


def fields(facts: list[Any], day: float) -> dict[str, str | None]:
    """What the document said on a day: what had happened by then, in recorded order."""
    return {str(term.name): term.text for term in fold_as_of(facts, on(day)).terms.values()}


def test_a_proposed_agreement_is_a_draft_with_its_text_and_parties():
    agreement = heard((0, proposed()))

    assert agreement.state == "drafting"
    assert agreement.head.title == "A well"
    assert [(p.name, p.role, p.person_id) for p in agreement.parties] == [
        ("@anna", "debtors", imported_person_id(ORGANISATION, "@anna")),
        ("water team", "creditors", imported_person_id(ORGANISATION, "water team")),
    ]
    assert [(t.kind, t.name, t.text) for t in agreement.terms.values()] == [
        ("section", "metadata.Owner", "anna"),
        ("section", SCOPE, "One well."),
    ]


@pytest.mark.parametrize(
    ("told", "state", "word"),
    [
        ([accepted], "in_force", None),
        *[([lambda w=w: ended(w)], "ended", w) for w in sorted({"rejected", "withdrawn", "superseded", "deferred"})],
        *[([accepted, lambda w=w: ended(w)], "ended", w) for w in ("removed", "orphaned", "fulfilled")],
        ([lambda: ended("removed"), reopened], "drafting", None),
        ([accepted, lambda: ended("removed"), reopened], "in_force", None),
        ([accepted, reopened], "in_force", None),
        ([reopened], "drafting", None),
        ([lambda: ended("orphaned"), accepted], "in_force", None),
        ([lambda: ended("orphaned"), lambda: ended("rejected")], "ended", "rejected"),
        ([accepted, lambda: ended("removed"), proposed], "drafting", None),
    ],
)
def test_the_last_status_record_is_the_state(told: list[Callable[[], Said]], state: str, word: str | None):
    agreement = heard((0, proposed()), *[(n + 1.0, make()) for n, make in enumerate(told)])

    assert (agreement.state, agreement.ended_as) == (state, word)
    assert agreement.annotations == []


def test_something_said_before_anything_proposed_it_is_kept_beside_an_agreement_of_which_nothing_is_known():
    for early in (accepted(), ended("removed"), changed("Two wells."), update(), reopened()):
        agreement, stands = ImportedAgreement.hear(None, happened(0), ID, early)

        assert not stands
        assert agreement.state == "noted"
        assert [(a.why, a.record, a.says) for a in agreement.annotations] == [
            ("not_known_yet", early.content["record"], {"everything": True})
        ]
        assert agreement.versions == []


def test_an_agreement_of_which_something_was_said_before_becomes_a_draft_when_it_is_proposed():
    agreement = heard((5, accepted()), (0, proposed()))

    assert agreement.state == "drafting"
    assert len(agreement.annotations) == 1


@pytest.mark.parametrize(
    "make", [update, lambda: said(e.ImportedProgressReported, "progress.reported", steps=1, of_steps=3)]
)
def test_what_nobody_said_or_what_was_said_after_the_end_stands_beside_the_life_cycle(make: Callable[[], Said]):
    agreement = heard((0, proposed()), (1, accepted()))

    _, by_nobody = ImportedAgreement.hear(agreement, happened(2, by=None), ID, make())
    _, in_force = ImportedAgreement.hear(agreement, happened(2), ID, make())
    ImportedAgreement.hear(agreement, happened(3), ID, ended("fulfilled"))
    _, after_the_end = ImportedAgreement.hear(agreement, happened(4), ID, make())

    assert (by_nobody, in_force, after_the_end) == (False, True, False)
    assert [a.why for a in agreement.annotations] == ["by_nobody", "after_end"]
    assert len(agreement.updates) + len(agreement.progress) == 1


def test_what_happened_before_the_end_stands_though_it_was_recorded_after_it():
    agreement = heard((0, proposed()), (10, ended("removed")), (5, update()))

    assert agreement.annotations == []
    assert [u.effective_at for u in agreement.updates] == [on(5)]


def test_terms_change_in_every_state_and_a_state_by_nobody_stands():
    agreement = heard((0, proposed()), (1, ended("removed")), (2, changed("After the end.")))
    _, stands = ImportedAgreement.hear(agreement, happened(3, by=None), ID, accepted())

    assert stands
    assert {t.name: t.text for t in agreement.terms.values()}[SCOPE] == "After the end."
    assert agreement.state == "in_force"
    assert agreement.annotations == []


def test_all_changes_at_one_time_make_one_version():
    agreement = heard(
        (0, proposed()),
        (2, changed("Two wells.")),
        (2, changed("Bodil", "metadata.Owner")),
        (2, changed("Two wells and a pump.")),
        (3, said(e.ImportedPartiesChanged, "agreement.party_changed", role="debtors", field="owners", old=(), new=())),
        (4, changed(None)),
    )

    assert [(v.number, v.made_at) for v in agreement.versions] == [(1, on(0)), (2, on(2)), (3, on(3)), (4, on(4))]
    second, third, fourth = agreement.versions[1:]
    assert [t.text for t in second.terms.values()] == ["Bodil", "Two wells and a pump."]
    assert [p.name for p in third.head.parties] == ["water team"]
    assert [t.name for t in fourth.terms.values()] == ["metadata.Owner"]
    assert len({v.content_hash for v in agreement.versions}) == 4


def test_a_record_dated_back_changes_the_text_from_its_own_day_on():
    agreement = heard((0, proposed()), (10, changed("Late.")), (5, changed("Between, but recorded last.")))

    facts = facts_of(agreement)
    assert fields(facts, 4)[SCOPE] == "One well."
    assert fields(facts, 5)[SCOPE] == "Between, but recorded last."
    # In recorded order the one dated back comes last, so it is what a reader of day 10 is told.
    assert fields(facts, 10)[SCOPE] == "Between, but recorded last."
    assert [v.made_at for v in agreement.versions] == [on(0), on(5), on(10)]


def test_a_version_says_what_a_question_about_its_instant_is_told():
    agreement = heard(
        (3, proposed()),
        (9, changed("Nine.")),
        (1, changed("One.")),
        (6, proposed(title="A deeper well", scope="Deeper.")),
        (9, changed("Title of nine", "title")),
        (4, changed("Four.", "metadata.Owner")),
        (6, changed(None, "metadata.Owner")),
    )
    facts = facts_of(agreement)

    for version in agreement.versions:
        then = fold_as_of(facts, version.made_at)
        assert version.head == then.head
        assert version.terms == dict(then.terms)
        assert agreement.version_at(version.made_at) == version
    assert agreement.version_at(on(0)) is None


def test_a_document_stated_anew_loses_what_it_no_longer_says():
    agreement = heard((0, proposed()), (1, changed("Extra.", "section:Extra")), (2, proposed(scope="Anew.")))

    facts = facts_of(agreement)
    assert fields(facts, 1) == {"metadata.Owner": "anna", SCOPE: "One well.", "section:Extra": "Extra."}
    assert fields(facts, 2) == {"metadata.Owner": "anna", SCOPE: "Anew."}


def test_any_instant_can_be_asked_also_when_the_first_record_happened_last():
    agreement = heard((9, accepted()), (2, proposed()), (4, changed("Four.")))
    facts = facts_of(agreement)

    assert fold_as_of(facts, on(1)) is None
    assert fields(facts, 2)[SCOPE] == "One well."
    assert fold_as_of(facts, on(5)).state == "drafting"
    assert len(fold_as_of(facts, on(9)).annotations) == 1


def test_folding_its_facts_gives_the_agreement_again():
    agreement = heard(
        (0, proposed()),
        (1, said(e.ImportedRelocated, "agreement.relocated", old="a.md", new="b.md")),
        (
            2,
            said(
                e.ImportedCarriedOver,
                "agreement.carried_over",
                to_id=imported_agreement_id(ORGANISATION, "next"),
                to_external_id="next",
            ),
        ),
        (3, said(e.ImportedAnnotated, "agreement.outcome_reported", why="outcome", rest='{"outcome": "completed"}')),
        (4, update("Done.")),
    )

    again = fold(facts_of(agreement))

    assert again is not None
    assert (again.version, again.state, again.external_id) == (5, "drafting", "garden-2031-well")
    assert again.location == "b.md"
    assert again.carried_to == [(on(2), imported_agreement_id(ORGANISATION, "next"), "next")]
    assert [a.why for a in again.annotations] == ["outcome"]
    assert [(u.id, u.text) for u in again.updates] == [(uuid5(ID, f"line:{again.updates[0].line_id}"), "Done.")]


def test_an_agreement_whose_record_gives_no_title_goes_by_its_own_name_elsewhere():
    assert heard((0, proposed(title=None))).head.title == "garden-2031-well"  # type: ignore[arg-type]
