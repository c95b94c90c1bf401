"""What can happen to an accountability agreement: every fact, with whose key seals its words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from domain.agreements.terms import Party, Term, Words
from domain.base import Fact, FirstFact
from domain.cadence import Cadence

ERASED = "[erased]"
_NO_WORDS = Words(topic=ERASED, text=ERASED)


class AgreementOpened(FirstFact):
    """A party began a draft; the others see title, use, parties and prompts."""

    TOPIC = "concord.agreement.opened"
    SEALED: ClassVar[dict[str, str]] = {"title": "actor", "purpose_text": "actor"}

    title: str
    purpose_text: str
    use: str
    parties: tuple[Party, ...]
    effective_on: date | None
    ends_on: date | None
    notice_period: str
    review_every: str
    prompts: tuple[str, ...]
    carried_from: UUID | None


class AgreementShared(Fact):
    """The opener showed the draft to the other parties; from here on the text is common."""

    TOPIC = "concord.agreement.shared"


class HeadChanged(Fact):
    """Fields of the head were changed; None means untouched, `cleared` names those taken away."""

    TOPIC = "concord.agreement.head_changed"
    SEALED: ClassVar[dict[str, str]] = {"title": "actor", "purpose_text": "actor", "reason": "actor", "heard": "actor"}
    ERASED: ClassVar[dict[str, Any]] = {"title": None, "purpose_text": None}

    title: str | None
    purpose_text: str | None
    use: str | None
    parties: tuple[Party, ...] | None
    effective_on: date | None
    ends_on: date | None
    notice_period: str | None
    review_every: str | None
    cleared: tuple[str, ...]
    reason: str | None
    heard_id: UUID | None
    heard: str | None


class TermAdded(Fact):
    """A term came into the proposal."""

    TOPIC = "concord.agreement.term_added"
    SEALED: ClassVar[dict[str, str]] = {"words": "actor", "heard": "actor"}
    ERASED: ClassVar[dict[str, Any]] = {"words": _NO_WORDS}

    term_id: UUID
    kind: str
    owed_by: tuple[UUID, ...]
    cadence: Cadence | None
    grace: str | None
    within: str | None
    decides: tuple[UUID, ...] | None
    consulted: tuple[UUID, ...] | None
    set_by: UUID | None
    words: Words
    carried_from_term: bool
    heard_id: UUID | None
    heard: str | None


class TermRevised(Fact):
    """A term was changed; None means untouched, `cleared` names the fields taken away."""

    TOPIC = "concord.agreement.term_revised"
    SEALED: ClassVar[dict[str, str]] = {"words": "actor", "reason": "actor", "heard": "actor"}
    ERASED: ClassVar[dict[str, Any]] = {"words": _NO_WORDS}

    term_id: UUID
    owed_by: tuple[UUID, ...] | None
    cadence: Cadence | None
    grace: str | None
    within: str | None
    decides: tuple[UUID, ...] | None
    consulted: tuple[UUID, ...] | None
    words: Words
    cleared: tuple[str, ...]
    reason: str | None
    heard_id: UUID | None
    heard: str | None


class TermRemoved(Fact):
    """A term left the proposal."""

    TOPIC = "concord.agreement.term_removed"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    term_id: UUID
    reason: str | None


class HeardRight(Fact):
    """Somebody said of what another heard them say: yes, that is it."""

    TOPIC = "concord.agreement.heard_right"

    heard_id: UUID


class Commented(Fact):
    """A comment on a term."""

    TOPIC = "concord.agreement.commented"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    comment_id: UUID
    term_id: UUID
    text: str


class CommentCorrected(Fact):
    """The author put a comment right; the old text stays in the history."""

    TOPIC = "concord.agreement.comment_corrected"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    comment_id: UUID
    text: str


class CommentWithdrawn(Fact):
    """The author took a comment back."""

    TOPIC = "concord.agreement.comment_withdrawn"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    comment_id: UUID
    reason: str | None


class PromptAnswered(Fact):
    """Somebody answered (or revised their answer to) an opening question; `show_now` shows it at once."""

    TOPIC = "concord.agreement.prompt_answered"
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    key: str
    text: str
    show_now: bool


class ConsentGiven(Fact):
    """A party consented to one revision with one content hash."""

    TOPIC = "concord.agreement.consent_given"

    revision: int
    content_hash: str


class ConsentWithdrawn(Fact):
    """A party took back their own consent."""

    TOPIC = "concord.agreement.consent_withdrawn"


class ChangesAsked(Fact):
    """A party asked for changes before consenting."""

    TOPIC = "concord.agreement.changes_asked"
    SEALED: ClassVar[dict[str, str]] = {"note": "actor"}

    note: str


class VersionMade(Fact):
    """All parties consented: the text became version `number`, sealed jointly."""

    TOPIC = "concord.agreement.version_made"
    SEALED: ClassVar[dict[str, str]] = {"title": "stream", "purpose_text": "stream", "terms": "stream"}

    number: int
    content_hash: str
    takes_effect_on: date
    title: str
    purpose_text: str
    use: str
    parties: tuple[Party, ...]
    effective_on: date | None
    ends_on: date | None
    notice_period: str
    review_every: str
    terms: tuple[Term, ...]


class AgreementAbandoned(Fact):
    """The draft was given up; `cause` is `party` or `party_left`."""

    TOPIC = "concord.agreement.abandoned"

    cause: str


class AmendmentOpened(Fact):
    """A party opened a new proposal on the version in force."""

    TOPIC = "concord.agreement.amendment_opened"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str
    clerical: bool


class AmendmentRetracted(Fact):
    """Its opener took the amendment back."""

    TOPIC = "concord.agreement.amendment_retracted"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str | None


class AmendmentDeclined(Fact):
    """Another party declined the amendment."""

    TOPIC = "concord.agreement.amendment_declined"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    reason: str | None


class ReviewOpened(Fact):
    """A party opened a review of how the agreement works."""

    TOPIC = "concord.agreement.review_opened"

    review_id: UUID


class ReviewAnswered(Fact):
    """A party answered the review, or revised their answer; fits are 1..5 by term id."""

    TOPIC = "concord.agreement.review_answered"
    SEALED: ClassVar[dict[str, str]] = {"what_works": "actor", "what_to_change": "actor", "entrust_next": "actor"}

    review_id: UUID
    what_works: str
    what_to_change: str
    fits: dict[str, int]
    outcome: str
    entrust_next: str | None
    next_review_on: date | None


class ReviewAnswerWithdrawn(Fact):
    """The author took their review answer back."""

    TOPIC = "concord.agreement.review_answer_withdrawn"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    review_id: UUID
    reason: str | None


class ReviewConcluded(Fact):
    """All answers are in, or 14 days passed: the answers are shown and the next date is set."""

    TOPIC = "concord.agreement.review_concluded"

    review_id: UUID
    outcome: str
    next_review_on: date


class MotionProposed(Fact):
    """A party proposed something that is not text: `pause`, `end` or `invite_contributor`."""

    TOPIC = "concord.agreement.motion_proposed"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    motion_id: UUID
    kind: str
    until: date | None
    person_id: UUID | None
    reason: str | None


class MotionAgreed(Fact):
    """Another party agreed to a motion."""

    TOPIC = "concord.agreement.motion_agreed"

    motion_id: UUID


class MotionRefused(Fact):
    """Another party refused a motion, which ends it."""

    TOPIC = "concord.agreement.motion_refused"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    motion_id: UUID
    reason: str | None


class MotionRetracted(Fact):
    """Its proposer took the motion back."""

    TOPIC = "concord.agreement.motion_retracted"

    motion_id: UUID


class MotionLapsed(Fact):
    """Nobody decided within 14 days, or the state no longer fits: the motion is over."""

    TOPIC = "concord.agreement.motion_lapsed"

    motion_id: UUID


class AgreementPaused(Fact):
    """All agreed to a pause until the end of a day."""

    TOPIC = "concord.agreement.paused"

    until: date
    motion_id: UUID


class AgreementResumed(Fact):
    """The pause is over; `cause` is `date` or `party`."""

    TOPIC = "concord.agreement.resumed"

    cause: str


class ContributorInvited(Fact):
    """All agreed that somebody reads and comments."""

    TOPIC = "concord.agreement.contributor_invited"

    person_id: UUID
    motion_id: UUID


class ContributorDismissed(Fact):
    """A party dismissed a contributor."""

    TOPIC = "concord.agreement.contributor_dismissed"

    person_id: UUID


class NoticeGiven(Fact):
    """A party gave notice: with two parties the agreement ends on that last day, with more their part does."""

    TOPIC = "concord.agreement.notice_given"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    ends_on: date
    reason: str | None


class NoticeRescinded(Fact):
    """The giver took the notice back."""

    TOPIC = "concord.agreement.notice_rescinded"


class PartLeft(Fact):
    """One of several parties is out; their terms stop. `cause` is `notice`, `organisation` or `amendment`."""

    TOPIC = "concord.agreement.part_left"

    person_id: UUID
    cause: str


class LeaderChanged(Fact):
    """The report's leader changed: the agreement ends on `ends_on` unless the change is taken back."""

    TOPIC = "concord.agreement.leader_changed"

    report_id: UUID
    old_leader_id: UUID
    new_leader_id: UUID | None
    ends_on: date


