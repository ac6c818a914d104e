"""Packs that engineers of other cities write: what is taken as they mean it, and what they are told."""

from datetime import date

import polars as pl
import pytest

from kerong.engine import record
from kerong.rulebook import load
from kerong.rulebook.plain import evaluate
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import REGION, column, formula, pack

ON = date(2025, 6, 30)


def errors(texts: dict[str, str]) -> list[str]:
    with pytest.raises(RulebookErrors) as caught:
        load(texts)
    return [str(error) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("district", 'codes = { EAST = ["东岸", "东岸片区"] }'),
        ("industry", 'codes = { C = ["制造业"] }'),
        ("flag", 'codes = { true = ["上市"], false = ["未上市"] }'),
        ("code", 'codes = { A = ["A级"] }'),
    ],
)
def test_districts_industries_and_flags_may_declare_their_spellings_as_codes_do(kind: str, codes: str) -> None:
    further = load(pack(firm=column(kind, codes))).registers["firm"].columns["further"]
    assert all(isinstance(spellings, tuple) for spellings in further.codes.values())


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("code", "", "a code needs its codes"),
        ("count", 'codes = { A = ["1"] }', "a count has no codes"),
        ("flag", 'codes = { yes = ["上市"], no = ["未上市"] }', "the codes of a flag are true and false"),
        ("district", 'codes = { EAST = "东岸" }', "EAST must be a list of texts"),
        ("count", 'unit = "wan"', "a count has no unit"),
    ],
)
def test_codes_and_units_that_make_no_sense_are_told_in_words(kind: str, more: str, told: str) -> None:
    found = errors(pack(firm=column(kind, more)))
    assert len(found) == 1
    assert told in found[0]


def test_a_district_or_an_institution_stands_once_by_its_code() -> None:
    for kind, more in (("district", "at = [0, 0]"), ("institution", 'kind = "bank"')):
        one = f'[[{kind}]]\ncode = "east"\ntitle = {{ zh = "东", en = "East" }}\n{more}\n'
        assert load(pack() | {"region.toml": REGION + one})
        assert errors(pack() | {"region.toml": REGION + one + one}) == [
            f"region.toml:{len((REGION + one).splitlines()) + 2}: two {kind}s have the code east"
        ]


def test_errors_of_registers_stand_before_those_that_follow_from_them() -> None:
    texts = pack(formulas_all=formula("in_east", "enterprise.area = 'EAST'"))
    texts["registers/firm.toml"] = texts["registers/firm.toml"].replace('type = "district"', 'type = "districts"')
    files = [line.split(":")[0] for line in errors(texts)]
    assert files == ["registers/firm.toml", "region.toml", "formulas/all.toml"]


@pytest.mark.parametrize(
    ("text", "value"), [("1_000_000", 1_000_000), ("12_5 + 1", 126), ("case when '1_0' = '10' then 1 else 2_0 end", 20)]
)
def test_numbers_may_be_written_in_groups_as_toml_writes_them(text: str, value: int) -> None:
    node = load(pack(formulas_all=formula("number", text))).formulas["number"].value
    assert evaluate(node, {}, ON, {}) == value


def test_a_formula_that_shares_money_is_rounded_to_whole_fen_as_it_says() -> None:
    for how, fen in (("down", 33), ("half_up", 34), ("up", 34)):
        text = formula("part_fen", "share_bp(enterprise.capital_fen, 1000)", f'round = "{how}"')
        book = load(pack(formulas_all=text + formula("twice_fen", "enterprise.part_fen * 2")))
        firms, _, problems = record.features(pl.DataFrame({"enterprise_id": ["a"], "capital_fen": [335]}), {}, book, ON)
        assert firms.select("part_fen", "twice_fen").rows() == [(fen, 2 * fen)]
        assert problems.is_empty()


