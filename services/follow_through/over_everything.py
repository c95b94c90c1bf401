"""What was kept of every commitment there is, as of an instant: one judgement each, and totals by key.

For who runs the installation. Nobody's totals are set beside another's: people are no key, except where
a public record names them as those to whom something was owed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.base import Aggregate, Fact, fold_as_of
from domain.commitments.classes import Outcome
from domain.commitments.commitment import Commitment
from domain.commitments.content import Who
from domain.commitments.imported import ImportedCommitment
from domain.commitments.outcome import outcome_of
from domain.commitments.outcome_elsewhere import is_commitment, outcome_elsewhere
from domain.people.team import Team
from services.follow_through.statistics import Group, Key, grouped, named
from services.ports import Ledger

TOPICS = ("concord.commitment.", "concord.imported_commitment.")
GROUPINGS = ("creditor", "level", "year", "month", "agreement", "use")


@dataclass(frozen=True)
class Judged:
    """One commitment and what had become of it by then. `teams` are the native creditors that are teams."""

    name: str
    outcome: Outcome
    level: str
    use: str
    agreement: str | None
    creditors: tuple[str, ...]
    teams: tuple[UUID, ...] = ()


def judge(facts: Sequence[Fact], as_of: datetime, zone: ZoneInfo) -> Judged | None:
    """The commitment that these facts make by `as_of`; None where nothing had happened to it yet."""
    commitment: Any = fold_as_of(facts, as_of)
    if isinstance(commitment, Commitment):
        return _own(commitment, as_of, zone)
    if isinstance(commitment, ImportedCommitment):
        return _imported(commitment, as_of)
    return None


async def names_of_teams(ledger: Ledger, teams: Iterable[UUID]) -> dict[UUID, str]:
    """What the teams are called; of several with one name each says its id too."""
    names: dict[UUID, str] = {}
    for id in sorted(teams, key=str):
        team: Aggregate | None = await ledger.load(Team, id)
        names[id] = team.name if isinstance(team, Team) else str(id)
    often = Counter(names.values())
    return {id: name if often[name] == 1 else f"{name} ({id})" for id, name in names.items()}


def totals(
    judged: Iterable[Judged], group_by: Sequence[str], names: Mapping[UUID, str], *, proposed: bool
) -> tuple[Group, list[Group]]:
    """All of them, and one group for each key in the order of keys; with several creditors one counts for each."""
    counted = [j for j in judged if j.outcome.promised or proposed]
    everything = grouped(((), j.outcome.outcome_class, 1) for j in counted)
    cells = ((key, j.outcome.outcome_class, 1) for j in counted for key in _keys(j, group_by, names))
    return everything[0] if everything else Group(()), grouped(cells)


def plain(group: Group, names: Sequence[str]) -> dict[str, Any]:
    """A group as it is written out."""
    return {"key": named(names, group.key), **group.plain()}


def row(judged: Judged) -> dict[str, str]:
    """One commitment as a line of a table."""
    outcome = judged.outcome
    return {
        "external_id": judged.name,
        "first_due": outcome.first_due.isoformat() if outcome.first_due is not None else "",
        "outcome_class": outcome.outcome_class,
        "changes_before_due": str(outcome.changes_before),
        "changes_after_due": str(outcome.changes_after),
        "promised": "true" if outcome.promised else "false",
        "not_counted_because": outcome.why or "",
    }


ROW = tuple(row(Judged("", Outcome("", None), "", "", None, ())))
"""The names of a row's columns, in order."""


def _keys(judged: Judged, group_by: Sequence[str], names: Mapping[UUID, str]) -> Iterable[Key]:
    creditors = {*judged.creditors, *(names.get(team, str(team)) for team in judged.teams)}
    day = judged.outcome.first_due
    values: dict[str, tuple[str | None, ...]] = {
        "creditor": tuple(sorted(creditors)) or (None,),
        "level": (judged.level,),
        "year": (f"{day:%Y}" if day is not None else None,),
        "month": (f"{day:%Y-%m}" if day is not None else None,),
        "agreement": (judged.agreement,),
        "use": (judged.use,),
    }
    return product(*(values[name] for name in group_by))


def _own(commitment: Commitment, as_of: datetime, zone: ZoneInfo) -> Judged:
    content = commitment.content
    return Judged(
        str(commitment.id),
        outcome_of(commitment, as_of, zone),
        content.level,
        content.use,
        str(content.agreement_id) if content.agreement_id is not None else None,
        (),
        tuple(who.id for who in content.owed_to if _is_team(who)),
    )


def _is_team(who: Who) -> bool:
    return who.kind == "team"


def _imported(commitment: ImportedCommitment, as_of: datetime) -> Judged | None:
    happened = commitment.happened
    if not is_commitment(happened):
        return None
    content = commitment.content
    return Judged(
        commitment.external_id,
        outcome_elsewhere(happened, as_of.astimezone(UTC).date()),
        content.level or "task",
        commitment.use,
        commitment.agreement_external_id,
        tuple(named_who.name for named_who in content.creditors),
    )
