"""Rows of a synthetic city's company register as they are spelled, without their codes, and whose they are."""

from collections.abc import Mapping

import polars as pl

from kerong.lab.city import make_city
from kerong.lab.rates import Rates
from kerong.rulebook.load import load

COLUMNS = ("name", "district", "established_on")


def spelled_rows(
    firms: int, seed: int, texts: Mapping[str, str], rates: Rates
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows (id, COLUMNS as texts of the file), enterprises (id, COLUMNS), and true pairs (left_id, right_id).

    Rows of firms that no register knows are left out: they are copies of a known firm's row under another
    code, so that
    without a code nobody could tell.
    """
    city = make_city(firms, seed, texts=texts, rates=rates)
    register = load(texts).registers["company"]
    page = next(page for page in city.pages() if page.register == "company" and page.file.startswith("company."))
    headers = {
        name: next(header for header in page.frame.columns if header.split("（")[0] in register.columns[name].header)
        for name in ("credit_code", *COLUMNS)
    }
    lines = page.frame.with_row_index("line", 2).select(
        pl.col("line").cast(pl.Int64), *(pl.col(header).alias(name) for name, header in headers.items())
    )
    planted = page.planted.select("line", "kind", true="credit_code")
    known = lines.join(planted.filter(pl.col("kind") != "other_name"), on="line", how="left", maintain_order="left")
    known = known.filter(pl.col("kind").is_null() | (pl.col("kind") != "not_registered"))
    known = known.unique("line", keep="first", maintain_order=True).with_columns(
        id=pl.col("line").cast(pl.String).str.zfill(8), code=pl.coalesce("true", "credit_code")
    )
    truth = city.truth["firms"]
    enterprises = truth.select("name", "district", "established_on", id="credit_code")
    true = known.select(left_id="id", right_id="code").filter(pl.col("right_id").is_in(truth["credit_code"].implode()))
    return known.select("id", *COLUMNS), enterprises, true
