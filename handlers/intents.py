"""The ear: what one line says, and whether it starts a matter."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from handlers import model, registers, shouts
from handlers.bearing import bearing
from handlers.dangers import danger_in
from handlers.features import LONGEST, surface
from handlers.gist import gist_of
from handlers.model import MalformedModel, Model
from handlers.places import find_place, place_key
from handlers.reading import Gate, Impression, Reading
from handlers.sensitivity import against_in, is_sensitive
from handlers.settings import Settings
from handlers.sorter import sort_text
from handlers.surroundings import marks
from handlers.talk import NO_TALK, Line, Talk
from handlers.topics import topics_in
from storage.models import Field, Kind, UnitId, Urgency

SHIPPED = "ear.bin"
OPEN_AT, ASK_AT = 0.74, 0.3
STEEPNESS, MIDDLE = 4.2, -0.02
"""Bring the gate's score between 0 and 1, so that the two thresholds stand where the days of hands
that the model had not seen want them: at 0.23 and -0.22 of the gate."""
FOLLOWS_ABOVE = -1.0
"""Below this in every act a line belongs to no ticket: keeps 99 % of those that do."""
ADDS_ABOVE = -0.6
"""Below this a line is hardly more on a matter: place and urgency need no closer look."""
CERTAIN_DANGER, TOLD_DANGER, DANGER_GATE = -0.7, -0.9, -0.55
HUSHED_GATE = -1.0
"""Down to here a danger that the model is certain of counts: who gives up says it in passing."""
SURE_DANGER = 0.2
QUIETER = 1.0
LOUDEST = 0.7
"""Words add up: a long text must not be so loud that its register no longer counts."""
BARE, HEADLINE, INQUIRY = 0.25, -0.2, -0.2
NO_HEADLINE = -1.5
"""Down to here what is built like the title of a letter is asked about: below it is small talk."""
SENSITIVE_DANGERS = frozenset({"self_harm", "violence"})
_FIELDS = {f"field:{one}": one for one in Field}
_KINDS = {f"kind:{one}": one for one in Kind}
"""By the lanes of the model that speak for them."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Ear:
    """Reads lines. Holds no state: the same line in the same talk reads the same.

    `sorter`, a deployer's own (handlers/sorter.py), tells the fields that are among its labels.
    """

    model: Model
    open_at: float = OPEN_AT
    ask_at: float = ASK_AT
    places: Mapping[UnitId, Sequence[str]] = field(default_factory=dict)
    sorter: Model | None = None

    def classify(self, line: Line, talk: Talk, *, in_full: bool = False) -> Reading:
        """What `line` says. Never raises; texts past 600 characters are cut.

        Of a line that starts no matter the gist is left empty, unless `in_full`.
        """
        return self.read(self.hear(line, talk), in_full=in_full)

    def hear(self, line: Line, talk: Talk) -> Impression:
        """Whether `line` may concern anybody: half the work of reading it. Never raises."""
        said = line.text[:LONGEST]
        text = registers.spoken(said)
        taken = surface(text)
        told = danger_in(taken.text)
        topics = topics_in(taken.grams)
        weighed = (*topics, *bearing(taken.grams, topics), *marks(line, talk))
        features = [*taken.grams, *taken.marks, *weighed, *_danger_marks(told)]
        scores = self._scores(features)
        gate = _with_registers(scores["gate"], taken.text, said, is_alone=not talk.before)
        is_quiet = line.is_staff or talk.is_staff or not taken.text or registers.is_bulletin(text)
        danger = None if is_quiet else _danger(told, _alarm(scores), gate)
        score = 0.0 if is_quiet else _probability(gate if danger is None else max(gate, 0.3))
        return Impression(
            gate=self._gate(score),
            score=score,
            urgency=_urgency(scores, danger),
            danger=danger,
            may_follow=_may_follow(scores, line),
            text=text,
            scores=scores,
            unit=talk.unit,
        )

    def _scores(self, features: Iterable[str]) -> Mapping[str, float]:
        return dict(zip(self.model.about.lanes, self.model.scores(features), strict=True))

    def read(self, heard: Impression, *, in_full: bool = False) -> Reading:
        """What a line is about that has been heard. Never raises."""
        text, scores, danger = heard.text, heard.scores, heard.danger
        is_matter = in_full or heard.score >= self.ask_at
        of_field = self._field_of(text, scores) if is_matter else _field(scores)
        kind = _best(scores, _KINDS)
        tells_place = is_matter or scores["act:add"] > ADDS_ABOVE
        place = find_place(text, self._places_known(heard.unit)) if tells_place else None
        against = against_in(text) if is_matter else None
        sensitive = is_sensitive(text, of_field, kind, against) and danger is None
        return Reading(
            gate=heard.gate,
            score=heard.score,
            kind=kind,
            field=of_field,
            urgency=heard.urgency,
            place=place,
            place_key=place_key(place),
            gist=gist_of(text, of_field, danger) if is_matter else "",
            is_sensitive=sensitive or danger in SENSITIVE_DANGERS,
            danger=danger,
            against=against,
            may_follow=heard.may_follow,
        )

    def _places_known(self, unit: UnitId | None) -> Sequence[str]:
        return self.places.get(unit, ()) if unit else ()

    def _field_of(self, text: str, scores: Mapping[str, float]) -> Field:
        """What the sorter never learned to name is left to the ear."""
        own = _field(scores)
        if self.sorter is None or own not in self.sorter.about.lanes:
            return own
        return Field(sort_text(self.sorter, text))

    def _gate(self, score: float) -> Gate:
        if score >= self.open_at:
            return Gate.OPEN
        return Gate.ASK if score >= self.ask_at else Gate.NONE


