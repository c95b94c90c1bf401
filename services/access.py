"""Who may do and see what: the one policy function, asked by every route and every deed.

What is not for somebody's eyes answers exactly as what does not exist (NotThere). Somebody who may
see a thing but could never do this to it is told so (NotYourAct), and so is a token whose scopes do
not cover it. When and in which state an act is possible is the aggregate's to decide, not asked here.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.refusals import NotThere, NotYourAct, SecondFactorNeeded
from services.ports import Actor, Sight, Standing

READING = frozenset({"party", "former_party", "contributor", "grant", "reader"})
WRITING = frozenset({"party"})
PARTIES = frozenset({"party", "former_party"})
COMMENTING = frozenset({"party", "contributor"})
IMBALANCE_WRITING = frozenset({"declarer", "drafter", "named", "invited", "left"})
IMBALANCE_SIGHTS = IMBALANCE_WRITING | {"line", "steward"}


@dataclass(frozen=True)
class Rule:
    """What a deed asks for.

    `scope` is what a narrowed token needs (None: any token will do). `sights` are what one must be to the
    thing (None: the deed is not about a thing that only some may see). `role` is a role that one must have.
    `card` lets a steward see that the thing exists, with its content withheld. `anonymous` is for what
    may need no credential: the secret in its path is one, or there is nothing in it about anybody.
    `one_factor` is for what one may do with one factor in an organisation that asks for two.
    """

    scope: str | None
    sights: frozenset[str] | None = None
    role: str | None = None
    card: bool = False
    anonymous: bool = False
    one_factor: bool = False


_READ = Rule("agreements:read", READING)
_WRITE = Rule("agreements:write", WRITING)
_COMMENT = Rule("agreements:write", COMMENTING)

DEEDS: dict[str, Rule] = {
    # Agreements
    "open_agreement": Rule("agreements:write"),
    "list_agreements": Rule("agreements:read"),
    "agreement.read": Rule("agreements:read", READING, card=True),
    "agreement.audit": _READ,
    "agreement.reads": Rule("agreements:read", PARTIES),
    "comment_on_term": _COMMENT,
    "correct_comment": _COMMENT,
    "withdraw_comment": _COMMENT,
    "answer_prompt": _COMMENT,
    **dict.fromkeys(
        (
            "abandon_draft",
            "add_term",
            "agree_to_motion",
            "answer_review",
            "ask_for_changes",
            "carry_over_terms",
            "change_head",
            "correct_review_answer",
            "decline_amendment",
            "dismiss_contributor",
            "give_consent",
            "give_notice",
            "grant_earlier_versions",
            "mark_heard_right",
            "open_amendment",
            "open_review",
            "propose_motion",
            "refuse_motion",
            "remove_term",
            "rescind_notice",
            "resume_agreement",
            "retract_amendment",
            "retract_motion",
            "revise_term",
            "revoke_grant",
            "share_draft",
            "withdraw_consent",
            "withdraw_review_answer",
            # Updates under an agreement
            "acknowledge_update",
            "answer_escalation",
            "answer_note",
            "answer_update",
            "ask_for_update",
            "correct_entry",
            "give_update",
            "note_how_it_went",
            "raise_escalation",
            "withdraw_entry",
        ),
        _WRITE,
    ),
    "break_glass": Rule("agreements:write", role="steward"),
    "read_updates": _READ,
    "read_expectations": Rule("agreements:read"),
    # Commitments, and what was kept of them
    "list_commitments": Rule("commitments:read"),
    "make_commitment": Rule("commitments:write"),
    "commitment.read": Rule("commitments:read", READING),
    "commitment.reads": Rule("commitments:read", PARTIES),
    **dict.fromkeys(
        (
            "accept_change",
            "accept_commitment",
            "annotate_end",
            "attest_period",
            "cancel_commitment",
            "confirm_done",
            "contest_end",
            "correct_progress_note",
            "counter_change",
            "counter_commitment",
            "decline_commitment",
            "flag_at_risk",
            "give_promise",
            "propose_change",
            "refuse_change",
            "refuse_reopening",
            "release_commitment",
            "renege_commitment",
            "reopen_commitment",
            "report_done",
            "report_progress",
            "resume_commitment",
            "retract_change",
            "retract_done",
            "return_done",
            "withdraw_commitment",
            "withdraw_progress_note",
        ),
        Rule("commitments:write", WRITING),
    ),
    "read_follow_through": Rule("commitments:read"),
    # What was recorded, proofs of it, and who read what; what they are of asks for its own scope as well
    "read_checkpoint": Rule("audit:read"),
    "read_proof": Rule("audit:read"),
    "list_reads": Rule("audit:read"),
    "read_log": Rule("audit:read"),
    "read_events": Rule(None),  # what each is about asks for its own scope
    # Imbalance periods
    "draft_imbalance_period": Rule("commitments:write"),
    "list_imbalance_periods": Rule("commitments:read"),
    "imbalance.read": Rule("commitments:read", IMBALANCE_SIGHTS),
    "imbalance.reads": Rule("commitments:read", IMBALANCE_WRITING),
    **dict.fromkeys(
        (
            "acknowledge_imbalance_period",
            "answer_question",
            "answer_self_check",
            "ask_declarer",
            "ask_to_end_imbalance_period",
            "close_imbalance_period",
            "declare_imbalance_period",
            "drop_imbalance_draft",
            "edit_imbalance_draft",
            "end_imbalance_period",
            "extend_imbalance_period",
            "join_imbalance_period",
            "leave_imbalance_period",
            "meet_milestone",
            "object_to_imbalance_period",
            "refuse_to_end_imbalance_period",
            "review_imbalance_period",
            "withdraw_imbalance_period",
        ),
        Rule("commitments:write", IMBALANCE_WRITING),
    ),
    # People
    "read_me": Rule(None, one_factor=True),
    "choose_time_zone": Rule("people:write"),
    "read_inbox": Rule(None),  # each kind of thing that waits asks for its own scope
    "list_people": Rule(None),
    "read_person": Rule(None),
    "add_person": Rule("people:write", role="steward"),
    "assign_leader": Rule("people:write", role="steward"),
    "deactivate_person": Rule("people:write", role="steward"),
    "ask_for_erasure": Rule("people:write"),  # oneself, or a steward
    "approve_erasure": Rule("people:write", role="steward"),
    "object_to_erasure": Rule("people:write"),
    "download_my_data": Rule("all"),
    "declare_absence": Rule("people:write"),
    "withdraw_absence": Rule("people:write"),
    "list_absences": Rule(None),
    "issue_token": Rule("all"),
    "list_tokens": Rule("all"),
    "revoke_token": Rule("all"),
    "invite_person": Rule("people:write", role="steward"),
    "sign_out_person": Rule("people:write", role="steward"),
    "change_roles": Rule("people:write", role="steward"),
    "read_policy": Rule(None),
    "change_policy": Rule("people:write", role="steward"),
    "list_teams": Rule(None),
    "read_team": Rule(None),
    "make_team": Rule("people:write"),
    "add_to_team": Rule("people:write"),
    "remove_from_team": Rule("people:write"),
    "accept_invitation": Rule(None, anonymous=True),
    # Signing in
    "sign_in": Rule(None, anonymous=True),
    "set_up": Rule(None, anonymous=True),  # with the token that the server printed
    "ask_for_password_reset": Rule(None, anonymous=True),
    "accept_password_reset": Rule(None, anonymous=True),
    "sign_in_elsewhere": Rule(None, anonymous=True),
    "sign_in_with_passkey": Rule(None, anonymous=True),
    "register_passkey": Rule("all", one_factor=True),
    "list_passkeys": Rule("all", one_factor=True),
    "remove_passkey": Rule("all"),
    "change_password": Rule("all"),
    "list_sign_ins": Rule("all", one_factor=True),
    "list_sessions": Rule("all", one_factor=True),
    "end_session": Rule("all", one_factor=True),
    "end_current_session": Rule("all", one_factor=True),
    "end_all_sessions": Rule("all", one_factor=True),
    # Histories from elsewhere
    "import_history": Rule("import"),
    # The installation
    "read_health": Rule(None, anonymous=True),
    "read_metrics": Rule(None, role="steward", anonymous=True),  # from the same machine
    "read_reference": Rule(None, anonymous=True),
}
"""Every deed there is, and what it asks for. A route without a deed in this table does not pass its test."""


def may(actor: Actor, standing: Standing | None, deed: str, sight: Sight | None = None) -> None:
    """Passes in silence, or raises NotThere or NotYourAct.

    `standing` is the actor's own, read where it never lags; `sight` is what they may see of the thing.
    """
    rule = DEEDS[deed]
    if standing is None or not standing.active or standing.organisation_id != actor.organisation.id:
        raise NotThere
    # First what does not depend on the thing: it answers the same whether the thing exists or not.
    must_be_covered(actor, deed)
    if rule.role is not None and rule.role not in standing.roles:
        raise NotYourAct(f"Only a {rule.role} of the organisation can do this.")
    if rule.sights is None:
        return
    # What has the id may be a thing of another kind, which they see as something that there is not in this one.
    of_this_kind = READING if rule.sights <= READING else IMBALANCE_SIGHTS
    if sight is None or sight.sight not in of_this_kind:
        if not (rule.card and "steward" in standing.roles):
            raise NotThere
    elif sight.sight not in rule.sights:
        raise NotYourAct("You can read this, but only a party of it can do that.")


def must_have_shown_enough(actor: Actor, deed: str) -> None:
    """Raises SecondFactorNeeded for who showed one factor where two are asked for; asked before all else."""
    if actor.one_factor and not DEEDS[deed].one_factor:
        raise SecondFactorNeeded("Your organisation asks for a passkey: make one, and sign in with it.")


def must_be_covered(actor: Actor, deed: str) -> None:
    """Raises NotYourAct for a token that was not made for it; asked before the answer of a repeat is given, too."""
    scope = DEEDS[deed].scope
    if scope is not None and not covers(actor, scope):
        raise NotYourAct(f"This token does not cover {scope}.")


def covers(actor: Actor, scope: str) -> bool:
    """Whether what the actor came with was made for that."""
    return "all" in actor.scopes or scope in actor.scopes
