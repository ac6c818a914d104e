"""How a model was tested: the record that `kerong model fit-city --report` wrote, laid out for a page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from kerong.engine.entitle.values import value_in_words
from kerong.engine.monitor.grading import wilson
from kerong.engine.problems import sentence
from kerong.engine.score.card.fairness import LEAST_OUTCOMES, LEAST_ROWS
from kerong.engine.score.card.report import VERSION
from kerong.engine.score.card.report_table import WORDS
from kerong.engine.score.card.report_words import METRICS
from kerong.rulebook.content import Text
from kerong.rulebook.models import Model
from kerong.rulebook.types import TEXT
from kerong.web.base.names import named
from kerong.web.base.selectors.bins import characteristics_of, line_title
from kerong.web.base.selectors.published import Published

Held = Mapping[str, Any]
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its interval, in words and as places from 0 to 100 of a bar; `mark`: what was expected."""

    said: str
    at: float
    start: float
    width: float
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Skill:
    """The AUC of one model on the rows held back; None where it could not be fitted."""

    name: str
    auc: Interval | None


@dataclass(frozen=True, slots=True)
class Grouped:
    """One group under a cut of the points; `low`: surely approved less than four fifths as often as the largest."""

    title: str
    cells: tuple[str, ...]
    low: bool


@dataclass(frozen=True, slots=True)
class Division:
    """Groups of one division; `small` groups with `small_rows` rows are not shown singly."""

    title: str
    groups: tuple[Grouped, ...]
    small: int
    small_rows: int


@dataclass(frozen=True, slots=True)
class Drifted:
    """How far a characteristic moved between the rows of the fit and those of the test; `word`: what that means."""

    title: Text
    value: str
    noise: str
    said: str
    word: str


@dataclass(frozen=True, slots=True)
class Tenth:
    """Rows of about one probability: what was said, and what came."""

    rows: int
    expected: str
    observed: Interval


@dataclass(frozen=True, slots=True)
class Tested:
    """The record of a test. `window`, `lines`: of the card that was tested, fitted on earlier decisions alone.

    `fitted_from`: digests of the sample and model; empty where the record says none.
    """

    window: tuple[date, date]
    lines: tuple[str, ...]
    fitted_from: Mapping[str, str]
    auc: str
    test: str
    fitted: str
    judged: str
    warnings: tuple[str, ...]
    problems: tuple[str, ...]
    skills: tuple[Skill, ...]
    names: tuple[str, ...]
    metrics: tuple[tuple[str, tuple[str, ...]], ...]
    tenths: tuple[Tenth, ...]
    parts: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
    fairness: tuple[Division, ...]
    fairness_notes: tuple[str, ...]
    drift: tuple[Drifted, ...]


@lru_cache(maxsize=32)
def tested(published: Published, model: str, lang: str) -> tuple[Tested | None, bool]:
    """(the record of the model's test, is there one that cannot be read); (None, False): the run has none."""
    try:
        text = published.run.document(f"models/tested/{model}.json")
    except KeyError:
        return None, False
    except (OSError, UnicodeDecodeError):
        return None, True
    try:
        held = json.loads(text)
        if held["version"] != VERSION or held["about"]["name"] != model:
            return None, True
        return _Teller(held, published, published.rulebook.models[model], lang).told(), False
    except (*UNREADABLE, RecursionError):
        return None, True


def interval(
    value: float, low: float | None, high: float | None, least: float, most: float, mark: float | None = None
) -> Interval:
    """A share with its interval, drawn between `least` and `most`."""
    span = (most - least) or 1.0

    def place(one: float) -> float:
        return round(min(max(100 * (one - least) / span, 0.0), 100.0), 2)

    ends = (value if low is None else low, value if high is None else high)
    said = _percent(value) if low is None else f"{_percent(value)} ({_percent(ends[0])} – {_percent(ends[1])})"
    width = round(max(place(ends[1]) - place(ends[0]), 0.6), 2)
    return Interval(said, place(value), place(ends[0]), width, None if mark is None else place(mark))


