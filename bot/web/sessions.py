"""Who is at the board: sessions in memory, and a brake on those who guess at links."""

import secrets
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from storage.models import PersonId, UnitId

LIFE = timedelta(minutes=30)
GUESSES = 20
GUESSES_WITHIN = timedelta(minutes=1)
CLIENTS_MOST = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """One secretary's visit; it ends at a fixed moment. A restart ends them all."""

    person: PersonId
    unit: UnitId
    ends_at: datetime


class Sessions:
    def __init__(self) -> None:
        self._open: dict[str, Session] = {}

    def begin(self, person: PersonId, unit: UnitId, now: datetime) -> str:
        """Open a session; the secret for its cookie."""
        self._open = {key: one for key, one in self._open.items() if one.ends_at > now}
        secret = secrets.token_urlsafe(32)
        self._open[_key(secret)] = Session(person, unit, now + LIFE)
        return secret

    def get(self, secret: str, now: datetime) -> Session | None:
        session = self._open.get(_key(secret))
        return session if session is not None and session.ends_at > now else None

    def end(self, secret: str) -> None:
        self._open.pop(_key(secret), None)


class Guesses:
    """Counts unknown links by client address, so that nobody can try them by the thousand.

    Behind a proxy all clients share its address and so the limit.
    """

    def __init__(self) -> None:
        self._wrong: dict[str, deque[datetime]] = {}

    def add(self, client: str, now: datetime) -> None:
        if len(self._wrong) >= CLIENTS_MOST:
            self._wrong = {one: at for one, at in self._wrong.items() if _is_recent(at[-1], now)}
        if len(self._wrong) < CLIENTS_MOST or client in self._wrong:
            self._wrong.setdefault(client, deque(maxlen=GUESSES)).append(now)

    def is_too_many(self, client: str, now: datetime) -> bool:
        if client not in self._wrong:
            return len(self._wrong) >= CLIENTS_MOST and self._is_full(now)
        return sum(_is_recent(at, now) for at in self._wrong[client]) >= GUESSES

    def _is_full(self, now: datetime) -> bool:
        return all(_is_recent(at[-1], now) for at in self._wrong.values())


def _is_recent(at: datetime, now: datetime) -> bool:
    return now - at < GUESSES_WITHIN


def _key(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