class LeaderChangeTakenBack(Fact):
    """The change of leader was a mistake and was undone in time."""

    TOPIC = "concord.agreement.leader_change_taken_back"

    report_id: UUID


class EndAnnounced(Fact):
    """All parties were told that `ends_on` is so many days away."""

    TOPIC = "concord.agreement.end_announced"

    ends_on: date
    days_left: int


class AgreementEnded(Fact):
    """It is over; `cause` is `notice`, `motion`, `party_changed`, `party_left` or `last_party`."""

    TOPIC = "concord.agreement.ended"

    cause: str


class AgreementExpired(Fact):
    """The `ends_on` of its text is over."""

    TOPIC = "concord.agreement.expired"


class WordsErased(Fact):
    """Its retention time is over and somebody in it was erased: what was agreed on cannot be read any more."""

    TOPIC = "concord.agreement.words_erased"


class EarlierVersionsGranted(Fact):
    """A report let their new leader read the versions and the report's own words of an ended agreement."""

    TOPIC = "concord.agreement.earlier_versions_granted"

    person_id: UUID


class GrantRevoked(Fact):
    """The report took that leave back."""

    TOPIC = "concord.agreement.grant_revoked"

    person_id: UUID


class GlassBroken(Fact):
    """A steward opened the agreement to themself until an instant, for a written reason; all parties see it."""

    TOPIC = "concord.agreement.glass_broken"
    SEALED: ClassVar[dict[str, str]] = {"reason": "actor"}

    until_at: datetime
    reason: str
