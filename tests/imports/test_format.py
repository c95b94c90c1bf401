"""What a line says: read into facts, refused when it cannot be, and written back as it came."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreements import imported_events as e
from domain.agreements.imported import Said, imported_agreement_id, imported_term_id
from domain.agreements.imported_events import NamedParty, StatedField
from domain.commitments import imported_events as c
from domain.commitments.imported import Saying
from services.imports.agreement_lines import agreement_said
from services.imports.commitment_lines import commitment_said
from services.imports.dataset_lines import dataset_said
from services.imports.format import AGREEMENT, COMMITMENT, DATASET, MOST_LEVELS, Broken, read_line
from services.imports.writing import write_line
from tests.imports.invented import HEADER, WELL, amended, proposed, record, update, village

ORGANISATION = UUID(int=77)
ENVELOPE: dict[str, Any] = {
    "originator_id": UUID(int=1),
    "originator_version": 1,
    "timestamp": datetime(2032, 1, 1, tzinfo=UTC),
    "effective_at": datetime(2031, 1, 1, tzinfo=UTC),
    "actor_id": None,
    "organisation_id": ORGANISATION,
    "command_id": "",
    "originator_topic": "",
}


def said(one: dict[str, Any]) -> Said:
    return agreement_said(read_line(json.dumps(one).encode()), ORGANISATION)


def of_a_commitment(one: dict[str, Any]) -> Saying:
    return commitment_said(read_line(json.dumps(one).encode()))


def written_back(one: dict[str, Any], *, annotated: bool = False) -> dict[str, Any]:
    line = read_line(json.dumps(one).encode())
    if line.belongs_to == DATASET:
        fact, content = dataset_said(line, "village-works")
        return write_line(fact(**ENVELOPE, **content))
    it: Said | Saying = commitment_said(line) if line.belongs_to == COMMITMENT else agreement_said(line, ORGANISATION)
    if not annotated:
        return write_line(it.fact(**ENVELOPE, **it.content))
    kept = {
        n: it.content[n] for n in ("external_id", "agreement", "line_id", "record", "at", "said_by") if n in it.content
    }
    beside = c.ImportedCommitmentAnnotated if isinstance(it, Saying) else e.ImportedAnnotated
    return write_line(beside(**ENVELOPE, **kept, rest=it.everything(), why="after_end"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "empty"),
        (b"   ", "empty"),
        (b"{", "not JSON"),
        (b'{"id": "a"', "not JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"7", "not a JSON object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": NaN}', "not JSON"),
        (
            json.dumps(record("agreement.removed", note=...) | {"note": None}).replace("null", "1e999").encode(),
            "number",
        ),
        (json.dumps(record("agreement.removed", id=...)).replace('"id"', '"ident"').encode(), "no id"),
        (json.dumps(record("agreement.removed", id=7)).encode(), "id is not a text"),
        (json.dumps(record("agreement.removed", id=" ")).encode(), "id is blank"),
        (json.dumps(record("agreement.removed") | {"type": None}).encode(), "no type"),
        (json.dumps(record("Agreement Removed")).encode(), "not a word of the format"),
        (json.dumps(record("agreement.removed") | {"at": None}).encode(), "no at"),
        (json.dumps(record("agreement.removed", at="soon")).encode(), "not an instant"),
        (json.dumps(record("agreement.removed", at="2031-02-30T00:00:00Z")).encode(), "not an instant"),
        (json.dumps(record("agreement.removed", at="0001-01-01T00:00:00+09:00")).encode(), "not an instant"),
        (json.dumps(record("agreement.removed", effective_at="TBD")).encode(), "effective_at is not an instant"),
        (json.dumps(record("agreement.removed", agreement_id=None)).encode(), "names neither an agreement"),
        (json.dumps(record("agreement.removed", agreement_id=None, commitment_id="c")).encode(), "names neither"),
        (json.dumps(record("meeting.held", agreement_id=...)).encode(), "names neither"),
        (json.dumps(record("commitment.promised", commitment_id=7)).encode(), "commitment_id is not a text"),
        (json.dumps(record("agreement.removed", agreement_id=["x"])).encode(), "agreement_id is not a text"),
        (json.dumps(record("agreement.removed", actor={"name": "anna"})).encode(), "actor is not a text"),
        (json.dumps(amended(new="a" * 20_001)).encode(), "20,001 characters"),
        (json.dumps(amended(new="a\x00b")).encode(), "NUL"),
        (json.dumps(amended(new="a\ud800b")).encode(), "lone surrogate"),
        (json.dumps(amended() | {"half\udfff": 1}).encode(), "lone surrogate"),
    ],
)
def test_a_broken_line_is_refused_with_what_is_wrong_with_it(line: bytes, reason: str):
    with pytest.raises(Broken, match=reason):
        read_line(line)


def test_a_line_may_be_nested_so_deep_and_no_deeper():
    def nested(levels: int) -> bytes:
        inner = '{"a":' * (levels - 1) + "1" + "}" * (levels - 1)
        return json.dumps(record("agreement.removed")).encode()[:-1] + f', "more": {inner}}}'.encode()

    assert read_line(nested(MOST_LEVELS)).id
    for levels in (MOST_LEVELS + 1, 900):
        with pytest.raises(Broken, match="levels deep"):
            read_line(nested(levels))


def test_twenty_thousand_characters_of_any_kind_fit():
    words = "🪣" * 20_000

    assert said(amended(new=words)).content["new"] == words


@pytest.mark.parametrize(
    ("at", "instant"),
    [
        ("2031-02-01T10:00:00Z", datetime(2031, 2, 1, 10, tzinfo=UTC)),
        ("2031-02-01T10:00:00+02:00", datetime(2031, 2, 1, 8, tzinfo=UTC)),
        ("2031-02-01T10:00:00.250Z", datetime(2031, 2, 1, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2031-02-01T10:00:00", datetime(2031, 2, 1, 10, tzinfo=UTC)),
        ("2031-02-01", datetime(2031, 2, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_utc_and_kept_as_written(at: str, instant: datetime):
    line = read_line(json.dumps(record("agreement.removed", at=at)).encode())

    assert (line.happened_at, line.at) == (instant, at)


def test_what_happened_earlier_than_it_was_written_down_happened_then():
    line = read_line(json.dumps(record("agreement.removed", effective_at="2030-12-24T00:00:00Z")).encode())

    assert line.happened_at == datetime(2030, 12, 24, tzinfo=UTC)


def test_the_same_line_elsewhere_in_a_file_is_the_same_content():
    one, two = (read_line(json.dumps(amended() | {"seq": n}).encode()) for n in (4, 900))
    other = read_line(json.dumps(amended() | {"note": "x"}).encode())

    assert one.content_hash == two.content_hash != other.content_hash


def test_a_proposal_says_title_parties_and_every_field_under_the_name_that_changes_use():
    content = said(
        proposed(
            terms={
                "metadata": {"Owners": "anna", "Budget": 12},
                "sections": {"Scope": "One.", "Scope/Depth": "12 m"},
                "criteria": {"first": "Water comes."},
                "summary": "A well.",
                "empty": None,
            }
        )
    ).content

    assert content["title"] == "A well for the square"
    assert content["fields"] == (
        StatedField("metadata.Owners", "anna"),
        StatedField("metadata.Budget", "12"),
        StatedField("section:Scope", "One."),
        StatedField("section:Scope/Depth", "12 m"),
        StatedField("criteria.first", "Water comes."),
        StatedField("summary", "A well."),
    )
    assert content["parties"] == (
        NamedParty("@anna", "debtors"),
        NamedParty("@bo", "debtors"),
        NamedParty("water", "creditors"),
        NamedParty("@cai", "champions", "water"),
    )


def test_a_change_names_the_term_that_its_field_is_everywhere():
    content = said(amended("status", old="Proposed", new="Accepted")).content

    assert content["term_id"] == imported_term_id(imported_agreement_id(ORGANISATION, WELL), "status")
    assert (content["field"], content["old"], content["new"]) == ("status", "Proposed", "Accepted")


@pytest.mark.parametrize(
    "one",
    [
        amended(new=..., new_absent=True),
        amended(new=None),
    ],
)
def test_a_field_without_new_text_is_taken_away(one: dict[str, Any]):
    assert said(one).content["new"] is None


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (record("agreement.outcome_reported", outcome="completed", raw="Done!"), "outcome"),
        (record("agreement.blessed"), "other_type"),
        (record("update.corrected", text="x"), "other_type"),
        (record("approval.given"), "other_type"),
        (record("extension.decided", decision="Approved"), "other_type"),
        (record("meeting.held", place="square"), "other_type"),
        (record("commitment.promised", debtors=["@anna"]), "incomplete"),
        (record("agreement.term_amended", new="x"), "incomplete"),
        (record("agreement.party_changed", new=["@bo"]), "incomplete"),
        (record("agreement.carried_over"), "incomplete"),
        (record("update.given", text=None), "incomplete"),
        (record("progress.reported", value="many", max=7), "incomplete"),
        (record("progress.reported", value=True, max=7), "incomplete"),
        (record("progress.reported", value=1.5, max=7), "incomplete"),
    ],
)
def test_what_the_life_cycle_cannot_hold_is_an_annotation_with_all_its_words(one: dict[str, Any], why: str):
    it = said(one)

    assert (it.fact, it.content["why"]) == (e.ImportedAnnotated, why)
    assert written_back(one) == one


@pytest.mark.parametrize(
    ("one", "belongs_to"),
    [
        (HEADER, DATASET),
        (record("reference.holiday", commitment_id="c"), DATASET),
        (record("commitment.promised", commitment_id="c"), COMMITMENT),
        (record("commitment.promised", commitment_id="c", agreement_id=...), COMMITMENT),
        (record("commitment.blessed"), AGREEMENT),
        (record("approval.given", commitment_id="c"), COMMITMENT),
        (record("extension.requested", agreement_id=None, commitment_id="c"), COMMITMENT),
        (record("meeting.held", commitment_id="c"), COMMITMENT),
        (record("meeting.held", commitment_id=" "), AGREEMENT),
        (record("progress.reported", agreement_id=None, commitment_id="c", value=1, max=2), COMMITMENT),
        (record("progress.reported", commitment_id="c", value=1, max=2), AGREEMENT),
        (record("approval.given"), AGREEMENT),
        (record("agreement.accepted", commitment_id="c"), AGREEMENT),
    ],
)
def test_a_line_belongs_to_what_it_speaks_of(one: dict[str, Any], belongs_to: str):
    assert read_line(json.dumps(one).encode()).belongs_to == belongs_to


def promise(kind: str, /, **fields: Any) -> dict[str, Any]:
    return record(kind, **({"commitment_id": f"{WELL}/t01"} | fields))


DUE = {"due_at": "2031-12-31T23:59:59Z", "due_basis": "stated", "raw": "end of 2031"}
EVERY_KIND_OF_A_COMMITMENT = [
    promise(
        "commitment.proposed",
        text="Dig.",
        level="task",
        kind="milestone",
        section="Plan",
        notes="by hand",
        debtors=["@anna", "digger"],
        creditors=["water"],
        due=DUE | {"precision": "day", "release": "31.4"},
        support_level="large",
        help_wanted=True,
        flags=["new"],
    ),
    promise("commitment.proposed", agreement_id=..., text="", debtors=[], creditors=None, due=None),
    promise("commitment.requested", debtors="@anna", creditors={"water": ["@cai"]}, due="TBD", text=["a"]),
    *[promise("commitment.requested", due=due) for due in ({}, {"raw": "x.y"}, {"due_at": None, "raw": ""}, 7, "")],
    promise("commitment.requested", due=DUE | {"schedule_then": [1]}),
    promise("commitment.promised", debtors=["@anna"], inferred=True, rule="G5"),
    promise("commitment.promised"),
    promise("commitment.amended", changes=[{"field": "text", "old": "Dig.", "new": "Dig deep."}, {"field": "sec"}]),
    promise("commitment.amended", changes=[{"field": "help", "new": True}, "x", {"new": "y"}, {"field": 3}]),
    promise("commitment.amended", field="notes", old_absent=True, new="with a spade"),
    promise("commitment.amended", field="notes", new="with a spade", changes=[{"field": "text", "new": "x"}]),
    promise("commitment.amended", changes={"text": "x"}),
    promise("commitment.amended", changes=[]),
    promise("commitment.reassigned", old=["@anna"], new=["@bo", "roads"]),
    promise("commitment.reassigned", old_absent=True, new="@bo"),
    promise("commitment.due_date_renegotiated", old=DUE, new=DUE | {"raw": "later"}, timing="before-due"),
    promise("commitment.due_date_renegotiated", old=DUE, new_absent=True),
    promise("commitment.due_date_renegotiated", old="31.4", new="31.5"),
    promise("commitment.due_date_withdrawn", old=DUE, new_absent=True),
    promise("commitment.delivered", evidence={"kind": "badge"}),
    promise("commitment.delivery_claimed", actor=None),
    promise("commitment.confirmed", actor=...),
    promise("commitment.delivery_confirmed"),
    promise("commitment.not_delivered", evidence={"raw": "Will not complete"}),
    promise("commitment.cancelled", reason="row removed", last_text="Dig."),
    promise("commitment.reopened", note="the mark was taken away"),
    promise("approval.given", approver="@cai"),
    promise("approval.approver_changed", old=["@cai"], new="@di"),
    promise("extension.requested", due=DUE, reason="rain"),
    promise("extension.decided", decision="Approved", new={"due_at": "2032-01-31"}),
    promise("update.given", agreement_id=..., text="Half way down.", kind="comment", text_format="markdown"),
    promise("progress.reported", agreement_id=..., value=3, max=7),
    promise("meeting.held", place="square"),
    promise("commitment.promised", commitment_id="Brücke ü/t1", agreement_id="Bru\u0308cke", debtors=["@a\u0308"]),
]


@pytest.mark.parametrize("one", EVERY_KIND_OF_A_COMMITMENT)
def test_every_line_of_a_commitment_is_written_back_as_it_came(one: dict[str, Any]):
    assert written_back(one | {"seq": 3}) == written_back(one | {"seq": 3}, annotated=True) == one


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (promise("commitment.not_delivered"), "not_delivered"),
        (promise("commitment.blessed"), "other_type"),
        (promise("meeting.held"), "other_type"),
        (promise("commitment.amended"), "incomplete"),
        (promise("commitment.amended", changes="text"), "incomplete"),
        (promise("update.given", agreement_id=...), "incomplete"),
        (promise("progress.reported", agreement_id=..., value="some", max=7), "incomplete"),
    ],
)
def test_what_the_life_of_a_commitment_cannot_hold_is_an_annotation(one: dict[str, Any], why: str):
    it = of_a_commitment(one)

    assert (it.fact, it.content["why"]) == (c.ImportedCommitmentAnnotated, why)


@pytest.mark.parametrize(
    ("due", "on"),
    [
        (DUE, date(2031, 12, 31)),
        ({"due_at": "2031-12-31"}, date(2031, 12, 31)),
        ({"due_at": "2031-12-31T23:30:00-02:00"}, date(2032, 1, 1)),
        ("2031-12-31", date(2031, 12, 31)),
        ({"due_at": None, "raw": "TBD"}, None),
        ({"due_at": "TBD"}, None),
        ({"due_at": ""}, None),
        ({"due_at": "x.y"}, None),
        ({"due_at": "0001-01-01T00:00:00+09:00"}, None),
        ({"due_at": 2031}, None),
    ],
)
def test_a_due_date_is_a_day_or_words_that_are_none(due: Any, on: date | None):
    stated = of_a_commitment(promise("commitment.requested", due=due)).content["due"]

    assert stated.on == on


@pytest.mark.parametrize("due", [None, "", {}, [], 7])
def test_nothing_in_the_place_of_a_due_date_is_none(due: Any):
    assert of_a_commitment(promise("commitment.requested", due=due)).content["due"] is None


EVERY_KIND = [
    HEADER,
    record("reference.slate_accepted", agreement_id=..., period="2031"),
    record("reference.slate_accepted", agreement_id=WELL),
    proposed(),
    proposed(parties=None, terms=None, status=None, title=""),
    proposed(parties={"debtors": [], "creditors": "water", "champions": {"water": [], "roads": "@di"}, "x": [1, "@e"]}),
    proposed(terms={"metadata": {}, "sections": {"": "", "A": None}, "metadata.A": "x", "b": ["c"], "b.d": "e"}),
    proposed(terms=["first", "second"]),
    *[record(f"agreement.{w}", status=s) for w in ("accepted", "rejected", "removed", "reopened") for s in ("X", None)],
    amended(),
    amended(old=..., old_absent=True),
    amended(new=..., new_absent=True),
    amended(new=["a", {"b": 1}]),
    amended("title", new="A deeper well"),
    record("agreement.term_stated", field="section:New", new="New."),
    record("agreement.party_changed", field="owners", role="debtors", old=["@a"], new=["@b", "@c"]),
    record("agreement.party_changed", field="owners", role="debtors", old=[], old_absent=True, new=["@b"]),
    record("agreement.party_changed", field="owners", new=["@b"]),
    record("agreement.party_changed", role="champions", field="c", old={"a": ["@b"]}, new={}),
    record("agreement.relocated", old="a.md", new="b.md"),
    record("agreement.carried_over", to_agreement_id="works-2032-well", basis=["same title"]),
    update(),
    update(actor=None),
    update(actor=...),
    update(actor="", text=""),
    record("progress.reported", value=0, max=37),
    record("progress.reported", value=2**70, max=2**70),
    record("agreement.removed", agreement_id="Brücke/2031 ü", actor="@ängström"),
]


@pytest.mark.parametrize("one", EVERY_KIND)
def test_every_line_is_written_back_as_it_came_but_for_its_place(one: dict[str, Any]):
    wanted = {name: value for name, value in one.items() if name != "seq"}

    assert written_back(one | {"seq": 17}) == wanted
    if not one["type"].startswith(("dataset.", "reference.")):
        assert written_back(one | {"seq": 17}, annotated=True) == wanted


def test_the_order_in_which_a_line_names_things_is_kept():
    one = proposed(parties={"zoo": ["@b", "@a"], "debtors": [], "ape": {"z": ["@c"], "a": ["@d"]}}, z={"b": 1, "a": 2})
    back = written_back(one)

    assert json.dumps([back["parties"], back["z"]]) == json.dumps([one["parties"], one["z"]])


def test_a_whole_history_is_written_back():
    for one in village(30):
        assert written_back(one) == {name: value for name, value in one.items() if name != "seq"}


_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=8)
    | st.sampled_from(["@anna", "metadata", "section:A", "2031-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["sections", "a", "a.b", ""]), inner),
    max_leaves=8,
)
_FIELDS = (
    "title",
    "status",
    "parties",
    "terms",
    "field",
    "role",
    "old",
    "new",
    "text",
    "kind",
    "value",
    "max",
    "source",
    "due",
    "debtors",
    "changes",
    "decision",
)


@given(
    st.sampled_from(sorted({one["type"] for one in [*EVERY_KIND, *EVERY_KIND_OF_A_COMMITMENT]})),
    st.sampled_from([{"agreement_id": WELL}, {"commitment_id": "c"}, {"agreement_id": WELL, "commitment_id": "c"}]),
    st.dictionaries(st.sampled_from([*_FIELDS, "actor", "to_agreement_id", "effective_at", "why", "rest"]), _ANYTHING),
)
def test_whatever_a_line_holds_is_refused_or_written_back(kind: str, of: dict[str, str], content: dict[str, Any]):
    one = {"id": "x", "type": kind, "at": "2031-01-01T00:00:00Z"} | of | content
    try:
        read_line(json.dumps(one).encode())
    except Broken:
        return

    for annotated in (False, True):
        assert json.dumps(written_back(one, annotated=annotated), sort_keys=True) == json.dumps(one, sort_keys=True)
