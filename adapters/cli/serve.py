"""`concord serve`: the web process; unless told not to, it also follows the log and keeps the deadlines."""

from __future__ import annotations

import gc
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.frame import DataDir, ready, run_to_its_end, say

if TYPE_CHECKING:
    from fastapi import FastAPI

    from adapters.bootstrap import Concord
    from adapters.settings import Settings

DEMO_DIR = Path("var/demo")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (CONCORD_HOST; 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port, 0 for any free one (CONCORD_PORT; 8000).")] = None,
    data_dir: DataDir = None,
    worker: Annotated[
        bool | None, typer.Option(help="Also follow the log and keep the deadlines (CONCORD_WORKER).")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill a workspace of its own (var/demo) to look at, and say who signs in.")
    ] = False,
) -> None:
    """Starts Concord and prints its address; Ctrl-C ends it."""
    if demo and data_dir is None:
        data_dir = DEMO_DIR
    # Hardly anything that is made to start is ever let go: looking for it would take a tenth of the start.
    gc.disable()
    settings = ready(chatty=True, host=host, port=port, data_dir=data_dir, worker=worker)
    with _listen(settings) as listening:
        run_to_its_end(_serve(settings, listening, demo=demo))


def _listen(settings: Settings) -> socket.socket:
    """Takes the port before anything else is done, so that a second start ends with a sentence."""
    from adapters.settings import Misconfigured

    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # Named as TCP, so that the event loop sends what is written at once: else each answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        why = error.strerror or str(error)
        raise Misconfigured(f"Port {settings.port} on {settings.host} cannot be listened on: {why}.") from None
    return listening


async def _serve(settings: Settings, listening: socket.socket, *, demo: bool) -> None:
    from adapters.bootstrap import running
    from adapters.cli.web_server import WebServer
    from adapters.http.app import create_app
    from services.people.first_run import is_set_up

    players = await _prepare_demo(settings) if demo else []
    async with running(settings) as concord:
        app = create_app(settings, concord=concord)
        links = _open_demo_door(app, players) if demo else []
        # What was made to start stays for good: the collector need not look at it again and again.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        gc.enable()
        server = WebServer(app)
        ready_to_use = await is_set_up(concord.ledger, await concord.identities.organisations())
        await server.serve_on(listening, lambda: _announce(concord, listening, links, first_run=not ready_to_use))


async def _prepare_demo(settings: Settings) -> list[dict[str, str]]:
    from adapters.demo.story import SIGN_IN, prepare

    if not (settings.data_dir / SIGN_IN).exists():
        say("A year is being told; that takes some seconds.")
    players = await prepare(settings)
    say("These can sign in to the demonstration:")
    for player in players:
        say(f"  {player['name']}: {player['email']}, password {player['password']}, token {player['token']}")
    return players


def _open_demo_door(app: FastAPI, players: list[dict[str, str]]) -> list[tuple[str, str]]:
    """Who comes in by which path: a leader and a report."""
    from adapters.demo.door import Door
    from adapters.demo.story import LEADER, REPORT

    door = Door()
    app.router.routes.append(door.route)
    who = {LEADER: f"{LEADER}, who leads", REPORT: f"{REPORT}, who reports to her"}
    return [(who[player["name"]], door.link_for(player)) for player in players if player["name"] in who]


def _announce(
    concord: Concord, listening: socket.socket, demo_links: list[tuple[str, str]], *, first_run: bool
) -> None:
    host, port = listening.getsockname()[:2]
    address = concord.settings.public_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    where = f"{concord.settings.store_kind}, data in {concord.settings.data_dir.absolute()}"
    say(f"Concord is at {address} ({where}). Ctrl-C ends it.")
    if demo_links:
        say("Or come in by a link; each works once, the second one in a private window:")
    for who, path in demo_links:
        say(f"  {who}: {address}{path}")
    if first_run:
        from services.people.first_run import first_run_token

        say(f"Nobody is here yet. Open {address}/first-run with this token: {first_run_token(concord.identities)}")
