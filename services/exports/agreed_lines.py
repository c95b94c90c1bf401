"""An agreement that was made here, as lines of a history: what all its parties said yes to, and its updates.

The format has no place for how a text was negotiated, for reviews, pauses, notes and escalations: they
stay here, and nothing else is put in their place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.agreements.state import AgreementState, Version, start_of
from domain.agreements.terms import Term
from domain.cadence import Cadence
from domain.updates.entries import Update
from services.exports.wording import Handles, instant, line

REVIEWABLE = "reviewable"
ENDED = ("ended", "expired")
_HEAD = ("purpose_text", "effective_on", "ends_on", "notice_period", "review_every")
_PEOPLE = ("owed_by", "decides", "consulted", "set_by")


def agreed_versions(agreement: AgreementState) -> list[Version]:
    """The versions that may leave their parties: none from a time when the agreement was for coaching."""
    return [version for version in agreement.versions if version.head.use == REVIEWABLE]


def people_of(agreement: AgreementState, updates: list[Update]) -> set[UUID]:
    """Everybody whom the lines name."""
    named = {update.by for update in updates if update.by is not None}
    for version in agreement.versions:
        named |= {party.person_id for party in version.head.parties} | {c.person_id for c in version.consents}
        for term in version.terms.values():
            named |= {*term.owed_by, *(term.decides or ()), *(term.consulted or ())}
            named |= {term.set_by} if term.set_by is not None else set()
    return named


def agreed_lines(
    agreement: AgreementState, updates: list[Update], handles: Handles, zone: ZoneInfo
) -> Iterator[dict[str, Any]]:
    """Its first version as proposed and accepted, each later one as what it changed, its updates, and its end."""
    before: Version | None = None
    for version in agreed_versions(agreement):
        yield from _version(agreement.id, before, version, handles, zone)
        before = version
    for update in updates:
        if update.use == REVIEWABLE and update.text is not None and update.withdrawn_at is None:
            yield _of(agreement.id, update.id, "update.given", update.at, handles.of(update.by)) | {
                "text": update.text,
                "text_format": update.text_format,
                "kind": "update",
            }
    if agreement.state in ENDED and agreement.ended_at is not None:
        # The format's own words for an end do not name this one; `status` says which it was.
        status = f"{agreement.state} ({agreement.end_cause})" if agreement.end_cause else agreement.state
        yield _of(agreement.id, "end", "agreement.withdrawn", agreement.ended_at, None) | {
            "status": status,
            "inferred_fields": ["type"],
        }


def _of(agreement_id: UUID, what: object, record: str, at: Any, actor: str | None) -> dict[str, Any]:
    return line(agreement_id, what, record, at, agreement_id=str(agreement_id), actor=actor)


def _version(
    agreement_id: UUID, before: Version | None, version: Version, handles: Handles, zone: ZoneInfo
) -> Iterator[dict[str, Any]]:
    effect = start_of(version.takes_effect_on, zone)
    common: dict[str, Any] = {"version": version.number, "content_hash": version.content_hash}
    if effect > version.made_at:
        common["effective_at"] = instant(effect)
    by = handles.of(version.opened_by)

    def said(what: str, record: str, actor: str | None, **more: Any) -> dict[str, Any]:
        return _of(agreement_id, f"{version.number} {what}", record, version.made_at, actor) | common | more

    if before is None:
        terms: dict[str, Any] = {"head": _head(version), "sections": _sections(version, handles)}
        yield said(
            "", "agreement.proposed", by, title=version.head.title, parties=_parties(version, handles), terms=terms
        )
        consented = [{"by": handles.of(c.person_id), "at": instant(c.at)} for c in version.consents]
        last = version.consents[-1].person_id if version.consents else None
        yield said("", "agreement.accepted", handles.of(last), status="in_force", consents=consented)
        return
    reason = {"reason": version.reason} if version.reason else {}
    old, new = _all_fields(before, handles), _all_fields(version, handles)
    for field in {**old, **new}:
        if old.get(field) != new.get(field):
            record = "agreement.term_amended" if field in old else "agreement.term_stated"
            absent = {"old_absent": field not in old, "new_absent": field not in new}
            texts = {"old": old.get(field), "new": new.get(field)} | {k: True for k, v in absent.items() if v}
            yield said(field, record, by, field=field, **{k: v for k, v in texts.items() if v is not None}, **reason)
    roles, roles_now = _parties(before, handles), _parties(version, handles)
    for role in {**roles, **roles_now}:
        if roles.get(role) != roles_now.get(role):
            named = {"old": roles.get(role, []), "new": roles_now.get(role, [])}
            yield said(f"role {role}", "agreement.party_changed", by, field=role, role=role, **named, **reason)


def _all_fields(version: Version, handles: Handles) -> dict[str, str]:
    """The text under the names that the format's changes use."""
    return {
        "title": version.head.title,
        **{f"head.{name}": text for name, text in _head(version).items()},
        **{f"section:{name}": text for name, text in _sections(version, handles).items()},
    }


def _parties(version: Version, handles: Handles) -> dict[str, list[str]]:
    roles: dict[str, list[str]] = {}
    for party in version.head.parties:
        roles.setdefault(party.role, []).append(handles.of_all([party.person_id])[0])
    return roles


def _head(version: Version) -> dict[str, str]:
    held = {name: getattr(version.head, name) for name in _HEAD}
    return {name: str(value) for name, value in held.items() if value not in (None, "")}


def _sections(version: Version, handles: Handles) -> Mapping[str, str]:
    """Each term as a section, under a name that it keeps for life."""
    return {f"{term.kind} {term.id.hex[-6:]}": _wording(term, handles) for term in version.terms.values()}


def _wording(term: Term, handles: Handles) -> str:
    said = []
    for each in fields(term):
        value = getattr(term, each.name)
        if each.name in ("id", "kind", "name") or value in (None, ()):
            continue
        said.append(f"{each.name}: {_plainly(each.name, value, handles)}")
    return "\n".join(said)


def _plainly(name: str, value: Any, handles: Handles) -> str:
    if name in _PEOPLE:
        return ", ".join(handles.of_all(value if isinstance(value, tuple) else (value,)))
    if isinstance(value, Cadence):
        return f"{value.rrule}, from {value.first_due}, {value.time_zone}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
