"""The queue, the group commit and the readers, on both databases."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from storage.address import parse_address
from storage.commits import Job, run_alone
from storage.database import Database, connect_sync, open_database
from storage.errors import BadAddress, DatabaseClosed, SchemaMismatch
from storage.postgresql import Link, PostgresqlTransaction
from storage.store import Store

ERRORS = (sqlite3.Error, psycopg.Error)


def add(unit: str) -> Callable[[Store], str]:
    def work(store: Store) -> str:
        store.connection.execute(f"insert into unit_scope (ancestor, unit) values ('a', '{unit}')")
        return unit

    return work


def units(store: Store) -> list[str]:
    rows = store.connection.execute("select unit from unit_scope order by unit").fetchall()
    return [unit for (unit,) in rows]


def units_from_outside(url: str) -> list[str]:
    address = parse_address(url)
    query = "select unit from unit_scope order by unit"
    if address.path is None:
        with psycopg.connect(url) as connection:
            return [unit for (unit,) in connection.execute(query).fetchall()]
    connection = sqlite3.connect(address.path)
    try:
        return [unit for (unit,) in connection.execute(query).fetchall()]
    finally:
        connection.close()


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


class Gate:
    """A work that holds the writer until it is opened."""

    def __init__(self) -> None:
        self._is_open = threading.Event()
        self.is_reached = threading.Event()

    def work(self, store: Store) -> None:
        self.is_reached.set()
        assert self._is_open.wait(20)

    def open(self) -> None:
        self._is_open.set()


async def hold(database: Database) -> tuple[Gate, "asyncio.Task[None]"]:
    gate = Gate()
    task = asyncio.create_task(database.write(gate.work))
    await asyncio.to_thread(gate.is_reached.wait, 20)
    return gate, task


async def write_together(
    database: Database, *works: Callable[[Store], object]
) -> list[object | BaseException]:
    """Their results or exceptions; they wait together, because another work holds the writer."""
    gate, held = await hold(database)
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.open()
    await held
    return await asyncio.gather(*tasks, return_exceptions=True)


def fail(store: Store) -> None:
    add("lost")(store)
    raise LookupError("no such thing")


def fail_at_commit(store: Store) -> None:
    """Leave something behind that only the commit finds wrong."""
    if isinstance(store.connection, sqlite3.Connection):
        store.connection.execute("pragma defer_foreign_keys = on")
        store.connection.execute("insert into post (person, unit, role) values (99, 'a', 'b')")
        return
    store.connection.execute(
        "create temp table twice (n int unique deferrable initially deferred);"
        "insert into twice values (1), (1)"
    )


async def test_a_work_returns_its_result_and_stays(database: Database, database_url: str) -> None:
    assert await database.write(add("b")) == "b"
    assert units_from_outside(database_url) == ["b"]


async def test_a_work_that_raises_is_rolled_back_alone(database: Database) -> None:
    outcomes = await write_together(database, add("b"), fail, add("c"))
    assert outcomes[0] == "b"
    assert isinstance(outcomes[1], LookupError)
    assert outcomes[2] == "c"
    assert await database.read(units) == ["b", "c"]


async def test_a_single_work_that_raises_leaves_nothing(database: Database) -> None:
    with pytest.raises(LookupError):
        await database.write(fail)
    assert await database.read(units) == []


async def test_works_that_wait_together_are_committed_together(
    database: Database, database_url: str
) -> None:
    def look_outside(store: Store) -> tuple[list[str], list[str]]:
        return units(store), units_from_outside(database_url)

    outcomes = await write_together(database, add("b"), add("c"), look_outside)
    assert outcomes[2] == (["b", "c"], [])
    assert units_from_outside(database_url) == ["b", "c"]


async def test_when_a_commit_fails_each_work_is_tried_again_alone(database: Database) -> None:
    runs: list[str] = []

    def count(store: Store) -> str:
        runs.append("run")
        return add("c")(store)

    outcomes = await write_together(database, add("b"), fail_at_commit, count)
    assert outcomes[0] == "b"
    assert isinstance(outcomes[1], ERRORS)
    assert outcomes[2] == "c"
    assert runs == ["run", "run"]
    assert await database.read(units) == ["b", "c"]


async def test_a_single_work_whose_commit_fails_leaves_the_writer_usable(
    database: Database,
) -> None:
    with pytest.raises(ERRORS):
        await database.write(fail_at_commit)
    await database.write(add("b"))
    assert await database.read(units) == ["b"]


async def test_a_wrong_statement_fails_its_own_work_only(database: Database) -> None:
    outcomes = await write_together(
        database, add("b"), lambda store: store.connection.execute("select nothing"), add("c")
    )
    assert isinstance(outcomes[1], ERRORS)
    assert await database.read(units) == ["b", "c"]


async def test_a_work_that_raises_stop_iteration_does_not_hold_the_others_up(
    database: Database,
) -> None:
    outcomes = await write_together(database, lambda store: next(iter([])), add("c"))
    assert isinstance(outcomes[0], RuntimeError)
    assert outcomes[1] == "c"


async def test_works_run_in_the_order_of_the_calls(database: Database) -> None:
    order: list[int] = []
    works = [lambda store, n=n: order.append(n) for n in range(600)]
    await write_together(database, *works)
    assert order == list(range(600))


async def test_a_read_does_not_wait_for_the_writer(database: Database) -> None:
    await database.write(add("b"))
    gate, held = await hold(database)
    assert await asyncio.wait_for(database.read(units), 20) == ["b"]
    gate.open()
    await held


async def test_a_read_sees_one_state_from_its_beginning(
    database: Database, database_url: str
) -> None:
    def look_twice(store: Store) -> tuple[list[str], list[str]]:
        before = units(store)
        with connect_sync(database_url) as other:
            add("b")(other)
        return before, units(store)

    assert await database.read(look_twice) == ([], [])
    assert await database.read(units) == ["b"]


async def test_a_read_can_not_write(database: Database) -> None:
    with pytest.raises(ERRORS):
        await database.read(add("b"))
    assert await database.read(units) == []


async def test_two_reads_can_run_one_after_a_failed_one(database: Database) -> None:
    with pytest.raises(ERRORS):
        await database.read(lambda store: store.connection.execute("select nothing"))
    assert await database.read(units) == []


async def test_a_cancelled_caller_leaves_its_work_and_the_queue(database: Database) -> None:
    gate, held = await hold(database)
    task = asyncio.create_task(database.write(add("b")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    gate.open()
    await held
    assert await database.write(add("c")) == "c"
    assert await database.read(units) == ["b", "c"]


async def test_closing_finishes_what_is_queued(database_url: str) -> None:
    database = await open_database(database_url)
    gate, held = await hold(database)
    tasks = [asyncio.create_task(database.write(add(f"{n:03}"))) for n in range(300)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    gate.open()
    await closing
    await held
    assert len(await asyncio.gather(*tasks)) == 300
    assert len(units_from_outside(database_url)) == 300


async def test_a_closed_database_refuses_work(database: Database) -> None:
    await database.close()
    with pytest.raises(DatabaseClosed):
        await database.write(units)
    with pytest.raises(DatabaseClosed):
        await database.read(units)


async def test_two_processes_that_read_then_write_lose_nothing(
    database: Database, database_url: str
) -> None:
    def increase(store: Store) -> None:
        (count,) = store.connection.execute("select max(level) from counter").fetchone()
        store.connection.execute(f"update counter set level = {count + 1}")

    other = await open_database(database_url)
    try:
        await database.write(lambda store: store.connection.execute(COUNTER).close())
        await asyncio.gather(
            *(each.write(increase) for _ in range(100) for each in (database, other))
        )
        level = "select level from counter"
        assert await other.read(lambda store: store.connection.execute(level).fetchone()) == (200,)
    finally:
        await other.write(lambda store: store.connection.execute("drop table counter").close())
        await other.close()


COUNTER = "create table counter as select 0 as level"


async def test_a_database_in_memory_has_its_schema_and_reads_without_writing() -> None:
    database = await open_database("sqlite://")
    try:
        await database.write(add("b"))
        assert await database.read(units) == ["b"]
        with pytest.raises(sqlite3.OperationalError):
            await database.read(add("c"))
        await database.write(add("d"))
        assert await database.read(units) == ["b", "d"]
    finally:
        await database.close()


async def test_sqlite_writes_ahead_and_syncs_each_commit(sqlite_url: str, tmp_path: Path) -> None:
    database = await open_database(sqlite_url)

    def pragmas(store: Store) -> list[object]:
        names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        return [store.connection.execute(f"pragma {name}").fetchone()[0] for name in names]

    assert await database.write(pragmas) == ["wal", 2, 10_000, 1]
    await database.close()
    assert names(tmp_path) == ["lianxin.db"]


async def test_a_database_without_the_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaMismatch, match="db upgrade"):
        await open_database(f"sqlite:///{tmp_path / 'none.db'}")
    assert names(tmp_path) == []


def test_a_store_without_an_event_loop_commits_at_the_end(database_url: str) -> None:
    with connect_sync(database_url) as store:
        add("b")(store)
    assert units_from_outside(database_url) == ["b"]


def test_a_store_without_an_event_loop_rolls_back_when_it_raises(database_url: str) -> None:
    with pytest.raises(LookupError), connect_sync(database_url) as store:
        fail(store)
    assert units_from_outside(database_url) == []


def test_every_store_in_memory_is_empty_and_its_own() -> None:
    with connect_sync("sqlite://") as one, connect_sync("sqlite:///:memory:") as other:
        add("b")(one)
        assert units(other) == []


@pytest.mark.parametrize("url", ["lianxin.db", "mysql://u:secret@host/x", "sqlite:/x.db"])
def test_an_address_of_another_kind_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadAddress) as caught:
        parse_address(url)
    assert "secret" not in str(caught.value)


def test_three_slashes_are_relative_and_four_absolute() -> None:
    assert parse_address("sqlite:///data/x.db").path == Path("data/x.db")
    assert parse_address("sqlite:////srv/x.db").path == Path("/srv/x.db")


def break_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
            " and backend_type = 'client backend'"
        )


async def test_work_goes_on_after_the_connections_broke(postgresql_url: str) -> None:
    database = await open_database(postgresql_url)
    await database.write(add("b"))
    break_connections(postgresql_url)
    assert await database.read(units) == ["b"]
    assert await database.write(add("c")) == "c"
    await database.close()
    assert units_from_outside(postgresql_url) == ["b", "c"]


async def test_work_whose_connection_breaks_under_it_is_run_again(
    postgresql_url: str,
) -> None:
    database = await open_database(postgresql_url)
    breaks = [True, False]

    def work(store: Store) -> str:
        if breaks.pop(0):
            break_connections(postgresql_url)
        return add("c")(store)

    assert await database.write(work) == "c"
    await database.close()
    assert units_from_outside(postgresql_url) == ["c"]


def test_a_commit_whose_answer_got_lost_is_not_repeated(postgresql_url: str) -> None:
    link = Link(postgresql_url)
    job = Job(add("b"), asyncio.Future(loop=asyncio.new_event_loop()))

    class Deaf(PostgresqlTransaction):
        """The server commits, but the connection breaks before it says so."""

        def commit(self) -> None:
            super().commit()
            break_connections(postgresql_url)
            link.connection.execute("select 1")

    run_alone(Deaf(link), job)
    link.close()
    job.future.get_loop().close()
    assert job.error is None
    assert job.result == "b"
    assert units_from_outside(postgresql_url) == ["b"]


async def test_a_work_that_swallows_an_error_of_the_server_fails_alone(
    postgresql_url: str,
) -> None:
    def swallow(store: Store) -> None:
        with pytest.raises(psycopg.Error):
            store.connection.execute("select nothing")

    database = await open_database(postgresql_url)
    outcomes = await write_together(database, add("b"), swallow, add("c"))
    assert isinstance(outcomes[1], psycopg.Error)
    assert await database.read(units) == ["b", "c"]
    await database.close()
