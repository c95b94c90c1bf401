"""What a policy is: something happened, so commands follow."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.ports import Clock, Command, Ledger, Organisation, Recorded

React = Callable[[Ledger, Clock, Recorded, Organisation], Awaitable[None]]


@dataclass(frozen=True)
class Policy:
    """A policy: a name that never changes, the topics of the facts it follows, and what it does about one.

    Each fact comes at least once, those of one stream in order; so what follows is recorded under commands
    whose ids follow from the fact (`policy_command`). What it raises is tried again, and in the end set
    aside with the rest of that stream, where an operator is told of it.
    """

    name: str
    topics: frozenset[str]
    react: React


def policy_command(name: str, recorded: Recorded, target: object, organisation: Organisation) -> Command:
    """The command by which a policy does to a target what a fact asks for: the same however often it is asked."""
    words = ["policy", name, str(recorded.position), str(target)]
    return Command(hashlib.sha256("\n".join(words).encode()).hexdigest(), "", None, organisation.id)
