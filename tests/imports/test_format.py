"""What a line says: read into facts, refused when it cannot be, and written back as it came."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agreements import imported_events as e
from domain.agreements.imported import Said, imported_agreement_id, imported_term_id
from domain.agreements.imported_events import NamedParty, StatedField
from services.imports.format import MOST_LEVELS, Broken, agreement_said, dataset_said, read_line, write_line
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


def written_back(one: dict[str, Any], *, annotated: bool = False) -> dict[str, Any]:
    line = read_line(json.dumps(one).encode())
    if line.of_dataset:
        fact, content = dataset_said(line, "village-works")
        return write_line(fact(**ENVELOPE, **content))
    it = agreement_said(line, ORGANISATION)
    if annotated:
        common = {n: it.content[n] for n in ("external_id", "line_id", "record", "at", "said_by")}
        return write_line(e.ImportedAnnotated(**ENVELOPE, **common, rest=it.everything(), why="after_end"))
    return write_line(it.fact(**ENVELOPE, **it.content))


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
        (json.dumps(record("meeting.held")).encode(), "no kind of record called meeting.held"),
        (json.dumps(record("agreement.removed") | {"at": None}).encode(), "no at"),
        (json.dumps(record("agreement.removed", at="soon")).encode(), "not an instant"),
        (json.dumps(record("agreement.removed", at="2031-02-30T00:00:00Z")).encode(), "not an instant"),
        (json.dumps(record("agreement.removed", at="0001-01-01T00:00:00+09:00")).encode(), "not an instant"),
        (json.dumps(record("agreement.removed", effective_at="TBD")).encode(), "effective_at is not an instant"),
        (json.dumps(record("agreement.removed", agreement_id=None)).encode(), "names no agreement"),
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
    ("one", "deferred"),
    [
        (record("commitment.promised", commitment_id="c"), True),
        (record("commitment.blessed"), True),
        (record("approval.given", commitment_id="c"), True),
        (record("extension.requested", agreement_id=None, commitment_id="c"), True),
        (record("progress.reported", agreement_id=None, commitment_id="c", value=1, max=2), True),
        (record("progress.reported", commitment_id="c", value=1, max=2), False),
        (record("approval.given"), False),
        (record("agreement.accepted", commitment_id="c"), False),
    ],
)
def test_what_speaks_of_a_commitment_is_left_for_a_later_import(one: dict[str, Any], deferred: bool):
    assert read_line(json.dumps(one).encode()).deferred is deferred


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


def test_a_whole_history_is_written_back():
    for one in village(30):
        if not read_line(json.dumps(one).encode()).deferred:
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
)


@given(
    st.sampled_from([one["type"] for one in EVERY_KIND]),
    st.dictionaries(st.sampled_from([*_FIELDS, "actor", "to_agreement_id", "effective_at", "why", "rest"]), _ANYTHING),
)
def test_whatever_a_line_holds_is_refused_or_written_back(kind: str, content: dict[str, Any]):
    one = {"id": "x", "type": kind, "at": "2031-01-01T00:00:00Z", "agreement_id": WELL} | content
    try:
        read_line(json.dumps(one).encode())
    except Broken:
        return

    for annotated in (False, True):
        assert json.dumps(written_back(one, annotated=annotated), sort_keys=True) == json.dumps(one, sort_keys=True)
