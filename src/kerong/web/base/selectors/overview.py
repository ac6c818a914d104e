"""The region on one page: key figures, map, distribution of points, rules by reach and by money, quality of data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kerong.web.base import figures
from kerong.web.base.disclosure import FEW, joined, may_show_amount, shown_parts, withheld
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.quality import QualityLine, quality_line
from kerong.web.base.selectors.rule_figures import RuleFigures, amount_told, rule_figures
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

    @property
    def wide(self) -> bool:
        """Are there so many columns that a phone shows the map in part, to be scrolled?"""
        return self.width > 2 * DENSE_WIDTH


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the first page shows."""

    count: int
    certain: int | str
    possible_only: int | str
    certain_share: str
    policy_fen: int | None
    product_fen: int | None
    median_points: float | None
    grades: list[tuple[str | None, int | str]]
    stages: list[tuple[str | None, int | str]]
    histogram: dict[str, Any]
    map: TileMap
    measures: tuple[str, ...]
    by_reach: list[RuleFigures]
    by_money: list[RuleFigures]
    products: int
    policies: int
    quality: QualityLine
    has_scores: bool

    @property
    def count_text(self) -> str:
        """The number of enterprises with separators, for sentences."""
        return figures.count(self.count)

    @property
    def has_districts(self) -> bool:
        """Does the region tell districts apart?"""
        return bool(self.map.tiles or any(tile.code for tile in self.map.elsewhere))

    @property
    def median_text(self) -> str:
        """The median of points, for sentences."""
        return figures.count(self.median_points)


def overview(published: Published, measure: str, lang: str, *, exact: bool) -> Overview:
    """The page's content; without `exact` small counts are hidden."""
    told, rules = published.summary, list(rule_figures(published, exact=exact).values())
    count, counts = told["enterprises"]["count"], _groups(published, exact=exact)
    certain, (bins, grades) = counts["certain"], _spread(published, exact=exact)
    paying = [item for item in rules if item.rule.is_policy and item.awarded_fen]
    return Overview(
        count=count,
        certain=certain,
        possible_only=counts["possible"],
        certain_share=figures.percent(certain, count) if isinstance(certain, int) else "—",
        policy_fen=amount_told(published, policies=True, exact=exact),
        product_fen=amount_told(published, policies=False, exact=exact),
        median_points=told["scores"]["median_points"],
        grades=list(grades.items()),
        stages=_named_counts(told["enterprises"]["by_stage"], exact=exact),
        histogram=_histogram(told["scores"]["histogram"], bins, lang),
        map=tile_map(published, measure if measure in MEASURES else MEASURES[0], lang, exact=exact),
        measures=MEASURES,
        by_reach=sorted((item for item in rules if not item.rule.gives_nothing), key=_reach)[:TOP_SHOWN],
        by_money=sorted(paying, key=lambda item: (-(item.awarded_fen or 0), item.rule.name)),
        products=sum(item.rule.is_product for item in rules),
        policies=sum(item.rule.is_policy for item in rules),
        quality=quality_line(published),
        has_scores=bool(published.rulebook.indicators),
    )


