"""The credit view of one enterprise: points that add up, what is not known, what costs most, what would change it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from kerong.engine.score.card.calibration import probability_bp
from kerong.engine.score.card.card import Card, CardSegment, Line
from kerong.engine.score.credit import for_purpose
from kerong.engine.score.declared import fields_behind, read
from kerong.rulebook.changes import change_of
from kerong.rulebook.content import Text
from kerong.rulebook.models import Model, ModelCharacteristic
from kerong.web.base.permissions import Reach
from kerong.web.base.selectors.bins import BinWords, bin_of, characteristics_of, line_title
from kerong.web.base.selectors.carried import Carried
from kerong.web.base.selectors.models import card_held, has_credit_view, segment_title
from kerong.web.base.selectors.published import Published
from kerong.web.base.words import word

KIND = "credit"
SECTION = "score"  # of a consent
REASONS = 4
FEWEST = ((1_000, 100), (100, 1_000), (0, 10_000))  # from so many basis points on: told of so many firms


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One line of the card: what the firm has, what it gives and costs against the best. `low`, `high`: what it could
    still take or add where it is not known; `better`: the next values that give more, and by how much."""

    title: Text
    value: str
    points: int
    best: int
    cost: int
    is_known: bool
    low: int
    high: int
    better: str
    gain: int
    how: Text | None


@dataclass(frozen=True, slots=True)
class Likelihood:
    """So many of so many firms, and the same in basis points."""

    few: str
    many: str
    bp: int

    @classmethod
    def of(cls, bp: int) -> "Likelihood":
        """A small chance is told of more firms, so that it is never rounded to nobody."""
        many = next(count for least, count in FEWEST if bp >= least)
        return cls(f"{round(bp * many / 10_000):,}", f"{many:,}", bp)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one card says. `best` less every cost is `points`; `base` and what may not be shown singly is one sum.

    `best_likelihood`, `worst_likelihood`: the probability at the two ends of the interval of points.
    """

    model: Model
    card: Card
    source: Text
    segment: Text
    at_risk: bool | None
    points: int
    low: int
    high: int
    worst: int
    best: int
    base: int
    coverage_bp: int
    likelihood: Likelihood
    best_likelihood: Likelihood
    worst_likelihood: Likelihood
    lines: tuple[CreditLine, ...]
    hidden: int
    hidden_cost: int

    @property
    def reasons(self) -> tuple[CreditLine, ...]:
        """The lines that cost most, dearest first."""
        return tuple(line for line in self.lines if line.cost > 0)[:REASONS]

    @property
    def rest(self) -> int:
        """What every other line costs together."""
        return self.best - self.points - sum(line.cost for line in self.reasons)

    @property
    def unknown(self) -> tuple[CreditLine, ...]:
        """What is not known and could change the points."""
        return tuple(line for line in self.lines if not line.is_known and (line.low or line.high))

    @property
    def raises(self) -> tuple[CreditLine, ...]:
        """What the firm can change itself, most points first."""
        return tuple(sorted((line for line in self.lines if line.gain and line.how), key=lambda line: -line.gain))

    @property
    def gauge(self) -> dict[str, float]:
        """Places of the points and of their interval between the worst and the best, from 0 to 100."""
        span = max(self.best - self.worst, 1)
        at, low, high = (round(100 * (one - self.worst) / span, 2) for one in (self.points, self.low, self.high))
        return {"at": at, "low": low, "width": max(high - low, 0.8)}


@dataclass(frozen=True, slots=True)
class CreditPage:
    """The view of one enterprise; no readings: the region has no fitted card, or none of this firm."""

    firm: Mapping[str, Any]
    on: date
    readings: tuple[Reading, ...]
    has_card: bool


def may_open(published: Published, granted: Reach) -> bool:
    """Whether the reader may see what credit cards say of the firm: its own, or what its consent's purpose carries."""
    if not has_credit_view():
        return False
    if granted.own:
        return True
    consent = granted.consent
    if consent is None or not granted.covers(SECTION):
        return False
    purpose = published.rulebook.purposes.get(consent.purpose)
    names = [model.name for model in published.rulebook.models.values() if model.kind == KIND]
    return purpose is not None and bool(set(names) & set(purpose.models))


