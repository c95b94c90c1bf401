"""`concord rebuild`: read models built anew from the first event, while everybody goes on reading the old ones."""

from __future__ import annotations

import json
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.frame import AsJson, DataDir, opened, ready, run_to_its_end

if TYPE_CHECKING:
    from adapters.settings import Settings


def rebuild(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[READ-MODEL]...", help="Which; all unless said.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Builds read models anew from the log and switches to them; what was parked is tried again."""
    settings = ready(data_dir=data_dir)
    built = run_to_its_end(_rebuild(settings, names or []))
    if as_json:
        print(json.dumps({"rebuilt": built}))
        return
    for each in built:
        print(f"{each['projection']}: {each['events']:,} events in {each['seconds']:.2f} s, {each['parked']} parked")


async def _rebuild(settings: Settings, names: list[str]) -> list[dict[str, Any]]:
    from adapters.projection.build import BuildRunning
    from domain.refusals import WrongState

    async with opened(settings) as concord:
        known = [lag.projection for lag in await concord.projector.lag()]
        for name in names:
            if name not in known:
                raise typer.BadParameter(f"there is no read model {name}; there are {', '.join(known)}")
        built = []
        for name in names or known:
            began = perf_counter()
            try:
                builder = await concord.projector.rebuild(name)
            except BuildRunning:
                raise WrongState(
                    f"Another process is rebuilding {name} right now; try again when it is done."
                ) from None
            parked = sum(1 for each in await concord.projector.parked() if each.projection == name)
            seconds = perf_counter() - began
            built.append({"projection": name, "events": builder.events, "seconds": seconds, "parked": parked})
        return built
