"""Tables, code lists and exceptions of a pack: how they are written, and what is refused."""

from datetime import date
from typing import Any

import pytest

from kerong.rulebook import load
from kerong.rulebook.plain import evaluate
from kerong.rulebook.sheets import RulebookErrors
from kerong.rulebook.tables import Entries, Spell, Steps
from kerong.rulebook.types import Type
from tests.rulebook.packs import FIRM, REGION, column, formula, pack

ON = date(2025, 6, 30)
DISTRICTS = """
[[district]]
code = "EAST"
title = { zh = "东", en = "East" }
at = [1, 1]
[[district]]
code = "WEST"
title = { zh = "西", en = "West" }
at = [2, 1]
"""
STEPS = """[table.rate_bp]
title = { zh = "率", en = "Rate" }
over = "fen"
2024-01-01 = { source = "第三条", from = [0, 500], value = [1000, 600] }
2025-01-01 = { source = "新第三条", from = [0], value = [700] }
"""
KEYED = """[table.share_bp]
over = "district"
2024-01-01 = { source = "第四条", of = { EAST = 2000, WEST = 2500 } }
"""
CODED = KEYED.replace('"district"', '"text"')
GRADE = column("code", 'codes = { EAST = ["东"], WEST = ["西"] }')


def read(value: str, more: str = "", **files: str) -> Any:
    texts = pack(formulas_all=formula("x", value).rstrip() + "\n" + more, **files)
    texts["region.toml"] = REGION + DISTRICTS
    return load(texts)


def errors(value: str, more: str = "", **files: str) -> list[str]:
    with pytest.raises(RulebookErrors) as refused:
        read(value, more, **files)
    return [str(error) for error in refused.value.errors]


def test_a_table_of_steps_is_a_parameter_with_its_dates() -> None:
    table = read("step(enterprise.capital_fen, rate_bp)", STEPS).formulas["x"].parameters["rate_bp"]
    assert table.type == Type("table", unit="bp", over="fen")
    assert table.at(date(2024, 6, 1)) == Steps((0, 500), (1000, 600))
    assert table.at(ON) == Steps((0,), (700,))
    assert table.at(date(2023, 6, 1)) is None


def test_a_table_by_district_has_an_entry_for_each() -> None:
    formula = read("lookup(enterprise.area, share_bp)", KEYED).formulas["x"]
    table = formula.parameters["share_bp"]
    assert table.at(ON) == Entries({"EAST": 2000, "WEST": 2500}, None)
    assert evaluate(formula.value, {("enterprise", "area"): "WEST"}, ON, {"share_bp": table.at(ON)}) == 2500


def test_a_table_of_ratios_holds_decimals_and_a_unit_may_be_said() -> None:
    table = 'unit = "ratio"\nover = "number"\n2024-01-01 = { source = "三", from = [-1, 0.5], value = [1, 2] }\n'
    found = read("step(0.7, weight)", f"[table.weight]\n{table}").formulas["x"].parameters["weight"]
    assert found.at(ON) == Steps((-1.0, 0.5), (1.0, 2.0))
    assert all(isinstance(number, float) for number in (*found.at(ON).starts, *found.at(ON).values))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[0, 500]", "[500, 0]", "table rate_bp: 0 does not lie above 500 (from ascends)"),
        ("[0, 500]", "[0, 0]", "table rate_bp: 0 does not lie above 0"),
        ("[0, 500]", "[0]", "table rate_bp: from has 1 steps, value has 2"),
        ("[0, 500]", "[]", "table rate_bp: from is empty"),
        ("[0, 500]", '[0, "500"]', "table rate_bp: from holds numbers, not '500'"),
        ("[0, 500]", "[0, true]", "table rate_bp: from holds numbers, not True"),
        ("[0, 500]", "[0, 0.5]", "table rate_bp: fen are whole numbers, not 0.5"),
        ("[1000, 600]", "[1000, 0.5]", "table rate_bp: bp are whole numbers, not 0.5"),
        ("from =", "form =", "unknown key 'form' (did you mean from?)"),
        ('source = "第三条", ', "", "source is missing"),
        ("2024-01-01", "2024-02-30", "2024-02-30 is no date"),
        ("2024-01-01", "soon", "table rate_bp: 'soon' is no date"),
    ],
)
def test_steps_that_make_no_sense_are_refused_at_their_line(old: str, new: str, told: str) -> None:
    found = errors("step(enterprise.capital_fen, rate_bp)", STEPS.replace(old, new, 1))
    assert any(f"formulas/all.toml:8: {told}" in error for error in found)
    assert found[-1] == "formulas/all.toml:4: rate_bp has an error of its own"


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("WEST = 2500", "WESST = 2500", 7, "table share_bp: there is no district 'WESST' (did you mean WEST?)"),
        (", WEST = 2500", "", 7, "table share_bp: district WEST has no entry (give it one, or say otherwise = …)"),
        ("{ EAST = 2000, WEST = 2500 }", "{}", 7, "table share_bp: of is empty"),
        ("WEST = 2500", "WEST = 0.5", 7, "table share_bp: bp are whole numbers, not 0.5"),
        ("WEST = 2500 }", "WEST = 2500 }, otherwise = 0.5", 7, "table share_bp: bp are whole numbers"),
        ("WEST = 2500 }", 'WEST = 2500 }, otherwise = "0"', 7, "table share_bp: otherwise holds numbers"),
        ("share_bp", "on", 5, "on is a word of the language: a table needs another name"),
        ("share_bp", "Share", 5, "table 'Share': names are lower-case words joined by _"),
        ('"district"', '"districts"', 6, "over = 'districts' (one of fen,"),
        ("[table.share_bp]", "[table.share_bp]\nunit = 'percent'", 6, "unit = 'percent' (one of fen,"),
    ],
)
def test_tables_by_key_that_make_no_sense_are_refused_at_their_line(old: str, new: str, line: int, told: str) -> None:
    assert f"formulas/all.toml:{line}: {told}" in errors("1", KEYED.replace(old, new))[0]


