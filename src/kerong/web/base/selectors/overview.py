"""The region on one page: key figures, map, distribution of points, rules by reach and by money, quality of data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kerong.rulebook.content import PRODUCT_KINDS
from kerong.web.base import figures
from kerong.web.base.disclosure import FEW, may_show_amount, shown, shown_parts
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.quality import QualityLine, quality_line
from kerong.web.base.selectors.rule_figures import RuleFigures, rule_figures
from kerong.web.base.words import word

MEASURES = ("enterprises", "median_points", "certain", "policy_fen")
TONES = 5
TOP_SHOWN = 14
TILE_WIDTH, TILE_HEIGHT, GAP = 86, 62, 4
TILE_LETTERS = 14
LARGE_LETTERS = 7
DENSE_WIDTH = 7 * (TILE_WIDTH + GAP)


@dataclass(frozen=True, slots=True)
class Tile:
    """One district of the schematic map: place in the drawing, tone from 0 (nothing) to 5, value in words."""

    code: str
    title: str
    label: str
    x: int
    y: int
    tone: int
    value: str

    @property
    def middle(self) -> int:
        """Middle of the tile, for its words."""
        return self.x + TILE_WIDTH // 2

    @property
    def long(self) -> bool:
        """Is the value too long for the large letters of a dense map?"""
        return len(self.value) > LARGE_LETTERS

    @property
    def line_1(self) -> int:
        """Base line of the name."""
        return self.y + 26

    @property
    def line_2(self) -> int:
        """Base line of the value."""
        return self.y + 46


@dataclass(frozen=True, slots=True)
class TileMap:
    """The map for one measure; districts without a place stand in `elsewhere`."""

    measure: str
    width: int
    height: int
    tiles: tuple[Tile, ...]
    elsewhere: tuple[Tile, ...]

    @property
    def dense(self) -> bool:
        """Are there so many columns that the words must be larger to be read?"""
        return self.width > DENSE_WIDTH


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page shows."""

    count: int
    certain: int | str
    possible_only: int | str
    certain_share: str
    policy_fen: int
    product_fen: int
    median_points: float | None
    grades: list[tuple[str, int | str]]
    stages: list[tuple[str | None, int | str]]
    histogram: dict[str, Any]
    map: TileMap
    measures: tuple[str, ...]
    by_reach: list[RuleFigures]
    by_money: list[RuleFigures]
    products: int
    policies: int
    quality: QualityLine

    @property
    def count_text(self) -> str:
        """The number of enterprises with separators, for sentences."""
        return figures.count(self.count)

    @property
    def median_text(self) -> str:
        """The median of points, for sentences."""
        return figures.count(self.median_points)


def overview(published: Published, measure: str, lang: str, *, exact: bool) -> Overview:
    """The page's content; without `exact` small counts are hidden."""
    told, rules = published.summary, list(rule_figures(published, exact=exact).values())
    count, offers = told["enterprises"]["count"], told["offers"]
    groups = {
        "certain": offers["enterprises_certain"],
        "possible": offers["enterprises_possible_only"],
        "without": offers["enterprises_without"],
    }
    counts: Mapping[str, int | str] = groups if exact else shown_parts(groups)
    certain = counts["certain"]
    kinds = {line["kind"]: line["awarded_fen"] for line in told["kinds"]}
    paying = [item for item in rules if item.rule.is_policy and item.awarded_fen]
    return Overview(
        count=count,
        certain=certain,
        possible_only=counts["possible"],
        certain_share=figures.percent(certain, count) if isinstance(certain, int) else "—",
        policy_fen=sum(fen for kind, fen in kinds.items() if kind not in PRODUCT_KINDS),
        product_fen=sum(fen for kind, fen in kinds.items() if kind in PRODUCT_KINDS),
        median_points=told["scores"]["median_points"],
        grades=_named_counts(told["enterprises"]["by_grade"], exact=exact),
        stages=_named_counts(told["enterprises"]["by_stage"], exact=exact),
        histogram=_histogram(told["scores"]["histogram"], lang, exact=exact),
        map=tile_map(published, measure if measure in MEASURES else MEASURES[0], lang, exact=exact),
        measures=MEASURES,
        by_reach=sorted(rules, key=lambda item: (-item.met_exact, item.rule.name))[:TOP_SHOWN],
        by_money=sorted(paying, key=lambda item: (-(item.awarded_fen or 0), item.rule.name)),
        products=sum(not item.rule.is_policy for item in rules),
        policies=sum(item.rule.is_policy for item in rules),
        quality=quality_line(published),
    )


