"""What a rule file may say beside its conditions: a base, a fingerprint, accepted findings, workings."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.content import Change, Rule, Text
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import column, formula, pack

RULE = """name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
source = { document = "文", clause = "第一条" }
text = "给予补助。"
per = "firm"
KEYS
[[when]]
is = "firm.capital_fen > 0"
title = { zh = "资金", en = "capital" }
[amount]
fen = "share_bp(firm.capital_fen, 1000)"
round = "down"
[[limit]]
name = "cap"
scope = "enterprise"
fen = 1000
[[case]]
title = "a tenth"
on = 2024-01-01
given = { firm.capital_fen = 100 }
expect = { outcome = "met", fen = 10, awarded = 10, cut_by = "" }
"""
BASED = RULE.replace(
    'fen = "share_bp(firm.capital_fen, 1000)"', 'base = "firm.capital_fen"\nfen = "share_bp(base, 1000)"'
)
CHANGE = 'change = { how = { zh = "登记", en = "register" }, effort = 2, better = "more" }'


def rule(text: str, keys: str = "") -> Rule:
    return load(pack(policies_grant=text.replace("KEYS", keys))).rules["grant"]


def error(text: str, keys: str = "") -> str:
    with pytest.raises(RulebookErrors) as refused:
        rule(text, keys)
    assert len(refused.value.errors) == 1
    return str(refused.value.errors[0])


def test_an_amount_may_be_a_part_of_a_base_that_it_names() -> None:
    amount = rule(BASED).amount
    assert amount is not None
    assert amount.base is not None
    assert amount.base.field == ("firm", "capital_fen")
    assert amount.fen.args[0].field == ("", "base")


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('base = "firm.capital_fen"\n', "", 12, "base is not known here"),
        ('"firm.capital_fen"\n', '"share_bp(firm.capital_fen, 1)"\n', 12, "base is fen (exact, before rounding)"),
        ('"firm.capital_fen"\n', '"base"\n', 12, "base is not known here"),
        ('"firm.capital_fen"\n', '"firm.label"\n', 12, "firm.label is text, wanted: fen"),
    ],
)
def test_a_base_that_makes_no_sense_is_refused(old: str, new: str, line: int, told: str) -> None:
    assert error(BASED.replace(old, new)).startswith(f"policies/grant.toml:{line}: {told}")


def test_a_base_is_named_in_the_amount_alone() -> None:
    assert "base is not known here" in error(BASED.replace("firm.capital_fen > 0", "base > 0"))


def test_the_evidence_of_a_claim_is_made_of_texts_dates_and_whole_numbers() -> None:
    parts = rule(RULE, 'fingerprint = ["firm.label", "firm.capital_fen", "on"]').fingerprint
    assert [part.type.kind for part in parts] == ["text", "int", "date"]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('fingerprint = ["firm.capital_fen > 0"]', "fingerprint: firm.capital_fen > 0 is flag"),
        ('fingerprint = ["firm.lable"]', "firm.lable is not known (did you mean firm.label?)"),
        ("fingerprint = [1]", "fingerprint must be a list of texts"),
    ],
)
def test_a_fingerprint_of_anything_else_is_refused(keys: str, told: str) -> None:
    assert error(RULE, keys).startswith(f"policies/grant.toml:7: {told}")


def test_a_rule_that_pays_nothing_has_no_claims_to_tell_apart() -> None:
    text = RULE[: RULE.index("[amount]")]
    assert "it needs an [amount]" in error(text, 'fingerprint = ["firm.label"]')


def test_findings_that_are_meant_to_be_so_are_accepted_with_a_reason() -> None:
    accepted = rule(RULE + '[accepted]\noverlap = "historic"\n"mutation.cap" = "by law"\n').accepted
    assert accepted == {"overlap": "historic", "mutation.cap": "by law"}
    assert ":24: overlap is empty" in error(RULE + '[accepted]\noverlap = ""\n')


def test_a_case_names_the_clause_and_the_arithmetic_of_its_amount() -> None:
    (one,) = rule(RULE + 'by = "第一条"\nworking = "100 * 1000 / 10_000"\n').cases
    assert (one.by, one.working) == ("第一条", ("100 * 1000 / 10_000",))
    assert one.expect["cut_by"] == ""


def test_a_case_of_several_rows_has_a_line_of_arithmetic_for_each() -> None:
    many = RULE.replace("fen = 10, awarded = 10", "awarded = [10, 0]")
    (one,) = rule(many + 'working = ["100 / 10", "0"]\n').cases
    assert one.working == ("100 / 10", "0")
    assert "working has 1 lines for 2 expected amounts" in error(many + 'working = "100 / 10"\n')


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('cut_by = ""', 'cut_by = "cop"', "cut_by = 'cop' (one of cap, \"\" (nothing cut))"),
        ("fen = 10, awarded = 10,", 'clause = 0 }\nworking = "1"\nx = { ', "working needs an amount that it gives"),
        ("on = 2024", 'working = " "\non = 2024', "working is empty"),
        ("on = 2024", "working = 3\non = 2024", "working must be arithmetic in fen"),
        ("on = 2024", "by = 3\non = 2024", "by must be a text"),
    ],
)
def test_a_case_that_proves_nothing_is_refused(old: str, new: str, told: str) -> None:
    with pytest.raises(RulebookErrors) as refused:
        rule(RULE.replace(old, new))
    assert any(told in str(found) for found in refused.value.errors)


def test_a_day_that_is_given_has_no_time() -> None:
    dated = RULE.replace("firm.capital_fen > 0", "firm.further < on").replace("capital_fen = 100", "further = DAY")
    assert load(pack(firm=column("date", ""), policies_grant=dated.replace("KEYS", "").replace("DAY", "2024-01-01")))
    timed = dated.replace("KEYS", "").replace("DAY", "2024-01-01T00:00:00")
    with pytest.raises(RulebookErrors, match=r"firm\.further is a date, not datetime"):
        load(pack(firm=column("date", ""), policies_grant=timed))


def test_a_field_may_say_how_an_enterprise_changes_it() -> None:
    measure = (
        f'[[measure]]\nname = "n"\ntitle = {{ zh = "数", en = "N" }}\nover = "firm"\nvalue = "count()"\n{CHANGE}\n'
    )
    book = load(
        pack(firm=column("flag", CHANGE), measures_all=measure, formulas_all=formula("two", "enterprise.n * 2", CHANGE))
    )
    wanted = Change(Text("登记", "register"), 2, "more")
    assert book.registers["firm"].columns["further"].change == wanted
    assert book.measures["n"].change == book.formulas["two"].change == wanted


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (CHANGE.replace("2,", "0,"), "effort = 0 (1 (a form to fill in) to 9 (years of work))"),
        (CHANGE.replace("2,", "10,"), "effort = 10"),
        (CHANGE.replace('"more"', '"most"'), "better = 'most' (one of more, less, either)"),
        (CHANGE.replace("how =", "hwo ="), "unknown key 'hwo' (did you mean how?)"),
        ("change = 3", "change must be a table"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: str, told: str) -> None:
    with pytest.raises(RulebookErrors) as refused:
        load(pack(formulas_all=formula("two", "2", change)))
    assert any(str(found).startswith(f"formulas/all.toml:5: {told}") for found in refused.value.errors)


def test_a_region_says_by_which_text_enterprises_are_affiliated() -> None:
    texts = pack(formulas_all=formula("group", "left(enterprise.name, 2)"))
    sheet = texts["region.toml"].replace("[enterprise]\n", '[enterprise]\naffiliates = "enterprise.group"\n')
    assert load(texts).affiliates is None
    found = load(texts | {"region.toml": sheet}).affiliates
    assert found is not None
    assert found.field == ("enterprise", "group")
    with pytest.raises(RulebookErrors, match=r"region.toml:7: enterprise.capital_fen is fen, wanted: text"):
        load(texts | {"region.toml": sheet.replace("enterprise.group", "enterprise.capital_fen")})
