"""The description is complete, and what it says is what happens."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from adapters.http import deps
from adapters.http.openapi import operations
from adapters.settings import Settings
from tests.http.agreements import stories
from tests.http.agreements.people import API, Someone
from tests.http.agreements.stories import Pair
from tests.http.commitments.asking import promised
from tests.http.imbalance.weeks import weeks

Document = dict[str, Any]

# The boundaries of every field. By hand, `examples,coverage,fuzzing` draws at random as well, which takes minutes.
PHASES = os.environ.get("CONCORD_TEST_FUZZING", "examples")
EXAMPLES = os.environ.get("CONCORD_TEST_FUZZING_EXAMPLES", "1")
HOOKS = Path(__file__).parent / "schemathesis_hooks.py"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One store is enough: a description is of the wire."""
    return sqlite_url


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without a limit on requests: there are more here in a minute than anybody sends."""
    return settings.model_copy(update={"requests_per_minute": 0})


@pytest.fixture
def document(app: FastAPI) -> Document:
    """What the application says of itself."""
    return app.openapi()


# Complete -------------------------------------------------------------------------------------------


def test_every_operation_is_named_and_summed_up(document: Document) -> None:
    named = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(named) == len(set(named)) > 40
    assert [o["operationId"] for _, _, o in operations(document) if not o["summary"] or not o["description"]] == []
    assert document["openapi"].startswith("3.1")


def test_every_status_says_what_it_means_and_shows_what_comes(document: Document) -> None:
    for path, method, operation in operations(document):
        assert len(operation["responses"]) >= 2 or path in {"/healthz", "/openapi.json", "/docs", "/metrics"}, path
        for status, said in operation["responses"].items():
            answer = document["components"]["responses"][said["$ref"].split("/")[-1]] if "$ref" in said else said
            assert answer["description"], (method, path, status)
            assert status == "304" or answer["content"], (method, path, status)


def test_every_command_says_how_it_fails(document: Document) -> None:
    for path, method, operation in operations(document):
        if not path.startswith(API):
            continue
        needed = {"422", "503"}
        if method != "get":
            needed |= {"400", "409", "412", "413", "415"}
        if method in {"put", "patch", "delete"}:
            needed |= {"428"}
        if "security" in operation:
            needed |= {"401", "403"}
        assert needed <= set(operation["responses"]), (method, path)


def _fields(document: Document) -> Iterator[tuple[str, str, Document]]:
    for name, schema in document["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            yield name, field, said


def test_every_field_says_what_it_means_and_gives_an_example(document: Document) -> None:
    assert [f"{name}.{field}" for name, field, said in _fields(document) if not said.get("description")] == []
    bare = [
        f"{name}.{field}"
        for name, field, said in _fields(document)
        if "examples" not in said and "$ref" not in str(said)
    ]
    assert bare == []


def test_a_span_of_time_says_its_unit(document: Document) -> None:
    for name, field, said in _fields(document):
        kinds = {said.get("type"), *(option.get("type") for option in said.get("anyOf", []))}
        if kinds & {"integer", "number"} and re.search(r"seconds|minutes|hours|days|_in$|_for$|every|within", field):
            assert re.search(r"second|minute|hour|day|ISO 8601", said["description"]), f"{name}.{field}"


def test_every_parameter_says_what_it_means(document: Document) -> None:
    for path, method, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (method, path, parameter["name"])


def test_every_body_says_that_it_takes_nothing_more(document: Document) -> None:
    for path, method, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        references = re.findall(r"#/components/schemas/(\w+)", str(content["schema"]))
        assert references, (method, path)
        for name in references:
            assert document["components"]["schemas"][name]["additionalProperties"] is False, name


# As it is served ------------------------------------------------------------------------------------


async def test_it_is_there_for_everybody_and_not_sent_twice(nobody: Someone) -> None:
    first = await nobody.client.get("/openapi.json")
    assert first.status_code == 200
    again = await nobody.client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_loads_nothing_and_holds_every_operation(nobody: Someone, document: Document) -> None:
    page = await nobody.client.get("/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert re.findall(r"<(?:script|link|img|iframe|object)\b|\bon\w+=|javascript:|@import|url\(", page.text) == []
    assert re.findall(r"https?://(?!concord)", re.sub(r"<code>.*?</code>|<pre>.*?</pre>", "", page.text)) == []
    assert [p for p, _, _ in operations(document) if p not in page.text] == []
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    # The only style there is stands in the policy by its hash.
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, flags=re.DOTALL)
    assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy


async def test_nothing_is_answered_that_the_description_does_not_say(
    address: str, pair: Pair, cy: Someone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """schemathesis sends what fits and what does not to every operation, with the ids of a real agreement."""
    # Nobody is to wait five seconds for each position that is made up.
    monkeypatch.setattr(deps, "LONGEST_WAIT", 0.05)
    agreement = await stories.in_force(pair)
    here = f"/agreements/{agreement['id']}"
    commented = await pair.ben.makes(f"{here}/terms/{agreement['terms'][0]['id']}/comments", {"text": "Good"})
    amended = await pair.ben.makes(f"{here}/amendments", {"reason": "The team moved"})
    period = await pair.ada.makes("/imbalance-periods", weeks(pair))
    promise = await promised(pair)
    noted = await pair.ben.makes(f"{promise}/progress", {"text": "Half of it"})
    team = await pair.ada.makes("/teams", {"name": "Crew", "members": [pair.ada.id]})
    config = tmp_path / "schemathesis.toml"
    known = {
        "agreement_id": agreement["id"],
        "term_id": amended["proposal"]["terms"][0]["id"],
        "comment_id": commented["comments"][0]["id"],
        "person_id": cy.id,
        "period_id": period["id"],
        "commitment_id": noted["id"],
        "note_id": noted["notes"][0]["id"],
        "team_id": team["id"],
    }
    config.write_text("[parameters]\n" + "".join(f'"path.{name}" = "{id_}"\n' for name, id_ in known.items()))
    checks = (
        "status_code_conformance,content_type_conformance,response_schema_conformance,"
        "response_headers_conformance,unsupported_method,allow_header_conformance"
    )
    command = [
        "--config-file", str(config), "run", f"{address}/openapi.json",
        "--header", f"Authorization: Bearer {pair.ada.token}",
        "--checks", checks, "--phases", PHASES, "--max-examples", EXAMPLES, "--workers", "1",
        "--exclude-operation-id", "give_notice", "--exclude-operation-id", "deactivate_person",
        "--continue-on-failure", "--no-shrink", "--seed", "1", "--warnings", "off",
    ]  # fmt: skip
    run = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")), *command,
        cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env={"PATH": "", "SCHEMATHESIS_HOOKS": str(HOOKS), "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
    )  # fmt: skip
    out, _ = await run.communicate()
    told = out.decode()
    assert run.returncode == 0, told[-6_000:]
    assert int(re.search(r"(\d[\d,]*) generated", told)[1].replace(",", "")) > 200  # type: ignore[index]
