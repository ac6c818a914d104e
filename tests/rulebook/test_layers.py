"""In which order layers of money are worked out."""

from graphlib import CycleError

import pytest

from kerong.rulebook.content import Group, Place, Source, Text
from kerong.rulebook.layers import layer_positions


def group(kind: str, *rules: str) -> Group:
    source = Source("文件", "第一条", "published")
    return Group("-".join(rules), kind, Text("组", "group"), source, rules, Place("limits/g.toml", 1))  # type: ignore[arg-type]


def test_a_layer_stands_behind_every_rule_that_some_group_puts_before_it() -> None:
    found = layer_positions(
        [group("layers", "city", "county"), group("layers", "state", "city"), group("joint", "x", "y")]
    )
    assert found == {"state": 0, "city": 1, "county": 2, "x": 0, "y": 0}


def test_rules_of_one_exclusive_choice_stand_in_one_layer() -> None:
    found = layer_positions([group("exclusive", "county", "district"), group("layers", "city", "county")])
    assert found == {"city": 0, "county": 1, "district": 1}


@pytest.mark.parametrize("other", [group("layers", "county", "city"), group("exclusive", "city", "county")])
def test_layers_that_come_before_themselves_are_an_error(other: Group) -> None:
    with pytest.raises(CycleError):
        layer_positions([group("layers", "city", "county"), other])