def credit_page(
    published: Published, enterprise_id: str, granted: Reach, held: Carried, lang: str
) -> CreditPage | None:
    """What the credit cards say of the enterprise; None is answered as if the enterprise did not exist."""
    firm = published.enterprise(enterprise_id)
    if firm is None or not may_open(published, granted):
        return None
    book = published.rulebook
    cards = {name for name, rules in book.cards.items() if book.models[rules.model].kind == KIND}
    rows = _rows(published, enterprise_id, cards)
    if granted.consent is not None and not rows.is_empty():
        purpose = book.purposes[granted.consent.purpose]
        rows, _ = for_purpose(rows, book, purpose, consented=True)
        if rows.is_empty():
            return None
    head = {"enterprise_id": enterprise_id, "name": firm.get("name") if held.has("name") else None}
    readings = tuple(_reading(published, row, held, lang) for row in rows.iter_rows(named=True))
    return CreditPage(head, published.on, readings, bool(cards))


def _rows(published: Published, enterprise_id: str, cards: set[str]) -> pl.DataFrame:
    """The rows of the run's table; none where the run was made before there were cards."""
    if "credit" not in published.tables:
        return pl.DataFrame(schema={"card": pl.String()})
    asked = published.table("credit").filter(pl.col("card").is_in(sorted(cards)), subject=enterprise_id)
    return asked.sort("card").collect()


def _reading(published: Published, row: Mapping[str, Any], held: Carried, lang: str) -> Reading:
    rules = published.rulebook.cards[row["card"]]
    model, card = published.rulebook.models[rules.model], card_held(published, row["card"])
    segment = card.segment(row["segment"])
    behind = fields_behind(model)
    shown = [line for line in segment.lines if all(held.has(name) for name in behind.get(line.name, ()))]
    hidden = [line for line in segment.lines if line not in shown]
    lines = sorted(_lines(published, model, row, shown, lang), key=lambda line: -line.cost)
    kept = sum(row[f"points_{line.name}"] for line in hidden)
    return Reading(
        model=model,
        card=card,
        source=rules.source,
        segment=segment_title(model, segment.name, lang),
        at_risk=row["at_risk"],
        points=row["points"],
        low=row["points_low"],
        high=row["points_high"],
        worst=segment.worst,
        best=segment.best,
        base=segment.base + kept,
        coverage_bp=row["coverage_bp"],
        likelihood=Likelihood.of(row["probability_bp"]),
        best_likelihood=_at(row["points_high"], segment),
        worst_likelihood=_at(row["points_low"], segment),
        lines=tuple(lines),
        hidden=len(hidden),
        hidden_cost=sum(line.best for line in hidden) - kept,
    )


def _at(points: int, segment: CardSegment) -> Likelihood:
    return Likelihood.of(int(probability_bp(np.array([points], dtype=np.int64), segment.calibration)[0]))


def _lines(
    published: Published, model: Model, row: Mapping[str, Any], shown: list[Line], lang: str
) -> Iterator[CreditLine]:
    firm = published.enterprises.filter(enterprise_id=row["subject"])
    values = read(firm, model, published.on)[0].row(0, named=True)
    known = characteristics_of(model)
    for line in shown:
        told = BinWords(known.get(line.name), published.rulebook, lang)
        value = values.get(line.name)
        is_known, points = bin_of(line, value) is not line.missing, row[f"points_{line.name}"]
        gaps = [one - points for one in line.known_points]
        better, gain, rises = _better(line, value, points, told, lang) if is_known else ("", 0, None)
        yield CreditLine(
            title=line_title(line.name, known),
            value=told.value(value),
            points=points,
            best=line.best,
            cost=line.best - points,
            is_known=is_known,
            low=0 if is_known else min(0, *gaps),
            high=0 if is_known else max(0, *gaps),
            better=better,
            gain=gain,
            how=_how(published, known[line.name], rises) if gain and line.name in known else None,
        )


def _better(line: Line, value: Any, points: int, told: BinWords, lang: str) -> tuple[str, int, bool | None]:
    """The nearest values that give more points, how many more, and whether they are higher (None: of a category)."""
    more = [one for one in line.bins if one.points > points]
    if not more:
        return "", 0, None
    if line.kind == "number":
        own = line.bins.index(bin_of(line, value))
        found = min(more, key=lambda one: (abs(line.bins.index(one) - own), -one.points))
        rises = line.bins.index(found) > own
    else:
        found, rises = min(more, key=lambda one: one.points), None
    return word("credit.better", lang, values=told.bin(found)), found.points - points, rises


def _how(published: Published, asked: ModelCharacteristic, rises: bool | None) -> Text | None:
    """How a firm moves what a line reads in this direction; None for what it cannot change itself."""
    if asked.value.kind != "field":
        return None
    change = change_of(asked.value.field, published.rulebook)
    wrong = {True: "less", False: "more"}.get(rises) if rises is not None else None
    return None if change is None or change.better == wrong else change.how
