"""Why an act is refused: facts with a stable code, free of any transport.

    Refusal
    |-- Invalid          the content itself is wrong          (has errors: field -> sentence)
    |-- NotYourAct       this person could not do it in any state
    |   |-- SignInAgain, SecondFactorNeeded: not with this way of having signed in
    |-- NotThere         unknown, or not for this viewer's eyes: the two are never told apart
    |-- RuleRefusal      a rule or the present state says no
    |   |-- WrongState, StaleConsent, OneSided, AmendmentOpen, AmendmentNone, MotionOpen,
    |   |-- NoticeTooShort, DatePast, CannotEditGiven, LastSteward, ChangeOpen, ReopenOver,
    |   |-- ImbalanceOverlap, ImbalanceGap, ImbalanceBudget, ImbalanceTooLong, StatisticsOff
    |-- StaleVersion     the caller had seen an older version (carries the current one)

Every message is a sentence that a person understands. Where it speaks of somebody it holds their id
in braces, `{0192...}`; whoever shows it puts the name there.
"""

from __future__ import annotations

from uuid import UUID


class Refusal(Exception):
    """An act was refused and nothing was recorded; `code` is stable, the message is for people."""

    code = "refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Invalid(Refusal):
    """The content is not acceptable as it stands; `errors` names each field and says what is wrong."""

    code = "invalid"

    def __init__(self, sentence: str, *, field: str = "", errors: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.errors = errors or ({field: sentence} if field else {})


class NotYourAct(Refusal):
    """This person could not do this in any state."""

    code = "not-your-act"


class SignInAgain(NotYourAct):
    """It asks for somebody who has shown who they are a moment ago."""

    code = "sign-in-again"


class SecondFactorNeeded(NotYourAct):
    """The organisation asks for two factors, and this is one."""

    code = "second-factor-needed"


class NotThere(Refusal):
    """It does not exist, or it is not for this viewer; the answer is the same."""

    code = "not-found"

    def __init__(self, sentence: str = "There is nothing here under that name.") -> None:
        super().__init__(sentence)


class RuleRefusal(Refusal):
    """A rule or the present state says no."""

    code = "refused"


class WrongState(RuleRefusal):
    """The act does not fit the state that the thing is in."""

    code = "wrong-state"


class StaleConsent(RuleRefusal):
    """The consent names a revision or a hash that is not the current text."""

    code = "stale-consent"


class OneSided(RuleRefusal):
    """Some party owes nothing yet, or has not authored anything yet; `people` says who."""

    code = "one-sided"

    def __init__(self, sentence: str, people: tuple[UUID, ...] = ()) -> None:
        super().__init__(sentence)
        self.people = people


class AmendmentOpen(RuleRefusal):
    """An amendment is already open."""

    code = "amendment-open"


class AmendmentNone(RuleRefusal):
    """No amendment is open."""

    code = "amendment-none"


class MotionOpen(RuleRefusal):
    """A motion of this kind is already open."""

    code = "motion-open"


class NoticeTooShort(RuleRefusal):
    """The last day lies inside the notice period."""

    code = "notice-too-short"


class DatePast(RuleRefusal):
    """The date has already passed."""

    code = "date-past"


class CannotEditGiven(RuleRefusal):
    """Only the party that set a given may revise or remove it."""

    code = "cannot-edit-given"


class LastSteward(RuleRefusal):
    """The organisation would be left without a steward."""

    code = "last-steward"


class StatisticsOff(RuleRefusal):
    """The organisation has decided that nothing is counted."""

    code = "statistics-off"


class ChangeOpen(RuleRefusal):
    """A change is pending already; it is answered or taken back first."""

    code = "change-open"


class ReopenOver(RuleRefusal):
    """It can be reopened once, within seven days."""

    code = "reopen-over"


class ImbalanceOverlap(RuleRefusal):
    """Somebody would be in two imbalance periods at once."""

    code = "imbalance-overlap"


class ImbalanceGap(RuleRefusal):
    """Too few days lie between two periods for results."""

    code = "imbalance-gap"


class ImbalanceBudget(RuleRefusal):
    """Too many days of a year would be in periods for results."""

    code = "imbalance-budget"


class ImbalanceTooLong(RuleRefusal):
    """A period would last longer than is allowed."""

    code = "imbalance-too-long"


class StaleVersion(Refusal):
    """The caller acted on an older version than the current one."""

    code = "stale-version"

    def __init__(self, sentence: str, *, current: int) -> None:
        super().__init__(sentence)
        self.current = current
