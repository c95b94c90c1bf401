"""Who gets past the policy at each operation: the one table. An operation without a line here fails its test.

What somebody is to a thing decides. Everybody who is not named in a line finds nothing there, byte for byte as
if there were no such thing; without a credential it is always 401.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

HERE = "colleague"
"""What everybody in an organisation is to its teams and people, who are nothing else to them."""


@dataclass(frozen=True)
class Rule:
    """What an operation is about, and who may.

    `about` is the kind of thing in its path, None where it names none. `may` are the relations that get past
    the policy. `told` are those who see that the thing is there and are told that this is not theirs to do.
    `steward` asks for that role before anything is looked for. `open` needs no credential. `lately` is for who has
    just signed in: everybody else who may is told so.
    """

    about: str | None = None
    may: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    steward: bool = False
    open: bool = False
    lately: bool = False


def _agreement(may: str, told: str = "") -> Rule:
    return Rule("agreement", frozenset(may.split()), frozenset(told.split()))


_READERS = "party former_party contributor grant reader"
READ_AGREEMENT = _agreement(f"{_READERS} steward")
AUDIT_AGREEMENT = _agreement(_READERS)
READ_UPDATES = _agreement("party former_party grant reader")
ACT_ON_AGREEMENT = _agreement("party", "former_party contributor grant reader")
COMMENT = _agreement("party contributor", "former_party grant reader")
READ_COMMITMENT = Rule("commitment", frozenset({"party", "former_party", "reader"}))
ACT_ON_COMMITMENT = Rule("commitment", frozenset({"party"}), frozenset({"former_party", "reader"}))
READS_OF_COMMITMENT = Rule("commitment", frozenset({"party", "former_party"}), frozenset({"reader"}))
READ_PERIOD = Rule("period", frozenset({"declarer", "named", "line", "steward"}))
ACT_ON_PERIOD = Rule("period", frozenset({"declarer", "named"}), frozenset({"line", "steward"}))
SEE_TEAM = Rule("team", frozenset({HERE, "member", "steward"}))
CHANGE_TEAM = Rule("team", frozenset({"member", "steward"}), frozenset({HERE}))
SHARES_A_PROMISE = Rule("person", frozenset({"self", "in a promise"}))
SHARES_ANYTHING = Rule("person", frozenset({"self", "in a promise", "in an agreement"}))
SEE_PERSON = Rule("person", SHARES_ANYTHING.may | {HERE, "steward"})
ABOUT_ONESELF = Rule("person", frozenset({"self"}), SEE_PERSON.may - {"self"})
ABOUT_ONESELF_OR_BY_STEWARD = Rule("person", frozenset({"self", "steward"}), SEE_PERSON.may - {"self", "steward"})
SHARES_WITH_TEAM = Rule("team", frozenset({"member"}))
STEWARD_TO_PERSON = Rule("person", frozenset({"steward"}), steward=True)
OWN = Rule("own", frozenset({"self"}))
ANYBODY_SIGNED_IN = Rule()
STEWARDS = Rule(steward=True)
OPEN = Rule(open=True)

RULES: dict[str, Rule] = {
    # Agreements
    "read_agreement": READ_AGREEMENT,
    **dict.fromkeys(("list_versions", "read_version", "get_diff", "get_lineage", "list_history"), AUDIT_AGREEMENT),
    **dict.fromkeys(
        (
            "share_draft", "abandon_draft", "change_head", "add_term", "revise_term", "remove_term",
            "mark_heard_right", "give_consent", "withdraw_consent", "ask_for_changes", "open_amendment",
            "retract_amendment", "decline_amendment", "propose_motion", "agree_to_motion", "refuse_motion",
            "retract_motion", "dismiss_contributor", "resume_agreement", "give_notice", "rescind_notice",
            "carry_over_terms", "grant_earlier_versions", "revoke_grant", "open_review", "answer_review",
            "correct_review_answer", "withdraw_review_answer",
        ),
        ACT_ON_AGREEMENT,
    ),
    **dict.fromkeys(("comment_on_term", "correct_comment", "withdraw_comment", "answer_prompt"), COMMENT),
    "break_glass": Rule("agreement", frozenset({"steward"}), steward=True),
    "list_reads_of_agreement": _agreement("party former_party", "contributor grant reader"),
    # What is said under an agreement
    **dict.fromkeys(
        (
            "list_updates", "read_update", "list_asks", "read_ask", "list_progress", "list_escalations",
            "read_escalation", "list_notes", "read_note", "expected_updates", "get_adherence",
        ),
        READ_UPDATES,
    ),
    **dict.fromkeys(
        (
            "give_update", "ask_for_update", "acknowledge_update", "answer_update", "correct_update", "withdraw_update",
            "correct_update_answer", "withdraw_update_answer", "raise_escalation", "answer_escalation",
            "correct_escalation", "withdraw_escalation", "correct_escalation_answer", "withdraw_escalation_answer",
            "note_how_it_went", "answer_note", "correct_note", "withdraw_note", "correct_note_answer",
            "withdraw_note_answer",
        ),
        ACT_ON_AGREEMENT,
    ),
    # Commitments
    **dict.fromkeys(("read_commitment", "list_commitment_history"), READ_COMMITMENT),
    **dict.fromkeys(
        (
            "give_promise", "accept_commitment", "counter_commitment", "decline_commitment", "withdraw_commitment",
            "report_progress", "flag_at_risk", "correct_progress_note", "withdraw_progress_note", "propose_change",
            "accept_change", "refuse_change", "counter_change", "retract_change", "resume_commitment",
            "release_commitment", "cancel_commitment", "renege_commitment", "report_done", "retract_done",
            "confirm_done", "return_done", "reopen_commitment", "refuse_reopening", "attest_period", "annotate_end",
            "contest_end",
        ),
        ACT_ON_COMMITMENT,
    ),
    "list_reads_of_commitment": READS_OF_COMMITMENT,
    # Imbalance periods
    "read_imbalance_period": READ_PERIOD,
    **dict.fromkeys(
        (
            "edit_imbalance_draft", "drop_imbalance_draft", "answer_self_check", "declare_imbalance_period",
            "acknowledge_imbalance_period", "object_to_imbalance_period", "ask_declarer", "answer_question",
            "withdraw_imbalance_period", "join_imbalance_period", "leave_imbalance_period", "extend_imbalance_period",
            "ask_to_end_imbalance_period", "refuse_to_end_imbalance_period", "end_imbalance_period", "meet_milestone",
            "review_imbalance_period", "close_imbalance_period",
        ),
        ACT_ON_PERIOD,
    ),
    "list_reads_of_period": ACT_ON_PERIOD,
    "read_limits_of_draft": Rule("period", frozenset({"declarer"}), frozenset({"named", "line", "steward"})),
    # People and teams
    "read_person": SEE_PERSON,
    "get_expectations": SHARES_ANYTHING,
    "get_follow_through": SHARES_A_PROMISE,
    "get_team_follow_through": SHARES_WITH_TEAM,
    **dict.fromkeys(
        ("assign_leader", "change_roles", "deactivate_person", "invite_person", "sign_out_person"), STEWARD_TO_PERSON
    ),
    "ask_for_erasure": ABOUT_ONESELF_OR_BY_STEWARD,
    "object_to_erasure": ABOUT_ONESELF,
    "approve_erasure": STEWARD_TO_PERSON,
    "read_team": SEE_TEAM,
    **dict.fromkeys(("add_to_team", "remove_from_team"), CHANGE_TEAM),
    # One's own
    **dict.fromkeys(("revoke_token", "withdraw_absence", "end_session"), OWN),
    "remove_passkey": replace(OWN, lately=True),
    **dict.fromkeys(("ask_for_passkey", "register_passkey"), replace(ANYBODY_SIGNED_IN, lately=True)),
    # What names nothing: lists cut to the asker (test_side_channels.py), and beginnings
    **dict.fromkeys(
        (
            "list_agreements", "list_commitments", "list_imbalance_periods", "list_people", "list_teams", "read_me",
            "download_my_data", "choose_time_zone",
            "read_inbox", "list_absences", "list_tokens", "list_sessions", "list_passkeys", "read_checkpoint",
            "open_agreement", "make_commitment", "draft_imbalance_period", "make_team", "declare_absence",
            "issue_token", "change_password", "end_all_sessions",
            "end_current_session", "import_history", "read_proof", "list_reads", "read_policy", "read_log",
            "list_sign_ins", "read_events",
        ),
        ANYBODY_SIGNED_IN,
    ),
    "add_person": STEWARDS,
    "change_policy": STEWARDS,
    # Before one is anybody; a secret in the path is a credential of its own
    **dict.fromkeys(
        (
            "sign_in", "sign_in_with_passkey", "ask_for_passkey_signature", "start_oidc", "finish_oidc",
            "ask_for_password_reset", "accept_password_reset", "accept_invitation", "show_first_run", "set_up",
            "show_invitation", "accept_invitation_page", "show_password_reset", "accept_password_reset_page",
            "read_liveness", "read_readiness", "read_metrics", "read_reference", "read_reference_page",
        ),
        OPEN,
    ),
}  # fmt: skip
