"""What is read is what was written, for whom it was written, or it is refused and says why."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar
from uuid import UUID, uuid4

import orjson
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.eventlog.envelope import SALT, Envelope
from adapters.eventlog.ledger import EventLedger
from adapters.eventlog.log import DamagedRecord, EventLogError, NewerFact, NewRecord, StoredRecord, UnknownFact
from adapters.eventlog.merkle import leaf_hash
from adapters.eventlog.registry import ERASED, Registry
from domain.base import FACTS, Fact
from tests.contract.log import things
from tests.contract.log.things import ORGANISATION, Side, Thing, ThingBegan, ThingCounted, ThingSaid, act_of

LOG, THING, ANNA = UUID(int=1), UUID(int=2), UUID(int=3)


class OwnKeys:
    """A key for each owner, until it is taken away."""

    def __init__(self) -> None:
        self.gone: set[UUID] = set()
        self._keys: dict[UUID, AESGCM] = {}

    def sealing(self, owner: UUID) -> AESGCM:
        return self._keys.setdefault(owner, AESGCM(AESGCM.generate_key(256)))

    def opening(self, owner: UUID) -> AESGCM | None:
        return None if owner in self.gone else self._keys[owner]


@pytest.fixture
def keys() -> OwnKeys:
    return OwnKeys()


@pytest.fixture
def envelope(keys: OwnKeys) -> Envelope:
    return Envelope(LOG, Registry(things.FACTS), keys)


def facts() -> tuple[Fact, ...]:
    thing = Thing.begin(ThingBegan, act_of(ANNA), THING, name="a thing", motto="onwards")
    thing.say(act_of(ANNA), "hello", aside="between us")
    thing.step(act_of(None))
    return tuple(thing.pending_events)  # type: ignore[arg-type]


def stored(record: NewRecord, position: int = 1) -> StoredRecord:
    return StoredRecord(position, record.stream_id, record.version, record.topic, record.header, record.body)


def test_every_kind_of_value_comes_back_as_it_was(envelope: Envelope) -> None:
    for fact in facts():
        read = envelope.take_out(stored(envelope.put_in(fact)))
        assert read == fact
        assert {n: type(v) for n, v in vars(read).items()} == {n: type(v) for n, v in vars(fact).items()}


def test_the_header_is_canonical_and_holds_no_words(envelope: Envelope) -> None:
    _, said, _ = facts()
    record = envelope.put_in(said)
    header = orjson.loads(record.header)
    assert record.header == orjson.dumps(header, option=orjson.OPT_SORT_KEYS)
    assert sorted(header) == [
        "actor", "command", "commitments", "effective_at", "keys", "log", "organisation", "recorded_at", "schema",
        "stream", "type", "version",
    ]  # fmt: skip
    for words in (b"hello", b"between us", b"middle", b"left"):
        assert words not in record.header
        assert words not in record.body


def test_the_leaf_binds_header_and_body(envelope: Envelope) -> None:
    record = envelope.put_in(facts()[1])
    written = b"\x00" + len(record.header).to_bytes(8, "big") + record.header + hashlib.sha256(record.body).digest()
    assert record.leaf == hashlib.sha256(written).digest() == leaf_hash(record.header, record.body)


def test_the_commitment_is_to_what_was_said_under_a_salt_within_the_seal(envelope: Envelope) -> None:
    record = envelope.put_in(facts()[0])
    header, opened = orjson.loads(record.header), envelope.open_groups(stored(record))
    assert list(opened) == sorted([THING, ANNA])
    for text, promised in zip(opened.values(), header["commitments"], strict=True):
        assert text is not None
        assert hmac.new(text[:SALT], text[SALT:], hashlib.sha256).hexdigest() == promised
    assert orjson.loads((opened[ANNA] or b"")[SALT:]) == {"name": "a thing"}
    assert orjson.loads((opened[THING] or b"")[SALT:]) == {"motto": "onwards"}


def test_a_wrong_commitment_is_found(keys: OwnKeys) -> None:
    # Somebody who has the keys seals other words than the header promises.
    record = Envelope(LOG, Registry(things.FACTS), keys).put_in(facts()[1])
    header = orjson.loads(record.header)
    header["commitments"] = ["00" * 32]
    forged = orjson.dumps(header, option=orjson.OPT_SORT_KEYS)
    nonce = b"\x00" * 12
    text = b"\x11" * SALT + b'{"text":"bye","aside":null,"sides":[],"side":{"name":"x","weight":1}}'
    body = orjson.loads(record.body)
    body["sealed"] = {str(ANNA): base64.b64encode(nonce + keys.sealing(ANNA).encrypt(nonce, text, forged)).decode()}
    one = StoredRecord(1, THING, 2, record.topic, forged, orjson.dumps(body))
    with pytest.raises(DamagedRecord, match="commits to"):
        Envelope(LOG, Registry(things.FACTS), keys).open_groups(one)


HEADER_CHANGES: dict[str, Any] = {
    "actor": str(UUID(int=9)),
    "command": "0" * 64,
    "commitments": ["00" * 32],
    "effective_at": "2020-01-01T00:00:00Z",
    "keys": [str(UUID(int=9))],
    "log": str(UUID(int=9)),
    "organisation": str(UUID(int=9)),
    "recorded_at": "2020-01-01T00:00:00Z",
    "schema": 2,
    "stream": str(UUID(int=9)),
    "type": "t.thing.counted",
    "version": 9,
}


@pytest.mark.parametrize("field", HEADER_CHANGES)
def test_a_header_in_which_anything_was_changed_is_refused(envelope: Envelope, keys: OwnKeys, field: str) -> None:
    record = envelope.put_in(facts()[1])
    header = orjson.loads(record.header) | {field: HEADER_CHANGES[field]}
    changed = orjson.dumps(header, option=orjson.OPT_SORT_KEYS)
    keys.sealing(UUID(int=9))
    with pytest.raises(EventLogError):
        envelope.take_out(stored(record)._replace(header=changed))
    sealed = orjson.loads(record.body)["sealed"][str(ANNA)]
    raw = base64.b64decode(sealed)
    with pytest.raises(InvalidTag):
        keys.sealing(ANNA).decrypt(raw[:12], raw[12:], changed)


def test_a_header_with_only_other_white_space_is_refused(envelope: Envelope) -> None:
    record = envelope.put_in(facts()[1])
    with pytest.raises(DamagedRecord, match="was changed"):
        envelope.take_out(stored(record)._replace(header=record.header.replace(b",", b", ", 1)))


def test_every_single_changed_byte_of_a_seal_is_found(envelope: Envelope) -> None:
    record = envelope.put_in(facts()[1])
    body = orjson.loads(record.body)
    sealed = body["sealed"][str(ANNA)]
    for n in range(0, len(sealed), 3):
        other = "A" if sealed[n] != "A" else "B"
        body["sealed"][str(ANNA)] = sealed[:n] + other + sealed[n + 1 :]
        with pytest.raises(DamagedRecord):
            envelope.take_out(stored(record)._replace(body=orjson.dumps(body)))


def test_words_moved_to_another_event_are_found(envelope: Envelope) -> None:
    thing = Thing.begin(ThingBegan, act_of(ANNA), THING, name="a thing", motto="onwards")
    thing.say(act_of(ANNA), "I rate this 1")
    thing.say(act_of(ANNA), "I rate this 5")
    _, first, second = (stored(envelope.put_in(f)) for f in thing.pending_events)  # type: ignore[arg-type]
    with pytest.raises(DamagedRecord, match="was changed"):
        envelope.take_out(first._replace(body=second.body))
    # Header and body together, under the other event's version.
    with pytest.raises(DamagedRecord, match="another event"):
        envelope.take_out(first._replace(header=second.header, body=second.body))


def test_words_sealed_for_another_person_are_found(envelope: Envelope, keys: OwnKeys) -> None:
    record = envelope.put_in(facts()[1])
    body = orjson.loads(record.body)
    keys.sealing(UUID(int=9))
    body["sealed"] = {str(UUID(int=9)): body["sealed"][str(ANNA)]}
    with pytest.raises(DamagedRecord, match="other keys"):
        envelope.take_out(stored(record)._replace(body=orjson.dumps(body)))


def test_an_open_field_cannot_pass_for_a_sealed_one_or_for_the_header(envelope: Envelope) -> None:
    record = envelope.put_in(facts()[1])
    for name, value in {"text": "forged", "actor_id": str(UUID(int=9)), "timestamp": "2020-01-01T00:00:00Z"}.items():
        body = orjson.loads(record.body)
        body["open"][name] = value
        with pytest.raises(DamagedRecord):
            envelope.take_out(stored(record)._replace(body=orjson.dumps(body)))


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.pop("count"),
        lambda said: said.update(count="7"),
        lambda said: said.update(count=7.0),
        lambda said: said.update(count=None),
        lambda said: said.update(kept=1),
        lambda said: said.update(said_on="2026-02-30"),
        lambda said: said.update(about="not an id"),
        lambda said: said.update(fits={"a": "1"}),
        lambda said: said.update(more=1),
        lambda said: said.update(heard_at="2026-02-28"),
    ],
)
def test_a_body_of_another_shape_is_refused_and_nothing_is_made_up(
    envelope: Envelope, change: Callable[[dict[str, Any]], Any]
) -> None:
    record = envelope.put_in(facts()[1])
    body = orjson.loads(record.body)
    change(body["open"])
    with pytest.raises(DamagedRecord) as refused:
        envelope.take_out(stored(record)._replace(body=orjson.dumps(body)))
    assert "hello" not in str(refused.value)


@pytest.mark.parametrize(
    "bytes_", [b"", b"{", b"[]", b"null", b'"x"', b"{}", b'{"open":{}}', b"\xff\xfe", b"[" * 10_000]
)
def test_bytes_that_are_no_body_or_header_are_refused(envelope: Envelope, bytes_: bytes) -> None:
    record = stored(envelope.put_in(facts()[1]))
    with pytest.raises(DamagedRecord):
        envelope.take_out(record._replace(body=bytes_))
    with pytest.raises(DamagedRecord):
        envelope.take_out(record._replace(header=bytes_))


def test_a_type_that_is_not_in_the_registry_is_refused_and_nothing_is_imported(envelope: Envelope) -> None:
    record = stored(envelope.put_in(facts()[2]))
    for topic in ("t.thing.unheard_of", "os:system", "tests.contract.log.things:ThingCounted"):
        with pytest.raises(UnknownFact):
            envelope.take_out(record._replace(topic=topic))


def test_an_event_of_a_newer_schema_is_refused_and_never_read_with_defaults(keys: OwnKeys) -> None:
    record = Envelope(LOG, Registry({"t.versioned": VersionedNow}), keys).put_in(versioned())
    older_program = Envelope(LOG, Registry({"t.versioned": VersionedBefore}), keys)
    with pytest.raises(NewerFact):
        older_program.take_out(stored(record))


def _without_registering(fact: type[Fact], topic: str) -> type[Fact]:
    # Two versions of one fact live side by side here, as they do in two releases.
    fact.TOPIC = topic
    return fact


class VersionedBefore(Fact):
    VERSION = 1
    SEALED: ClassVar[dict[str, str]] = {"words": "actor"}

    words: str


class VersionedBetween(Fact):
    VERSION = 2
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    text: str

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        state["text"] = state.pop("words", ERASED)


class VersionedNow(Fact):
    VERSION = 3
    SEALED: ClassVar[dict[str, str]] = {"text": "actor"}

    text: str
    language: str

    upcast_v1_v2 = VersionedBetween.upcast_v1_v2

    @staticmethod
    def upcast_v2_v3(state: dict[str, Any]) -> None:
        state["language"] = "en"


for _fact in (VersionedBefore, VersionedBetween, VersionedNow):
    _without_registering(_fact, "t.versioned")


def versioned(kind: type[Fact] = VersionedNow, **content: Any) -> Fact:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    return kind(
        originator_id=THING,
        originator_version=1,
        timestamp=now,
        effective_at=now,
        actor_id=ANNA,
        organisation_id=ORGANISATION,
        command_id="0" * 64,
        **(content or {"text": "hello", "language": "de"}),
    )


def test_an_older_event_is_brought_up_through_every_step(keys: OwnKeys) -> None:
    before = Envelope(LOG, Registry({"t.versioned": VersionedBefore}), keys)
    record = stored(before.put_in(versioned(VersionedBefore, words="hello")))
    now = Envelope(LOG, Registry({"t.versioned": VersionedNow}), keys)
    assert now.take_out(record) == versioned(VersionedNow, text="hello", language="en")


def test_a_chain_of_upcasters_with_a_gap_is_found_at_start() -> None:
    class Gap(Fact):
        VERSION = 3

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Nothing to do."""

    _without_registering(Gap, "t.gap")
    with pytest.raises(TypeError, match="no upcaster from schema 2 to 3"):
        Registry({"t.gap": Gap})


