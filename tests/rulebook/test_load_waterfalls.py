"""Waterfalls are read from waterfalls/<name>.toml, and every fault in one is named with its file, line and remedy."""

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import tomli

from kerong.engine.money import split
from kerong.rulebook import RulebookErrors, load
from kerong.rulebook.overlay import written
from kerong.rulebook.types import BOOL, BP, FEN
from tests.rulebook.waterfall_texts import CASES, WATERFALL, book, texts

FILE = "waterfalls/shared_loss.toml"


def errors(waterfall: str) -> list[str]:
    with pytest.raises(RulebookErrors) as refused:
        book(waterfall)
    return [str(error) for error in refused.value.errors]


def test_a_waterfall_is_read_with_parties_layers_inputs_and_cases() -> None:
    found = book().waterfalls["shared_loss"]
    assert tuple(found.parties) == ("fund", "insurer", "bank")
    assert found.inputs["loss_fen"][0] == FEN
    assert [tuple(layer.shares) for layer in found.layers] == [("fund", "bank"), ("insurer", "bank")]
    assert found.layers[0].shares["fund"].type == BP
    assert found.layers[1].place.line == _line(WATERFALL, '[[layer]]\ntitle = { zh = "第二')
    assert found.rule == "grant"
    assert set(found.numbers) == {"share_bp", "first_fen", "least_fen"}
    assert found.cases[0].expect == {"fund": 800, "bank": 200}
    assert (found.cases[1].outcome, found.cases[1].on) == ("unknown", date(2025, 6, 30))


def test_parameters_of_its_rule_may_be_named() -> None:
    found = book(WATERFALL.replace("fen = 1_000\n", 'fen = "least_fen"\n') + CASES)
    assert found.waterfalls["shared_loss"].borrowed["least_fen"].at(date(2025, 6, 30)) == 10


def test_an_input_says_its_unit_where_its_name_does_not() -> None:
    more = WATERFALL.replace(
        "[[layer]]", '[input.is_small]\nunit = "flag"\ntitle = { zh = "小", en = "Small" }\n[[layer]]', 1
    )
    found = book(more.replace("fen = 1_000\n", 'fen = "case when is_small then 1_000 else 500 end"\n'))
    assert found.waterfalls["shared_loss"].inputs["is_small"][0] == BOOL


def _line(text: str, part: str) -> int:
    return text.count("\n", 0, text.index(part)) + 1


INPUT = '[input.{}]\ntitle = {{ zh = "入", en = "Input" }}\n[input.left_fen]'


