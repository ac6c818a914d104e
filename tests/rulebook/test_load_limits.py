"""Limits of rules and groups of rules: what is read, and what is refused with a line and a way out."""

from collections.abc import Mapping

import pytest

from kerong.rulebook import Rulebook, RulebookErrors, load
from tests.rulebook.packs import REGION, pack

AFFILIATES = REGION.replace("[enterprise.provides]", 'affiliates = "enterprise.name"\n[enterprise.provides]')


def rule(name: str, more: str = "", amount: str = 'fen = "cap_fen"\nround = "down"') -> str:
    """A policy about enterprises."""
    return f"""
name = "{name}"
kind = "subsidy"
title = {{ zh = "贴", en = "Subsidy" }}
source = {{ document = "文件", clause = "第一条" }}
text = "条文"
fingerprint = ["enterprise.name"]
[[when]]
is = "enterprise.capital_fen > 0"
title = {{ zh = "有资金", en = "has capital" }}
[amount]
{amount}
[parameter.cap_fen]
2024-01-01 = {{ value = 100, source = "第二条" }}
[parameter.least_fen]
2024-01-01 = {{ value = -1, source = "第二条" }}
{more}
"""


def limit(*lines: str) -> str:
    return "[[limit]]\n" + "\n".join(lines) + "\n"


def group(kind: str, more: str = "", rules: str = '["a", "b"]', name: str = "g") -> str:
    """A file of limits/."""
    return f"""
name = "{name}"
kind = "{kind}"
title = {{ zh = "组", en = "Group" }}
source = {{ document = "文件", clause = "第三条" }}
text = "条文"
rules = {rules}
{more}
"""


WITH_BASE = 'base = "enterprise.capital_fen"\nfen = "share_bp(base, 5000)"\nround = "down"'


def town(**files: str) -> Mapping[str, str]:
    """A pack with the policies a and b."""
    return pack(**{"policies_a": rule("a"), "policies_b": rule("b")} | files)


def book(**files: str) -> Rulebook:
    return load(town(**files))


def refused(**files: str) -> list[str]:
    with pytest.raises(RulebookErrors) as found:
        load(town(**files))
    return [str(error) for error in found.value.errors]


def test_limits_of_one_scope_stand_beside_each_other_for_different_years() -> None:
    lines = [
        limit('scope = "enterprise"', "fen = 10", f"years = [{y}, {y + 2}]", f'name = "from_{y}"') for y in (2021, 2024)
    ]
    limits = book(policies_a=rule("a", "".join(lines))).rules["a"].limits
    assert [(one.name, one.years) for one in limits] == [("from_2021", (2021, 2023)), ("from_2024", (2024, 2026))]


def test_a_budget_by_priority_keeps_the_expression_that_ranks() -> None:
    text = limit('scope = "budget"', 'fen = "cap_fen"', 'share = "priority"', 'priority = "enterprise.capital_fen"')
    found = book(policies_a=rule("a", text)).rules["a"].limits[0]
    assert found.priority is not None
    assert found.priority.field == ("enterprise", "capital_fen")