def test_districts_that_have_no_entry_may_have_what_all_others_have() -> None:
    otherwise = KEYED.replace(", WEST = 2500 }", " }, otherwise = 0")
    assert read("lookup(enterprise.area, share_bp)", otherwise).formulas["x"].parameters["share_bp"].at(ON) == Entries(
        {"EAST": 2000}, 0
    )


def test_a_region_without_districts_has_no_table_by_district() -> None:
    with pytest.raises(RulebookErrors, match=r"the region has no districts \(\[\[district\]\] in region.toml\)"):
        load(pack(formulas_all=formula("x", "1") + KEYED))


def test_a_name_is_a_parameter_or_a_table() -> None:
    both = STEPS + '[parameter.rate_bp]\n2024-01-01 = { value = 1, source = "一" }\n'
    assert "rate_bp is a parameter already" in errors("1", both)[0]


@pytest.mark.parametrize("name", ["on", "amount", "base"])
def test_a_parameter_does_not_take_the_name_of_something_else(name: str) -> None:
    found = errors("1", f'[parameter.{name}]\nunit = "fen"\n2024-01-01 = {{ value = 1, source = "一" }}\n')
    assert f"formulas/all.toml:5: {name} is a word of the language" in found[0]


def test_years_are_a_span_and_a_calendar_year_is_none() -> None:
    span = '[parameter.least_years]\n2024-01-01 = { value = 3, source = "一" }\n'
    assert read("years_between(on, on) < least_years", span).formulas["x"].type.kind == "bool"
    year = span.replace("least_years", "first_year")
    assert "years does not go with year" in errors("years_between(on, on) < first_year", year)[0]


def test_columns_of_codes_know_their_list_wherever_they_are_read() -> None:
    measure = (
        '[[measure]]\nname = "m"\ntitle = { zh = "末", en = "Last" }\nover = "firm"\nvalue = "max(firm.further)"\n'
    )
    region = REGION.replace("[enterprise.provides]", '[enterprise.provides]\ngrade = ["firm.further"]')
    texts = pack(firm=GRADE, measures_all=measure, formulas_all=formula("x", "enterprise.grade = enterprise.m"))
    book = load(texts | {"region.toml": region})
    assert book.measures["m"].type.codes == ("EAST", "WEST")
    assert [arg.type.codes for arg in book.formulas["x"].value.args] == [("EAST", "WEST")] * 2


@pytest.mark.parametrize("value", ["firm.further = 'EASTT'", "firm.further in ('WEST', 'EASTT')"])
def test_a_text_that_is_no_code_of_the_list_names_the_nearest(value: str) -> None:
    texts = pack(firm=GRADE, formulas_all=formula("x", value, 'per = "firm"'))
    with pytest.raises(RulebookErrors, match=r"'EASTT' is no code \(EAST, WEST\) \(did you mean EAST\?\)"):
        load(texts)


def test_two_code_lists_do_not_fill_one_column_of_the_enterprise() -> None:
    other = FIRM.replace('"firm"', '"other"', 1) + column("code", 'codes = { N = ["北"] }')
    region = REGION.replace("[enterprise.provides]", '[enterprise.provides]\ngrade = ["firm.further", "other.further"]')
    with pytest.raises(RulebookErrors, match=r"code \(EAST, WEST\) does not go with code \(N\)"):
        load(pack(firm=GRADE, registers_other=other) | {"region.toml": region})


def test_codes_that_are_looked_up_are_keys_of_the_table() -> None:
    row = 'per = "firm"\n'
    looked = "lookup(firm.further, share_bp)"
    assert read("1", formula("y", looked, row) + CODED, firm=GRADE).row_formulas["firm"][0].type.unit == "bp"
    wrong = CODED.replace("WEST", "NORTH")
    found = errors("1", formula("y", looked, row) + wrong, firm=GRADE)
    assert found == [
        "formulas/all.toml:8: table share_bp of 2024-01-01: there is no code 'NORTH' (known here: EAST, WEST)"
    ]
    fewer = CODED.replace(", WEST = 2500", "")
    assert "code WEST has no entry" in errors("1", formula("y", looked, row) + fewer, firm=GRADE)[0]


