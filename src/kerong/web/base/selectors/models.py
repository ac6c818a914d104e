"""The models and scorecards of a region: the list, and the page of one with its bins and how it was tested."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from kerong.engine.monitor.grading import wilson
from kerong.engine.score.card.card import Bin, Card, CardSegment, Line
from kerong.engine.score.credit import card_of
from kerong.rulebook.cards import CardRules
from kerong.rulebook.content import Text
from kerong.rulebook.models import EVERYONE, Model
from kerong.web.base.selectors.bins import BinWords, characteristics_of, line_title
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.tested import Interval, Tested, interval, tested
from kerong.web.base.words import word


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model in the list. `card`: the first that was fitted; `auc`: of the rows held back, where it was tested."""

    model: Model
    card: Card | None
    cards: int
    is_tested: bool
    auc: str


@dataclass(frozen=True, slots=True)
class BinLine:
    """A bin: its share of the rows of the fit, how many turned bad, and its points as a bar to the left or right."""

    values: str
    points: int
    start: float
    width: float
    is_loss: bool
    rows: int
    share: str
    bad: Interval | None


@dataclass(frozen=True, slots=True)
class CardLine:
    """A characteristic of a card with its bins; `moves`: how the risk was allowed to move; `text`: as it is written."""

    name: str
    title: Text
    moves: str
    text: str
    span: int
    bins: tuple[BinLine, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """From so many points on, this probability; `x` and `y` in a chart of 100 by 40."""

    points: int
    probability_bp: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SegmentChoice:
    """A segment of a card: its name and title; whether it is the one that is shown."""

    name: str
    title: Text
    here: bool


@dataclass(frozen=True, slots=True)
class CardShown:
    """A fitted card, one segment of it open."""

    card: Card
    source: Text
    segments: tuple[SegmentChoice, ...]
    segment: CardSegment
    condition: str
    lines: tuple[CardLine, ...]
    silent: tuple[Text, ...]
    steps: tuple[Step, ...]
    path: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelPage:
    """What the page of a model shows; `shown` None: no card was fitted for this region."""

    model: Model
    shown: CardShown | None
    tested: Tested | None
    is_unreadable: bool
    is_of_other_card: bool
    events: tuple[Text, ...]


def has_credit_view() -> bool:
    """Whether this deployment may show what a credit card says of one firm."""
    return bool(settings.CREDIT_VIEW)


def models(published: Published, lang: str) -> list[ModelLine]:
    """The models of the region by kind and name, with what was fitted and how it did."""
    found = []
    for model in sorted(published.rulebook.models.values(), key=lambda one: (one.kind, one.name)):
        cards = cards_of(published, model.name)
        report, _ = tested(published, model.name, lang)
        auc = report.auc if report else ""
        found.append(ModelLine(model, card_of(cards[0]) if cards else None, len(cards), report is not None, auc))
    return found


def cards_of(published: Published, model: str) -> list[CardRules]:
    """The fitted cards of a model by name."""
    return [rules for _, rules in sorted(published.rulebook.cards.items()) if rules.model == model]


def model_page(published: Published, name: str, card: str, segment: str, lang: str) -> ModelPage | None:
    """The page of a model; `card` and `segment` choose among several. None where the region declares no such model."""
    model = published.rulebook.models.get(name)
    if model is None:
        return None
    cards = cards_of(published, name)
    rules = next((one for one in cards if one.name == card), cards[0] if cards else None)
    report, is_unreadable = tested(published, name, lang)
    shown = None if rules is None else _shown(published, model, rules, segment, lang)
    is_other = bool(report and shown and rules and not _is_of(report, shown.card, rules))
    registers = published.rulebook.registers
    asked = model.outcome.events if model.outcome else ()
    events = tuple(dict.fromkeys(registers[one.register].title for one in asked if one.register in registers))
    return ModelPage(model, shown, report, is_unreadable, is_other, events)


def _is_of(report: Tested, card: Card, rules: CardRules) -> bool:
    """The tested card rests on decisions within the window of the card in force, and reads nothing else.

    Where both say of which sample and model they are, these are the same.
    """
    if report.fitted_from and rules.fitted_from and report.fitted_from != rules.fitted_from:
        return False
    within = card.window[0] <= report.window[0] and report.window[1] <= card.window[1]
    return within and set(report.lines) <= set(card.line_names)


@lru_cache(maxsize=32)
def card_held(published: Published, name: str) -> Card:
    """A card of the run, read once."""
    return card_of(published.rulebook.cards[name])


def segment_title(model: Model, name: str, lang: str) -> Text:
    """The title of a segment; "all" is everybody else."""
    if name == EVERYONE:
        return Text(word("models.everybody", "zh"), word("models.everybody", "en"))
    return next((one.title for one in model.segments if one.name == name), Text(name, name))


def _shown(published: Published, model: Model, rules: CardRules, asked: str, lang: str) -> CardShown:
    card = card_held(published, rules.name)
    segment = next((one for one in card.segments if one.name == asked), card.segments[0])
    lines = sorted(_lines(published, model, segment, lang), key=lambda line: (-line.span, line.name))
    steps = _steps(segment)
    others = [one.name for one in cards_of(published, model.name) if one.name != rules.name]
    return CardShown(
        card=card,
        source=rules.source,
        segments=tuple(
            SegmentChoice(one.name, segment_title(model, one.name, lang), one is segment) for one in card.segments
        ),
        segment=segment,
        condition=segment.condition or "",
        lines=tuple(line for line in lines if line.span),
        silent=tuple(line.title for line in lines if not line.span),
        steps=steps,
        path=_path(steps),
        others=tuple(others),
    )


def _lines(published: Published, model: Model, segment: CardSegment, lang: str) -> Iterator[CardLine]:
    known = characteristics_of(model)
    widest = max((abs(one.points) for line in segment.lines for one in line.all_bins), default=1) or 1
    rates = [_rate(one) for line in segment.lines for one in line.all_bins if line.span or line.missing.points]
    highest = max((one[2] or 0.0 for one in rates), default=1.0) or 1.0
    for line in segment.lines:
        asked = known.get(line.name)
        told = BinWords(asked, published.rulebook, lang)
        bins = tuple(_bin(words, one, line, widest, highest) for words, one in _told(line, told, lang))
        span = max(one.points for one in line.all_bins) - min(one.points for one in line.all_bins)
        trend = asked.trend if asked else "none"
        yield CardLine(line.name, line_title(line.name, known), trend, asked.text if asked else "", span, bins)


def _told(line: Line, told: BinWords, lang: str) -> Iterator[tuple[str, Bin]]:
    yield from ((told.bin(one), one) for one in line.bins)
    yield word("bin.missing", lang), line.missing
    if line.other is not None:
        yield word("bin.other", lang), line.other


def _bin(words: str, one: Bin, line: Line, widest: int, highest: float) -> BinLine:
    rows, whole = one.goods + one.bads, sum(item.goods + item.bads for item in line.all_bins)
    width = round(50 * abs(one.points) / widest, 2)
    share, low, high = _rate(one)
    bad = None if share is None else interval(share, low, high, 0.0, highest)
    is_loss = one.points < 0
    told = f"{100 * rows / whole:.1f}%" if whole else "—"
    return BinLine(words, one.points, round(50 - width, 2) if is_loss else 50, width, is_loss, rows, told, bad)


def _rate(one: Bin) -> tuple[float | None, float | None, float | None]:
    return wilson(one.bads, one.goods + one.bads)


def _steps(segment: CardSegment) -> tuple[Step, ...]:
    """The steps from points to probability, in a chart whose height is the largest probability."""
    first, last = segment.calibration[0][0], max(segment.best, segment.calibration[-1][0])
    wide, most = max(last - first, 1), max(bp for _, bp in segment.calibration) or 1
    return tuple(
        Step(points, bp, round(100 * (points - first) / wide, 2), round(40 - 38 * bp / most, 2))
        for points, bp in segment.calibration
    )


def _path(steps: tuple[Step, ...]) -> str:
    """The steps as a line of an SVG."""
    return f"M{steps[0].x} {steps[0].y}" + "".join(f"H{step.x}V{step.y}" for step in steps[1:]) + "H100"
