"""How sensitive a field of an enterprise is, and which registers it rests on.

A field is as sensitive as the most sensitive thing that it reads, directly or through other fields.
"""

from collections.abc import Iterable

from kerong.rulebook.content import Purpose, Register, Rulebook
from kerong.rulebook.facts import SENSITIVITIES
from kerong.rulebook.pruning import OWN, reach
from kerong.rulebook.tree import Node, fields_of


def sensitivity_of(rulebook: Rulebook, field: str) -> str:
    """How sensitive a field of an enterprise is.

    Raises:
        KeyError: there is no such field.
    """
    behind = reach(rulebook, ["name" if field == OWN[1] else field])
    provided = behind.provided
    levels = [level_of(rulebook, pair) for name in provided for pair in rulebook.region.provides[name]]
    for name in behind.measures:
        measure = rulebook.measures[name]
        register = rulebook.registers[measure.over]
        nodes = [node for node in (measure.value, measure.by, measure.where) if node is not None]
        levels += [register.sensitivity, *_columns(nodes, register, rulebook)]
    for name in behind.networks:
        network = rulebook.networks[name]
        register = rulebook.registers[network.over]
        levels += [register.sensitivity, *_columns(network.nodes(), register, rulebook)]
    return max(levels, key=SENSITIVITIES.index, default=SENSITIVITIES[0])


def registers_behind(rulebook: Rulebook, field: str) -> set[str]:
    """The registers that a field of an enterprise rests on.

    Raises:
        KeyError: there is no such field.
    """
    behind = reach(rulebook, ["name" if field == OWN[1] else field])
    provides = {register for name in behind.provided for register, _ in rulebook.region.provides[name]}
    measured = {rulebook.measures[name].over for name in behind.measures}
    return provides | measured | {rulebook.networks[name].over for name in behind.networks}


def _columns(nodes: Iterable[Node], register: Register, rulebook: Rulebook) -> list[str]:
    read = {column for node in nodes for table, column in fields_of(node) if table == register.name}
    read |= {name for name in (register.period,) if name is not None}
    return [level_of(rulebook, (register.name, column)) for column in read]


def level_of(rulebook: Rulebook, pair: tuple[str, str]) -> str:
    """A column's own sensitivity, else that of its register; what is not known is restricted."""
    register = rulebook.registers.get(pair[0])
    column = None if register is None else register.columns.get(pair[1])
    if register is None or (column is None and pair[1] != OWN[0]):
        return SENSITIVITIES[-1]
    return (column.sensitivity if column is not None else None) or register.sensitivity


def withheld_from(field: str, rulebook: Rulebook, purpose: Purpose) -> str:
    """Why a purpose does not carry a field ("field", "register", "sensitivity"); empty where it does."""
    try:
        level, behind = sensitivity_of(rulebook, field), registers_behind(rulebook, field)
    except KeyError:
        return "field"
    if purpose.fields and field not in purpose.fields:
        return "field"
    if purpose.registers and behind - set(purpose.registers):
        return "register"
    return "" if within(level, purpose) else "sensitivity"


def within(level: str, purpose: Purpose) -> bool:
    """Whether what is so sensitive may be carried for the purpose."""
    return SENSITIVITIES.index(level) <= SENSITIVITIES.index(purpose.sensitivity)
