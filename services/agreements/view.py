"""How an agreement is shown, to a party, a contributor, somebody granted its versions, and a steward."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.deciding import LAPSES_AFTER
from domain.agreements.state import Comment, Consent, Heard, Motion, Notice, Proposal, Review, TermRecord, Version
from domain.agreements.terms import Head, Term, in_reading_order, plain
from domain.base import Act
from domain.refusals import NotThere
from services.agreements.actions import allowed_actions, allowed_to_steward
from services.agreements.reading import Reading

Said = TypeVar("Said", Comment, Heard)

QUESTIONS = {
    "work_for_both": "How can we make this work for both of us?",
    "how_to_update": "How would you prefer to update me on your progress?",
    "hopes_and_worries": "What do you hope for, and what worries you?",
}


def show(reading: Reading, zone: ZoneInfo, *, version: int | None = None) -> dict[str, Any]:
    """The agreement as JSON-ready values, cut to what this viewer may see.

    `terms` and `head` are those in force (of `version`, when one is asked for); the proposal's are
    under `proposal`, exactly as its content hash is taken over them: the SHA-256 of the RFC 8785
    form of {"head": proposal.head, "terms": proposal.terms sorted by id}.
    """
    agreement = reading.agreement
    if agreement is None:
        raise NotThere
    act = Act(reading.viewer, reading.instant, agreement.organisation_id, "", zone)
    if reading.sight == "steward":
        return withheld_card(agreement, act)
    today = act.today
    holding = _version(agreement, version) if version is not None else agreement.version_held(today, zone)
    if holding is None and reading.sight in ("joining", "grant"):
        raise NotThere("Nothing had been agreed yet at that time.")
    if holding is not None and not reading.reads_version(holding.number, zone):
        raise NotThere(f"Version {holding.number} is not for this viewer.")
    shown = _common(agreement, holding)
    if not _sees_text(agreement, reading.viewer):
        # Before the share: title, use, parties and prompts, which they may answer at once.
        shown["head"] = {k: v for k, v in plain(agreement.head).items() if k in ("title", "use", "parties")}
        shown["prompts"] = _prompts(reading, agreement)
        shown["allowed_actions"] = allowed_actions(agreement, act)
        return shown
    shown["head"] = plain(holding.head if holding else agreement.head)
    shown["terms"] = _terms(agreement, holding.terms) if holding else []
    if reading.sight in ("grant", "glass"):
        own = [c for c in agreement.comments.values() if c.by is not None and c.by == reading.words_of]
        return shown | {"comments": [_comment(c) for c in own], "allowed_actions": []}
    upcoming = agreement.upcoming(today)
    if upcoming is not None and version is None:
        shown["upcoming"] = show_version(upcoming)
    shown |= {
        "proposal": _proposal(agreement) if agreement.proposal is not None else None,
        "comments": [_comment(c) for c in _shown_to(agreement, reading.viewer, agreement.comments)],
        "term_records": _term_records(agreement, reading.viewer),
        "heard": [_heard(h) for h in _shown_to(agreement, reading.viewer, agreement.heards)],
        "prompts": _prompts(reading, agreement, own_only=True),
        "allowed_actions": allowed_actions(agreement, act),
    }
    if reading.sight == "contributor":
        return shown
    if reading.sight == "joining":
        return shown | _since_asked_in(reading, agreement, shown)
    shown |= {
        "prompts": _prompts(reading, agreement),
        "motions": [_motion(m) for m in agreement.motions.values()],
        "reviews": [_review(r, reading.viewer) for r in agreement.reviews.values()],
        "notice": _notice(agreement.notice),
        "leaving": [_notice(n) for n in agreement.leaving.values()],
        "paused_until": _iso(agreement.paused_until),
        "contributors": [str(p) for p in agreement.contributors],
        "grants": [{"person_id": str(p), "by": str(by), "at": at(t)} for p, (by, t) in agreement.grants.items()],
        "break_glass": [
            {"by": str(g.by), "at": at(g.at), "until": at(g.until_at), "reason": g.reason} for g in agreement.glass
        ],
        "former_parties": [{"person_id": str(p), "left_at": at(t)} for p, t in agreement.left.items()],
        "ended_at": _instant(agreement.ended_at),
        "end_cause": agreement.end_cause,
        "carried_from": _id(agreement.carried_from) if reading.viewer == agreement.opened_by else None,
        "ends_on": _iso(_last_day(agreement, holding)),
    }
    return shown


def _since_asked_in(reading: Reading, agreement: AccountabilityAgreement, shown: Mapping[str, Any]) -> dict[str, Any]:
    """What differs for whom an open amendment would bring in: what the others said before it is theirs."""
    asked = reading.today.proposal if reading.today is not None else None
    if asked is None or agreement.proposal is None or agreement.proposal.opened_at != asked.opened_at:
        return {"proposal": None, "comments": [], "heard": [], "term_records": {}}
    terms = {str(t) for t in (*agreement.versions[-1].terms, *agreement.proposal.terms)}
    return {
        "comments": [_comment(c) for c in agreement.comments.values() if c.at >= asked.opened_at],
        "heard": [_heard(h) for h in agreement.heards.values() if h.at >= asked.opened_at],
        "term_records": {t: record for t, record in shown["term_records"].items() if t in terms},
    }


def withheld_card(agreement: AccountabilityAgreement, act: Act) -> dict[str, Any]:
    """What a steward sees: that it exists, between whom, in which state; never what it says."""
    return {
        "id": str(agreement.id),
        "state": agreement.state,
        "parties": [plain(p) for p in agreement.parties],
        "next_review_on": _iso(agreement.next_review_on),
        "withheld": True,
        "allowed_actions": allowed_to_steward(agreement, act),
    }


def show_version(version: Version) -> dict[str, Any]:
    """One agreed text with who consented to which hash when."""
    return {
        "version": version.number,
        "head": plain(version.head),
        "terms": [plain(t) for t in in_reading_order(version.terms)],
        "takes_effect_on": version.takes_effect_on.isoformat(),
        "made_at": at(version.made_at),
        "content_hash": version.content_hash,
        "consents": [
            {"person_id": str(c.person_id), "revision": c.revision, "content_hash": c.content_hash, "at": at(c.at)}
            for c in version.consents
        ],
        "opened_by": _id(version.opened_by),
        "reason": version.reason,
        "clerical": version.clerical,
    }


def at(instant: datetime) -> str:
    """An instant in RFC 3339, UTC, with `Z`."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _common(agreement: AccountabilityAgreement, holding: Version | None) -> dict[str, Any]:
    return {
        "id": str(agreement.id),
        "imported": False,
        "state": agreement.state,
        "title": (holding.head if holding else agreement.head).title,
        "use": (holding.head if holding else agreement.head).use,
        "parties": [plain(p) for p in agreement.parties],
        "opened_by": _id(agreement.opened_by),
        "opened_at": at(agreement.created_on),
        "shared": agreement.shared,
        "version": holding.number if holding else None,
        "versions": len(agreement.versions),
        "next_review_on": _iso(agreement.next_review_on),
        "head": None,
        "terms": [],
        "upcoming": None,
        "proposal": None,
        "prompts": [],
        "motions": [],
    }


