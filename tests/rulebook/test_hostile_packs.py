"""Packs that mean harm, or look as if: each is refused with file and line, in no time, and nothing of it is loaded."""

from time import perf_counter

import pytest

from kerong.rulebook import load
from kerong.rulebook.sheets import RulebookErrors
from kerong.store.packs import read_pack

RULE = "policies/loan_interest_subsidy.toml"
TITLE = 'title = { zh = "甲", en = "A" }'
MEASURE = f'[[measure]]\nname = "zz"\n{TITLE}\nover = "tax"\nvalue = "sum(tax.sales_fen)"\n'
EXTRACT = f'\n[column.zz]\n{TITLE}\nheader = ["z"]\ntype = "text"\nextract = '


def first_error(**files: str) -> str:
    with pytest.raises(RulebookErrors) as refused:
        load(read_pack("demo") | {name.replace("__", "/") + ".toml": text for name, text in files.items()})
    return str(refused.value.errors[0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = " + "[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ("a = " + "{a = " * 5_000 + "1" + "}" * 5_000, "nested too deeply"),
        ("a" + ".a" * 100_000 + " = 1", "nested too deeply"),
        ("[a" + " . a" * 100_000 + "]", "nested too deeply"),
        ('a = { "a"' + '."a"' * 50_000 + " = 1 }", "nested too deeply"),
        ("\na = " + "9" * 5_000, "a number is too large"),
        ("\na = 9_999_999_999_999_999_999", "is too large"),
        ("\na = [1, [-inf]]", "is no number"),
    ],
)
def test_a_file_that_is_hard_to_read_is_refused_at_once(text: str, told: str) -> None:
    begun = perf_counter()
    error = first_error(policies__x=text)
    assert error.startswith(f"policies/x.toml:{2 if text[0] == chr(10) else 1}: ")
    assert told in error
    assert perf_counter() - begun < 20


@pytest.mark.parametrize("file", ["policy__x", "x", "evil__policies__x"])
def test_a_file_where_nobody_looks_is_told(file: str) -> None:
    assert "no file of a region stands here" in first_error(**{file: "a = 1"})


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('window = "0 months"', "window = '0 months'"),
        ('window = "３ months"', "window = "),
        ('window = "12 months"\nat_least = 0', "at_least is at least 1"),
        ('window = "12 months"\nat_least = -1', "at_least is at least 1"),
    ],
)
def test_a_window_of_nothing_is_refused(more: str, told: str) -> None:
    error = first_error(measures__zz=MEASURE + more)
    assert error.startswith("measures/zz.toml:")
    assert told in error


@pytest.mark.parametrize("pattern", ['"(?=a)(b)"', "'(?P<a>b)(?P=a)'"])
def test_a_pattern_that_the_reader_of_cells_does_not_know_is_refused(pattern: str) -> None:
    error = first_error(registers__tax=read_pack("demo")["registers/tax.toml"] + EXTRACT + pattern)
    assert "column zz: extract cannot be used: " in error
    assert error.startswith("registers/tax.toml:")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("value = 100_000_000", "value = -1"), ('scope = "enterprise_year"\nfen = "cap_fen"', 'scope = "row"\nfen = -1')],
)
def test_a_negative_limit_is_refused(right: str, wrong: str) -> None:
    text = read_pack("demo")[RULE]
    assert right in text
    error = first_error(policies__loan_interest_subsidy=text.replace(right, wrong))
    assert "a limit is never negative" in error
    assert error.startswith(RULE)


def test_thousands_of_broken_files_are_each_told_once() -> None:
    broken = {f"policies/x{number}.toml": "\na = [" for number in range(2_000)}
    with pytest.raises(RulebookErrors) as refused:
        load(read_pack("demo") | broken)
    assert sorted(error.file for error in refused.value.errors) == sorted(broken)


def test_more_exceptions_than_anyone_can_read_are_refused() -> None:
    one = '[[when.exception]]\nlabel = "l{}"\nwhen = "true"\nis = "true"\n'
    head, first, rest = read_pack("demo")[RULE].partition("[[when]]")
    clause, second, more = rest.partition("\n[[when]]")
    text = head + first + clause + "\n" + "".join(map(one.format, range(100))) + second + more
    assert "there are 100 exceptions (at most 99)" in first_error(policies__loan_interest_subsidy=text)
