"""Log lines carry ids, figures and our own words; never what somebody wrote."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from adapters.logging import configure_logging

CANARY = "canary-7f3a"


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_key_that_is_not_allowed_is_left_out_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    structlog.get_logger("concord").info("consent recorded", position=7, text=CANARY)
    (line,) = lines(capsys)
    assert (line["event"], line["position"], line["left_out"]) == ("consent recorded", 7, ["text"])
    assert CANARY not in str(line)


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_no_exception_tells_what_it_was_about(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(log_format)
    try:
        try:
            int(CANARY)
        except ValueError as cause:
            raise ExceptionGroup(CANARY, [KeyError(CANARY)]) from cause
    except ExceptionGroup:
        structlog.get_logger("concord").exception("it failed")
        logging.getLogger("a.library").exception("lost %s", CANARY)
        logging.getLogger("a.library").error("first line\nsecond %s" % CANARY)  # noqa: UP031
    written = capsys.readouterr().err
    assert written.count("ExceptionGroup[KeyError] at cli/test_logging.py") == 2
    assert written.count("<- ValueError at cli/test_logging.py") == 2
    assert CANARY not in written


async def test_a_task_that_dies_unseen_is_told_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")

    async def dies() -> None:
        raise ValueError(CANARY)

    task = asyncio.create_task(dies())
    await asyncio.wait([task])
    del task
    gc.collect()
    (line,) = lines(capsys)
    assert line["event"] == "Task exception was never retrieved"
    assert str(line["exception"]).startswith("ValueError at cli/test_logging.py")
    assert CANARY not in str(line)


def test_requests_are_not_logged_by_address(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    logging.getLogger("uvicorn.access").info('%s - "%s %s"', "127.0.0.1", "POST", f"/invitations/{CANARY}/accept")
    assert lines(capsys) == []


def test_warnings_are_log_lines(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)  # a test before may have left it on, over what showed warnings then
        logging.captureWarnings(True)
        warnings.warn("careful", stacklevel=1)
    (line,) = lines(capsys)
    assert line["logger"] == "py.warnings"