def load(model_path: Path | None, settings: Settings) -> Ear:
    """The ear of a deployment; `model_path` None means the shipped model.

    Raises MalformedModel for a file that is no ear's model, OSError where it can not be read.
    """
    if model_path is None:
        chosen = shipped_model()
    else:
        chosen = model.load(model_path.read_bytes())
        if not {"gate", "danger"} <= set(chosen.about.lanes):
            raise MalformedModel("这不是认诉求用的模型")
    places = {unit: _places_of(unit, settings) for unit in settings.units}
    return Ear(chosen, settings.intake.open_at, settings.intake.ask_at, places)


def _places_of(unit: UnitId, settings: Settings) -> tuple[str, ...]:
    """The unit's own place names and those of the units above it."""
    chain = settings.ancestors(unit)
    return tuple(place for one in chain for place in settings.units[one].places)


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    return model.load(files("handlers").joinpath(SHIPPED).read_bytes())


def classify(text: str) -> Reading:
    """A bare text, said by a resident into a quiet group."""
    line = Line("", datetime.fromtimestamp(0, UTC), "", "", text)
    return Ear(shipped_model()).classify(line, NO_TALK, in_full=True)


def _danger_marks(told: str | None) -> Iterable[str]:
    return () if told is None else ("!danger", f"!{told}")


def _with_registers(gate: float, plain: str, text: str, *, is_alone: bool) -> float:
    """Notices, sales and the like are quieter than their words; bare shouts are louder."""
    gate = min(gate, LOUDEST)
    if registers.is_command(text):
        return gate - 3 * QUIETER
    if registers.is_notice(text) or registers.is_sale(text):
        return gate - 2 * QUIETER
    if registers.is_impersonal(plain):
        return gate - 1.5 * QUIETER
    if registers.is_settled(plain) or registers.is_elsewhere(plain):
        return gate - QUIETER
    if registers.is_laughing(plain):
        return gate - QUIETER / 3
    if shouts.is_bare_report(plain):
        return max(gate, BARE)
    if shouts.is_inquiry(plain):
        return max(gate, INQUIRY)
    is_title = shouts.is_headline(plain) or (is_alone and shouts.is_title(plain))
    if is_title and gate > NO_HEADLINE:
        return max(gate, HEADLINE)
    return gate


def _alarm(scores: Mapping[str, float]) -> float:
    """How much it sounds of danger, among all lines and among matters: together they raise fewer
    false alarms at other matters than the first alone (docs/decisions/understanding.md)."""
    return scores["danger"] + scores["urgency:critical"]


def _danger(told: str | None, alarm: float, gate: float) -> str | None:
    """Which danger: the words tell of one and the model does not think it a joke, or it is sure."""
    if gate < HUSHED_GATE:
        return told if alarm > SURE_DANGER else None
    if gate >= DANGER_GATE and told is not None and alarm > TOLD_DANGER:
        return told
    return (told or "unsure") if alarm > CERTAIN_DANGER else None


def _probability(gate: float) -> float:
    return 1.0 / (1.0 + math.exp(-STEEPNESS * (gate - MIDDLE)))


def _field(scores: Mapping[str, float]) -> Field:
    return _best(scores, _FIELDS)


def _best(scores: Mapping[str, float], lanes: Mapping[str, Value]) -> Value:
    return lanes[max(lanes, key=scores.__getitem__)]


def _urgency(scores: Mapping[str, float], danger: str | None) -> Urgency:
    if danger is not None:
        return Urgency.CRITICAL
    is_urgent = scores["urgency:urgent"] > scores["urgency:routine"]
    return Urgency.URGENT if is_urgent else Urgency.ROUTINE


def _may_follow(scores: Mapping[str, float], line: Line) -> bool:
    if line.quote or line.images or line.is_at_bot:
        return True
    acts = [score for lane, score in scores.items() if lane.startswith("act:")]
    return max(acts, default=0.0) > FOLLOWS_ABOVE or scores["gate"] > DANGER_GATE
