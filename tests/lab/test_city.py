import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from kerong.lab import City, Page, make_city, write_city
from kerong.lab.sources import SOURCES
from kerong.lab.streams import stream
from kerong.rulebook.content import Register


def _hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _headers(pages: list[Page], register: str) -> dict[str, list[str]]:
    return {page.file: page.frame.columns for page in pages if page.register == register}


def _registers(city: City) -> list[Register]:
    return [city.world.places.registers[name] for name in dict.fromkeys(source.register for source in SOURCES)]


def _built(city: City, register: str) -> pl.DataFrame:
    """A register of the city as it was before anyone spelled it: typed, with the position of the firm."""
    (source,) = [source for source in SOURCES if source.register == register]
    return source.build(city.world, stream(city.world.seed, register))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(texts: Mapping[str, str], tmp_path: Path) -> None:
    for name, seed in (("first", 4), ("again", 4), ("other", 5)):
        write_city(make_city(150, seed, texts=texts), tmp_path / name)
    first, again, other = (_hashes(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again
    assert all(other[file] != digest for file, digest in first.items() if file in other)


def test_a_city_without_some_registers_leaves_the_others_as_they_were(texts: Mapping[str, str]) -> None:
    left_out = ("registers/tax.toml", "registers/patent.toml")
    fewer = {
        file: text
        for file, text in texts.items()
        if file not in left_out and not file.startswith(("measures/", "networks/", "formulas/"))
    }
    small, whole = make_city(150, 4, texts=fewer).registers, make_city(150, 4, texts=texts).registers
    assert set(whole) - set(small) == {"patent", *(f"tax_{year}" for year in range(2020, 2026))}
    assert all(whole[name].equals(frame) for name, frame in small.items())


def test_every_declared_register_and_column_is_produced(city: City, pages: list[Page]) -> None:
    assert {source.register for source in SOURCES} == set(city.world.places.registers)
    for register in _registers(city):
        for file, headers in _headers(pages, register.name).items():
            plain = {header.partition("（")[0].partition("(")[0] for header in headers} | set(headers)
            missing = [
                c.name for c in register.columns.values() if not {h.partition("（")[0] for h in c.header} & plain
            ]
            assert missing == [], file


def test_files_of_one_register_differ_in_their_headers_from_year_to_year(pages: list[Page]) -> None:
    for register in ("tax", "social_security", "accounts"):
        headers = [tuple(columns) for columns in _headers(pages, register).values()]
        assert len(set(headers)) >= 3


def test_file_names_match_the_patterns_of_their_own_register_only(city: City, pages: list[Page]) -> None:
    for page in pages:
        stem = page.file.partition(".")[0]
        claimed = [r.name for r in _registers(city) if any(Path(stem).match(pattern) for pattern in r.files)]
        assert claimed == [page.register]


def test_no_row_is_older_than_its_firm(city: City) -> None:
    born = pl.DataFrame({"born": pl.Series(city.world.firms.established).cast(pl.Date)}).with_row_index("firm")
    for register, column in (
        ("tax", "month"),
        ("invoice", "issued_on"),
        ("loan", "drawn_on"),
        ("equity_round", "closed_on"),
        ("contest", "awarded_on"),
        ("listing", "done_on"),
        ("roster", "entered_on"),
    ):
        rows = _built(city, register).with_columns(pl.col("firm").cast(pl.UInt32)).join(born, on="firm")
        assert rows.filter(pl.col(column) < pl.col("born").dt.truncate("1mo")).is_empty(), register


def test_facts_lie_between_five_years_ago_and_the_day_of_the_city(city: City) -> None:
    months = _built(city, "tax")["month"]
    assert (months.min(), months.max()) == (date(2020, 7, 1), date(2025, 6, 1))
    for register in ("patent", "penalty", "judgement", "equity_round", "invoice"):
        column = str(city.world.places.registers[register].period)
        latest = _built(city, register)[column].max()
        assert isinstance(latest, date)
        assert latest <= date(2025, 6, 30), register


@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2023, 5, 17), date(2025, 12, 31)])
def test_a_city_of_another_day_ends_on_that_day(texts: Mapping[str, str], on: date) -> None:
    months = _built(make_city(60, 2, on, texts=texts), "tax")["month"]
    last = months.max()
    assert isinstance(last, date)
    assert (on - last).days < 62
    assert months.n_unique() == 60


@pytest.mark.parametrize(("firms", "seed"), [(0, 1), (-3, 1), (5, -1)])
def test_a_city_without_firms_or_with_a_negative_seed_is_refused(
    texts: Mapping[str, str], firms: int, seed: int
) -> None:
    with pytest.raises(ValueError, match="at least one firm"):
        make_city(firms, seed, texts=texts)


@pytest.mark.parametrize("seed", range(4))
def test_one_firm_alone_is_a_city_too_and_empty_registers_have_their_headers(
    texts: Mapping[str, str], tmp_path: Path, seed: int
) -> None:
    city = make_city(1, seed, texts=texts)
    assert write_city(city, tmp_path)["rows"].sum() > 0
    pages = list(city.pages())
    assert {page.register for page in pages} == {source.register for source in SOURCES}
    assert all(page.frame.width > 2 for page in pages)
