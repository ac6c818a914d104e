"""The order in which layers of money are paid: a later layer is worked out when the earlier ones are awarded."""

from collections.abc import Iterable
from graphlib import TopologicalSorter
from itertools import pairwise

from kerong.rulebook.content import Group


def layer_positions(groups: Iterable[Group]) -> dict[str, int]:
    """From 0 the place of every rule of a group among the layers: behind all rules that some group puts before it.

    Rules of one exclusive group stand in one place, since the choice among them is made at once. Raises
    `graphlib.CycleError` where the groups contradict one another. A rule that no group names is at 0.
    """
    groups = list(groups)
    together = {rule: f"group {group.name}" for group in groups if group.kind == "exclusive" for rule in group.rules}
    after: dict[str, set[str]] = {together.get(rule, rule): set() for group in groups for rule in group.rules}
    for group in groups:
        if group.kind == "layers":
            places = [together.get(rule, rule) for rule in group.rules]
            for earlier, later in pairwise(places):
                after[later].add(earlier)
    position: dict[str, int] = {}
    for place in TopologicalSorter(after).static_order():
        position[place] = max((position[earlier] + 1 for earlier in after[place]), default=0)
    return {rule: position[together.get(rule, rule)] for group in groups for rule in group.rules}
