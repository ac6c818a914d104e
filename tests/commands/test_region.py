"""`kerong region new`: a few answers become a folder that loads, proves itself and runs."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from kerong.cli import app
from kerong.lab.cases import run_cases
from kerong.lab.city import make_city, write_city
from kerong.rulebook import load
from kerong.rulebook.start import LEVELS, AnswerError, Answers, District, checked, district_of, starting_pack
from kerong.store.packs import read_pack
from tests.commands.runs import kerong

DISTRICTS = ("--district", "330402=南湖区/Nanhu", "--district", "330411=秀洲区/Xiuzhou")
LEVEL = ("--level", "city", "--level", "county")


def made(into: Path, name: str, *options: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["region", "new", name, "--into", str(into), *options])
    return result.exit_code, " ".join(result.output.split())


titles = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=20).filter(str.strip)
answers = st.builds(
    Answers,
    name=st.from_regex(r"[a-z][a-z0-9_]{1,12}", fullmatch=True),
    zh=titles,
    en=titles,
    currency=st.sampled_from(["CNY", "EUR", "HKD"]),
    base=st.just("china"),
    districts=st.integers(1, 30).map(lambda n: tuple(District(str(100_000 + i), f"区{i}", f"D{i}") for i in range(n))),
    levels=st.lists(st.sampled_from(sorted(LEVELS)), min_size=1, max_size=4, unique=True).map(tuple),
    on=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
BASE = read_pack("china")


@given(answers)
def test_whatever_a_region_is_called_its_files_load_and_no_two_districts_share_a_place(found: Answers) -> None:
    files = {path: text for path, text in starting_pack(found).items() if path.endswith(".toml")}
    book = load({"region.toml": files["region.toml"], **_registers(), **_enough()})
    assert book.region.title.zh == found.zh
    assert book.region.currency == found.currency
    assert len({district.at for district in book.region.districts}) == len(found.districts)


def _registers() -> dict[str, str]:
    return {path: text for path, text in BASE.items() if path.startswith("registers/")}


def _enough() -> dict[str, str]:
    """Everything else that stage and group of a region need."""
    return {path: text for path, text in BASE.items() if path.startswith(("measures/", "networks/", "formulas/"))}


def test_a_new_region_loads_and_its_first_policy_is_proved_by_its_own_cases(tmp_path: Path) -> None:
    status, said = made(tmp_path, "jiaxing", *DISTRICTS, *LEVEL, "--zh", "嘉兴市", "--en", "Jiaxing")
    assert status == 0, said
    book = load(read_pack(str(tmp_path / "jiaxing")))
    assert [district.code for district in book.region.districts] == ["330402", "330411"]
    assert {"finance_city", "finance_county"} <= {institution.code for institution in book.region.institutions}
    found = [result for rule in book.rules.values() for result in run_cases(rule, book)]
    assert [(result.case.title, result.differences) for result in found if result.differences] == []
    assert len(book.rules["loan_interest_subsidy"].cases) >= 5


def test_no_small_change_of_the_first_policy_goes_unnoticed_and_lint_finds_nothing(tmp_path: Path) -> None:
    made(tmp_path, "jiaxing", *DISTRICTS, *LEVEL)
    for command in ("mutate", "lint"):
        done = CliRunner().invoke(app, ["rules", command, str(tmp_path / "jiaxing"), "--lang", "en"])
        assert done.exit_code == 0, done.output


@pytest.mark.slow
def test_a_synthetic_city_of_a_new_region_is_assessed(tmp_path: Path) -> None:
    made(tmp_path, "jiaxing", *DISTRICTS, *LEVEL)
    pack = str(tmp_path / "jiaxing")
    write_city(make_city(60, 1, texts=read_pack(pack)), tmp_path / "city")
    run = tmp_path / "run"
    done = kerong("assess", str(tmp_path / "city"), "--region", pack, "--out", str(run))
    assert done.returncode == 0, done.stderr
    assert (run / "verdicts.parquet").is_file()


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("Jiaxing", DISTRICTS, "lower-case letters"),
        ("demo", DISTRICTS, "shipped already"),
        ("jiaxing", (), "at least one district"),
        ("jiaxing", ("--district", "南湖区"), "write it as 330106=西湖区/Xihu"),
        ("jiaxing", (*DISTRICTS, *DISTRICTS), "two districts have the code 330402"),
        ("jiaxing", (*DISTRICTS, "--level", "village"), "no level of government"),
        ("jiaxing", (*DISTRICTS, "--level", "city", "--level", "city"), "level city stands twice"),
        ("jiaxing", (*DISTRICTS, "--currency", "yuan"), "no currency"),
        ("jiaxing", (*DISTRICTS, "--base", "mars"), "no region “mars”"),
    ],
)
def test_answers_that_make_no_region_are_refused_in_a_line_and_nothing_is_written(
    tmp_path: Path, name: str, options: tuple[str, ...], why: str
) -> None:
    status, said = made(tmp_path, name, *options)
    assert (status, why in said) == (2, True), said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "jiaxing").mkdir()
    status, said = made(tmp_path, "jiaxing", *DISTRICTS)
    assert status == 2
    assert "exists already" in said
    assert list((tmp_path / "jiaxing").iterdir()) == []


@pytest.mark.parametrize("text", ["", "330106", "330106=西湖区", "=西湖区/Xihu", "330106=/Xihu", "33 01=西湖区/Xihu"])
def test_what_is_no_district_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AnswerError, match="330106=西湖区/Xihu"):
        district_of(text)


def test_a_region_without_a_paying_level_is_refused() -> None:
    with pytest.raises(AnswerError, match="which levels"):
        checked(Answers("a_b", "甲", "A", "CNY", "china", (District("1", "甲", "A"),), (), date(2025, 6, 30)))