LIMITS = {
    "is not one of": (["scope = 'firm'", "fen = 1"], "scope = 'firm'"),
    "two of a scope": (
        ["scope = 'row'", "fen = 1", "[[limit]]", "scope = 'row'", "fen = 2"],
        "two limits of scope row",
    ),
    "one of two without years": (
        ["scope = 'row'", "fen = 1", "years = [2024, 2025]", "[[limit]]", "scope = 'row'", "fen = 2"],
        "two limits of scope row",
    ),
    "years overlap": (
        [
            "scope = 'row'",
            "fen = 1",
            "years = [2024, 2026]",
            "[[limit]]",
            "scope = 'row'",
            "fen = 2",
            "years = [2026, 2027]",
        ],
        "years of two limits of scope row overlap",
    ),
    "years backwards": (["scope = 'row'", "fen = 1", "years = [2026, 2024]"], "years are [first, last]"),
    "years of three": (["scope = 'row'", "fen = 1", "years = [2024, 2025, 2026]"], "years are [first, last]"),
    "years of flags": (["scope = 'row'", "fen = 1", "years = [true, true]"], "years are [first, last]"),
    "one name for two": (
        ["scope = 'row'", "fen = 1", "name = 'cap'", "[[limit]]", "scope = 'budget'", "fen = 2", "name = 'cap'"],
        "two limits are called cap",
    ),
    "share of no budget": (["scope = 'row'", "fen = 1", "share = 'pro_rata'"], "share goes with a budget"),
    "priority without its share": (
        ["scope = 'budget'", "fen = 1", "priority = 'enterprise.capital_fen'"],
        'share = "priority" and priority go together',
    ),
    "share without its priority": (
        ["scope = 'budget'", "fen = 1", "share = 'priority'"],
        'share = "priority" and priority go together',
    ),
    "priority that is no number": (
        ["scope = 'budget'", "fen = 1", "share = 'priority'", "priority = 'enterprise.name'"],
        "enterprise.name is text, wanted: a number",
    ),
    "two priorities": (
        [
            *("scope = 'budget'", "fen = 1", "share = 'priority'", "priority = 'enterprise.capital_fen'", "[[limit]]"),
            *("scope = 'budget_year'", "fen = 1", "share = 'priority'", "priority = '2'"),
        ],
        "limits of one rule go by the same priority",
    ),
    "negative": (["scope = 'row'", "fen = -1"], "negative"),
    "a negative parameter": (["scope = 'row'", "fen = 'least_fen'"], "negative"),
    "a negative difference": (["scope = 'row'", "fen = 'least_fen - 5'"], "negative"),
    "a sum too large": (
        ["scope = 'row'", "fen = '9200000000000000000 + 9200000000000000000 + 0 * least_fen'"],
        "cannot be worked out: overflow",
    ),
    "a parameter that is missing": (["scope = 'row'", "fen = 'cup_fen'"], "cup_fen is not known here"),
    "a cap that looks at the firm": (
        ["scope = 'row'", "fen = 'enterprise.capital_fen'"],
        "nothing is called enterprise",
    ),
    "affiliates of nobody": (["scope = 'affiliates'", "fen = 1"], "the region does not say who is affiliated"),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_limit_that_makes_no_sense_is_refused_where_it_stands(what: str) -> None:
    lines, message = LIMITS[what]
    errors = refused(policies_a=rule("a", limit(*lines)))
    assert len(errors) == 1, errors
    assert errors[0].startswith("policies/a.toml:")
    assert message in errors[0]


def test_limits_of_affiliates_need_a_region_that_says_who_is_affiliated() -> None:
    texts = town(policies_a=rule("a", limit('scope = "affiliates_year"', "fen = 1")))
    found = load({**texts, "region.toml": AFFILIATES})
    assert found.rules["a"].limits[0].scope == "affiliates_year"


def test_groups_are_read_by_name_with_what_their_kind_says() -> None:
    amount = rule("b", amount=WITH_BASE)
    found = book(
        policies_b=amount,
        limits_one=group("exclusive", 'period = "year"\nchoice = "order"', name="one"),
        limits_most=group("joint", 'per = "enterprise_year"\nfen = "most_fen"\nyears = [2024, 2026]', name="most")
        + '[parameter.most_fen]\n2024-01-01 = { value = 9, source = "第三条" }\n',
        limits_base=group("joint", 'per = "row"\nfen = "base"', rules='["b", "c"]', name="under_base"),
        policies_c=rule("c", amount=WITH_BASE),
        policies_d=rule("d", amount=WITH_BASE),
        limits_order=group("layers", 'base = "left"', rules='["c", "d"]', name="after"),
    ).groups
    assert list(found) == ["after", "most", "one", "under_base"]
    assert (found["one"].per, found["one"].period, found["one"].choice) == ("enterprise", "year", "order")
    assert found["most"].years == (2024, 2026)
    assert found["under_base"].fen is None
    assert (found["after"].per, found["after"].base, found["after"].rules) == ("row", "left", ("c", "d"))


GROUPS = {
    "an unknown rule": (group("exclusive", rules='["a", "bb"]'), "rules: there is no rule bb (did you mean b?)"),
    "a rule twice": (group("exclusive", rules='["a", "a"]'), "rules: a stands twice"),
    "one rule": (group("exclusive", rules='["a"]'), "a group has at least two rules"),
    "a rule that pays nothing": (group("joint", "per = 'region'\nfen = 1", rules='["a", "p"]'), "p pays nothing"),
    "a key of another kind": (group("exclusive", "fen = 1"), "unknown key 'fen'"),
    "a joint cap without its fen": (group("joint", "per = 'region'"), "fen is missing"),
    "a joint cap of nothing said": (group("joint", "fen = 1"), "per is missing"),
    "a negative joint cap": (group("joint", "per = 'region'\nfen = -1"), "a limit is never negative"),
    "a joint cap of the base of a firm": (
        group("joint", "per = 'enterprise'\nfen = 'base'"),
        'per = "row" or "evidence"',
    ),
    "a base that no rule states": (group("joint", "per = 'row'\nfen = 'base'"), "a has no base"),
    "layers without a base": (group("layers", "base = 'left'"), "b has no base"),
    "layers that do not name it": (group("layers", "base = 'left'", rules='["a", "w"]'), "fen of w does not name base"),
    "best of what is shared": (group("exclusive", rules='["a", "s"]'), "s shares budget pro rata"),
    "affiliates of nobody": (group("joint", "per = 'affiliates'\nfen = 1"), "does not say who is affiliated"),
    "rows of two registers": (group("exclusive", "per = 'row'", rules='["a", "r"]'), "do not look at the same rows"),
    "evidence of nothing": (
        group("exclusive", "per = 'evidence'", rules='["a", "e"]'),
        "e says nothing of its evidence",
    ),
    "a missing parameter": (group("joint", "per = 'region'\nfen = 'most_fen'"), "most_fen is not known here"),
    "the name of a limit": (
        group("exclusive", 'choice = "order"', '["a", "s"]', "budget"),
        "limit of s is called budget",
    ),
}


@pytest.mark.parametrize("what", GROUPS)
def test_a_group_that_makes_no_sense_is_refused_where_it_stands(what: str) -> None:
    text, message = GROUPS[what]
    others = {
        "policies_e": rule("e").replace('fingerprint = ["enterprise.name"]\n', ""),
        "policies_p": rule("p")
        .replace('fingerprint = ["enterprise.name"]\n', "")
        .replace('[amount]\nfen = "cap_fen"\nround = "down"\n', ""),
        "policies_r": rule("r", amount='fen = "cap_fen"\nround = "down"').replace(
            'kind = "subsidy"', 'kind = "subsidy"\nper = "firm"'
        ),
        "policies_s": rule("s", limit('scope = "budget"', "fen = 1", 'share = "pro_rata"')),
        "policies_w": rule("w", amount='base = "enterprise.capital_fen"\nfen = "cap_fen"\nround = "down"'),
    }
    errors = refused(limits_g=text, **others)
    assert [error for error in errors if message in error], errors
    assert {error.split(":")[0] for error in errors} == {"limits/g.toml"}


def test_groups_that_contradict_one_another_are_refused() -> None:
    one, other = group("exclusive", name="one"), group("exclusive", name="other")
    assert "a stands in two exclusive groups, one and other" in refused(limits_1=one, limits_2=other)[0]
    up, down = group("layers", name="up"), group("layers", rules='["b", "a"]', name="down")
    assert "the order of the layers contradicts other groups" in refused(limits_1=up, limits_2=down)[0]
    assert "contradicts other groups" in refused(limits_1=one, limits_2=up)[0]
    assert "g is defined twice" in refused(limits_1=group("exclusive"), limits_2=group("layers"))[0]
    left = {f"policies_{name}": rule(name, amount=WITH_BASE) for name in "abc"}
    first = group("layers", 'base = "left"', rules='["a", "c"]', name="first")
    second = group("layers", 'base = "left"', rules='["b", "c"]', name="second")
    assert "c stands in two groups as a later layer" in refused(limits_1=first, limits_2=second, **left)[0]


CASES = {
    "no claims": ("claims = []", "a case needs claims"),
    "claims that are no tables": ("claims = [1]", "claims holds tables"),
    "a claim without its rule": ('claims = [{ enterprise = "F", fen = 1 }]', "claims: rule is missing"),
    "a key that is not known": (
        'claims = [{ rule = "a", enterprise = "F", fen = 1, bass = 1 }]',
        "claims: bass is not known (did you mean base?)",
    ),
    "a rule of elsewhere": ('claims = [{ rule = "c", enterprise = "F", fen = 1 }]', "claims: c is not of this group"),
    "a negative claim": ('claims = [{ rule = "a", enterprise = "F", fen = -1 }]', "claims: fen is negative"),
    "a text for money": ('claims = [{ rule = "a", enterprise = "F", fen = "1" }]', "claims: fen is not a int"),
    "a flag for money": ('claims = [{ rule = "a", enterprise = "F", fen = true }]', "claims: fen is not a int"),
    "grants of elsewhere": (
        'claims = [{ rule = "a", enterprise = "F", fen = 1 }]\nused = [{ rule = "c", enterprise = "F", fen = 1 }]',
        "used: c is not of this group",
    ),
    "awards of fewer": (
        'claims = [{ rule = "a", enterprise = "F", fen = 1 }, { rule = "b", enterprise = "F", fen = 1 }]',
        "awarded holds a whole number for each claim",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_a_case_of_a_group_that_makes_no_sense_is_refused(what: str) -> None:
    lines, message = CASES[what]
    case = f'[[case]]\ntitle = "t"\non = 2024-06-30\n{lines}\nexpect = {{ awarded = [1] }}\n'
    errors = refused(limits_g=group("exclusive", case))
    assert [error for error in errors if message in error], errors