def _last_day(agreement: AccountabilityAgreement, holding: Version | None) -> date | None:
    """The last day as far as it is known: by notice, or by the text itself, whichever comes first."""
    days = (agreement.notice.ends_on if agreement.notice else None, holding.head.ends_on if holding else None)
    return min((day for day in days if day is not None), default=None)


def _shown_to(agreement: AccountabilityAgreement, viewer: UUID, said: Mapping[UUID, Said]) -> list[Said]:
    return [one for id, one in said.items() if agreement.is_shown_to(viewer, id)]


def _version(agreement: AccountabilityAgreement, number: int) -> Version:
    if not 1 <= number <= len(agreement.versions):
        raise NotThere(f"This agreement has no version {number}.")
    return agreement.versions[number - 1]


def _sees_text(agreement: AccountabilityAgreement, viewer: UUID) -> bool:
    return agreement.shared or viewer == agreement.opened_by


def _terms(agreement: AccountabilityAgreement, terms: Mapping[UUID, Term]) -> list[dict[str, Any]]:
    shown = []
    for term in in_reading_order(terms):
        # A term whose every debtor has left stopped that day; it stays in its version's text.
        shown.append(plain(term) | ({"stopped": True} if agreement.stopped_for(term) else {}))
    return shown


def _proposal(agreement: AccountabilityAgreement) -> dict[str, Any]:
    proposal: Proposal = agreement.proposal  # type: ignore[assignment]
    return {
        "number": proposal.number,
        "revision": proposal.revision,
        "content_hash": proposal.content_hash,
        "opened_by": _id(proposal.opened_by),
        "opened_at": at(proposal.opened_at),
        "reason": proposal.reason,
        "clerical": proposal.clerical,
        "head": plain(proposal.head),
        "terms": [plain(t) for t in in_reading_order(proposal.terms)],
        "consents": [_consent(c) for c in proposal.consents.values()],
        "voided": [_consent(c) for c in proposal.voided.values()],
        "changes": [
            {
                "revision": c.revision,
                "by": _id(c.by),
                "at": at(c.at),
                "what": c.what.replace(" ", "_"),
                "term_id": _id(c.term_id),
                "reason": c.reason,
            }
            for c in proposal.changes
        ],
        "waiting_on": [str(p) for p in agreement.waiting_on()],
        "owing_nothing": [str(p) for p in agreement.still_owing(proposal.head, proposal.terms.values())],
        "changes_asked": [{"by": str(a.by), "at": at(a.at), "note": a.note} for a in proposal.asked],
    }


