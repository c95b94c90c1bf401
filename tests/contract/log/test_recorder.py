"""The library's own recorder cases over the log, on both stores, and the library's tools on top of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import ProjectorFunction, Repository
from eventsourcing.persistence import (
    AggregateRecorder,
    EventStore,
    IntegrityError,
    MapperDeserialisationError,
    OperationalError,
    StoredEvent,
)
from eventsourcing.tests import persistence as cases

from adapters.database import Database, connect
from adapters.eventlog.ledger import EventLedger, open_eventlog
from adapters.eventlog.mapper import EnvelopeMapper, packed, unpacked
from adapters.eventlog.portal import Portal
from adapters.eventlog.recorder import LogAggregateRecorder, LogRecorder
from adapters.eventlog.registry import ERASED, Registry
from tests.contract.log import things
from tests.contract.log.things import Thing, ThingBegan, act_of


class OpenedLog:
    """A store opened through a portal, as a tool that does not await opens it."""

    def __init__(self, url: str, data_dir: Path) -> None:
        self._portal = Portal()
        self._url, self._data_dir = url, data_dir

    def __enter__(self) -> OpenedLog:
        self.portal = self._portal.__enter__()
        self.database, self.ledger = self.portal.call(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self.portal.call(self.ledger.close())
        self.portal.call(self.database.close())
        self._portal.__exit__(None, None, None)

    async def _open(self) -> tuple[Database, EventLedger]:
        database = connect(self._url)
        return database, await open_eventlog(database, self._data_dir, registry=Registry(things.FACTS))


class OnSqlite:
    @pytest.fixture(autouse=True)
    def _opened(self, sqlite_url: str, tmp_path: Path) -> Iterator[None]:
        with OpenedLog(sqlite_url, tmp_path) as self.opened:
            yield


class OnPostgres:
    @pytest.fixture(autouse=True)
    def _opened(self, postgres_url: str, tmp_path: Path) -> Iterator[None]:
        with OpenedLog(postgres_url, tmp_path) as self.opened:
            yield


class OfAggregates:
    opened: OpenedLog

    def create_recorder(self) -> AggregateRecorder:
        return LogAggregateRecorder(self.opened.ledger.log, self.opened.portal)


class OfTheWhole:
    opened: OpenedLog

    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.opened.ledger.log, self.opened.portal)


class TestAggregateRecorderOnSqlite(OnSqlite, OfAggregates, cases.AggregateRecorderTestCase):
    pass


class TestAggregateRecorderOnPostgres(OnPostgres, OfAggregates, cases.AggregateRecorderTestCase):
    pass


class WithSubscriptions(cases.ApplicationRecorderTestCase[LogRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestApplicationRecorderOnSqlite(OnSqlite, OfTheWhole, WithSubscriptions):
    pass


class TestApplicationRecorderOnPostgres(OnPostgres, OfTheWhole, WithSubscriptions):
    pass


class TestNonInterleavingOnSqlite(OnSqlite, OfTheWhole, cases.NonInterleavingNotificationIDsBaseCase):
    pass


class TestNonInterleavingOnPostgres(OnPostgres, OfTheWhole, cases.NonInterleavingNotificationIDsBaseCase):
    pass


del WithSubscriptions  # collected through its two stores only


@pytest.fixture
def opened(store_url: str, tmp_path: Path) -> Iterator[OpenedLog]:
    with OpenedLog(store_url, tmp_path) as opened:
        yield opened


def begun(opened: OpenedLog, person: UUID | None = None) -> Thing:
    person, thing_id = person or uuid4(), uuid4()
    opened.portal.call(opened.ledger.new_keys(person, thing_id))
    return Thing.begin(ThingBegan, act_of(person), thing_id, name="a thing", motto=None)


def event_store(opened: OpenedLog) -> EventStore[UUID]:
    mapper = EnvelopeMapper(opened.ledger, opened.portal)
    return EventStore(mapper, LogRecorder(opened.ledger.log, opened.portal))


def test_what_the_library_stores_the_ledger_reads_and_the_other_way_round(opened: OpenedLog) -> None:
    store = event_store(opened)
    by_library = begun(opened)
    by_library.say(act_of(by_library.id), "hello")
    recordings = store.put(list(by_library.pending_events))
    assert [r.notification.id for r in recordings] == [1, 2]
    facts = opened.portal.call(opened.ledger.facts(by_library.id))
    assert [f.fact for f in facts] == list(by_library.pending_events)

    by_ledger = begun(opened)
    pending = list(by_ledger.pending_events)
    opened.portal.call(things.record(opened.ledger, by_ledger))
    assert list(store.get(by_ledger.id)) == pending


def test_the_librarys_repository_loads_what_the_ledger_recorded(opened: OpenedLog) -> None:
    thing = begun(opened)
    thing.step(act_of(None), by=5)
    opened.portal.call(things.record(opened.ledger, thing))
    project: ProjectorFunction[Thing, object] = lambda initial, events: things.fold(events, initial)  # type: ignore[arg-type, type-var]  # noqa: E731
    loaded: Thing = Repository(event_store(opened)).get(thing.id, projector_func=project)  # type: ignore[arg-type]
    assert (loaded.count, loaded.version, loaded.name) == (5, 2, "a thing")


def test_a_stored_event_that_was_changed_is_not_read(opened: OpenedLog) -> None:
    mapper = EnvelopeMapper(opened.ledger, opened.portal)
    stored = mapper.to_stored_event(begun(opened).pending_events[0])
    header, body = unpacked(stored.state) or (b"", b"")
    for state in (packed(header.replace(b'"version":1', b'"version":2'), body), packed(header, b"{}"), b"state1", b""):
        with pytest.raises(MapperDeserialisationError):
            mapper.to_domain_event(StoredEvent(stored.originator_id, 1, stored.topic, state))


def test_an_erased_person_reads_erased_through_the_mapper(opened: OpenedLog) -> None:
    person = uuid4()
    mapper = EnvelopeMapper(opened.ledger, opened.portal)
    stored = mapper.to_stored_event(begun(opened, person).pending_events[0])
    opened.portal.call(opened.ledger.keyring.destroy(person))
    assert mapper.to_domain_event(stored).name == ERASED  # type: ignore[attr-defined]


def test_somebody_elses_event_is_kept_as_it_is_and_never_read_as_a_fact(opened: OpenedLog) -> None:
    recorder = LogRecorder(opened.ledger.log, opened.portal)
    stranger = StoredEvent(uuid4(), 1, "t.thing.counted", b'{"by": 1}')
    recorder.insert_events([stranger])
    assert recorder.select_events(stranger.originator_id) == [stranger]
    records = opened.portal.call(opened.ledger.log.read_after(0, 1))
    (decoded,) = opened.portal.call(opened.ledger.decode(records))
    assert isinstance(decoded, Exception)


def test_the_library_is_told_of_a_taken_version_in_its_own_words(opened: OpenedLog) -> None:
    recorder = LogRecorder(opened.ledger.log, opened.portal)
    thing = begun(opened)
    opened.portal.call(things.record(opened.ledger, thing))
    with pytest.raises(IntegrityError):
        recorder.insert_events([StoredEvent(thing.id, 1, "topic", b"state")])


def test_the_library_is_told_in_its_own_words_when_the_store_is_away(opened: OpenedLog) -> None:
    recorder = LogRecorder(opened.ledger.log, opened.portal)
    opened.portal.call(opened.ledger.log.close())
    opened.portal.call(opened.database.close())
    with pytest.raises(OperationalError):
        recorder.insert_events([StoredEvent(uuid4(), 1, "topic", b"state")])


def test_a_subscription_goes_past_topics_that_it_does_not_follow(opened: OpenedLog) -> None:
    recorder = LogRecorder(opened.ledger.log, opened.portal)
    recorder.insert_events([StoredEvent(uuid4(), 1, "other", b"") for _ in range(5)])
    Timer(0.3, lambda: recorder.insert_events([StoredEvent(uuid4(), 1, "wanted", b"")])).start()
    with recorder.subscribe(topics=["wanted"]) as subscription:
        assert next(subscription).id == 6
