"""The composition root: the only module that knows every part and puts them together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

from adapters.clockwork import Clockwork
from adapters.database import Database, connect, everything_in
from adapters.erasure.eraser import Eraser
from adapters.erasure.record import ErasureRecord
from adapters.erasure.retention import Retention
from adapters.eventlog.ledger import EventLedger, open_eventlog
from adapters.identity.mail import Postman
from adapters.identity.pace import Pace
from adapters.identity.store import Handles, IdentityStore
from adapters.ids import uuid7
from adapters.policies import policy_runner
from adapters.projector import Projector
from adapters.proofs.checkpoints import Checkpoints
from adapters.proofs.signer import Signer
from adapters.readmodels.agreements import AgreementProjection, AgreementView
from adapters.readmodels.commitments import CommitmentProjection
from adapters.readmodels.commitments_count import CommitmentCountView
from adapters.readmodels.commitments_list import CommitmentListView
from adapters.readmodels.deadlines import DeadlineProjection, DeadlineView
from adapters.readmodels.erasures import ErasureProjection, ErasureView
from adapters.readmodels.feed import FeedProjection, FeedView
from adapters.readmodels.folding import inbox_folder, read_model_folder
from adapters.readmodels.holding import HoldingProjection, HoldingView
from adapters.readmodels.imbalances import ImbalanceProjection, ImbalanceView
from adapters.readmodels.inbox import InboxProjection, InboxView
from adapters.readmodels.reads import ReadsProjection, ReadsView
from adapters.readmodels.sealing import RowSeal
from adapters.settings import Settings
from adapters.turns import Turns
from services.imbalance.policies import POLICIES as IMBALANCE_POLICIES
from services.people.second_factor import SecondFactors
from services.policies.policy import Policy
from services.ports import Clock, Ids, Organisation, Unavailable

POLICIES: tuple[Policy, ...] = (*IMBALANCE_POLICIES,)
"""What follows from what, across things: each in a file of its own under services."""


class SystemClock:
    """The present, from the machine."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)


@dataclass
class Concord:
    """Everything that runs, put together.

    `policies` follows the log as `projector` does, and acts; `checkpoints` sign it; `eraser` sees to it that who was
    erased stays so; `turns` lets commands on one thing wait for each other.
    """

    settings: Settings
    clock: Clock
    new_id: Ids
    database: Database
    ledger: EventLedger
    identities: IdentityStore
    handles: Handles
    projector: Projector
    policies: Projector
    clockwork: Clockwork
    checkpoints: Checkpoints
    eraser: Eraser
    erasures: ErasureView
    agreements: AgreementView
    deadlines: DeadlineView
    inbox: InboxView
    holding: HoldingView
    commitments: CommitmentListView
    commitments_count: CommitmentCountView
    imbalances: ImbalanceView
    reads: ReadsView
    feed: FeedView
    turns: Turns = field(default_factory=Turns)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _audit: Database | None = None

    async def organisation(self, organisation_id: UUID) -> Organisation | None:
        """An organisation of this installation."""
        return await self.identities.organisation(organisation_id)

    @cached_property
    def second_factors(self) -> SecondFactors:
        """Which organisations ask for two factors."""
        return SecondFactors(self.ledger)

    @cached_property
    def pace(self) -> Pace:
        """How many requests somebody sends."""
        return Pace(self.database, self.identities.secret_for)

    @property
    def postman(self) -> Postman:
        """Who sends the letters that wait in the outbox."""
        return Postman(self.identities.outbox, self.clock, lambda: self.settings)

    async def start_work(self) -> None:
        """Begins, in this process, to follow the log and act on it, to keep the deadlines and to send letters."""
        await self.projector.start()
        await self.policies.start()
        self._tasks.append(asyncio.create_task(self.clockwork.run(), name="clockwork"))
        self._tasks.append(asyncio.create_task(self.checkpoints.run(), name="checkpoints"))
        self._tasks.append(asyncio.create_task(self.postman.run(), name="postman"))

    async def close(self) -> None:
        """Ends all work, finishes what was accepted, and lets go of the stores."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._tasks:
            with contextlib.suppress(Unavailable):
                await self.checkpoints.make()
        self._tasks.clear()
        await self.pace.rest()
        await self.policies.stop()
        await self.projector.stop()
        await self.ledger.close()
        for database in (self.database, self._audit):
            if database is not None:
                await database.close()


async def open_concord(settings: Settings, *, clock: Clock | None = None) -> Concord:
    """Opens the store (creating what is missing) and puts the parts together; `start_work` comes after."""
    clock = clock or SystemClock()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = connect(settings.store_url, role=settings.role_for("projector" if settings.worker else "app"))
    # Where each part has a role of its own, it has connections of its own.
    keys, audit = (
        connect(settings.store_url, role=role) if (role := settings.role_for(part)) else database
        for part in ("keys", "audit")
    )
    try:
        record = ErasureRecord(settings.erasure_record)
        ledger = await open_eventlog(database, settings.data_dir, erased=record.owners, keys=keys)
        identities = IdentityStore(database, settings.data_dir / "secrets")
        await identities.prepare()
        seal, folder, waiting_folder = RowSeal(ledger.keyring), read_model_folder(ledger), inbox_folder(ledger)
        ledger.keyring.forgetting += [folder.forget, waiting_folder.forget]
        deadlines, erasures = DeadlineView(database), ErasureView(database)
        projector = Projector(
            ledger.log,
            database,
            [
                AgreementProjection(folder, seal),
                CommitmentProjection(folder, seal, identities.organisation),
                ImbalanceProjection(folder),
                DeadlineProjection(ledger, database, folder, identities.organisation),
                HoldingProjection(folder),
                InboxProjection(ledger, database, waiting_folder, identities.organisation),
                ErasureProjection(ledger),
                ReadsProjection(ledger),
                FeedProjection(ledger),
            ],
        )
        await projector.prepare()
        signer = Signer(settings.data_dir / "signing", f"concord.{ledger.log.log_id}/log")
        checkpoints = Checkpoints(ledger, everything_in(audit), signer, clock)
        await checkpoints.look()
        eraser = Eraser(ledger, database, record, erasures, clock, uuid7, identities.organisation)
        await eraser.reapply()
        retention = Retention(ledger, database, record, clock, identities.organisation)
    except BaseException:
        for opened in (database, keys, audit):
            await opened.close()
        raise
    policies = policy_runner(POLICIES, ledger, database, clock, identities.organisation)
    return Concord(
        settings,
        clock,
        uuid7,
        database,
        ledger,
        identities,
        Handles(database),
        projector,
        policies,
        Clockwork(
            ledger,
            deadlines,
            projector,
            clock,
            identities.organisation,
            policies,
            [eraser.catch_up, retention.catch_up],
        ),
        checkpoints,
        eraser,
        erasures,
        AgreementView(database, ledger, seal),
        deadlines,
        InboxView(database),
        HoldingView(database),
        CommitmentListView(database, ledger, seal),
        CommitmentCountView(database),
        ImbalanceView(database),
        ReadsView(database),
        FeedView(database),
        _audit=audit,
    )


@asynccontextmanager
async def running(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Concord]:
    """Concord, opened and working (where the settings say so), closed at the end."""
    concord = await open_concord(settings, clock=clock)
    try:
        if settings.worker:
            await concord.start_work()
        yield concord
    finally:
        await concord.close()
