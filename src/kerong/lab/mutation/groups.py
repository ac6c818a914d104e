"""Every small change of a group of rules: lifted, its cap or period changed, its choice or base the other one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from kerong.lab.mutation.expressions import changes
from kerong.lab.mutation.moved import becomes
from kerong.lab.mutation.mutants import changed_values
from kerong.rulebook.content import Group, Place, Text
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tree import Node
from kerong.rulebook.types import FEN


@dataclass(frozen=True, slots=True)
class GroupMutant:
    """A group with one change; `part` names what was changed: "group", "fen", "parameter.cap_fen"."""

    group: Group
    part: str
    said: Text
    place: Place


def group_mutants(group: Group) -> Iterator[GroupMutant]:
    """All of them: what the group does, its cap, its parameters."""
    without = replace(group, kind="joint", per="enterprise", years=None, fen=Node("literal", FEN, value=LIMIT))
    yield GroupMutant(without, "group", Text("规则组取消", "the group is lifted"), group.place)
    for other, said in _other_ways(group):
        yield GroupMutant(other, "group", said, group.place)
    for node, said in changes(group.fen) if group.fen is not None else ():
        yield GroupMutant(replace(group, fen=node), "fen", said, group.place)
    days = [case.on for case in group.cases]
    for name, parameter in group.parameters.items():
        for changed, said in changed_values(parameter, days):
            told = Text(f"参数 {name}:{said.zh}", f"parameter {name}: {said.en}")
            parameters = MappingProxyType({**group.parameters, name: changed})
            yield GroupMutant(replace(group, parameters=parameters), f"parameter.{name}", told, group.place)


def _other_ways(group: Group) -> Iterator[tuple[Group, Text]]:
    if group.kind == "exclusive":
        choice: Literal["best", "order"] = "order" if group.choice == "best" else "best"
        period: Literal["ever", "year"] = "year" if group.period == "ever" else "ever"
        yield replace(group, choice=choice), becomes("choice", group.choice, choice)
        yield replace(group, period=period), becomes("period", group.period, period)
    if group.kind == "layers":
        base: Literal["gross", "left"] = "gross" if group.base == "left" else "left"
        yield replace(group, base=base), becomes("base", group.base, base)
    if group.kind == "joint" and group.per.partition("_")[0] in ("enterprise", "affiliates"):
        per = group.per.removesuffix("_year") if group.per.endswith("_year") else f"{group.per}_year"
        yield replace(group, per=per), becomes("per", group.per, per)
