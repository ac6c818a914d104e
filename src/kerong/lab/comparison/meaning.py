"""What two rulebooks calculate otherwise on a day: titles, sources and worked cases are words, dated values count as of
that day, and all else is meant."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from itertools import chain

from kerong.rulebook.content import Formula, Group, Measure, Network, Parameter, Region, Rule, Rulebook
from kerong.rulebook.tree import Node, fields_of, walk

# What is told to people, and what proves a rule, pays nobody. Whatever is not named here counts.
SPOKEN = frozenset(
    (
        *("place", "title", "text", "source", "summary", "evidence", "meaning", "cases", "accepted", "change"),
        *("offer", "benefit", "provider", "sensitivity"),
    )
)
# Of the region's sheet only this reaches an amount: grades and weights rank, and pay nobody.
OF_REGION = ("currency", "enterprise_from", "provides", "districts")


@dataclass(frozen=True, slots=True)
class Differences:
    """Names of what differs on a day. `registers` stands for the region's sheet as well; `features` are columns."""

    registers: frozenset[str]
    features: frozenset[str]
    rules: frozenset[str]
    groups: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.registers or self.features or self.rules or self.groups)


def differences(base: Rulebook, reform: Rulebook, on: date) -> Differences:
    """Registers, columns, rules and groups that one side lacks or that mean another thing on `on`."""
    measures = _differing(base.measures, reform.measures, on)
    formulas = _differing(base.formulas, reform.formulas, on)
    networks = _differing(base.networks, reform.networks, on)
    rows = _differing(_row_formulas(base), _row_formulas(reform), on)
    affiliates = frozenset() if base.affiliates == reform.affiliates else frozenset(("affiliates",))
    sheet = frozenset() if _region(base.region, on) == _region(reform.region, on) else frozenset(("region.toml",))
    return Differences(
        registers=_differing(base.registers, reform.registers, on) | sheet,
        features=measures | formulas | networks | rows | affiliates,
        rules=_differing(base.rules, reform.rules, on),
        groups=_differing(base.groups, reform.groups, on),
    )


def first_day(base: Rulebook, reform: Rulebook, after: date) -> date | None:
    """The first day after `after` on which the two differ; None where no dated value makes them differ."""
    starts = {start for book in (base, reform) for found in _parameters(book) for start, _, _ in found.values}
    return next((day for day in sorted(starts) if day > after and differences(base, reform, day)), None)


def meant(thing: object, on: date) -> object:
    """A value that is equal for two definitions exactly where they calculate the same on `on`."""
    if isinstance(thing, Parameter):
        return thing.name, thing.type, meant(thing.at(on), on)
    if isinstance(thing, Node) or not (is_dataclass(thing) or isinstance(thing, Mapping | tuple)):
        return thing
    if isinstance(thing, Mapping):
        return tuple((name, meant(thing[name], on)) for name in sorted(thing))
    if isinstance(thing, tuple):
        return tuple(meant(item, on) for item in thing)
    told = {part.name: getattr(thing, part.name) for part in fields(thing) if part.name not in SPOKEN}
    if "parameters" in told:
        # one that no expression reads changes nothing: the parameters of a file of measures belong to all of them
        read = {str(node.value) for tree in nodes(thing) for node in walk(tree) if node.kind == "parameter"}
        told["parameters"] = {name: value for name, value in told["parameters"].items() if name in read}
    return tuple((name, meant(value, on)) for name, value in told.items())


def nodes(thing: object) -> Iterator[Node]:
    """Every expression that stands in a definition and is calculated."""
    if isinstance(thing, Node):
        yield thing
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from nodes(value)
    elif isinstance(thing, tuple):
        for item in thing:
            yield from nodes(item)
    elif is_dataclass(thing):
        for part in fields(thing):
            if part.name not in SPOKEN:
                yield from nodes(getattr(thing, part.name))


def reads(thing: object) -> frozenset[tuple[str, str]]:
    """The (table, column) pairs that a definition reads."""
    return frozenset(field for node in nodes(thing) for field in fields_of(node))


def shared(names: frozenset[str], *groups: Mapping[str, Group]) -> frozenset[str]:
    """`names` and every rule that shares a group with one of them, however far the groups reach."""
    found = names
    while True:
        more = frozenset(
            rule for each in groups for group in each.values() if found & set(group.rules) for rule in group.rules
        )
        if more <= found:
            return found
        found |= more


def _differing(base: Mapping[str, object], reform: Mapping[str, object], on: date) -> frozenset[str]:
    """An own rule counts alike where it is the very same record: most of a reform is untouched."""
    names = sorted({*base, *reform})
    return frozenset(
        name
        for name in names
        if base.get(name) is not reform.get(name)
        and (name not in base or name not in reform or meant(base[name], on) != meant(reform[name], on))
    )


def _row_formulas(book: Rulebook) -> dict[str, object]:
    return {f"{name}.{formula.name}": formula for name, found in book.row_formulas.items() for formula in found}


def _region(region: Region, on: date) -> object:
    return tuple(meant(getattr(region, name), on) for name in OF_REGION)


def _parameters(book: Rulebook) -> Iterator[Parameter]:
    rows = (formula for found in book.row_formulas.values() for formula in found)
    things: tuple[Iterable[Measure | Network | Formula | Rule | Group], ...] = (
        book.measures.values(),
        book.networks.values(),
        book.formulas.values(),
        rows,
        book.rules.values(),
        book.groups.values(),
    )
    for thing in chain.from_iterable(things):
        yield from thing.parameters.values()
