"""Rules of kind check: they ask, and can neither pay nor offer."""

import pytest

from kerong.rulebook import RulebookErrors, load
from kerong.store.packs import read_pack

CHECK = """
name = "few_members"
kind = "check"
title = { zh = "缴存人数偏少", en = "Few members" }
text = "参保30人以上、公积金缴存人数不到三成的，请说明。"
source = { document = "核验规则", clause = "一", status = "assumed", why = "a test" }
[[when]]
is = "enterprise.insured >= 30 and enterprise.fund_member_share < 0.3"
title = { zh = "不到三成", en = "below 30 %" }
evidence = { zh = "明细", en = "the list" }
"""
FILE = "checks/few_members.toml"


def test_a_check_is_no_alert_product_or_policy_and_gives_nothing() -> None:
    rule = load({**read_pack("demo"), FILE: CHECK}).rules["few_members"]
    assert (rule.is_check, rule.gives_nothing) == (True, True)
    assert not any((rule.is_alert, rule.is_product, rule.is_policy))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[amount]\nfen = "100"\nround = "down"\n', "no amount"),
        ("[offer]\nterm_months = 12\n", "no offer"),
        ('[[limit]]\nscope = "row"\nfen = "100"\n', "no limit"),
    ],
)
def test_a_check_that_would_pay_or_offer_is_refused(more: str, said: str) -> None:
    with pytest.raises(RulebookErrors, match=said):
        load({**read_pack("demo"), FILE: CHECK + more})


def test_a_check_that_asks_for_no_evidence_is_refused() -> None:
    text = CHECK.replace('evidence = { zh = "明细", en = "the list" }\n', "")
    with pytest.raises(RulebookErrors, match="asks for evidence"):
        load({**read_pack("demo"), FILE: text})


def test_a_check_stands_in_its_own_folder_only() -> None:
    with pytest.raises(RulebookErrors, match="kind"):
        load({**read_pack("demo"), "alerts/few_members.toml": CHECK})