def test_every_fact_of_concord_can_be_written_and_read_after_an_erasure() -> None:
    registry = Registry()
    assert {registry.entry(topic).fact.TOPIC for topic in registry.topics()} == set(FACTS)


def test_a_fact_that_could_not_be_read_after_an_erasure_is_refused_before_it_is_stored() -> None:
    @dataclass(frozen=True)
    class Inner:
        name: str

    Inner.__module__ = __name__
    globals()["Inner"] = Inner

    class Unsaid(Fact):
        SEALED: ClassVar[dict[str, str]] = {"inner": "actor"}
        inner: Inner

    _without_registering(Unsaid, "t.unsaid")
    with pytest.raises(TypeError, match="ERASED"):
        Registry({"t.unsaid": Unsaid}).entry("t.unsaid")
    Unsaid.ERASED = {"inner": "[erased]"}
    with pytest.raises(TypeError, match="does not fit"):
        Registry({"t.unsaid": Unsaid}).entry("t.unsaid")


def test_an_upcaster_that_fails_makes_the_record_unreadable_not_the_program(keys: OwnKeys) -> None:
    class Fails(Fact):
        VERSION = 2

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            raise RuntimeError("secret words")

    class Before(Fact):
        VERSION = 1

    record = stored(
        Envelope(LOG, Registry({"t.fails": _without_registering(Before, "t.fails")}), keys).put_in(
            Before(**{n: v for n, v in vars(versioned()).items() if n not in ("text", "language")})
        )
    )
    with pytest.raises(DamagedRecord) as refused:
        Envelope(LOG, Registry({"t.fails": _without_registering(Fails, "t.fails")}), keys).take_out(record)
    assert "secret" not in str(refused.value)


