"""A synthetic city with twelve months of invoices, as a tax bureau sends them: one CSV a month, the same bytes always.

The other registers are those of `kerong synth`; its own invoices give way to these.
"""

import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from bench.programs import cities
from bench.reading import HEADER

MONTHS = tuple(f"2024-{month:02}" for month in range(6, 13)) + tuple(f"2025-{month:02}" for month in range(1, 6))
PIECE = 500_000  # rows that are made at a time
OUTSIDE = 4  # trading partners outside the city for each of its firms
REPEATED, CONTRADICTED = 0.0005, 0.0001  # rows that stand twice, and numbers that stand twice with other amounts
SEED = 7
Numbers = npt.NDArray[np.int64]


def folder(scratch: Path, firms: int, rows: int) -> Path:
    """Where the city of so many firms and rows of invoices lies."""
    return scratch / f"invoiced-{firms}-{rows}"


def city(scratch: Path, firms: int, rows: int) -> None:
    """The registers of a city of `firms` firms with about `rows` invoices; made once per scratch folder."""
    cities.registers(scratch, firms)
    cities.made(folder(scratch, firms, rows), lambda target: _made(scratch / f"city-{firms}", target, rows))


def _made(registers: Path, target: Path, rows: int) -> None:
    """The registers but for their invoices, as links, and the invoices of twelve months: two months at a time."""
    others = shutil.ignore_patterns("invoice*", "truth")
    shutil.copytree(registers, target, ignore=others, copy_function=_linked)
    # Polars' threads do not live on in a forked process
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(write_month, repeat(target), range(len(MONTHS)), repeat(rows // len(MONTHS))))


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copyfile(source, target)


def write_month(target: Path, number: int, count: int) -> None:
    """The invoices of one month, drawn from a stream of its own, in the order of pieces."""
    codes = _codes(target)
    sizes = np.random.default_rng(SEED).lognormal(0, 1.2, len(codes))
    shares, rng = np.cumsum(sizes / sizes.sum()), np.random.default_rng([SEED, number])
    with (target / f"invoice_{MONTHS[number]}.csv").open("wb") as file:
        file.write(HEADER.encode())
        for begun in range(0, count, PIECE):
            first = number * count + begun
            piece = _rows(rng, codes, shares, MONTHS[number], first, min(PIECE, count - begun))
            piece.write_csv(file, include_header=False, float_precision=2)


def _codes(target: Path) -> pl.Series:
    """The credit codes of the city's firms as its companies' register spells them, where they are whole."""
    text = (target / "company.csv").read_bytes().decode("gb18030")
    codes = pl.read_csv(text.encode(), infer_schema=False)["统一社会信用代码"]
    return codes.filter(codes.str.contains(r"^[0-9A-HJ-NPQRTUWXY]{18}$")).unique().sort()


def _rows(
    rng: np.random.Generator, codes: pl.Series, shares: npt.NDArray[np.float64], month: str, first: int, count: int
) -> pl.DataFrame:
    """Rows of one month: firms by their size, partners by a Zipf law, some void, some red, a few twice."""
    firm = np.minimum(np.searchsorted(shares, rng.random(count)), len(codes) - 1)
    partner = (rng.zipf(1.3, count) * 7919 + firm * 31) % (len(codes) * (OUTSIDE + 1))
    outside = pl.Series(partner).cast(pl.String).str.zfill(17) + "F"
    known = codes.gather(np.minimum(partner, len(codes) - 1))
    status = rng.choice(3, count, p=[0.95, 0.02, 0.03])
    amounts = np.maximum(rng.lognormal(9, 2, count), 0.01) * np.where(status == 2, -1, 1)
    first_day = (date.fromisoformat(f"{month}-01") - date(1970, 1, 1)).days
    days = pl.Series(rng.integers(first_day, first_day + 28, count).astype(np.int32)).cast(pl.Date)
    table = pl.DataFrame(
        {
            "credit_code": codes.gather(firm),
            "number": "24" + pl.int_range(first, first + count, eager=True).cast(pl.String).str.zfill(18),
            "direction": pl.Series(["销项", "进项"]).gather(rng.integers(0, 2, count)),
            "counterparty": known.zip_with(pl.Series(partner < len(codes)), outside),
            "issued_on": days,
            "amount": pl.Series(amounts),
            "status": pl.Series(["正常", "作废", "红冲"]).gather(status),
        }
    )
    return pl.concat([table, *_again(rng, table)])


def _again(rng: np.random.Generator, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that stand once more, and numbers that stand once more with another amount."""
    repeated = table[_drawn(rng, table.height, REPEATED)]
    other = table[_drawn(rng, table.height, CONTRADICTED)].with_columns(pl.col("amount") + 1)
    return repeated, other


def _drawn(rng: np.random.Generator, count: int, share: float) -> Numbers:
    return rng.integers(0, count, round(count * share))
