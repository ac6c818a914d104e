"""A reform laid over a pack: what it changes, what it leaves, and where its errors are told."""

from datetime import date
from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook import load
from kerong.rulebook.overlay import written
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import formula, pack

RULE = """
name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
source = { document = "文", clause = "第一条" }
text = "给予补助。"
[[when]]
is = "enterprise.capital_fen > line_fen"
title = { zh = "资金", en = "capital" }
[amount]
fen = "paid_fen"
round = "down"
[parameter.paid_fen]
2024-01-01 = { value = 100, source = "第一条" }
2025-01-01 = { value = 200, source = "第二条" }
[parameter.line_fen]
2024-01-01 = { value = 5, source = "第一条" }
"""
FILE = "policies/grant.toml"
BASE = pack(policies_grant=RULE)


def told(overrides: dict[str, str], base: dict[str, str] = BASE) -> list[str]:
    with pytest.raises(RulebookErrors) as refused:
        load(base, overrides, reform="plan")
    return [str(error) for error in refused.value.errors]


def paid(overrides: dict[str, str]) -> list[tuple[date, Any]]:
    values = load(BASE, overrides).rules["grant"].parameters["paid_fen"].values
    return [(start, value) for start, value, _ in values]


def test_a_dated_entry_is_added_to_those_of_the_base() -> None:
    entry = '[parameter.paid_fen]\n2026-01-01 = { value = 300, source = "改" }'
    assert paid({FILE: entry}) == [(date(2024, 1, 1), 100), (date(2025, 1, 1), 200), (date(2026, 1, 1), 300)]


def test_an_entry_of_the_same_date_takes_the_place_of_the_base_s() -> None:
    entry = '[parameter.paid_fen]\n2025-01-01 = { value = 300, source = "改" }'
    assert paid({FILE: entry}) == [(date(2024, 1, 1), 100), (date(2025, 1, 1), 300)]


def test_another_key_takes_the_place_of_the_base_s_whole() -> None:
    clause = '[[when]]\nis = "enterprise.area = \'EAST\'"\ntitle = { zh = "东", en = "east" }'
    rule = load(BASE, {FILE: clause}).rules["grant"]
    assert [found.text for found in rule.clauses] == ["enterprise.area = 'EAST'"]
    assert rule.amount == load(BASE).rules["grant"].amount


def test_a_rule_is_removed_and_nothing_else() -> None:
    book = load(BASE, {FILE: "remove = true"})
    assert book.rules == {}
    assert book.registers == load(BASE).registers


def test_a_path_that_the_base_has_not_is_a_new_file() -> None:
    book = load(BASE, {"policies/second.toml": RULE.replace('"grant"', '"second"')})
    assert sorted(book.rules) == ["grant", "second"]


def test_a_reform_without_files_changes_nothing() -> None:
    assert load(BASE, {}) == load(BASE)


@pytest.mark.parametrize(
    ("override", "line", "message"),
    [
        ("a = [", 1, "not valid TOML"),
        ("\nremove = 1", 2, "remove is true, or is not there"),
        ("remove = true\nname = 'x'", 2, "unknown key 'name'"),
        ("\nnane = 'x'", 2, "unknown key 'nane' (did you mean name?)"),
        ('[parameter.paid_fen]\n2026-02-30 = { value = 3, source = "改" }', 2, "2026-02-30 is no date"),
        ("[parameter.paid_fen]\n2026-01-01 = { value = 3 }", 2, "source is missing"),
        ('[parameter.piad_fen]\n2026-01-01 = { value = 3, source = "改" }', 1, "did you mean paid_fen?"),
        ('[amount]\nround = "down"\nfen = "paid_fem"', 3, "paid_fem is not known here"),
        ("parameter = 1", 1, "parameter must be a table"),
        ("[parameter]\npaid_fen = 1", 2, "paid_fen must be a table"),
    ],
)
def test_what_is_wrong_with_a_reform_is_told_at_its_own_line(override: str, line: int, message: str) -> None:
    found = told({FILE: override})[0]
    assert found.startswith(f"plan/{FILE}:{line}: ")
    assert message in found


def test_what_a_reform_breaks_in_the_base_is_told_where_the_base_says_it() -> None:
    known = "known here: enterprise.enterprise_id, enterprise.other_names"
    assert told({"region.toml": '[enterprise]\nfrom = ["firm"]'}) == [
        f"{FILE}:8: enterprise.capital_fen is not known ({known})"
    ]
    assert told({FILE: '[parameter.paid_fen]\nunit = "bp"'}) == [f"{FILE}:11: paid_fen is bp, wanted: fen"]


def test_a_file_that_is_not_there_cannot_be_removed() -> None:
    assert told({"policies/grants.toml": "remove = true"}) == [
        "plan/policies/grants.toml:1: there is no policies/grants.toml to remove (did you mean policies/grant.toml?)"
    ]


def test_the_texts_of_a_reformed_rulebook_load_to_the_same_rules() -> None:
    entry = '[parameter.paid_fen]\n2026-01-01 = { value = 300, source = "改\\n\\u007f" }\n'
    book = load(BASE, {FILE: entry, "formulas/f.toml": formula("flag", "true")})
    again = load(book.texts)
    assert again.rules["grant"].parameters == book.rules["grant"].parameters
    assert again.rules["grant"].amount == book.rules["grant"].amount
    assert list(again.formulas) == list(book.formulas) == ["flag"]


VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab-. é\"'\n", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.dictionaries(st.text("ab-. é\"'\n", max_size=3), VALUES, max_size=4))
def test_what_is_written_reads_as_what_it_was(data: dict[str, Any]) -> None:
    assert tomli.loads(written(data)) == data


def test_a_case_of_the_base_that_names_a_limit_of_before_may_be_replaced_too() -> None:
    limit = '[[limit]]\nname = "{}"\nscope = "enterprise"\nfen = 5\n'
    case = """[[case]]
title = "cut"
on = 2025-06-30
given = { enterprise.capital_fen = 9 }
expect = { cut_by = "old" }
"""
    base = {**BASE, FILE: RULE + limit.format("old") + case}
    (said,) = told({FILE: limit.format("new")}, base)
    assert said.startswith(f"{FILE}:")
    assert 'one of new, "" (nothing cut); the case is the base\'s' in said
    assert f"the limits stand in plan/{FILE}: the reform may replace [[case]] too" in said
    assert load(base, {FILE: limit.format("new") + case.replace("old", "new")})
    (said,) = told({FILE: limit.format("new") + case}, base)
    assert "the base's" not in said