def tile_map(published: Published, measure: str, lang: str, *, exact: bool) -> TileMap:
    """The districts on their schematic places, coloured by `measure` in steps of the greatest value."""
    currency = published.rulebook.region.currency
    lines = published.summary["districts"]
    open_values = [line[measure] or 0 for line in lines if exact or may_show_amount(line["enterprises"])]
    greatest = max(open_values, default=0)
    placed = [line["at"] for line in lines if line["at"]]
    roomy = all(_fits(line["title"][lang]) for line in lines if line["at"])
    left, top = (min((at[i] for at in placed), default=0) for i in (0, 1))
    tiles, elsewhere = [], []
    for line in lines:
        column, row = line["at"] or (left, top)
        value = _tile_value(line, measure, currency, lang, exact=exact)
        code = line["code"] or ""
        title = line["title"][lang] if line["title"] else (code or word("unknown", lang))
        tile = Tile(
            code=code,
            title=title,
            label=title if roomy or not _fits(code) else code,
            x=(column - left) * (TILE_WIDTH + GAP),
            y=(row - top) * (TILE_HEIGHT + GAP),
            tone=_tone(line[measure] or 0, greatest) if not value.startswith(("<", "—")) else 0,
            value=value,
        )
        if line["at"]:
            tiles.append(tile)
        elif line["enterprises"]:
            elsewhere.append(tile)
    width = max((tile.x for tile in tiles), default=0) + TILE_WIDTH
    height = max((tile.y for tile in tiles), default=0) + TILE_HEIGHT
    return TileMap(measure, width, height, tuple(tiles), tuple(elsewhere))


def _fits(words: str) -> bool:
    """Do the words fit on a tile? A Chinese character is about twice as wide as a Latin letter."""
    return sum(2 if letter > "\u2e7f" else 1 for letter in words) <= TILE_LETTERS


def _tile_value(line: Mapping[str, Any], measure: str, currency: str, lang: str, *, exact: bool) -> str:
    value = line[measure]
    if measure in ("enterprises", "certain"):
        return figures.count(value if exact else shown(value))
    if value is None or not (exact or may_show_amount(line["enterprises"])):
        return "—"
    return figures.money(value, currency, lang) if measure == "policy_fen" else figures.count(value)


def _tone(value: float, greatest: float) -> int:
    return 0 if value <= 0 or greatest <= 0 else min(TONES, 1 + int(TONES * value / greatest * 0.999))


def _named_counts(lines: list[dict[str, Any]], *, exact: bool) -> list[tuple[Any, int | str]]:
    counts = {line["name"]: line["count"] for line in lines}
    told: Mapping[Any, int | str] = counts if exact else shown_parts(counts)
    return list(told.items())


def _histogram(bins: list[dict[str, Any]], lang: str, *, exact: bool) -> dict[str, Any]:
    parts = {str(line["from"]): line["count"] for line in bins}
    told: Mapping[str, int | str] = parts if exact else shown_parts(parts)
    return {
        "from": list(parts),
        "ranges": [f"{line['from']}–{line['to']}" for line in bins],
        "counts": [count if isinstance(count, int) else 0 for count in told.values()],
        "shown": [figures.count(count) if count != FEW else FEW for count in told.values()],
        "unit": word("overview.firms.unit", lang),
    }
