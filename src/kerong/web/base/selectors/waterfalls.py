"""Waterfalls: the cards of the index and the page of one, with its layers in words and its examples worked out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.http import Http404

from kerong.engine.money import Speaker, Split, layer_lines, outcome_of, split
from kerong.rulebook.content import Level, Rule, Text
from kerong.rulebook.tree import parameters_of
from kerong.rulebook.types import FEN
from kerong.rulebook.waterfalls import Waterfall
from kerong.rulebook.words import shown
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rules import ParameterLine, level_of, parameter_line, unsaid_quotes


@dataclass(frozen=True, slots=True)
class Part:
    """What one party takes in an example: `place` among the parties, start and width in the bar in per cent."""

    place: int
    title: Text
    fen: int
    shown: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class CutPart:
    """What a cap took from a party."""

    title: Text
    shown: str


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: what was given in words, and who takes what."""

    title: str
    on: date
    given: tuple[tuple[Text, str], ...]
    outcome: str
    amount: int
    parts: tuple[Part, ...]
    cuts: tuple[CutPart, ...]


@dataclass(frozen=True, slots=True)
class LayerLine:
    """A layer: its title, and sentences that say what it takes and how it is shared."""

    title: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Card:
    """A waterfall among the rules, with its first example that parts something."""

    waterfall: Waterfall
    example: Example | None


@dataclass(frozen=True, slots=True)
class WaterfallPage:
    """What the page of a waterfall shows."""

    waterfall: Waterfall
    rule: Rule | None
    level: Level | None
    amount: str
    layers: tuple[LayerLine, ...]
    examples: tuple[Example, ...]
    parameters: tuple[ParameterLine, ...]

    @property
    def rest(self) -> Text | None:
        """Who takes what no layer took; None where a layer takes all."""
        return self.waterfall.parties[self.waterfall.rest] if self.waterfall.leaves_a_rest else None

    @property
    def quotes(self) -> tuple[str, ...]:
        """The quoted words that the waterfall's own text does not say already."""
        return unsaid_quotes(self.waterfall)

    @property
    def assumes(self) -> bool:
        """Whether one of its numbers was published nowhere."""
        return any(held.assumed for line in self.parameters for held in line.values)


def cards(published: Published, lang: str) -> list[Card]:
    """All waterfalls by name."""
    currency, waterfalls = published.rulebook.region.currency, published.rulebook.waterfalls.values()
    return [Card(one, next((e for e in _examples(one, currency, lang) if e.parts), None)) for one in waterfalls]


def of_rule(published: Published, rule: Rule) -> list[Waterfall]:
    """The waterfalls that part what a rule is about."""
    return [one for one in published.rulebook.waterfalls.values() if one.rule == rule.name]


def waterfall_or_404(published: Published, name: str) -> Waterfall:
    """The waterfall of that name. Raises Http404 where the rulebook has none."""
    if name not in published.rulebook.waterfalls:
        raise Http404(f"no waterfall {name}")
    return published.rulebook.waterfalls[name]


def waterfall_page(published: Published, waterfall: Waterfall, lang: str) -> WaterfallPage:
    """The page of one waterfall; numbers in its sentences are those of the run's day."""
    book = published.rulebook
    speaker = Speaker(waterfall, published.on, book.region.currency, lang)
    read = {name for name in waterfall.numbers if name in waterfall.parameters or _is_named(name, waterfall)}
    return WaterfallPage(
        waterfall=waterfall,
        rule=book.rules.get(waterfall.rule or ""),
        level=level_of(waterfall.level, published),
        amount=speaker.amount(),
        layers=tuple(LayerLine(said.title, layer_lines(said, waterfall.parties, lang)) for said in speaker.layers()),
        examples=tuple(_examples(waterfall, book.region.currency, lang)),
        parameters=tuple(parameter_line(waterfall.numbers[name], published.on) for name in sorted(read)),
    )


def _is_named(name: str, waterfall: Waterfall) -> bool:
    return any(name in parameters_of(node) for node in waterfall.nodes())


def _examples(waterfall: Waterfall, currency: str, lang: str) -> Iterator[Example]:
    for case in waterfall.cases:
        found = split(waterfall, case.given, case.on)
        given = tuple(
            (title, shown(case.given.get(name), kind, currency, lang))
            for name, (kind, title) in waterfall.inputs.items()
        )
        yield Example(
            title=case.title,
            on=case.on,
            given=given,
            outcome=outcome_of(found),
            amount=found.amount if isinstance(found, Split) else 0,
            parts=tuple(_parts(waterfall, found, currency, lang)) if isinstance(found, Split) else (),
            cuts=tuple(CutPart(waterfall.parties[cut.party], shown(cut.fen, FEN, currency, lang)) for cut in found.cuts)
            if isinstance(found, Split)
            else (),
        )


def _parts(waterfall: Waterfall, found: Split, currency: str, lang: str) -> Iterator[Part]:
    start = 0.0
    for place, (party, fen) in enumerate(found.parts.items()):
        width = 100 * fen / max(found.amount, 1)
        told = shown(fen, FEN, currency, lang)
        yield Part(place, waterfall.parties[party], fen, told, round(start, 2), round(width, 2))
        start += width
