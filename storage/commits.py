"""Group commit: works that wait together run in one transaction and are committed together."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from storage.errors import DatabaseClosed
from storage.store import Store

T = TypeVar("T")

MOST_TOGETHER = 256
"""More would only let the first of them wait longer."""


class Transaction(Protocol):
    """The transaction commands of one connection. Used on that connection's thread only."""

    @property
    def store(self) -> Store: ...

    def begin(self) -> None: ...

    def save(self) -> None:
        """Set the savepoint a work can be rolled back to."""

    def release(self) -> None: ...

    def undo(self) -> None:
        """Roll back to the savepoint; raises if the transaction is lost as a whole."""

    def commit(self) -> None: ...

    def rollback(self) -> None:
        """Leave the transaction whatever its state. Never raises."""

    def has_landed(self) -> bool:
        """After a commit that raised: whether it took effect all the same."""

    def is_lost(self) -> bool:
        """Whether the connection itself broke, so that trying again makes sense."""


@dataclass(slots=True)
class Job:
    """One work, who waits for it, and what came of it."""

    work: Callable[[Store], object]
    future: "asyncio.Future[object]"
    result: object = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, StopIteration):
            # A future refuses it, and then those behind it would wait for ever.
            self.future.set_exception(RuntimeError("a work raised StopIteration"))
        else:
            self.future.set_exception(self.error)


def run_together(transaction: Transaction, jobs: Sequence[Job]) -> None:
    """Afterwards each job has its error, or its result and is durable."""
    if len(jobs) == 1:
        run_alone(transaction, jobs[0])
        return
    try:
        transaction.begin()
    except Exception as error:  # noqa: BLE001 - the waiting callers get it
        _fail(jobs, error)
        return
    try:
        for job in jobs:
            _run_saved(transaction, job)
        transaction.commit()
    except Exception:  # noqa: BLE001 - each work finds out alone what is wrong
        if transaction.has_landed():
            return
        transaction.rollback()
        for job in jobs:
            run_alone(transaction, job)


def run_alone(transaction: Transaction, job: Job) -> None:
    """One work in a transaction of its own, twice if the connection broke under it."""
    _try_alone(transaction, job)
    if job.error is not None and transaction.is_lost():
        _try_alone(transaction, job)


def _try_alone(transaction: Transaction, job: Job) -> None:
    job.result, job.error = None, None
    try:
        transaction.begin()
        job.result = job.work(transaction.store)
    except BaseException as error:  # noqa: BLE001 - the waiting caller gets it
        job.error = error
        transaction.rollback()
        return
    try:
        transaction.commit()
    except Exception as error:  # noqa: BLE001 - the waiting caller gets it
        if not transaction.has_landed():
            job.error = error
            transaction.rollback()


def _run_saved(transaction: Transaction, job: Job) -> None:
    transaction.save()
    try:
        job.result = job.work(transaction.store)
        transaction.release()
    except BaseException as error:  # noqa: BLE001 - the waiting caller gets it
        job.result, job.error = None, error
        transaction.undo()


def _fail(jobs: Sequence[Job], error: BaseException) -> None:
    for job in jobs:
        job.error = error


class CommitQueue:
    """Works wait here for the one writer thread.

    A caller that stops waiting does not withdraw its work. A work may run more than once (after a
    failed group commit, after a lost connection); only its last run counts.
    """

    def __init__(
        self, transaction: Transaction, hand_over: Callable[[Callable[[], None]], object]
    ) -> None:
        """`hand_over` runs a function on the transaction's thread, in the order of the calls."""
        self._transaction = transaction
        self._hand_over = hand_over
        self._waiting: deque[Job] = deque()
        self._is_called = False
        self._is_closed = False

    async def submit(self, work: Callable[[Store], T]) -> T:
        """The work's result, once it is durable; its exception, if it raised."""
        if self._is_closed:
            raise DatabaseClosed("the database is closed")
        job = Job(work, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        if not self._is_called:
            self._is_called = True
            self._hand_over(self._drain)
        return await job.future  # type: ignore[return-value]

    def close(self) -> None:
        """Take nothing more; what waits will still be run."""
        self._is_closed = True

    def _drain(self) -> None:
        # Cleared first: a work that comes later either is seen below or calls again.
        self._is_called = False
        while self._waiting:
            most = min(len(self._waiting), MOST_TOGETHER)
            jobs = [self._waiting.popleft() for _ in range(most)]
            run_together(self._transaction, jobs)
            _settle(jobs)


def _settle(jobs: Sequence[Job]) -> None:
    """One wake-up of the event loop for all of them."""
    loop = jobs[0].future.get_loop()

    def settle_all() -> None:
        for job in jobs:
            job.settle()

    # A loop that was closed meanwhile has nobody waiting.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(settle_all)
