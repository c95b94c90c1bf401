"""What an import needs beside the ledger's usual face: many receipts at once, and a place for handles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from services.ports import Ledger, Receipt


class ImportLedger(Ledger, Protocol):
    """The event log, which can be asked for many receipts at once."""

    async def receipts(self, command_ids: Sequence[str]) -> Mapping[str, Receipt]:
        """The receipts of those among these commands that are known."""
        ...


class ImportedPeople(Protocol):
    """The people of whom only a public handle is known."""

    async def remember(self, organisation_id: UUID, handles: Mapping[UUID, str]) -> None:
        """Keeps each handle under its id; who is known already stays as they are."""
        ...
