"""Every script can be run, says how, and is short."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file())


def test_every_script_runs_and_says_how_it_is_used() -> None:
    assert SCRIPTS
    wrong = []
    for path in SCRIPTS:
        lines = path.read_text().splitlines()
        if not os.access(path, os.X_OK) or not lines[0].startswith("#!/usr/bin/env "):
            wrong.append(f"{path.name} cannot be run")
        if not any("usage: scripts/" + path.name in line for line in lines[:4]):
            wrong.append(f"{path.name} does not say how it is used")
        if len(lines) > 22:
            wrong.append(f"{path.name} has {len(lines)} lines; put what it does where it belongs")
    assert wrong == []
