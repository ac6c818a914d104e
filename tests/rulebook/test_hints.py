"""What a first author of rules slips on is answered with what to write instead."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.parse import ExpressionError, Scope, parse
from kerong.rulebook.sheets import RulebookErrors
from kerong.rulebook.types import DATE, FEN, TEXT
from tests.rulebook.packs import pack

MORE = {f"other_{letter}": TEXT for letter in "abcdefgh"}
SCOPE = Scope({"enterprise": {"founded_on": DATE, "name": TEXT, "capital_fen": FEN} | MORE}, {})
RULE = """name = "grant"
kind = "subsidy"
title = { zh = "补助", en = "Grant" }
source = { document = "文", clause = "第一条" }
text = "给予补助。"
[[when]]
is = "enterprise.capital_fen > 0"
title = { zh = "资金", en = "capital" }
[amount]
fen = "100"
round = "down"
"""


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("enterprise.founded_on > '2023-06-30'", "write date '2023-06-30'"),
        ("enterprise.founded_on = 2023-06-30", "write date '2023-06-30'"),
        ("enterprise.founded_on between 2022 and 2023", "write date '2023-06-30'"),
        ("enterprise.capital_fen > 1 # at least", "write it above, behind #"),
        ("enterprise.capital_fen ＞ 1", "a full-width sign: write >"),
        ("（enterprise.capital_fen > 1）", "a full-width sign: write ("),
        ("enterprise.name = “甲”", "a full-width sign: write ' around a text"),
        ("enterprise.capital_fen ≥ 1", "write >="),
        ("0 < enterprise.capital_fen < 100", "use between, or and: 0 < x and x < 100"),
        ("enterprise.zzz > 1", "all of them: kerong rules fields"),
        ("zzz > 1", "all of them: kerong rules fields"),
        ("enterprise.capital_fem > 1", "did you mean enterprise.capital_fen?"),
    ],
)
def test_a_slip_is_answered_with_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text, SCOPE)
    assert refused.value.hint.endswith(hint)


def test_a_quoted_text_may_hold_every_sign() -> None:
    assert parse("enterprise.name = '甲（乙）＞“丙”#'", SCOPE).args[1].value == "甲（乙）＞“丙”#"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("enterprise.capital_fen > 0", "firm.capital_fen > 0", 'a rule about its rows says per = "firm"'),
        ('round = "down"\n', "", "round is missing (it is down, half_up or up)"),
    ],
)
def test_a_rule_that_lacks_a_word_is_told_which(old: str, new: str, told: str) -> None:
    with pytest.raises(RulebookErrors) as refused:
        load(pack(policies_grant=RULE.replace(old, new)))
    assert told in str(refused.value)
