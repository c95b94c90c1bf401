"""Whose rows a transaction reaches: nobody's, those of one organisation, or those of the whole installation.

On PostgreSQL each transaction begins by saying so, and row-level security (row_security.py) holds it to that,
whatever the statements after it ask for. SQLite knows nothing of the kind: there the statements are all there is.

What is not a request (the projector, the clock, an operator's command) works for the whole installation. A
request reaches nobody's rows until a credential has been found; from then on those of its organisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import NamedTuple
from uuid import UUID

EVERYTHING = "*"


class Reach(NamedTuple):
    """An organisation's id, "" for nobody or `EVERYTHING`; else the door and key which an organisation is behind."""

    organisation: str = ""
    door: str = ""
    key: str = ""


_EVERYBODYS, _NOBODYS = Reach(EVERYTHING), Reach()
_reach: ContextVar[Reach] = ContextVar("concord_reach", default=_EVERYBODYS)


def current() -> Reach:
    """Whose rows are reached right now, in this task."""
    return _reach.get()


def covers(organisation_id: UUID) -> bool:
    """Whether that organisation's rows are reached right now."""
    return _reach.get().organisation in (EVERYTHING, str(organisation_id))


@contextmanager
def _held(reach: Reach) -> Iterator[None]:
    token = _reach.set(reach)
    try:
        yield
    finally:
        _reach.reset(token)


def nobody() -> AbstractContextManager[None]:
    """Nobody's rows, for a request of which nothing is known yet."""
    return _held(_NOBODYS)


def everything() -> AbstractContextManager[None]:
    """The rows of the whole installation: what is hashed, counted or followed over all of them."""
    return _held(_EVERYBODYS)


def within(organisation_id: UUID) -> AbstractContextManager[None]:
    """The rows of one organisation."""
    return _held(Reach(str(organisation_id)))


def behind(door: str, key: str) -> AbstractContextManager[None]:
    """The rows of that organisation in which this key opens this door (see row_security.DOORS); nobody's otherwise."""
    return _held(Reach("", door, key))


def enter(organisation_id: UUID | str) -> None:
    """From here on in this task that organisation's rows, where nobody's were reached before; else nothing changes."""
    if _reach.get() == _NOBODYS:
        _reach.set(Reach(str(organisation_id)))
