"""Invoices as a tax bureau might send them: a CSV of any size for the claim of reading, the same bytes every time."""

from pathlib import Path

import numpy as np
import polars as pl

from kerong.lab.credit_codes import credit_codes

HEADER = "信用代码,发票号码,开票方向,对方信用代码,开票日期,金额,发票状态\n"
DISTRICTS = np.array(["320505", "320506", "320582", "320583", "320213"])
FIRMS, ROWS = 100_000, 500_000
FIRST_DAY, LAST_DAY = 18_262, 20_454  # 2020-01-01 and 2026-01-01


def invoices(path: Path, gigabytes: float, seed: int = 1) -> None:
    """Writes at least so many bytes of rows of 100,000 firms; about 92 bytes each, Chinese in two columns of seven."""
    rng = np.random.default_rng(seed)
    codes = pl.Series(credit_codes(rng, rng.choice(DISTRICTS, FIRMS)).tolist())
    written, row = 0, 0
    with path.open("wb") as file:
        file.write(HEADER.encode())
        while written < gigabytes * 1e9:
            data = _rows(rng, codes, row).write_csv(include_header=False, float_precision=2).encode()
            file.write(data)
            written, row = written + len(data), row + ROWS


def _rows(rng: np.random.Generator, codes: pl.Series, first: int) -> pl.DataFrame:
    amounts = np.maximum(rng.lognormal(9, 2, ROWS), 0.01) * np.where(rng.random(ROWS) < 0.02, -1, 1)
    number = pl.int_range(first, first + ROWS, eager=True).cast(pl.String).str.zfill(18)
    return pl.DataFrame(
        {
            "credit_code": codes.gather(rng.integers(0, FIRMS, ROWS)),
            "number": "24" + number,
            "direction": pl.Series(["销项", "进项"]).gather(rng.integers(0, 2, ROWS)),
            "counterparty": codes.gather(rng.integers(0, FIRMS, ROWS)),
            "issued_on": pl.Series(rng.integers(FIRST_DAY, LAST_DAY, ROWS).astype(np.int32)).cast(pl.Date),
            "amount": pl.Series(amounts),
            "status": pl.Series(["正常", "作废", "红冲"]).gather(rng.choice(3, ROWS, p=[0.95, 0.03, 0.02])),
        }
    )
