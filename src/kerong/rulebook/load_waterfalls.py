"""waterfalls/<name>.toml, from TOML to records: parties, inputs, layers, cases."""

import re
from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from kerong.rulebook.content import MECHANISMS, Group, Parameter, Region, Rule
from kerong.rulebook.load_limits import of_type, refuse_negative
from kerong.rulebook.load_parameters import ENDINGS, WORDS, Parameters, parameter_nodes, parameters_of
from kerong.rulebook.load_rules import accepted_of, level_of
from kerong.rulebook.load_source import source_of
from kerong.rulebook.parse import ExpressionError, Scope, nearest
from kerong.rulebook.plain import Fault, evaluate
from kerong.rulebook.said import Text
from kerong.rulebook.sheets import Sheet, Stop
from kerong.rulebook.tree import Node, Value, fields_of
from kerong.rulebook.tree import parameters_of as parameters_in
from kerong.rulebook.types import BOOL, BP, DATE, FEN, TEXT, Type
from kerong.rulebook.waterfalls import WATERFALL_KINDS, WHOLE_BP, Layer, Waterfall, WaterfallCase

KEYS = (
    "name",
    "kind",
    "title",
    "per",
    "level",
    "mechanism",
    "rule",
    "source",
    "text",
    "amount",
    "rest",
    "parties",
    "input",
    "layer",
    "parameter",
    "table",
    "case",
    "accepted",
)
OUTCOMES = ("parted", "unknown", "error")
NAME = r"[a-z][a-z0-9_]{0,62}"
# what an input can be beside a number of the unit that ends its name
OTHERS: Mapping[str, Type] = MappingProxyType(
    {"number": Type("int", "number"), "flag": BOOL, "text": TEXT, "day": DATE}
)
_PYTHON: Mapping[str, type] = MappingProxyType({"int": int, "bool": bool, "text": str, "date": date})


@dataclass(frozen=True, slots=True)
class Beside:
    """What a waterfall stands beside: the region, the rules that could be read, the groups, whose names are taken.

    `broken`: rules whose own errors have been told; a waterfall that names one is left out without another word.
    """

    region: Region
    rules: Mapping[str, Rule]
    groups: Mapping[str, Group]
    broken: Collection[str] = ()


def waterfalls_of(sheets: Sequence[Sheet], beside: Beside) -> dict[str, Waterfall]:
    """All waterfalls by name; errors are recorded in their sheets."""
    found: dict[str, Waterfall] = {}
    for sheet in sheets:
        try:
            if sheet.text("rule", None) in beside.broken:
                continue
            waterfall = waterfall_of(sheet, beside)
            for others in (found, beside.rules, beside.groups):
                if waterfall.name in others:
                    first = others[waterfall.name].place.file
                    raise sheet.fail(f"{waterfall.name} is defined twice", "name", hint=f"first in {first}")
            found[waterfall.name] = waterfall
        except Stop:
            continue
    return dict(sorted(found.items()))


def waterfall_of(sheet: Sheet, beside: Beside) -> Waterfall:
    """One file of waterfalls/."""
    sheet.only(KEYS)
    rule = _rule(sheet, beside)
    own = parameters_of(sheet, [district.code for district in beside.region.districts])
    inputs = _inputs(sheet)
    scope = _scope(sheet, inputs, own, rule)
    parties = _parties(sheet)
    waterfall = Waterfall(
        name=sheet.name(),
        kind=sheet.choice("kind", WATERFALL_KINDS),
        title=sheet.title(),
        source=source_of(sheet.table("source")),
        text=sheet.text("text"),
        per=sheet.text("per"),
        inputs=MappingProxyType(inputs),
        amount=_number(sheet, "amount", scope, FEN),
        parties=MappingProxyType(parties),
        layers=tuple(_layer(item, scope, parties) for item in sheet.tables("layer")),
        rest=_party(sheet, "rest", sheet.text("rest"), parties),
        parameters=MappingProxyType(own),
        cases=tuple(_case(item, inputs, parties) for item in sheet.tables("case")),
        place=sheet.place(),
        level=level_of(sheet, beside.region),
        mechanism=sheet.choice("mechanism", MECHANISMS, None),
        rule=rule.name if rule else None,
        borrowed=rule.parameters if rule else MappingProxyType({}),
        accepted=MappingProxyType(accepted_of(sheet.table("accepted", None))),
    )
    _check(sheet, waterfall)
    return waterfall


def _rule(sheet: Sheet, beside: Beside) -> Rule | None:
    name = sheet.text("rule", None)
    if name is not None and name not in beside.rules:
        raise sheet.fail(f"rule: there is no rule {name}", "rule", hint=nearest(name, beside.rules))
    return beside.rules[name] if name is not None else None


