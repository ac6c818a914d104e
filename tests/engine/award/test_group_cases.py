"""Cases of groups of rules: the example of the manual holds, and what does not hold is told in a sentence."""

from pathlib import Path

import pytest

from kerong.engine.award import group_case
from kerong.rulebook import Rulebook, load
from tests.rulebook.packs import pack

MANUAL = (Path(__file__).parents[3] / "docs/rulebook-reference.md").read_text("utf-8")
EXAMPLE = MANUAL.split("## limits/<name>.toml")[1].split("```toml\n")[1].split("```")[0]
SHARES = {"city_interest": "share_bp(base, 5000)", "county_interest": "least(base, 40_000)"}


def policy(name: str, fen: str, limit: str = "") -> str:
    """A policy per row of the register, with a base."""
    return f"""
name = "{name}"
kind = "subsidy"
per = "firm"
title = {{ zh = "贴息", en = "Interest subsidy" }}
source = {{ document = "文件", clause = "第一条" }}
text = "条文"
[[when]]
is = "firm.capital_fen > 0"
title = {{ zh = "有资金", en = "has capital" }}
[amount]
base = "firm.capital_fen"
fen = "{fen}"
round = "down"
{limit}
"""


def book(group: str, limit: str = "", **shares: str) -> Rulebook:
    files = {f"policies_{name}": policy(name, fen, limit) for name, fen in {**SHARES, **shares}.items()}
    return load(pack(**files, limits_group=group))


def differences(group: str, limit: str = "", **shares: str) -> list[tuple[str, ...]]:
    rulebook = book(group, limit, **shares)
    found = next(iter(rulebook.groups.values()))
    return [group_case(found, case, rulebook) for case in found.cases]


def layers(*claims: str, expect: str, used: str = "[]") -> str:
    head = EXAMPLE.split("[[case]]")[0].replace('"joint"', '"layers"').replace('fen = "base" ', 'base = "left" ')
    return f"""{head}
[[case]]
title = "t"
on = 2024-06-30
claims = [{", ".join(claims)}]
used = {used}
expect = {expect}
"""


CITY = '{ rule = "city_interest", enterprise = "F1", fen = 50_000, base = 100_000 }'
COUNTY = '{ rule = "county_interest", enterprise = "F1", fen = 40_000, base = 100_000 }'


def test_the_example_of_the_manual_holds() -> None:
    assert differences(EXAMPLE) == [()]


def test_what_a_case_of_a_group_expects_otherwise_is_told() -> None:
    wrong = EXAMPLE.replace(
        'awarded = [60_000, 40_000], cut_by = "never_above_interest"', 'awarded = [60_000, 1], cut_by = "row"'
    )
    assert differences(wrong) == [
        ("awarded is [60000, 40000], expected [60000, 1]", "cut_by is never_above_interest, expected row")
    ]


def test_limits_of_the_rules_count_in_a_case_of_their_group_but_budgets_do_not() -> None:
    text = EXAMPLE.replace("[60_000, 40_000]", "[30_000, 30_000]").replace('never_above_interest" }', 'row" }')
    both = '[[limit]]\nscope = "row"\nfen = 30_000\n[[limit]]\nscope = "budget"\nfen = 1\n'
    assert differences(text, both) == [()]


def test_a_later_layer_of_a_case_is_worked_out_by_its_rule() -> None:
    assert differences(layers(CITY, COUNTY, expect="{ awarded = [50_000, 40_000] }")) == [()]
    used = '[{ rule = "city_interest", enterprise = "F1", fen = 30_000, evidence = "firm|F1|" }]'
    found = layers(CITY, COUNTY, expect='{ awarded = [50_000, 20_000], cut_by = "never_above_interest" }', used=used)
    assert differences(found) == [()]


def test_a_rule_that_reads_more_than_its_base_is_told_and_not_taken_for_nothing() -> None:
    found = differences(
        layers(CITY, COUNTY, expect="{ awarded = [50_000, 0] }"), county_interest="least(base, firm.capital_fen)"
    )
    assert found == [("the base alone does not tell what county_interest entitles to",)]


@pytest.mark.parametrize(("row", "awards"), [("", "[60_000, 40_000]"), ("r2", "[60_000, 60_000]")])
def test_claims_that_say_no_row_are_about_one_row_of_the_firm(row: str, awards: str) -> None:
    text = EXAMPLE.replace('[60_000, 40_000], cut_by = "never_above_interest"', awards)
    second = '{ rule = "county_interest", enterprise = "F1", '
    assert differences(text.replace(second, f'{second}row = "{row}", ')) == [()]
