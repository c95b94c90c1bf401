"""Adapters know services, services know the domain, and the domain knows nobody."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What each layer may import beside the standard library and itself. import-linter names what is
# forbidden; this names what is allowed, so that a new framework cannot slip in unnamed.
ALLOWED = {"domain": {"domain", "dateutil"}, "services": {"services", "domain"}}
ALSO = {
    "domain/base.py": {"eventsourcing"},
    "services/audit/": {"rapidfuzz"},
}


def modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


def imported_by(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(), filename=str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; write the whole name"
            yield node.lineno, str(node.module).split(".")[0]


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_what_it_may(layer: str) -> None:
    assert modules(layer), f"{layer}/ has no modules: is the test looking in the right place?"
    wrong = []
    for path in modules(layer):
        name = path.relative_to(ROOT).as_posix()
        also = set().union(*(extra for where, extra in ALSO.items() if name.startswith(where)))
        for line, top in imported_by(path):
            if top not in ALLOWED[layer] | also and top not in sys.stdlib_module_names:
                wrong.append(f"{name}:{line} imports {top}")
    assert wrong == []


def test_the_domain_reads_no_clock_and_draws_no_lots() -> None:
    forbidden = {("datetime", "now"), ("date", "today"), ("datetime", "utcnow"), ("time", "time"), ("uuid", "uuid4")}
    wrong = []
    for path in modules("domain"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if (node.value.id, node.attr) in forbidden or node.value.id in {"random", "secrets"}:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} uses {node.value.id}.{node.attr}")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"uuid4", "open"}:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {node.func.id}()")
    assert wrong == []
