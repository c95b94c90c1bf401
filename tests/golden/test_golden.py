"""What was stored once loads for ever, reads the same, and is still written with the same bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.eventlog.envelope import Envelope
from adapters.eventlog.merkle import leaf_hash
from tests.golden.samples import (
    FOLDER,
    LOG_ID,
    OURS,
    REGISTRY,
    SampleKeys,
    listed_topics,
    path_of,
    random_for,
    stored,
    values,
)

FILES = sorted(FOLDER.glob("*.json"))
SAMPLES = [
    pytest.param(content, sample, id=f"{path.stem} {sample['name'].rpartition(' ')[2]}")
    for path in FILES
    for content in [orjson.loads(path.read_bytes())]
    for sample in content["samples"]
]


def test_every_fact_has_a_sample_of_every_version_and_is_listed() -> None:
    needed = [f"{topic} {version}" for topic, fact in OURS.items() for version in range(1, fact.VERSION + 1)]
    assert len(needed) > 70
    listed = listed_topics()
    assert len(listed) == len(set(listed))
    assert [line for line in needed if line not in listed] == [], (
        "make the missing samples: python -m tests.golden.make"
    )
    assert [line for line in needed if not path_of(line.split()[0], int(line.split()[1])).exists()] == []


def test_no_topic_ever_goes_away() -> None:
    lines = [line.split() for line in listed_topics()]
    assert [topic for topic, version in lines if topic not in OURS or int(version) > OURS[topic].VERSION] == []
    assert sorted(path.name for path in FILES) == sorted(path_of(t, int(v)).name for t, v in lines)


@pytest.mark.parametrize(("content", "sample"), SAMPLES)
def test_a_stored_sample_reads_as_it_did(content: dict[str, Any], sample: dict[str, Any]) -> None:
    record = stored(content["topic"], sample)
    assert leaf_hash(record.header, record.body).hex() == sample["leaf"]
    assert orjson.dumps(orjson.loads(record.header), option=orjson.OPT_SORT_KEYS) == record.header
    envelope = Envelope(LOG_ID, REGISTRY, SampleKeys())
    fact = envelope.take_out(record)
    assert type(fact) is OURS[content["topic"]]
    assert values(fact) == sample["reads"]
    envelope.open_groups(record)  # what the header commits to is what is sealed


@pytest.mark.parametrize(("content", "sample"), SAMPLES)
def test_a_stored_sample_whose_keys_are_gone_still_reads(content: dict[str, Any], sample: dict[str, Any]) -> None:
    record = stored(content["topic"], sample)
    header = orjson.loads(record.header)
    gone = frozenset(record.stream_id.__class__(key) for key in [*header["keys"], sample["stream"]])
    fact = Envelope(LOG_ID, REGISTRY, SampleKeys(gone)).take_out(record)
    assert values(fact) == sample["reads_erased"]
    assert "ein Wort" not in record.header.decode()


@pytest.mark.parametrize(("content", "sample"), SAMPLES)
def test_a_sample_of_the_present_version_is_written_with_the_same_bytes(
    content: dict[str, Any], sample: dict[str, Any]
) -> None:
    if content["schema"] != OURS[content["topic"]].VERSION:
        return  # an older version is read for ever and written no more
    record = stored(content["topic"], sample)
    fact = Envelope(LOG_ID, REGISTRY, SampleKeys()).take_out(record)
    again = Envelope(LOG_ID, REGISTRY, SampleKeys(), random=random_for(sample["name"])).put_in(fact)
    assert (again.header, again.body, again.leaf.hex()) == (record.header, record.body, sample["leaf"])


def test_making_samples_again_changes_nothing() -> None:
    before = {path: path.read_bytes() for path in FILES}
    made = subprocess.run(
        [sys.executable, "-m", "tests.golden.make"], cwd=Path(__file__).parents[2], capture_output=True, check=True
    )
    assert made.stdout == b""
    assert {path: path.read_bytes() for path in sorted(FOLDER.glob("*.json"))} == before
