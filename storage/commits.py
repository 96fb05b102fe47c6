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

    def check(self) -> None:
        """Raises if a work went on after a statement that broke the transaction."""

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
    """Afterwards each job has its error, or its result and is durable.

    A work that raises is rare, and takes back all before it, which then run again. A savepoint
    for each would spare them that, and cost every work a sixth of its time.
    """
    if len(jobs) < 2:
        for job in jobs:
            run_alone(transaction, job)
        return
    try:
        transaction.begin()
    except Exception as error:  # noqa: BLE001 - the waiting callers get it
        _fail(jobs, error)
        return
    raised = _first_that_raises(transaction, jobs)
    if raised is None:
        _commit_together(transaction, jobs)
        return
    transaction.rollback()
    run_together(transaction, jobs[:raised])
    run_alone(transaction, jobs[raised])
    run_together(transaction, jobs[raised + 1 :])


def _first_that_raises(transaction: Transaction, jobs: Sequence[Job]) -> int | None:
    for place, job in enumerate(jobs):
        try:
            job.result = job.work(transaction.store)
            transaction.check()
        except BaseException:  # noqa: BLE001 - run alone, it raises again for who waits for it
            return place
    return None


def _commit_together(transaction: Transaction, jobs: Sequence[Job]) -> None:
    try:
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


def _fail(jobs: Sequence[Job], error: BaseException) -> None:
    for job in jobs:
        job.error = error


class CommitQueue:
    """Works wait here for the one writer thread.

    A caller that stops waiting does not withdraw its work. A work may run more than once (after a
    failed group commit, after a lost connection, when one behind it raises); only its last run
    counts.
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