def _consent(consent: Consent) -> dict[str, Any]:
    return {"person_id": str(consent.person_id), "revision": consent.revision, "at": at(consent.at)}


def _prompts(reading: Reading, agreement: AccountabilityAgreement, *, own_only: bool = False) -> list[dict[str, Any]]:
    viewer, today = reading.viewer, reading.today or agreement
    shown = []
    for key in agreement.prompts:
        answers = agreement.prompt_answers.get(key, {})
        asked = agreement.asked_of(key)
        shown.append(
            {
                "key": key,
                "question": QUESTIONS.get(key, key),
                "asked_of": [str(p) for p in asked],
                "waits_for_me": viewer in asked and viewer not in answers,
                "answers": [
                    {"person_id": str(p), "text": a.text, "at": at(a.at), "shown": agreement.answer_shown(key, p)}
                    for p, a in answers.items()
                    # Shown at that time, and to be read by this viewer today.
                    if p == viewer
                    or (
                        not own_only
                        and agreement.answer_shown_to(key, p, viewer)
                        and today.answer_shown_to(key, p, viewer)
                    )
                ],
            }
        )
    return shown


def _comment(comment: Comment) -> dict[str, Any]:
    return {
        "id": str(comment.id),
        "term_id": str(comment.term_id),
        "by": _id(comment.by),
        "at": at(comment.at),
        "text": None if comment.withdrawn else comment.text,
        "corrected_at": _instant(comment.corrected_at),
        "withdrawn": comment.withdrawn,
    }


def _term_records(agreement: AccountabilityAgreement, viewer: UUID) -> dict[str, Any]:
    return {
        str(term_id): _term_record(agreement, viewer, record)
        for term_id, record in agreement.records.items()
        if agreement.is_shown_to(viewer, term_id)
    }


def _term_record(agreement: AccountabilityAgreement, viewer: UUID, record: TermRecord) -> dict[str, Any]:
    added_at, changed_at_version = record.added_at, record.changed_at_version
    if viewer != agreement.opened_by and agreement.shared_at is not None:
        # To all others the text begins at the share.
        added_at = max(added_at, agreement.shared_at)
        changed_at_version = max(changed_at_version, agreement.shared_at_version)
    return {
        "added_by": _id(record.added_by),
        "added_at": at(added_at),
        "authors": [str(p) for p in record.authors],
        "changed_at_version": changed_at_version,
    }


def _heard(heard: Heard) -> dict[str, Any]:
    return {
        "id": str(heard.id),
        "by": _id(heard.by),
        "at": at(heard.at),
        "term_id": _id(heard.term_id),
        "text": heard.text,
        "right_by": _ids(heard.right_by),
    }


def _motion(motion: Motion) -> dict[str, Any]:
    return {
        "id": str(motion.id),
        "kind": motion.kind,
        "by": str(motion.by),
        "at": at(motion.at),
        "until": _iso(motion.until),
        "person_id": _id(motion.person_id),
        "reason": motion.reason,
        "agreed": _ids(motion.agreed),
        "state": motion.state,
        "lapses_at": at(motion.at + LAPSES_AFTER),
    }


def _review(review: Review, viewer: UUID) -> dict[str, Any]:
    concluded = review.concluded_at is not None
    return {
        "id": str(review.id),
        "opened_by": _id(review.opened_by),
        "opened_at": at(review.at),
        "concluded_at": _instant(review.concluded_at),
        "outcome": review.outcome,
        "next_review_on": _iso(review.next_review_on),
        "waits_for_me": not concluded and viewer not in review.answers,
        "answers": [
            {
                "person_id": str(p),
                "at": at(review.answered_at[p]),
                "what_works": a.what_works,
                "what_to_change": a.what_to_change,
                "fits": a.fits,
                "outcome": a.outcome,
                "entrust_next": a.entrust_next,
                "next_review_on": _iso(a.next_review_on),
            }
            for p, a in review.answers.items()
            if concluded or p == viewer
        ],
    }


def _notice(notice: Notice | None) -> dict[str, Any] | None:
    if notice is None:
        return None
    return {
        "by": _id(notice.by),
        "at": at(notice.at),
        "ends_on": notice.ends_on.isoformat(),
        "reason": notice.reason,
        "cause": notice.cause,
    }


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _ids(values: Iterable[UUID]) -> list[str]:
    return [str(v) for v in values]


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _instant(value: datetime | None) -> str | None:
    return None if value is None else at(value)


__all__ = ["Head", "at", "show", "show_version", "withheld_card"]