@pytest.mark.parametrize(
    ("right", "wrong", "at", "told"),
    [
        ('rest = "bank"', 'rest = "bnak"', "rest", "rest: there is no party bnak (did you mean bank?)"),
        ("insurer = 5_000", "insuror = 5_000", "insuror", "shares: there is no party insuror (did you mean insurer?)"),
        ("{ fund = \"least", "{ found = \"least", "caps", "caps: there is no party found (did you mean fund?)"),
        ("caps = { fund", 'over = "bnk"\ncaps = { fund', "over", "over: there is no party bnk (did you mean bank?)"),
        ("caps = { fund", 'over = "fund"\ncaps = { fund', "over", "fund has a cap and takes what lies above caps"),
        ("shares = { insurer", 'over = "bank"\nshares = { insurer', "over", "over says who takes what lies above"),
        ("caps = { fund", "caps = { insurer", "caps", "caps: insurer has no share in this layer"),
        ("bank = 5_000", "bank = 4_999", "4_999", "shares sum to 5_000 + 4_999 = 9_999 (10_000 basis points)"),
        ("bank = 5_000", "bank = -5_000", "-5_000", "bank: -5000 is negative (a part of money is never negative)"),
        ('"10_000 - share_bp"', '"9_000 - share_bp"', "9_000 -", "= 9_000 from 2021-01-01 (10_000 basis points)"),
        ("value = 8_000", "value = 10_001", '"10_000 - ', "the share of bank is negative from 2023-01-01"),
        ('"least(left_fen, 4_000)"', '"first_fen - 10_001"', "caps", "a cap is never negative"),
        ("fen = 1_000", "fen = -1", "fen = -1", "fen: -1 is negative"),
        ('fen = "first_fen"', 'fen = "first_fen - 10_001"', "10_001", "a layer is never negative"),
        ('fen = "first_fen"', 'fen = "share_bp"', 'fen = "share', "share_bp is bp, wanted: fen"),
        ('rule = "grant"', 'rule = "grand"', "rule", "rule: there is no rule grand (did you mean grant?)"),
        ('rule = "grant"', 'level = "city"', "level", "level: there is no level city"),
        ('kind = "loss"', 'kind = "lost"', "kind", "kind = 'lost' (one of loss, recovery, gain, distribution, stake)"),
        ("[input.left_fen]", INPUT.format("idle_fen"), "[input.idle", "input idle_fen is never used"),
        ("[input.left_fen]", INPUT.format("share_bp"), "[input.share", "share_bp is a parameter and an input"),
        ("[input.left_fen]", INPUT.format("least_fen"), "[input.least", "least_fen is a parameter of grant already"),
        ("[parameter.first", "[parameter.least_fen]\n2021-01-01 = { value = 1, source = 'x' }\n[parameter.first",
         "[parameter.least", "least_fen is a parameter of grant already (name it without defining it"),
        ("[input.left_fen]", INPUT.format("amount"), "[input.amount", "amount is a word of the language"),
        ("[input.left_fen]", INPUT.format("left"), "[input.left]", "unit is missing"),
        ('amount = "loss_fen"', 'amount = "los_fen"', "amount", "los_fen is not known here (did you mean loss_fen?)"),
        ('name = "shared_loss"', 'name = "grant"', "name", "grant is defined twice (first in policies/grant.toml)"),
        ("insurer = {", "outcome = {", "outcome", "outcome is a word of the language"),
        ("text = ", "txt = ", "txt", "unknown key 'txt' (did you mean text?)"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_remedy(right: str, wrong: str, at: str, told: str) -> None:
    assert right in WATERFALL
    text = WATERFALL.replace(right, wrong, 1)
    found = errors(text + CASES)
    assert [error for error in found if told in error and error.startswith(f"{FILE}:{_line(text, at)}: ")], found


@pytest.mark.parametrize("bound", ["", 'fen = "loss_fen"\n'])
def test_a_layer_below_one_that_takes_all_is_refused(bound: str) -> None:
    text = WATERFALL.replace('fen = "first_fen"\n', bound, 1).replace("caps = {", 'over = "bank"\ncaps = {')
    (error,) = errors(text)
    second = text.rindex("[[layer]]")
    assert error.startswith(f"{FILE}:{text.count(chr(10), 0, second) + 1}: layer 1 takes all")
    assert error.endswith("this layer never takes anything (give that one fen)")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("loss_fen = 1_000, left", "los_fen = 1_000, left", "given: there is no input los_fen"),
        ("loss_fen = 1_000, left", "loss_fen = true, left", "given: loss_fen is a fen, not True"),
        ("loss_fen = 1_000, left", "loss_fen = 0.5, left", "given: loss_fen is a fen, not 0.5"),
        ("{ fund = 800,", "{ found = 800,", "expect: there is no party found"),
        ("fund = 800,", 'fund = "800",', "fund must be a whole number"),
        ("fund = 800,", 'outcome = "unknown", fund = 800,', "expect says what each party takes, or"),
        ('{ outcome = "unknown" }', "{ }", "expect says what each party takes, or"),
        ('"1_000 * 80 / 100", ', "", "working has 1 lines for 2 expected amounts"),
    ],
)  # fmt: skip
def test_a_fault_in_a_case_is_named(right: str, wrong: str, told: str) -> None:
    assert right in CASES
    assert told in errors(WATERFALL + CASES.replace(right, wrong, 1))[0]


def test_a_waterfall_of_a_rule_with_errors_of_its_own_is_left_out_without_another_word() -> None:
    broken = texts() | {"policies/grant.toml": texts()["policies/grant.toml"].replace("kind = ", "kindd = ")}
    with pytest.raises(RulebookErrors) as refused:
        load(broken)
    assert {error.file for error in refused.value.errors} == {"policies/grant.toml"}


def test_two_waterfalls_of_one_name_are_refused() -> None:
    with pytest.raises(RulebookErrors, match="shared_loss is defined twice"):
        load(texts() | {"waterfalls/again.toml": WATERFALL})


def test_a_reform_may_give_a_number_of_a_waterfall_a_new_value() -> None:
    over = '[parameter.share_bp]\n2026-01-01 = { value = 9_000, source = "修订稿" }\n'
    found = load(texts(), {FILE: over}).waterfalls["shared_loss"].parameters["share_bp"]
    assert [found.at(date(year, 1, 1)) for year in (2022, 2025, 2026)] == [7_000, 8_000, 9_000]


@pytest.mark.parametrize(
    "odd", [5, "", [], {}, [{"a": {}}], {"fund": "loss_fen - left_fen", "bank": 1}, "loss_fen / 0"]
)
def test_an_odd_value_in_any_place_is_refused_with_a_line_or_is_content_that_runs(odd: object) -> None:
    data, lines = tomli.loads(WATERFALL + CASES), list[int]()
    for path in list(_paths(data)):
        try:
            found = book(written(_with(data, path, odd))).waterfalls["shared_loss"]
        except RulebookErrors as refused:
            lines += [error.line for error in refused.errors]
        else:
            for case in found.cases:
                split(found, case.given, case.on)
    assert len(lines) > 10
    assert min(lines) >= 1


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        if (*path, key) != ("name",):
            yield (*path, key)
            yield from _paths(item, (*path, key))


def _with(data: dict[str, Any], path: tuple[str | int, ...], odd: object) -> dict[str, Any]:
    changed: Any = copy.deepcopy(data)
    at = changed
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = odd
    result: dict[str, Any] = changed
    return result