def _inputs(sheet: Sheet) -> dict[str, tuple[Type, Text]]:
    """The inputs by name; the end of a name is its unit, and `unit` says what a name does not."""
    holder = sheet.table("input", None)
    inputs: dict[str, tuple[Type, Text]] = {}
    for name in holder.data:
        if not re.fullmatch(NAME, name):
            raise holder.fail(f"input {name!r}: names are lower-case words joined by _", name)
        if name in WORDS:
            raise holder.fail(f"{name} is a word of the language: an input needs another name", name)
        entry = holder.table(name)
        entry.only(["title", "unit"])
        ending = name.rpartition("_")[2]
        unit = entry.choice("unit", (*ENDINGS, *OTHERS), ending if ending in ENDINGS else ...)
        inputs[name] = (OTHERS.get(unit) or Type("int", unit), entry.title())
    return inputs


def _scope(sheet: Sheet, inputs: Mapping[str, tuple[Type, Text]], own: Parameters, rule: Rule | None) -> Scope:
    """What expressions may name: inputs, parameters of the file, and those of the rule."""
    borrowed = rule.parameters if rule else {}
    for family, names in (("parameter", own), ("input", inputs)):
        for name in names:
            if name in borrowed:
                sheet.fail(
                    f"{name} is a parameter of {rule.name if rule else ''} already",
                    "table" if family == "parameter" and name in sheet.data.get("table", {}) else family,
                    name,
                    hint="name it without defining it, or give it another name",
                )
            elif family == "input" and name in own:
                sheet.fail(f"{name} is a parameter and an input", "input", name)
    everything = Parameters()
    everything.update({**borrowed, **own})
    everything.broken |= own.broken
    fields = {name: Node("field", kind, value=("", name)) for name, (kind, _) in inputs.items()}
    return Scope({}, ChainMap(fields, parameter_nodes(everything)))  # type: ignore[arg-type]  # read only


def _parties(sheet: Sheet) -> dict[str, Text]:
    holder = sheet.table("parties")
    for name in holder.data:
        if not re.fullmatch(NAME, name):
            raise holder.fail(f"party {name!r}: names are lower-case words joined by _", name)
        if name == "outcome":
            raise holder.fail("outcome is a word of the language: a party needs another name", name)
    parties = {name: holder.title(name) for name in holder.data}
    if len(parties) < 2:
        raise sheet.fail("a waterfall has at least two parties", "parties", hint="who bears, and who takes the rest")
    return parties


def _party(sheet: Sheet, key: str, name: str, parties: Mapping[str, Text], *place: str) -> str:
    if name not in parties:
        raise sheet.fail(f"{key}: there is no party {name}", *(place or (key,)), hint=nearest(name, parties))
    return name


def _number(sheet: Sheet, key: str, scope: Scope, *wanted: Type) -> Node:
    """A whole number or an expression of the wanted type."""
    value = sheet.get(key, (int, str), "a whole number or an expression")
    try:
        node = of_type(str(value), scope, *wanted)
    except ExpressionError as error:
        raise sheet.fail(error.message, key, hint=error.hint) from None
    if node.kind == "literal" and isinstance(node.value, int) and node.value < 0:
        raise sheet.fail(f"{key}: {value} is negative", key, hint="a part of money is never negative")
    return node


def _layer(sheet: Sheet, scope: Scope, parties: Mapping[str, Text]) -> Layer:
    sheet.only(["title", "fen", "shares", "caps", "over"])
    shares = _by_party(sheet, "shares", scope, parties, BP)
    if not shares:
        raise sheet.fail("shares are empty", "shares", hint="shares = { pool = 8_000, bank = 2_000 }")
    caps = _by_party(sheet, "caps", scope, parties, FEN) if "caps" in sheet.data else {}
    over = sheet.text("over", None)
    if over is not None:
        _party(sheet, "over", over, parties)
        if not caps:
            sheet.fail("over says who takes what lies above a cap: there is none", "over", hint="caps = { … = … }")
        if over in caps:
            sheet.fail(f"{over} has a cap and takes what lies above caps", "over", hint="over is a party without one")
    for party in caps:
        if party not in shares:
            sheet.fail(f"caps: {party} has no share in this layer", "caps", party, hint=nearest(party, shares))
    return Layer(
        title=sheet.title(),
        fen=_number(sheet, "fen", scope, FEN) if "fen" in sheet.data else None,
        shares=MappingProxyType(shares),
        caps=MappingProxyType(caps),
        over=over,
        place=sheet.place(),
    )


def _by_party(sheet: Sheet, key: str, scope: Scope, parties: Mapping[str, Text], wanted: Type) -> dict[str, Node]:
    """An expression for each party, in the order of the parties."""
    holder = sheet.table(key)
    for name in holder.data:
        _party(holder, key, name, parties, name)
    return {name: _number(holder, name, scope, wanted) for name in parties if name in holder.data}


