"""Connections that break, and what the server itself refuses."""

import asyncio

import psycopg
import pytest

from storage.commits import Job, run_alone
from storage.database import open_database
from storage.postgresql import Link, PostgresqlTransaction
from storage.store import Store
from tests.storage.works import add, units, units_from_outside, write_together


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