def test_once_a_key_is_gone_its_words_read_erased_and_everything_else_as_before(
    envelope: Envelope, keys: OwnKeys
) -> None:
    began, said, counted = facts()
    records = [stored(envelope.put_in(f)) for f in (began, said, counted)]
    keys.gone.add(ANNA)
    read_began, read_said, read_counted = (envelope.take_out(r) for r in records)
    assert isinstance(read_began, ThingBegan)
    assert isinstance(read_said, ThingSaid)
    assert (read_began.name, read_began.motto) == (ERASED, "onwards")
    assert (read_said.text, read_said.aside, read_said.sides, read_said.side) == (ERASED, ERASED, (), Side(ERASED, 0))
    assert (read_said.count, read_said.said_on, read_said.actor_id) == (7, said.said_on, ANNA)  # type: ignore[attr-defined]
    assert read_counted == counted
    keys.gone = {THING}
    read_began = envelope.take_out(records[0])
    assert isinstance(read_began, ThingBegan)
    assert (read_began.name, read_began.motto) == ("a thing", ERASED)


def test_where_nobody_acts_the_things_own_key_seals_everything(envelope: Envelope, keys: OwnKeys) -> None:
    thing = Thing.begin(ThingBegan, act_of(None), THING, name="a thing", motto="onwards")
    record = stored(envelope.put_in(thing.pending_events[0]))  # type: ignore[arg-type]
    assert orjson.loads(record.header)["keys"] == [str(THING)]
    assert envelope.take_out(record) == thing.pending_events[0]
    keys.gone.add(THING)
    read = envelope.take_out(record)
    assert isinstance(read, ThingBegan)
    assert (read.name, read.motto) == (ERASED, ERASED)


