"""The truth about planted errors is checked against the files, read by other means than they were written."""

import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from stdnum.cn import uscc

from kerong.lab import City, Page
from kerong.lab.rates import Rates

Rows = list[list[str]]
CODE_HEADERS = ("统一社会信用代码", "信用代码", "纳税人识别号", "社会信用代码")


def _rows(folder: Path, file: str, encoding: str) -> Rows:
    """A CSV file as Python's own reader sees it, header first."""
    data = (folder / file).read_bytes()
    text = gzip.decompress(data).decode() if file.endswith(".gz") else data.decode(encoding)
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def errors(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "truth" / "errors.parquet")


@pytest.fixture(scope="module")
def files(folder: Path, pages: list[Page]) -> dict[str, Rows]:
    return {page.file: _rows(folder, page.file, page.encoding) for page in pages if ".csv" in page.file}


def _codes(rows: Rows) -> list[str]:
    place = next(i for i, name in enumerate(rows[0]) if name in CODE_HEADERS)
    return [row[place] for row in rows[1:]]


def test_every_planted_cell_stands_in_its_file_at_its_line(
    errors: pl.DataFrame, files: dict[str, Rows], city: City
) -> None:
    cells = errors.filter((pl.col("column") != "") & pl.col("file").is_in(list(files)))
    assert len(cells) > 500
    for error in cells.iter_rows(named=True):
        rows = files[error["file"]]
        spelled = city.world.places.registers[error["register"]].columns[error["column"]].header
        bare = [name.partition("（")[0].partition("(")[0] for name in rows[0]]
        place = next(i for i, name in enumerate(bare) if name in {s.partition("（")[0] for s in spelled})
        assert rows[error["line"] - 1][place] == error["value"]


def test_codes_that_are_not_valid_are_as_many_as_were_planted(errors: pl.DataFrame, files: dict[str, Rows]) -> None:
    kinds = (
        "code_wrong_check_digit",
        "code_letter_for_nought",
        "code_scientific",
        "code_full_width",
        "code_lower_case",
    )
    blank = (pl.col("kind") == "blank_required") & (pl.col("column") == "credit_code")
    planted = errors.filter(pl.col("kind").is_in(kinds) | blank).group_by("file").len()
    counts = dict(planted.iter_rows())
    for file, rows in files.items():
        # the independent check reads lower case as upper case, so the exact spelling is asked too
        bad = sum(1 for code in _codes(rows) if not (code.isascii() and code == code.upper() and uscc.is_valid(code)))
        assert bad == counts.get(file, 0), file


def test_rows_that_stand_twice_are_as_many_as_were_planted(errors: pl.DataFrame, files: dict[str, Rows]) -> None:
    counts = dict(errors.filter(pl.col("kind") == "exact_duplicate").group_by("file").len().iter_rows())
    for file, rows in files.items():
        twice = sum(count - 1 for count in Counter(map(tuple, rows)).values())
        assert twice == counts.get(file, 0), file


@pytest.mark.parametrize(("sign", "kind"), [("—", "amount_dash"), ("NaN", "amount_not_a_number")])
def test_amounts_that_are_none_are_as_many_as_were_planted(
    errors: pl.DataFrame, files: dict[str, Rows], sign: str, kind: str
) -> None:
    found = sum(cell == sign for rows in files.values() for row in rows for cell in row)
    assert found == len(errors.filter((pl.col("kind") == kind) & pl.col("file").is_in(list(files)))) > 0


def test_firms_that_no_one_registered_are_those_that_were_planted(
    errors: pl.DataFrame, files: dict[str, Rows], city: City
) -> None:
    known = set(city.world.codes.tolist())
    strangers = errors.filter(pl.col("kind") == "not_registered")
    for file, rows in files.items():
        found = {code for code in _codes(rows) if uscc.is_valid(code) and code == code.upper()} - known
        assert found == set(strangers.filter(pl.col("file") == file)["credit_code"]), file


def test_months_that_never_came_are_in_no_file(errors: pl.DataFrame, city: City) -> None:
    missing = errors.filter(pl.col("kind") == "missing")
    assert set(missing["register"]) == {"tax", "social_security", "housing_fund", "electricity"}
    assert missing["line"].null_count() == len(missing)
    assert missing.select("register", "key").is_unique().all()


def test_duplicates_are_told_apart_from_other_errors(city: City) -> None:
    kinds = set(city.truth["duplicates"]["kind"])
    assert kinds == {"exact_duplicate", "conflicting_duplicate", "other_name"}
    assert len(city.truth["duplicates"]) < len(city.truth["errors"])


def test_the_truth_names_every_firm_once(city: City) -> None:
    firms = city.truth["firms"]
    assert len(firms) == len(city.world.firms) == firms["credit_code"].n_unique()
    assert firms["default_probability"].is_between(0, 1).all()


def test_a_clean_city_has_no_errors_and_every_code_in_it_is_valid(clean_city: City) -> None:
    assert clean_city.truth["errors"].is_empty()
    for page in clean_city.pages():
        assert all(uscc.is_valid(code) for code in page.frame.to_series(0).unique())
        assert page.frame.is_duplicated().sum() == 0, page.file


def test_errors_are_about_as_frequent_as_their_rates_say(pages: list[Page], errors: pl.DataFrame) -> None:
    rows = sum(len(page.frame) for page in pages if page.register == "tax")
    found = errors.filter((pl.col("register") == "tax") & (pl.col("kind") == "exact_duplicate"))
    assert len(found) == pytest.approx(rows * Rates().exact_duplicate, rel=0.25)
