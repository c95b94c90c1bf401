"""Writing out everything that was imported, and what was agreed here, in the format that an import takes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from domain.agreements.agreement import AccountabilityAgreement
from domain.agreements.imported_events import ImportedFact
from domain.base import Aggregate, Fact, fold
from domain.commitments.commitment import Commitment
from domain.commitments.content import Who
from domain.people.team import Team
from domain.updates.update_log import UpdateLog, update_log_id
from services.exports import agreed_lines, promised_lines
from services.exports.imported_lines import TOPICS as IMPORTED_TOPICS
from services.exports.imported_lines import Datasets, Placed, dataset_of, header, imported_lines, in_order, stated_at
from services.exports.ports import Names, Streams
from services.exports.report import ExportReport
from services.exports.wording import Handles
from services.people.note_bulk_read import note_bulk_read
from services.ports import Actor, Clock, Ledger

TOPICS = (*IMPORTED_TOPICS, "concord.agreement.", "concord.commitment.")


@dataclass(frozen=True)
class ExportDesk:
    """What the export works at; `actor` is who it is recorded of that they read everything."""

    ledger: Ledger
    streams: Streams
    names: Names
    clock: Clock
    actor: Actor


async def export_history(desk: ExportDesk, write: Callable[[bytes], object]) -> ExportReport:
    """Writes the lines one by one, after it is recorded for all to see that they are read.

    Lines stand in the order of time; those of one agreement or commitment as they came in. Of what was
    made here only what its parties agreed on is written, and nothing that is for coaching.
    """
    await note_bulk_read(desk.ledger, desk.clock, desk.actor, "export")
    run = _Run(desk)
    async for facts in desk.streams(TOPICS):
        if facts[0].organisation_id == desk.actor.organisation.id:
            await run.take(facts)
    for promised in run.promised:
        await run.tell_promised(promised)
    for line in run.lines():
        write(line.numbered(run.report.lines))
        run.report.lines += 1
    return run.report


@dataclass
class _Run:
    """One export while it runs. `called` is what each agreement is called whose lines are written."""

    desk: ExportDesk
    report: ExportReport = field(default_factory=ExportReport)
    datasets: Datasets = field(default_factory=Datasets)
    placed: list[Placed] = field(default_factory=list)
    called: dict[UUID, str] = field(default_factory=dict)
    promised: list[list[Fact]] = field(default_factory=list)
    names: dict[UUID, str] = field(default_factory=dict)

    async def take(self, facts: list[Fact]) -> None:
        """Takes in one stream; commitments made here are kept until all agreements are known."""
        if facts[0].TOPIC.startswith("concord.commitment."):
            self.promised.append(facts)
        elif facts[0].TOPIC.startswith("concord.agreement."):
            await self._tell_agreed(facts)
        else:
            self._tell_imported(facts)

    def _tell_imported(self, facts: list[Fact]) -> None:
        first, lines, dataset = facts[0], imported_lines(facts, self.report), dataset_of(facts)
        if isinstance(first, ImportedFact):
            self.called[first.originator_id] = first.external_id
        if dataset is None:
            self.placed += lines
        elif lines:
            self.datasets.take(dataset, lines)

    async def _tell_agreed(self, facts: list[Fact]) -> None:
        agreement: Aggregate | None = fold(facts)
        if not isinstance(agreement, AccountabilityAgreement) or not agreement.versions:
            self.report.unsettled += 1
            return
        if not agreed_lines.agreed_versions(agreement):
            self.report.withheld += 1
            return
        log = await self.desk.ledger.load(UpdateLog, update_log_id(agreement.id))
        updates = log.updates if isinstance(log, UpdateLog) else []
        people = agreed_lines.people_of(agreement, updates)
        handles = await self._handles({Who("person", person) for person in people})
        zone = self.desk.actor.organisation.zone
        self.called[agreement.id] = str(agreement.id)
        said = agreed_lines.agreed_lines(agreement, updates, handles, zone)
        self.placed += in_order(sorted(said, key=stated_at))

    async def tell_promised(self, facts: list[Fact]) -> None:
        """Places what can be said of a commitment that was made here."""
        commitment: Aggregate | None = fold(facts)
        if not isinstance(commitment, Commitment) or not commitment.is_binding:
            self.report.unsettled += 1
            return
        if commitment.content.use != agreed_lines.REVIEWABLE:
            self.report.withheld += 1
            return
        handles = await self._handles(promised_lines.named_in(facts))
        under = commitment.content.agreement_id
        agreement = self.called.get(under) if under is not None else None
        self.placed += in_order(promised_lines.promised_lines(commitment, facts, handles, agreement))

    async def _handles(self, named: set[Who]) -> Handles:
        unknown = {who for who in named if who.id not in self.names}
        self.names |= await self.desk.names.names([who.id for who in unknown if who.kind == "person"])
        for who in unknown:
            team = await self.desk.ledger.load(Team, who.id) if who.kind == "team" else None
            if isinstance(team, Team):
                self.names[team.id] = team.name
        return Handles(self.names)

    def lines(self) -> list[Placed]:
        """Everything in order; a header comes first, and where no dataset brought one, one of the organisation's."""
        self.placed += self.datasets.among()
        self.placed.sort(key=lambda line: line.place)
        before = self.datasets.before()
        if not before:
            at = self.placed[0].at if self.placed else self.desk.clock.now()
            before = [header(self.desk.actor.organisation.name, at)]
        return before + self.placed
