"""`concord rebuild`: read models built anew from the first event, while everybody goes on reading the old ones.

A policy that is named goes over the log once more: what it set aside is tried again, and what was done
is not done twice.
"""

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
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Read models, or policies; all read models unless said."),
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
        read_models = [lag.projection for lag in await concord.projector.lag()]
        policies = [lag.projection for lag in await concord.policies.lag()]
        for name in names:
            if name not in read_models and name not in policies:
                known = ", ".join([*read_models, *policies])
                raise typer.BadParameter(f"there is no read model or policy {name}; there are {known}")
        built = []
        for name in names or read_models:
            began = perf_counter()
            following = concord.policies if name in policies else concord.projector
            try:
                builder = await following.rebuild(name)
            except BuildRunning:
                raise WrongState(
                    f"Another process is rebuilding {name} right now; try again when it is done."
                ) from None
            parked = sum(1 for each in await following.parked() if each.projection == name)
            seconds = perf_counter() - began
            built.append({"projection": name, "events": builder.events, "seconds": seconds, "parked": parked})
        return built
