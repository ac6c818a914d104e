"""Risk by district and industry group: the share of firms with a standing alert, small cells hidden."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from django.conf import settings

from kerong.engine.monitor.industries import industry_head
from kerong.web.base.disclosure import hidden_cells
from kerong.web.base.models import Alert
from kerong.web.base.models.alert import STANDING
from kerong.web.base.names import industry_named
from kerong.web.base.selectors.published import Published

LEAST_FIRMS = 5
UNKNOWN = ""
MODELS = ("hazard", "credit")  # whose probability is one of default, the first that the region has
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class MapCell:
    """Firms of a district and industry. `share`: per cent with a standing alert; None: hidden, or no firm.

    `probability_bp`: mean probability of default where the setting allows it and enough firms have one.
    """

    firms: int
    warned: int | None
    share: float | None
    is_hidden: bool
    probability_bp: int | None = None

    @property
    def tone(self) -> int:
        """Which of six tones it is shown in."""
        return 0 if not self.share else min(5, 1 + int(self.share // 5))


@dataclass(frozen=True, slots=True)
class MapRow:
    """A district with a cell for every industry group."""

    title: str
    cells: list[MapCell]


@dataclass(frozen=True, slots=True)
class RiskMap:
    """The table, and the same for the chart."""

    columns: list[str]
    rows: list[MapRow]
    firms: int
    warned: int
    hidden: int
    has_probability: bool
    chart: dict[str, object]


def risk_map(published: Published, lang: str) -> RiskMap:
    """Firms in the run by district and industry group, and how many of them have an alert that stands."""
    placed = _placed(published)
    region = published.rulebook.region
    held = Alert.objects.filter(region=region.name, subject_kind="enterprise", state__in=STANDING, holds=True)
    warned = set(held.values_list("subject", flat=True)) & placed.keys()
    firms, hit = Counter(placed.values()), Counter(placed[firm] for firm in warned)
    hidden = hidden_cells(firms, LEAST_FIRMS)
    probability = _probability(published, placed) if settings.CREDIT_VIEW else {}
    districts = [item.code for item in region.districts]
    districts += sorted({district for district, _ in firms} - set(districts))
    groups = sorted({group for _, group in firms}, key=lambda code: (code == UNKNOWN, code))
    named = {item.code: item.title.in_(lang) for item in region.districts}
    other = "未知" if lang == "zh" else "not known"
    rows = [
        MapRow(
            named.get(district, district or other),
            [_cell((district, group), firms, hit, hidden, probability) for group in groups],
        )
        for district in districts
        if any((district, group) in firms for group in groups)
    ]
    columns = [industry_named(group, lang, region) if group else other for group in groups]
    return RiskMap(
        columns=columns,
        rows=rows,
        firms=len(placed),
        warned=len(warned),
        hidden=len(hidden),
        has_probability=bool(probability),
        chart=_chart(columns, rows),
    )


def _placed(published: Published) -> dict[str, Cell]:
    """Firm -> district and head of the industry; what is not known is the empty code."""
    table = published.sheet.select("enterprise_id", "district", "industry").iter_rows()
    return {firm: (district or UNKNOWN, industry_head(industry or "") or UNKNOWN) for firm, district, industry in table}


def _cell(
    cell: Cell, firms: Mapping[Cell, int], hit: Mapping[Cell, int], hidden: frozenset[Cell], chance: Mapping[Cell, int]
) -> MapCell:
    count = firms.get(cell, 0)
    if not count or cell in hidden:
        return MapCell(count, None, None, cell in hidden)
    return MapCell(count, hit.get(cell, 0), 100 * hit.get(cell, 0) / count, False, chance.get(cell))


def _probability(published: Published, placed: Mapping[str, Cell]) -> dict[Cell, int]:
    """Mean probability of default by cell, where at least LEAST_FIRMS have one; nothing where no card gives it."""
    book = published.rulebook
    cards = [
        name for kind in MODELS for name, card in sorted(book.cards.items()) if book.models[card.model].kind == kind
    ]
    if not cards or "credit" not in published.tables:
        return {}
    read = published.table("credit").filter((pl.col("card") == cards[0]) & pl.col("at_risk").fill_null(False))
    told = read.select("subject", "probability_bp").drop_nulls().collect()
    found: dict[Cell, list[int]] = {}
    for subject, probability in told.iter_rows():
        if subject in placed:
            found.setdefault(placed[subject], []).append(probability)
    return {cell: round(sum(held) / len(held)) for cell, held in found.items() if len(held) >= LEAST_FIRMS}


def _chart(columns: list[str], rows: list[MapRow]) -> dict[str, object]:
    """What the heat map draws: cells as [column, row, share]; hidden ones apart, without their numbers."""
    cells = [(x, y, cell) for y, row in enumerate(rows) for x, cell in enumerate(row.cells)]
    return {
        "columns": columns,
        "rows": [row.title for row in rows],
        "values": [[x, y, round(cell.share, 1)] for x, y, cell in cells if cell.share is not None],
        "shown": {f"{x}-{y}": [cell.warned, cell.firms] for x, y, cell in cells if cell.share is not None},
        "hidden": [[x, y, 0] for x, y, cell in cells if cell.is_hidden],
    }
