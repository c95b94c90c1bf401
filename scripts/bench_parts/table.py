"""The figures as a table: what was measured, what the machine could do, and the yardstick."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure. `limit` is what it stands beside; `met` says whether the yardstick is, if there is one."""

    what: str
    measured: str
    limit: str = ""
    share: str = ""
    yardstick: str = ""
    met: bool | None = None


def against_limit(what: str, value: float, limit_name: str, limit: float, least: float | None, unit: str = "/s") -> Row:
    """A rate beside its limit, and the share of it that is to be reached."""
    share = value / limit if limit else 0.0
    return Row(
        what,
        f"{value:,.0f}{unit}",
        f"{limit:,.0f}{unit} {limit_name}",
        f"{share:.0%}",
        f"at least {least:.0%}" if least is not None else "",
        None if least is None else share >= least,
    )


def at_most(what: str, value: float, most: float | None, unit: str, *, digits: int = 1, note: str = "") -> Row:
    """A figure that is to be small."""
    said = f"at most {most:,g} {unit}{note}" if most is not None else ""
    return Row(what, f"{value:,.{digits}f} {unit}", yardstick=said, met=None if most is None else value <= most)


def at_least(what: str, value: float, least: float, unit: str) -> Row:
    """A figure that is to be large."""
    return Row(what, f"{value:,.0f}{unit}", yardstick=f"at least {least:,.0f}{unit}", met=value >= least)


def markdown(title: str, rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [f"## {title}", "", "| what | measured | limit | share | yardstick | |", "|---|---:|---:|---:|---|---|"]
    met = {None: "", True: "met", False: "**not met**"}
    lines += [f"| {r.what} | {r.measured} | {r.limit} | {r.share} | {r.yardstick} | {met[r.met]} |" for r in rows]
    return "\n".join(lines)
