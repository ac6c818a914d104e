"""Who the firms are: the columns by which winners and losers are told apart."""

from collections.abc import Sequence

import polars as pl

from kerong.engine.monitor.industries import industry_title
from kerong.lab.comparison.moves import counted_by
from kerong.lab.comparison.words import SIZES, STAGES, Pair
from kerong.rulebook.content import Rulebook

Line = dict[str, object]
HEADS = (0, 20, 300, 1000)  # the national bands of industry by head-count
HEADCOUNT = ("headcount", "employees", "insured")


def columns(enterprises: pl.DataFrame, rulebook: Rulebook) -> dict[str, pl.Expr]:
    """`district`, `stage`, `industry`, `size` where the region has them, as texts; what it has not is left out."""
    region = rulebook.region
    wanted = {
        "district": ["district"],
        "stage": [(region.stage or "").removeprefix("enterprise."), "stage"],
        "industry": ["industry_section", (region.group or "").removeprefix("enterprise.")],
        "size": ["size_class"],
    }
    found = {
        name: pl.col(column).cast(pl.String) for name, names in wanted.items() if (column := _first(enterprises, names))
    }
    heads = _first(enterprises, HEADCOUNT)
    if "size" not in found and heads and enterprises.schema[heads].is_numeric():
        found["size"] = _bands(pl.col(heads))
    return found


def _first(enterprises: pl.DataFrame, names: Sequence[str]) -> str | None:
    return next((name for name in names if name in enterprises.columns), None)


def _bands(heads: pl.Expr) -> pl.Expr:
    band = pl.lit(None, pl.String)
    for low in HEADS:
        band = pl.when(heads >= low).then(pl.lit(str(low))).otherwise(band)
    return band


def by_group(
    firms: pl.DataFrame, money: pl.DataFrame, enterprises: pl.DataFrame, rulebook: Rulebook
) -> dict[str, list[Line]]:
    """For each of `columns` a list of lines: `code` (None: unknown), `title`, `firms`, what policies pay on claims of
    these firms, whoever is paid (`before_fen`, `after_fen`), and how many firms are themselves paid more or less.

    `firms` as `pairs.own` gives it, `money` as `pairs.paid`. Lines stand in the order of the region's sheet, else by
    the size of the change.
    """
    found: dict[str, list[Line]] = {}
    for name, expression in columns(enterprises, rulebook).items():
        where = enterprises.select("enterprise_id", expression.alias("code"))
        moved = counted_by(firms.join(where, on="enterprise_id", how="left"), "code")
        sums = (
            money.join(where, on="enterprise_id", how="left")
            .group_by("code")
            .agg(pl.col("before_fen", "after_fen").sum())
        )
        spent = {code: (int(one), int(other)) for code, one, other in sums.iter_rows()}
        totals: dict[object, int] = dict(where["code"].value_counts().iter_rows())
        codes = {*totals, *spent, *moved}
        lines = [
            {
                "code": code,
                "title": code_title(name, code, rulebook),
                "firms": totals.get(code, 0),
                "before_fen": spent.get(code, (0, 0))[0],
                "after_fen": spent.get(code, (0, 0))[1],
                **{
                    count: moved.get(code, {}).get(count, 0)
                    for count in ("more", "less", "first_paid", "no_longer_paid")
                },
            }
            for code in codes
        ]
        order = code_order(name, rulebook)
        found[name] = sorted(lines, key=lambda line: _place(line, order))
    return found


def code_order(name: str, rulebook: Rulebook) -> list[str]:
    """The codes of a group in the order in which people name them; none where there is no such order."""
    if name == "district":
        return [item.code for item in rulebook.region.districts]
    return list(rulebook.region.weights) if name == "stage" else list(SIZES) if name == "size" else []


def _place(line: Line, order: Sequence[str]) -> tuple[bool, int, str]:
    code = line["code"]
    return code is None, order.index(code) if isinstance(code, str) and code in order else len(order), str(code)


def code_title(name: str, code: object, rulebook: Rulebook) -> Pair:
    """What a group's code is called: by the region, else as everywhere; `name` is one of `columns`."""
    if not isinstance(code, str):
        return {"zh": "未知", "en": "not known"}
    districts = {item.code: item.title for item in rulebook.region.districts}
    text = districts.get(code) if name == "district" else rulebook.region.words.get(name, {}).get(code)
    if text is not None:
        return {"zh": text.zh, "en": text.en}
    if name == "industry":
        return {lang: industry_title(code, lang) for lang in ("zh", "en")}
    zh, en = {"stage": STAGES, "size": SIZES}.get(name, {}).get(code, (code, code))
    return {"zh": zh, "en": en}