def tile_map(published: Published, measure: str, lang: str, *, exact: bool) -> TileMap:
    """The districts on their schematic places, coloured by `measure` in steps of the greatest value."""
    currency = published.rulebook.region.currency
    lines = published.summary["districts"]
    values = _told_values(published, measure, exact=exact)
    greatest = max((value for value in values.values() if isinstance(value, int | float)), default=0)
    placed = [line["at"] for line in lines if line["at"]]
    roomy = all(_fits(line["title"][lang]) for line in lines if line["at"])
    left, top = (min((at[i] for at in placed), default=0) for i in (0, 1))
    tiles, elsewhere = [], []
    for line in lines:
        column, row = line["at"] or (left, top)
        held = values[line["code"]]
        code = line["code"] or ""
        title = line["title"][lang] if line["title"] else (code or word("unknown", lang))
        tile = Tile(
            code=code,
            title=title,
            label=title if roomy or not _fits(code) else code,
            x=(column - left) * (TILE_WIDTH + GAP),
            y=(row - top) * (TILE_HEIGHT + GAP),
            tone=_tone(held, greatest) if isinstance(held, int | float) else 0,
            value=_tile_words(held, measure, currency, lang),
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


def _told_values(published: Published, measure: str, *, exact: bool) -> dict[Any, int | float | str | None]:
    """What is told of each district; districts add up to the region, so they are protected as its parts."""
    lines = published.summary["districts"]
    values = {line["code"]: line[measure] for line in lines}
    if exact:
        return values
    firms = {line["code"]: line["enterprises"] for line in lines}
    if measure == "enterprises":
        return {**shown_parts(firms)}
    if measure == "certain":
        return {**shown_parts(values, whole=_groups(published, exact=False)["certain"])}
    few = {code for code, count in firms.items() if not may_show_amount(count)}
    if measure == "policy_fen":
        # a run of before the count of paid enterprises tells nothing of them: one may stand behind the amount
        few |= withheld({line["code"]: line.get("paid", 1) for line in lines})
    return {code: None if code in few else value for code, value in values.items()}


def _tile_words(value: int | float | str | None, measure: str, currency: str, lang: str) -> str:
    return (
        figures.money(value, currency, lang)
        if measure == "policy_fen" and isinstance(value, int)
        else figures.count(value)
    )


def _tone(value: float, greatest: float) -> int:
    return 0 if value <= 0 or greatest <= 0 else min(TONES, 1 + int(TONES * value / greatest * 0.999))


def _groups(published: Published, *, exact: bool) -> Mapping[str, int | str]:
    """Enterprises with a certain offer, with possible ones only, with none."""
    offers = published.summary["offers"]
    groups = {
        "certain": offers["enterprises_certain"],
        "possible": offers["enterprises_possible_only"],
        "without": offers["enterprises_without"],
    }
    return groups if exact else shown_parts(groups)


def _reach(item: RuleFigures) -> tuple[int, str]:
    """The order by reach, from what is shown: the place of a hidden number would tell it."""
    return (-item.met if isinstance(item.met, int) else 0, item.rule.name)


def _named_counts(lines: list[dict[str, Any]], *, exact: bool) -> list[tuple[Any, int | str]]:
    counts = {line["name"]: line["count"] for line in lines}
    told: Mapping[Any, int | str] = counts if exact else shown_parts(counts)
    return list(told.items())


def _spread(published: Published, *, exact: bool) -> tuple[list[int | str], dict[str | None, int | str]]:
    """Enterprises per bin of points and per grade. Both cut the same scores, so one could be worked out from the other:
    the public sees what follows from the counts of their crossings, which are protected."""
    bins = published.summary["scores"]["histogram"]
    grades = {line["name"]: line["count"] for line in published.summary["enterprises"]["by_grade"]}
    if exact:
        return [line["count"] for line in bins], grades
    place = (pl.col("points") // bins[0]["to"]).clip(0, len(bins) - 1).alias("bin")
    crossed = published.scores.group_by(place, "grade").len().sort("bin", "grade")
    told = shown_parts({(bin_, grade): count for bin_, grade, count in crossed.iter_rows()})
    return (
        [joined(count for (at, _), count in told.items() if at == number) for number in range(len(bins))],
        {name: joined(count for (_, grade), count in told.items() if grade == name) for name in grades},
    )


def _histogram(bins: list[dict[str, Any]], told: list[int | str], lang: str) -> dict[str, Any]:
    return {
        "from": [str(line["from"]) for line in bins],
        "ranges": [f"{line['from']}–{line['to']}" for line in bins],
        "counts": [count if isinstance(count, int) else 0 for count in told],
        "shown": [figures.count(count) if count != FEW else FEW for count in told],
        "unit": word("overview.firms.unit", lang),
    }
