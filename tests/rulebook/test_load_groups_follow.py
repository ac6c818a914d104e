"""Groups of rules: one error for one mistake, and evidence that can be found again."""

import pytest

from kerong.rulebook import RulebookErrors, load
from tests.rulebook.packs import pack

RULE = """
name = "{name}"
kind = "subsidy"
per = "firm"
title = {{ zh = "甲", en = "A" }}
text = "甲"
source = {{ document = "办法", clause = "第一条" }}
[[when]]
is = "{condition}"
title = {{ zh = "甲", en = "A" }}
[amount]
fen = "100"
round = "down"
"""
GROUP = """
name = "one_of_two"
kind = "exclusive"
title = { zh = "二选一", en = "One of two" }
text = "二选一"
source = { document = "办法", clause = "第二条" }
rules = ["first", "second"]
per = "evidence"
"""


def errors(first: str, second: str) -> list[str]:
    files = {"policies/first.toml": first, "policies/second.toml": second, "limits/one_of_two.toml": GROUP}
    with pytest.raises(RulebookErrors) as caught:
        load({**pack(), **files})
    return [str(error) for error in caught.value.errors]


def test_a_group_says_nothing_of_a_rule_whose_own_error_has_been_told() -> None:
    sound, wrong = (RULE.format(name=n, condition=c) for n, c in (("first", "true"), ("second", "firm.nothing > 1")))
    found = errors(sound, wrong)
    assert len(found) == 1
    assert found[0].startswith("policies/second.toml:9: firm.nothing is not known")


def test_a_rule_per_enterprise_or_of_another_register_needs_a_fingerprint_in_a_group_by_evidence() -> None:
    sound = RULE.format(name="first", condition="true")
    other = RULE.format(name="second", condition="true").replace('per = "firm"\n', "")
    found = errors(sound, other)
    assert [line.split(": ", 1)[1] for line in found] == [
        'first says nothing of its evidence (fingerprint = ["…"] in its file)',
        'second says nothing of its evidence (fingerprint = ["…"] in its file)',
    ]
