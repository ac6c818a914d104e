"""Sheets to files: CSV in several encodings, gzipped CSV, XLSX and Parquet; the same sheet gives the same bytes."""

import gzip
from pathlib import Path

import polars as pl

from kerong.lab.workbook import workbook


def write_sheet(frame: pl.DataFrame, path: Path, encoding: str) -> None:
    """Write `frame` to `path`, in the format that its name says; `encoding` is for CSV (utf-8, utf-8-sig, gb18030)."""
    if path.name.endswith(".parquet"):
        frame.rechunk().write_parquet(path, compression="zstd", row_group_size=100_000)
    elif path.name.endswith(".xlsx"):
        path.write_bytes(workbook(frame))
    elif path.name.endswith(".csv.gz"):
        # without name and time of writing, which would make each copy differ
        path.write_bytes(gzip.compress(frame.write_csv().encode(encoding), compresslevel=6, mtime=0))
    elif encoding == "utf-8":
        frame.write_csv(path)
    else:
        path.write_bytes(frame.write_csv(line_terminator="\r\n").encode(encoding))
