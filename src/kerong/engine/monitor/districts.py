"""The region's map: what stands in each district."""

import polars as pl

from kerong.engine.monitor.counts import by_name
from kerong.engine.monitor.words import both
from kerong.rulebook.content import Rulebook

Line = dict[str, object]


def districts(
    enterprises: pl.DataFrame, scores: pl.DataFrame, verdicts: pl.DataFrame, offers: pl.DataFrame, rulebook: Rulebook
) -> list[Line]:
    """One entry per district of the region's sheet in its order, then codes that it does not name, then None (unknown).

    `median_points` is None where there are no enterprises; `certain` counts enterprises with a certain offer;
    `policy_fen` is what policies award for enterprises of the district, whoever is paid, exact, and `paid` counts the
    enterprises behind it. `verdicts` as `numbered` gives them.
    """
    where = _where(enterprises)
    known = {item.code: item for item in rulebook.region.districts}
    points = scores.join(where, on="enterprise_id", how="inner").group_by("district")
    medians = _by_code(points.agg(pl.col("points").median()))
    # the certain stands first: a firm has a certain offer where its first one is
    certain = offers.filter((pl.col("rank") == 1) & (pl.col("outcome") == 1)).select("enterprise_id")
    offered = _by_code(certain.join(where, on="enterprise_id", how="inner").group_by("district").len())
    policies = [rule.name for rule in rulebook.rules.values() if rule.is_policy]
    paid = verdicts.filter(
        pl.col("rule").is_in(policies) & pl.col("awarded_fen").is_not_null() & pl.col("firm").is_not_null()
    )
    paid = paid.select(where["district"].gather(paid["firm"]), "firm", pl.col("awarded_fen").cast(pl.Int128))
    money = _by_code(paid.group_by("district").agg(pl.col("awarded_fen").sum()))
    firms = _by_code(paid.filter(pl.col("awarded_fen") != 0).group_by("district").agg(pl.col("firm").n_unique()))
    return [
        {
            "code": (code := line["name"]),
            "title": both(known[code].title) if code in known else None,
            "at": list(known[code].at) if code in known else None,
            "enterprises": line["count"],
            "median_points": medians.get(code),
            "certain": offered.get(code, 0),
            "policy_fen": money.get(code, 0),
            "paid": firms.get(code, 0),
        }
        for line in by_name(where["district"], list(known))
    ]


def _where(enterprises: pl.DataFrame) -> pl.DataFrame:
    district = pl.col("district") if "district" in enterprises.columns else pl.lit(None)
    return enterprises.select("enterprise_id", district.cast(pl.String).alias("district"))


def _by_code(table: pl.DataFrame) -> dict[object, object]:
    return dict(table.iter_rows())
