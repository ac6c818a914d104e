"""What a demo person is bound to: an enterprise with much to show, an institution with products."""

import polars as pl

from kerong.web.base.selectors.published import Published


def enterprise_worth_showing(published: Published) -> str | None:
    """The enterprise with the best mix of certain offers, possible ones and points; None in an empty region."""
    sheet = published.sheet.filter(pl.col("points").is_not_null())
    if sheet.is_empty():
        return None
    told = pl.col("certain").clip(0, 8) * 100 + pl.col("possible").clip(0, 3) * 200 + pl.col("points")
    best = sheet.with_columns(told.alias("told")).sort(["told", "enterprise_id"], descending=[True, False])
    return str(best["enterprise_id"][0])


def institution_worth_showing(published: Published, kind: str) -> str | None:
    """The institution of a kind that provides most rules; ties by the order of the sheet."""
    institutions = [item.code for item in published.rulebook.region.institutions if item.kind == kind]
    provided = [rule.provider for rule in published.rulebook.rules.values()]
    return max(institutions, key=provided.count, default=None)
