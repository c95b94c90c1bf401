"""Writes the samples that are missing, and lists their topics; refuses to change what is there.

usage: python -m tests.golden.make
"""

from __future__ import annotations

import dataclasses
import sys
import types
from datetime import UTC, date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid5

import orjson

from adapters.eventlog.registry import ENVELOPE
from domain.base import Fact
from tests.golden.samples import FOLDER, OURS, TOPICS, listed_topics, path_of, written

SPACE = UUID("00000000-0000-7000-8000-0000000000bd")
ORGANISATION = UUID("00000000-0000-7000-8000-0000000000aa")

# Values as the product has them; a later upcaster may look into them.
LIKE = {
    "use": "coaching",
    "kind": "update",
    "role": "leader",
    "cause": "party",
    "outcome": "keep",
    "notice_period": "P14D",
    "review_every": "P3M",
    "grace": "P1D",
    "within": "PT4H",
    "content_hash": "ab" * 32,
    "rrule": "FREQ=WEEKLY;BYDAY=MO",
    "time_zone": "Europe/Oslo",
    "first_due": "2026-03-02T10:00",
    "at": "2024-05-01T00:00:00Z",
    "rest": '{"more": "said"}',
    "text_format": "markdown",
    "retention": "P2Y",
}


def value_for(hint: Any, name: str, *, full: bool) -> Any:
    """A value of that type; without `full`, the least that there can be."""
    options = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return value_for(next(o for o in options if o is not type(None)), name, full=full) if full else None
    if get_origin(hint) is tuple:
        return tuple(value_for(options[0], f"{name} {n}", full=True) for n in (1, 2)) if full else ()
    if get_origin(hint) is dict:
        key = str(uuid5(SPACE, name)) if name == "fits" else f"{name} key"
        return {key: value_for(options[1], name, full=True)} if full else {}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{f.name: value_for(hints[f.name], f.name, full=full) for f in dataclasses.fields(hint)})
    plain: dict[Any, Any] = {
        str: LIKE.get(name.split(" ", maxsplit=1)[0], f'{name}: ein Wort – 二つ 🌱, "quoted" \\ and\nbroken'),
        int: 3,
        bool: True,
        UUID: uuid5(SPACE, name),
        date: date(2026, 2, 28),
        datetime: datetime(2026, 3, 29, 0, 30, 15, 250, UTC),
    }
    return plain[hint]


def fact_for(fact: type[Fact], name: str, *, full: bool, by_somebody: bool) -> Fact:
    """A fact of that type."""
    hints = get_type_hints(fact)
    content = [f.name for f in dataclasses.fields(fact) if f.name not in ENVELOPE]
    made: Fact = fact(
        originator_id=uuid5(SPACE, f"stream of {fact.TOPIC}"),
        originator_version=1 if "originator_topic" in content else 7,
        timestamp=datetime(2026, 3, 1, 12, 0, 0, 123456, UTC),
        effective_at=datetime(2026, 2, 27, 8, 15, tzinfo=UTC),
        actor_id=uuid5(SPACE, "actor") if by_somebody else None,
        organisation_id=ORGANISATION,
        command_id=uuid5(SPACE, name).hex * 2,
        **{n: value_for(hints[n], n, full=full) for n in content},
    )
    return made


def samples_of(fact: type[Fact]) -> list[dict[str, Any]]:
    """Everything said, as little as there can be, and done by the clock."""
    return [
        written(fact_for(fact, f"{fact.TOPIC} {what}", full=full, by_somebody=by_somebody), f"{fact.TOPIC} {what}")
        for what, full, by_somebody in (("full", True, True), ("least", False, True), ("clock", True, False))
    ]


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    listed = listed_topics()
    for topic, fact in OURS.items():
        path, line = path_of(topic, fact.VERSION), f"{topic} {fact.VERSION}"
        if path.exists():
            continue
        if line in listed and "--anew" not in sys.argv:
            raise SystemExit(f"{line} is listed, and its sample is gone: take it back from the history, or say --anew")
        content = {"topic": topic, "schema": fact.VERSION, "samples": samples_of(fact)}
        with path.open("xb") as file:
            file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
        if line not in listed:
            with TOPICS.open("a") as file_of_topics:
                file_of_topics.write(line + "\n")
        sys.stdout.write(f"made {path.name}\n")


if __name__ == "__main__":
    main()