EXCEPTIONS = """
[[formula.exception]]
label = "small"
when = "enterprise.capital_fen < 10"
value = "2"
source = "第五条"
[[formula.exception]]
label = "east"
when = "enterprise.area = 'EAST'"
value = "3"
over = ["small"]
"""


@pytest.mark.parametrize(
    ("capital", "area", "value"), [(5, "WEST", 2), (5, "EAST", 3), (50, "EAST", 3), (50, "WEST", 1)]
)
def test_an_exception_holds_instead_and_one_may_beat_another(capital: int, area: str, value: int) -> None:
    node = read("1", EXCEPTIONS).formulas["x"].value
    assert evaluate(node, {("enterprise", "capital_fen"): capital, ("enterprise", "area"): area}, ON, {}) == value


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('"east"', '"small"', 12, "two exceptions are called small"),
        ('["small"]', '["smal"]', 15, "over: there is no other exception smal (did you mean small?)"),
        ('["small"]', '["east"]', 15, "over: there is no other exception east"),
        ('source = "第五条"', 'over = ["east"]', 6, "exceptions go round in a circle"),
        ('value = "3"', 'value = "true"', 6, "exceptions: number does not go with flag"),
        ("enterprise.area = 'EAST'", "enterprise.area", 13, "enterprise.area is a text, not a condition"),
        ('when = "enterprise.capital_fen < 10"\n', "", 6, "when is missing"),
        ('label = "small"', 'label = "Small one"', 7, "label = 'Small one': names are lower-case words"),
        ('source = "第五条"', 'soruce = "第五条"', 10, "unknown key 'soruce' (did you mean source?)"),
    ],
)
def test_exceptions_that_make_no_sense_are_refused_at_their_line(old: str, new: str, line: int, told: str) -> None:
    found = errors("1", EXCEPTIONS.replace(old, new, 1))
    assert any(f"formulas/all.toml:{line}: {told}" in error for error in found), found


RULE = """name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
source = { document = "文", clause = "第一条" }
text = "给予补助。"
[[when]]
is = "enterprise.capital_fen > 10"
title = { zh = "资金", en = "capital" }
[[when.exception]]
label = "east"
when = "enterprise.area = 'EAST'"
is = "true"
source = "第二条"
[amount]
fen = "enterprise.capital_fen"
round = "down"
[[amount.exception]]
label = "west"
when = "enterprise.area = 'WEST'"
fen = "share_bp(enterprise.capital_fen, 5000)"
[[case]]
title = "given spells"
on = 2024-01-01
given = { enterprise.listed = [{ begins = 2024-01-02 }, { ends = 2024-01-01 }] }
expect = { outcome = "unknown" }
"""
SPELLS = """[[measure]]
name = "listed"
title = { zh = "在列", en = "Listed" }
over = "firm"
value = "spells(date '2024-01-01', date '2024-02-01')"
"""


def test_clauses_and_amounts_have_exceptions_and_a_clause_shows_them() -> None:
    rule = read("1", policies_grant=RULE, measures_all=SPELLS).rules["grant"]
    assert rule.clauses[0].condition.kind == rule.amount.fen.kind == "exceptions"
    assert rule.clauses[0].text == "enterprise.capital_fen > 10; east (第二条): true when enterprise.area = 'EAST'"
    assert rule.amount.fen.type.divisor == 10_000


def test_a_case_gives_spells_with_the_ends_that_are_known() -> None:
    (case,) = read("1", policies_grant=RULE, measures_all=SPELLS).rules["grant"].cases
    assert case.given["enterprise.listed"] == (Spell(None, date(2024, 1, 1)), Spell(date(2024, 1, 2), None))


@pytest.mark.parametrize("value", ["3", "[3]", "[{ from = 2024-01-01 }]", "[{ begins = 2024-01-01T00:00:00 }]"])
def test_a_case_that_gives_anything_else_as_spells_is_refused(value: str) -> None:
    wrong = RULE.replace("[{ begins = 2024-01-02 }, { ends = 2024-01-01 }]", value)
    found = errors("1", policies_grant=wrong, measures_all=SPELLS)
    assert "policies/grant.toml:24: given: enterprise.listed is spells, not" in found[0]


def test_a_case_gives_codes_of_the_list() -> None:
    rule = RULE.replace('text = "给', 'per = "firm"\ntext = "给').replace(
        "enterprise.listed = [{ begins", "firm.further = [{"
    )
    wrong = rule[: rule.index("given =")] + 'given = { firm.further = "EASTT" }\nexpect = { outcome = "unknown" }\n'
    found = errors("1", policies_grant=wrong, firm=GRADE)
    assert "given: firm.further has no code 'EASTT' (did you mean EAST?)" in found[0]


def test_a_condition_is_not_excepted_by_a_number() -> None:
    assert (
        "policies/grant.toml:12: 1 is a number, not a condition"
        in errors("1", policies_grant=RULE.replace('is = "true"', 'is = "1"'), measures_all=SPELLS)[0]
    )
