"""What is behind fields of an enterprise: formulas, measures, networks, provided fields, and their registers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kerong.rulebook.content import Rulebook
from kerong.rulebook.tree import Node, fields_of

INDICATOR = "indicator_"  # before the name of an indicator, as in the table of scores
OWN = ("enterprise_id", "other_names")


@dataclass(frozen=True, slots=True)
class Reach:
    """Names of all that fields rest on, themselves included; `networks` are those with a field among them."""

    provided: frozenset[str]
    measures: frozenset[str]
    formulas: frozenset[str]
    indicators: frozenset[str]
    network_fields: frozenset[str]
    networks: frozenset[str]
    registers: tuple[str, ...]

    def narrowed(self, rulebook: Rulebook) -> Rulebook:
        """The rulebook with these fields and registers alone, for the record stage."""
        region = rulebook.region
        provides = {name: pairs for name, pairs in region.provides.items() if name in self.provided or name == "name"}
        levels = [tuple(name for name in level if name in self.formulas) for level in rulebook.levels]
        return replace(
            rulebook,
            region=replace(region, provides=provides),
            registers={name: rulebook.registers[name] for name in self.registers},
            measures={name: one for name, one in rulebook.measures.items() if name in self.measures},
            formulas={name: one for name, one in rulebook.formulas.items() if name in self.formulas},
            levels=tuple(level for level in levels if level),
            networks={name: one for name, one in rulebook.networks.items() if name in self.networks},
            feeds={name: one for name, one in rulebook.feeds.items() if one.register in self.registers},
            channels={},
            rules={},
            statistics={},
            indicators={},
            row_formulas={},
        )


def reach(rulebook: Rulebook, fields: Iterable[str]) -> Reach:
    """Everything behind these fields of an enterprise.

    Raises:
        KeyError: there is no such field.
    """
    of_network = {field: net for net in rulebook.networks.values() for field in net.fields}
    found: dict[str, set[str]] = {key: set() for key in ("provided", "measures", "formulas", "indicators", "networks")}
    given: set[str] = set()
    registers = {*rulebook.region.enterprise_from}
    waiting, seen = list(fields), set()
    while waiting:
        name = waiting.pop()
        if name in seen or name in OWN:
            continue
        seen.add(name)
        nodes: list[Node] = []
        if name in rulebook.measures:
            found["measures"].add(name)
            registers.add(rulebook.measures[name].over)
        elif name in rulebook.formulas:
            found["formulas"].add(name)
            nodes = [rulebook.formulas[name].value]
        elif name.startswith(INDICATOR) and name.removeprefix(INDICATOR) in rulebook.indicators:
            found["indicators"].add(name.removeprefix(INDICATOR))
            nodes = [rulebook.indicators[name.removeprefix(INDICATOR)].value]
        elif name in of_network:
            given.add(name)
            found["networks"].add(of_network[name].name)
            registers.add(of_network[name].over)
            nodes = list(of_network[name].nodes())
        elif name in rulebook.region.provides:
            found["provided"].add(name)
        else:
            raise KeyError(name)
        waiting += [column for node in nodes for table, column in fields_of(node) if table == "enterprise"]
    provided = {*found["provided"], "name"}
    registers |= {register for name in provided for register, _ in rulebook.region.provides.get(name, ())}
    return Reach(
        provided=frozenset(found["provided"]),
        measures=frozenset(found["measures"]),
        formulas=frozenset(found["formulas"]),
        indicators=frozenset(found["indicators"]),
        network_fields=frozenset(given),
        networks=frozenset(found["networks"]),
        registers=tuple(name for name in rulebook.registers if name in registers),
    )


def pruned(rulebook: Rulebook, fields: Iterable[str]) -> Rulebook:
    """The rulebook with what these fields of an enterprise rest on, and nothing else: their record is the same by it.

    Raises:
        KeyError: there is no such field.
    """
    return reach(rulebook, fields).narrowed(rulebook)


def looked_at(rulebook: Rulebook) -> set[str]:
    """Registers that rules, statistics or networks look at by row; of the others measures alone ask."""
    looking = {one.over for one in rulebook.statistics.values()} | {one.over for one in rulebook.networks.values()}
    return looking | {rule.per for rule in rulebook.rules.values()}
