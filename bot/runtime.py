"""One event, one transaction: hears messages, runs timed jobs, queues what is to be said."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from random import Random, SystemRandom
from weakref import WeakValueDictionary

from bot.activity import Activity, load_active, load_known
from bot.adapters.port import Echo, Notice
from bot.clock import Clock
from bot.delivery import Delivery
from bot.exchanges import Exchanges, is_answer
from bot.flood import Floods
from bot.letters import from_payload
from bot.notices import job_for
from bot.opinions import Bench, Opinions, Work
from bot.queueing import queue_outgoing, targets_of
from bot.reception import Reception
from bot.tries import PATIENCE, Tries
from bot.window import Window
from handlers import followups
from handlers.characters import is_cut
from handlers.context import Context
from handlers.dispatch import NOTHING, Dispatched, dispatch, needs_store
from handlers.gazetteer import with_known
from handlers.intents import Ear
from handlers.messages import Incoming, Outgoing, Target
from handlers.reading import Hear
from handlers.settings import Settings
from handlers.talk import Talk
from storage.database import Database
from storage.rows import to_millis
from storage.store import Store

log = logging.getLogger("lianxin.runtime")

LATE = timedelta(minutes=10)
MOST_ROUNDS = 1000

Job = Callable[[Context], Sequence[Outgoing]]


@dataclass(frozen=True, slots=True)
class Handled:
    """What one transaction did. `spoken_to` are the conversations something is queued for."""

    dispatched: Dispatched
    queued: int
    spoken_to: frozenset[Target]


@dataclass(frozen=True, slots=True)
class Swept:
    queued: int
    spoken_to: frozenset[Target]
    next_due: datetime | None


class Runtime:
    """Implements port.Receiver. Messages of one conversation are handled in order of arrival.

    `changed` is called after each message that reached the store: something may be due earlier.
    `chance` gives the randomness of an event: the system's own, since one-time codes and links are
    drawn from it; a replay draws from the event's key, so that two runs say the same.
    """

    def __init__(
        self,
        database: Database,
        ear: Ear,
        settings: Settings,
        clock: Clock,
        delivery: Delivery,
        *,
        patience: Sequence[float] = PATIENCE,
        changed: Callable[[], None] = lambda: None,
        chance: Callable[[str], Random] = lambda _key: SystemRandom(),
        opinions: Opinions | None = None,
    ) -> None:
        self._database = database
        self._ear = ear
        self._configured_places = ear.places
        self._settings = settings
        self._clock = clock
        self._delivery = delivery
        self._tries = Tries(database, clock, patience)
        self._changed = changed
        self._chance = chance
        self._window = Window()
        self._activity = Activity()
        self._exchanges = Exchanges()
        self._floods = Floods()
        self.reception = Reception(database, clock)
        self._opinions = opinions
        self._turns: WeakValueDictionary[Target, asyncio.Lock] = WeakValueDictionary()

    async def start(self) -> None:
        """Learn who is staff and where something is going on."""
        now = self._clock.now()
        await self.refresh()
        units = tuple(self._settings.units)
        active = await self._database.read(lambda store: load_active(store, units, now))
        self._activity.touch(active, now)

    async def refresh(self) -> None:
        """The roster, the groups or the known places have changed."""
        staff, units = await self._database.read(load_known)
        known = await self._database.read(lambda store: store.places.list_all())
        places = with_known(self._configured_places, known, self._settings)
        self._ear = replace(self._ear, places=places)
        self._window.know(staff, units)
        self._activity.know(units)

    async def receive(self, incoming: Incoming) -> None:
        self.reception.on_heard(incoming)
        await self.hear(incoming)

    def has_heard(self, incoming: Incoming) -> bool:
        return self._window.has_seen(incoming)

    async def hear(self, incoming: Incoming) -> Dispatched | None:
        """Handle one message; None for chatter, for a repetition, and for one that failed."""
        async with self._turn(incoming.target):
            if self._window.is_repeated(incoming):
                return None
            if is_cut(incoming.words):
                log.warning("cut %s to %d characters", incoming.key, len(incoming.words))
            dispatched = await self._hear(self._dated(incoming))
            # Only now: what came before a mark is not fetched again after a crash.
            self.reception.mark(incoming)
            return dispatched

    async def echoed(self, echo: Echo) -> None:
        await self._delivery.echoed(echo)

    async def noticed(self, notice: Notice) -> None:
        """An account went or came, a group was renamed, left or entered."""
        place = notice.conversation or ""
        log.info("notice %s %s/%s %s", notice.kind, notice.platform, notice.account, place)
        await self.reception.noticed(notice)
        if notice.kind == "online":
            self._delivery.wake()
        if (job := job_for(notice)) is not None:
            await self.run(notice.kind, job)

    async def run(self, name: str, job: Job, at: datetime | None = None) -> int:
        """A timed job in one transaction; how many messages it queued.

        `at` is the moment the job should have run at, where that was missed.
        """
        now = self._clock.now()
        key = f"{name}:{to_millis(at or now)}"

        def work(store: Store) -> Swept:
            outgoing = job(self._context(store, at or now, key))
            queued = queue_outgoing(store, outgoing, key, now, self._settings)
            return Swept(queued, targets_of(outgoing), None)

        done = await self._database.write(work)
        self._spread(done.queued, done.spoken_to, now)
        log.info("job %s queued %d", name, done.queued)
        return done.queued

    async def sweep(self) -> datetime | None:
        """Do all that is due of tickets and questions; when the next is due."""
        for _ in range(MOST_ROUNDS):
            now = self._clock.now()
            swept = await self._database.write(lambda store: self._sweep(store, now))  # noqa: B023
            self._spread(swept.queued, swept.spoken_to, now)
            if swept.next_due is None or swept.next_due > now:
                return swept.next_due
        log.error("the sweep never ends: something stays due")
        return self._clock.now() + timedelta(minutes=1)

    async def keep_marks(self) -> None:
        """Write down how far each conversation was heard, that the bot was awake, and floods."""
        await self.reception.keep_marks()
        await self._floods.keep(self._database)
        self._activity.prune(self._clock.now())

    async def run_again(self, letter: int) -> bool:
        """Handle a dead letter once more; whether it went well (it is then removed)."""
        found = await self._database.read(lambda store: store.reception.get_dead_letter(letter))
        if found is None:
            return False
        incoming = self._dated(from_payload(found.payload))
        talk = self._window.talk(incoming)
        handled = await self._handle(incoming, self._hearing(incoming, talk), talk)
        if handled is None:
            return False
        await self._database.write(lambda store: store.reception.remove_dead_letter(letter))
        return True

    async def _hear(self, incoming: Incoming) -> Dispatched | None:
        talk = self._window.talk(incoming)
        line = self._window.line(incoming)
        hear = self._hearing(incoming, talk)
        self._delivery.hear(incoming.target, incoming.account)
        is_active = self._activity.is_active(incoming.target, self._clock.now())
        is_wanted = needs_store(incoming, hear, talk, is_active)
        if is_wanted and self._floods.is_over(incoming, hear, is_staff=talk.is_staff):
            self._window.record(incoming, line)
            return None
        dispatched = await self._handle(incoming, hear, talk) if is_wanted else NOTHING
        if dispatched is None:
            self._window.record(incoming, line)
            return None
        self._window.record(incoming, line, dispatched.ticket, dispatched.act)
        is_open_still = dispatched.ticket is None and not dispatched.outgoing
        if is_open_still and self._opinions is not None:
            bench = Bench(partial(self._look, incoming, talk), self._act)
            self._opinions.consider(incoming, line, hear().score, talk, bench)
        if not is_wanted:
            return None
        self._floods.note(incoming, dispatched.act)
        return dispatched

    def _look(self, incoming: Incoming, talk: Talk, store: Store) -> Context:
        return replace(self._context(store, self._clock.now(), incoming.key), talk=talk)

    async def _act(self, incoming: Incoming, work: Work) -> None:
        async with self._turn(incoming.target):
            talk = self._window.talk(incoming)
            await self._database.write(lambda store: work(self._look(incoming, talk, store)))
        self._changed()

    def _turn(self, target: Target) -> asyncio.Lock:
        """The lock lives as long as somebody holds or awaits it."""
        return self._turns.setdefault(target, asyncio.Lock())

    def _hearing(self, incoming: Incoming, talk: Talk) -> Hear:
        return cache(partial(self._ear.hear, self._window.line(incoming), talk))

    async def _handle(self, incoming: Incoming, hear: Hear, talk: Talk) -> Dispatched | None:
        """Five tries, then a dead letter; None if it came to that."""
        now = self._clock.now()
        is_muzzled = self._exchanges.is_muzzled(incoming, now, is_staff=talk.is_staff)
        handled = await self._tries.run(
            incoming,
            lambda store: self._dispatch(store, incoming, hear, talk, now, is_muzzled),
        )
        if handled is None:
            return None
        await self._follow(incoming, handled, now)
        return handled.dispatched

    def _dispatch(
        self,
        store: Store,
        incoming: Incoming,
        hear: Hear,
        talk: Talk,
        now: datetime,
        is_muzzled: bool,
    ) -> Handled:
        context = replace(
            self._context(store, now, incoming.key),
            talk=talk,
            understand=lambda: self._ear.read(hear()),
        )
        dispatched = dispatch(incoming, context)
        outgoing = [
            one for one in dispatched.outgoing if not is_muzzled or not is_answer(one, incoming)
        ]
        queued = queue_outgoing(store, outgoing, incoming.key, now, self._settings)
        return Handled(dispatched, queued, targets_of(outgoing))

    async def _follow(self, incoming: Incoming, handled: Handled, now: datetime) -> None:
        """What the rest of the bot must know after the commit."""
        if incoming.target in handled.spoken_to:
            self._exchanges.note(incoming, now)
        changed = set(handled.spoken_to)
        if handled.dispatched.ticket is not None or handled.dispatched.is_waiting:
            changed.add(incoming.target)
        self._spread(handled.queued, changed, now)
        if handled.dispatched.roster_changed:
            await self.refresh()
        self._changed()
        log.info(
            "handled %s act=%s ticket=%s queued=%d",
            incoming.key, handled.dispatched.act, handled.dispatched.ticket, handled.queued,
        )  # fmt: skip

    def _spread(self, queued: int, targets: frozenset[Target] | set[Target], now: datetime) -> None:
        self._activity.touch(targets, now)
        if queued:
            self._delivery.wake()

    def _sweep(self, store: Store, now: datetime) -> Swept:
        key = f"sweep:{to_millis(now)}"
        outgoing = followups.send_due(self._context(store, now, key))
        queued = queue_outgoing(store, outgoing, key, now, self._settings)
        return Swept(queued, targets_of(outgoing), followups.next_due(store))

    def _context(self, store: Store, now: datetime, key: str) -> Context:
        return Context(store, now, self._settings, self._chance(key), reader=self._ear)

    def _dated(self, incoming: Incoming) -> Incoming:
        is_late = incoming.is_late or self._clock.now() - incoming.at > LATE
        return replace(incoming, is_late=is_late) if is_late != incoming.is_late else incoming