def test_a_formula_that_shares_money_must_say_how_it_rounds_and_no_other_may() -> None:
    shares = formula("part_fen", "share_bp(enterprise.capital_fen, 1000)")
    assert "before rounding" in errors(pack(formulas_all=shares))[0]
    assert "round goes with share_bp" in errors(pack(formulas_all=formula("one", "1", 'round = "up"')))[0]


def test_a_register_may_be_called_like_any_word_of_sql_and_so_may_its_columns() -> None:
    words = ["grant", "order", "index", "by", "end", "case", "date", "limit", "show", "values", "on", "left", "in"]
    for word in words:
        text = pack()["registers/firm.toml"].replace('name = "firm"', f'name = "{word}"')
        text = text.replace("column.capital_fen", f"column.{word}")
        measure = f'[[measure]]\nname = "most"\ntitle = {{ zh = "最", en = "Most" }}\nover = "{word}"\n'
        measure += f'where = "{word}.{word} > 5 and not {word}.area is null"\nvalue = "max({word}.{word})"\n'
        region = pack()["region.toml"].replace("firm.capital_fen", f"firm.{word}").replace("firm.", f"{word}.")
        region = region.replace('["firm"]', f'["{word}"]')
        book = load({"region.toml": region, f"registers/{word}.toml": text, "measures/all.toml": measure})
        assert book.measures["most"].over == word


def test_a_missing_operator_is_named() -> None:
    assert (
        "before capital_fen an operator is missing"
        in errors(pack(formulas_all=formula("odd", "enterprise.capital_fen capital_fen")))[0]
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "firm"', 'name = "enterprise"', "a register needs another name"),
        ("column.capital_fen", "column.row_key", "is made by the engine"),
    ],
)
def test_names_that_the_engine_uses_itself_are_refused(old: str, new: str, told: str) -> None:
    texts = pack()
    texts["registers/firm.toml"] = texts["registers/firm.toml"].replace(old, new)
    assert told in errors(texts)[0]


def test_columns_of_an_enterprise_cannot_take_the_names_that_linking_gives() -> None:
    texts = pack()
    texts["region.toml"] = texts["region.toml"].replace("area = ", "other_names = ")
    assert "cannot be called 'other_names'" in errors(texts)[0]


def test_a_dimension_called_high_would_hide_what_a_firm_could_reach() -> None:
    indicator = '[[indicator]]\nname = "one"\ndimension = "high"\ntitle = { zh = "一", en = "One" }\n'
    indicator += 'value = "enterprise.capital_fen"\nbetter = "more"\n'
    assert "points_high" in errors(pack(indicators_all=indicator))[0]


def test_two_columns_of_a_statistic_cannot_have_one_name() -> None:
    text = 'name = "areas"\ntitle = { zh = "区", en = "Areas" }\nover = "firm"\nby = ["firm.area"]\n'
    text += '[[column]]\nname = "area"\ntitle = { zh = "数", en = "Number" }\nvalue = "count()"\n'
    assert "two columns are called area" in errors(pack(statistics_all=text))[0]


def test_rows_that_know_their_firm_by_name_need_a_region_that_provides_names() -> None:
    texts = pack(firm=column("text", ""))
    texts["registers/list.toml"] = texts["registers/firm.toml"].replace('name = "firm"', 'name = "list"')
    texts["registers/list.toml"] = texts["registers/list.toml"].replace(
        'row = ["code"]', 'row = ["code"]\nidentify = "name"\nname_column = "label"'
    )
    load(texts)
    texts["region.toml"] = texts["region.toml"].replace('name = ["firm.label"]\n', "")
    assert "rows of list find their firm by its name" in errors(texts)[0]


def test_the_words_of_a_region_are_of_known_families_and_in_both_languages() -> None:
    texts = pack()
    texts["region.toml"] += '[words.stage]\nsprout = { zh = "萌芽期", en = "Sprout" }\n'
    assert load(texts).region.words["stage"]["sprout"].en == "Sprout"
    texts["region.toml"] += '[words.stages]\nsprout = { zh = "萌芽期" }\n'
    assert "unknown key 'stages'" in errors(texts)[0]