class _Teller:
    """One language's page of a record."""

    def __init__(self, held: Held, published: Published, model: Model, lang: str) -> None:
        self.held, self.book, self.model, self.lang = held, published.rulebook, model, lang

    def say(self, key: str, **values: object) -> str:
        zh, en = WORDS[key]
        return (zh if self.lang == "zh" else en).format(**values)

    def told(self) -> Tested:
        sample, card = self.held["metrics"]["sample"], self.held["card"]
        first, last = (date.fromisoformat(one) for one in self.held["data"]["window"])
        return Tested(
            window=(first, last),
            lines=tuple(dict.fromkeys(line["name"] for part in card["segments"] for line in part["lines"])),
            fitted_from=dict(self.held["about"].get("fitted_from") or {}),
            auc=_estimate(sample["card"]["auc"], 2),
            test=self.held["about"]["test"][self.lang],
            fitted=self._counted("fitted", ""),
            judged=self._counted("tested", "test_"),
            warnings=tuple(self.say(key) for key in self.held["warnings"]),
            problems=tuple(sentence(row, self.lang) for row in self.held["problems"]),
            skills=tuple(self._skills(sample)),
            names=tuple(self.say(name) for name in sample),
            metrics=tuple(self._metrics(sample)),
            tenths=tuple(self._tenths()),
            parts=tuple(self._parts()),
            fairness=tuple(self._fairness()),
            fairness_notes=self._fairness_notes(),
            drift=tuple(self._drift()),
        )

    def _counted(self, key: str, head: str) -> str:
        data = self.held["data"]
        first, last = data[f"{head}window"]
        rows, bads = data[f"{head}rows"], data[f"{head}bads"]
        return self.say(key, rows=rows, first=first, last=last, bads=bads, rate=_percent(bads / rows))

    def _skills(self, sample: Held) -> Iterator[Skill]:
        for name, figures in sample.items():
            auc = figures["auc"] if figures else None
            if auc is None or auc["value"] is None:
                yield Skill(self.say(name), None)
                continue
            drawn = interval(auc["value"], auc["low"], auc["high"], 0.5, 1.0)
            yield Skill(self.say(name), Interval(_estimate(auc), drawn.at, drawn.start, drawn.width))

    def _metrics(self, sample: Held) -> Iterator[tuple[str, tuple[str, ...]]]:
        known = next(one for one in sample.values() if one)
        for metric in METRICS:
            if metric in known and metric != "auc":
                cells = [self.say("absent") if one is None else _estimate(one[metric]) for one in sample.values()]
                yield self.say(metric), tuple(cells)

    def _tenths(self) -> Iterator[Tenth]:
        found = self.held.get("calibration", ())
        told = [(one, wilson(one["bads"], one["rows"])) for one in found]
        most = max((max(one["expected"], high or 0.0) for one, (_, _, high) in told), default=1.0)
        for one, (share, low, high) in told:
            drawn = interval(share or 0.0, low, high, 0.0, most, one["expected"])
            yield Tenth(one["rows"], _percent(one["expected"], 2), drawn)

    def _parts(self) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
        """By segment and by year: name, rows, rate, AUC."""
        titles = {one.name: one.title.in_(self.lang) for one in self.model.segments}
        for section, key in (("segments", "segment"), ("years", "year")):
            rows = [
                (
                    titles.get(str(row[key]), str(row[key])),
                    f"{row['rows']:,}",
                    _percent(row["rate"]),
                    _estimate(row["auc"]),
                )
                for row in self.held[section]
            ]
            if rows:
                yield self.say(section), tuple(rows)

    def _fairness_notes(self) -> tuple[str, ...]:
        parts = self.held["fairness"]
        if not parts:
            return ()
        share = _percent(self.held["approve_bp"] / 10_000)
        few = self.say("fairness_small", rows=LEAST_ROWS, outcomes=LEAST_OUTCOMES)
        return self.say("fairness_said", share=share, cut=parts[0]["cut"]), few

    def _fairness(self) -> Iterator[Division]:
        for part in self.held["fairness"]:
            groups = tuple(Grouped(self._group(row["group"]), _cells(row), row["low"]) for row in part["groups"])
            title = named("division", part["name"], self.lang, self.book.region)
            yield Division(title, groups, part["small"], part["small_rows"])

    def _group(self, code: str) -> str:
        said = value_in_words(code, TEXT, self.book, self.lang)
        return named("group", code, self.lang, self.book.region) if said == code else said

    def _drift(self) -> Iterator[Drifted]:
        drift = self.held["drift"]
        if drift is None:
            return
        known = characteristics_of(self.model)
        total = Text(WORDS["points"][0], WORDS["points"][1])
        lines: Sequence[tuple[Text, Held | None]] = [
            (total, drift["points"]),
            *(
                (line_title(name, known), shift)
                for name, shift in sorted(
                    drift["lines"].items(), key=lambda item: -(item[1]["value"] if item[1] else 0)
                )
            ),
        ]
        for title, shift in lines:
            if shift is None:
                continue
            said = self.say("shifted_word" if shift["word"] == "shifted" else shift["word"])
            yield Drifted(title, f"{shift['value']:.3f}", f"{shift['noise']:.3f}", said, shift["word"])


def _cells(row: Held) -> tuple[str, ...]:
    """Rows, bad, approved, its ratio, approved among the good, its ratio, AUC."""
    return (
        f"{row['rows']:,}",
        _percent(row["bad_rate"]),
        _percent(row["approved"]),
        _estimate(row["approved_ratio"], 2),
        _percent(row["good_approved"]),
        _estimate(row["good_ratio"], 2),
        "—" if row["auc"] is None else f"{row['auc']:.3f}",
    )


def _percent(share: float | None, places: int = 1) -> str:
    return "—" if share is None else f"{100 * share:.{places}f}%"


def _estimate(found: Held | None, places: int = 3) -> str:
    if found is None or found["value"] is None:
        return "—"
    value = f"{found['value']:.{places}f}"
    if found["low"] is None or found["low"] == found["high"]:
        return value
    return f"{value} ({found['low']:.{places}f} – {found['high']:.{places}f})"
