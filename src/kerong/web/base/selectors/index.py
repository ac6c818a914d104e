"""The index report of one firm for one reader, from the published run."""

from typing import Any

import polars as pl

from kerong.engine.score.report import NOTED, IndexReport, Told, Withheld, index_report
from kerong.paper.index_content import index_content
from kerong.paper.index_pdf import index_pdf
from kerong.paper.typeset import FontMissing
from kerong.rulebook.pruning import INDICATOR
from kerong.web.base.permissions import Reach
from kerong.web.base.selectors.carried import Carried
from kerong.web.base.selectors.dossier import hidden_indicators
from kerong.web.base.selectors.published import Published

__all__ = ["FontMissing", "content", "paper", "report", "withheld"]
TREND, PACE = "history/index", "history/pace"


def content(
    published: Published, enterprise_id: str, granted: Reach, held: Carried, lang: str
) -> dict[str, Any] | None:
    """What the report says to the reader, in words; None where there is none."""
    found = report(published, enterprise_id, granted, held)
    return None if found is None else index_content(found, published.rulebook, published.scale, lang)


def paper(published: Published, told: dict[str, Any], name: str | None, granted: Reach) -> bytes:
    """The same as PDF. Raises FontMissing."""
    region = published.rulebook.region
    return index_pdf(told, name, region, published.short_id, shows_flags=granted.covers("profile"))


def report(published: Published, enterprise_id: str, granted: Reach, held: Carried) -> IndexReport | None:
    """The report with what the reader may see; None where the firm has no score, or the region no index."""
    score = published.score(enterprise_id)
    if score is None or not published.scale.yardsticks:
        return None
    mine = pl.col("enterprise_id") == enterprise_id
    trend = published.table(TREND).filter(mine).sort("on").collect().to_dicts() if TREND in published.tables else None
    told = Told(
        firm=published.enterprises.filter(mine),
        score=score,
        size=published.sheet.height,
        verdicts=published.verdicts_of(enterprise_id),
        coverage=published.table("coverage").filter(mine).collect().to_dicts(),
        trend=trend,
        pace=published.table(PACE).collect() if PACE in published.tables else None,
        noted=published.table("problems").filter(pl.col("kind").is_in(NOTED)).collect().to_dicts(),
        typical=published.typical_points.get(score["stage"], {}),
    )
    kept = withheld(published, score, granted, held)
    return index_report(told, published.rulebook, published.scale, published.on, kept)


def withheld(published: Published, score: dict[str, object], granted: Reach, held: Carried) -> Withheld:
    """What is kept from the reader: values are part of the profile; a contradiction tells of all that it compares."""
    book = published.rulebook
    hidden = hidden_indicators(published, score, held)
    unseen = frozenset(name for name in book.indicators if not held.has(INDICATOR + name))
    profile = granted.covers("profile")
    checks = (rule for rule in book.rules.values() if rule.is_check)
    rules = frozenset(
        rule.name for rule in checks if not (profile and held.has_all(*(one.condition for one in rule.clauses)))
    )
    return Withheld(
        indicators=hidden | unseen,
        rules=rules,
        values=not profile,
        district=not held.has("district"),
        group=not held.has((book.region.group or "").removeprefix("enterprise.")),
    )