def test_a_group_in_which_nothing_was_said_is_not_sealed_and_reads_so(envelope: Envelope, keys: OwnKeys) -> None:
    thing = Thing.begin(ThingBegan, act_of(ANNA), THING, name="a thing", motto=None)
    record = stored(envelope.put_in(thing.pending_events[0]))  # type: ignore[arg-type]
    assert orjson.loads(record.header)["keys"] == [str(ANNA)]
    keys.gone.add(THING)
    assert envelope.take_out(record) == thing.pending_events[0]


async def test_a_destroyed_key_reads_erased_from_the_store_and_stays_destroyed(ledger: EventLedger) -> None:
    person = uuid4()
    thing = await things.new_thing(ledger, person)
    thing.say(act_of(person), "hello")
    await things.record(ledger, thing)
    assert (await ledger.load(Thing, thing.id)).said == ["hello"]  # type: ignore[union-attr]
    await ledger.keyring.destroy(person)
    await ledger.keyring.destroy(person)
    loaded = await ledger.load(Thing, thing.id)
    assert loaded is not None
    assert (loaded.said, loaded.name, loaded.motto) == ([ERASED], ERASED, "onwards")


async def test_words_leave_every_process_soon_after_their_key_however_busy_the_stream_is(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("adapters.eventlog.keys", "adapters.eventlog.kept"):
        monkeypatch.setattr(f"{module}.KEPT_SECONDS", 0.5)
    person = uuid4()
    async with things.opened(store_url, tmp_path) as here, things.opened(store_url, tmp_path) as elsewhere:
        thing = await things.new_thing(here, person)
        thing.say(act_of(person), "hello")
        await things.record(here, thing)
        walker = things.Walker(elsewhere, thing.id)
        loaded = await here.load(Thing, thing.id)
        assert loaded is not None
        assert loaded.said == ["hello"]
        await elsewhere.keyring.destroy(person)
        until = monotonic() + 5
        while loaded.said != [ERASED] and monotonic() < until:
            await walker.step()  # something new on the stream, all the time, from another process
            loaded = await here.load(Thing, thing.id)
            assert loaded is not None
        assert monotonic() < until, "the words were still shown long after"


async def test_a_record_that_cannot_be_read_is_reported_alone(ledger: EventLedger) -> None:
    thing = await things.new_thing(ledger)
    thing.step(act_of(None))
    thing.step(act_of(None))
    await things.record(ledger, thing)
    records = list(await ledger.log.read_after(0, 10))
    records[1] = records[1]._replace(body=b"{}")
    decoded = await ledger.decode(records)
    assert isinstance(decoded[0], ThingBegan)
    assert isinstance(decoded[1], DamagedRecord)
    assert isinstance(decoded[2], ThingCounted)
    with pytest.raises(DamagedRecord):
        await ledger.restore(records)


async def test_nothing_personal_lies_in_the_files_of_a_log_that_is_in_use(sqlite_url: str, tmp_path: Path) -> None:
    async with things.opened(sqlite_url, tmp_path) as ledger:
        thing = await things.new_thing(ledger)
        thing.say(act_of(thing.id), "canary-in-the-mine", aside="canary-in-the-mine")
        await things.record(ledger, thing)
        written = _files(tmp_path)
    assert any(b"t.thing.said" in text for text in written.values())
    assert [name for name, text in written.items() if b"canary" in text] == []


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