def _check(sheet: Sheet, waterfall: Waterfall) -> None:
    """What can be told about a waterfall without any amounts."""
    if not waterfall.layers:
        sheet.fail("a waterfall needs at least one [[layer]]", "layer", hint="say who takes what first")
    read = {name for node in waterfall.nodes() for _, name in fields_of(node)}
    for name in waterfall.inputs:
        if name not in read:
            sheet.fail(f"input {name} is never used", "input", name, hint="name it in amount, fen, shares or caps")
    numbers = waterfall.numbers
    refuse_negative(sheet, waterfall.amount, numbers, "amount", what="amount")
    full: int | None = None
    for index, layer in enumerate(waterfall.layers):
        at = ("layer", index)
        if full is not None:
            sheet.fail(f"layer {full + 1} takes all: this layer never takes anything", *at, hint="give that one fen")
        if full is None and layer.takes_all(waterfall.amount):
            full = index
        if layer.fen is not None:
            refuse_negative(sheet, layer.fen, numbers, *at, "fen", what="layer")
        for party, cap in layer.caps.items():
            refuse_negative(sheet, cap, numbers, *at, "caps", party, what="cap")
        _check_shares(sheet, layer, numbers, *at)


def _check_shares(sheet: Sheet, layer: Layer, numbers: Mapping[str, Parameter], *at: str | int) -> None:
    """Shares over parameters alone are looked at on every day on which one of these changes."""
    used = [numbers[name] for share in layer.shares.values() for name in sorted(parameters_in(share))]
    for day in sorted({start for number in used for start, _, _ in number.values}) or [date.min]:
        in_force = {number.name: number.at(day) for number in used}
        shares = {party: evaluate(share, {}, day, in_force) for party, share in layer.shares.items()}
        since = f" from {day}" if used else ""
        for party, share in shares.items():
            if isinstance(share, Fault):
                sheet.fail(f"the share of {party} cannot be worked out{since}: {share.reason}", *at, "shares", party)
                return
            if isinstance(share, int) and share < 0:
                sheet.fail(f"the share of {party} is negative{since}", *at, "shares", party)
                return
        known = [share for share in shares.values() if isinstance(share, int)]
        if len(known) == len(shares) and sum(known) != WHOLE_BP:
            found = " + ".join(f"{share:_}" for share in known)
            sheet.fail(f"shares sum to {found} = {sum(known):_}{since}", *at, "shares", hint="10_000 basis points")
            return


def _case(sheet: Sheet, inputs: Mapping[str, tuple[Type, Text]], parties: Mapping[str, Text]) -> WaterfallCase:
    sheet.only(["title", "on", "given", "expect", "by", "working"])
    expect = sheet.table("expect")
    outcome = expect.choice("outcome", OUTCOMES, "parted")
    parts: dict[str, int] = {}
    for party in (party for party in expect.data if party != "outcome"):
        _party(expect, "expect", party, parties, party)
        parts[party] = expect.whole(party)
    if bool(parts) != (outcome == "parted"):
        raise expect.fail(
            "expect says what each party takes, or an outcome of unknown or error", hint='{ outcome = "unknown" }'
        )
    return WaterfallCase(
        title=sheet.text("title"),
        on=sheet.day("on"),
        given=MappingProxyType(_given(sheet.table("given", None), inputs)),
        expect=MappingProxyType(parts),
        place=sheet.place(),
        by=sheet.text("by", None),
        working=_working(sheet, parts),
        outcome=outcome,
    )


def _given(given: Sheet, inputs: Mapping[str, tuple[Type, Text]]) -> dict[str, Value]:
    """The inputs of a case, each checked against its type."""
    for name, value in given.data.items():
        if name not in inputs:
            raise given.fail(f"given: there is no input {name}", name, hint=nearest(name, inputs))
        kind = inputs[name][0]
        is_other = isinstance(value, bool) != (kind.kind == "bool") or isinstance(value, datetime)
        if is_other or not isinstance(value, _PYTHON[kind.kind]):
            raise given.fail(f"given: {name} is a {kind}, not {value!r}", name)
    return dict(given.data)


def _working(sheet: Sheet, parts: Mapping[str, int]) -> tuple[str, ...]:
    """The arithmetic of what is expected, a line for each party that `expect` names."""
    value = sheet.get("working", (str, list), "arithmetic in fen, or a list of it", [])
    lines = (value,) if isinstance(value, str) else sheet.texts("working", [])
    if lines and len(lines) != len(parts):
        raise sheet.fail(f"working has {len(lines)} lines for {len(parts)} expected amounts", "working")
    return lines
