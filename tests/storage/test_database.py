"""The queue, the group commit and the readers, on both databases."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import Database, connect_sync, open_database
from storage.errors import DatabaseClosed, SchemaMismatch
from storage.store import Store
from tests.storage.works import (
    ERRORS,
    add,
    fail,
    fail_at_commit,
    hold,
    names,
    units,
    units_from_outside,
    write_together,
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


async def test_works_between_those_that_raise_count_once_and_in_order(database: Database) -> None:
    def note(name: str) -> Callable[[Store], str]:
        return lambda store: add(f"{name}{len(units(store))}")(store)

    works = (fail, note("b"), note("c"), fail, note("d"), fail)
    outcomes = await write_together(database, *works)
    order = [one for one in outcomes if isinstance(one, str)]
    assert order == ["b0", "c1", "d2"]
    assert await database.read(units) == order


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
