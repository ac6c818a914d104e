"""networks/<name>.toml: from TOML to records, checked against the register that a network looks over."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from kerong.rulebook.content import Register
from kerong.rulebook.load_columns import BETTER, condition, row_types
from kerong.rulebook.load_formulas import RESERVED
from kerong.rulebook.load_limits import of_type
from kerong.rulebook.load_parameters import check_lookups, parameter_nodes, parameters_of
from kerong.rulebook.networks import GIVES, Network, NetworkField
from kerong.rulebook.parse import ExpressionError, Scope, nearest, parse
from kerong.rulebook.sheets import Sheet, Stop
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BP, FEN, TEXT, UNITS, Type

KEYS = (
    "name",
    "title",
    "over",
    "from",
    "to",
    "share",
    "amount",
    "where",
    "kind",
    "called",
    "ultimate",
    "slack_bp",
    "trouble",
    "field",
    "parameter",
    "table",
)
FIELD_KEYS = ("name", "title", "gives", "of", "above", "within", "unit", "better", "meaning")
OWN = ("of", "above", "within")
FARTHEST = 6  # steps: beyond them nearly everybody is near
WHOLE_BP = 10_000
EXAMPLES = {
    "share": 'share = "shareholder.share_bp"',
    "amount": 'amount = "guarantee.amount_fen"',
    "trouble": 'trouble = "enterprise.has_overdue_loan"',
}


def networks_of(
    sheets: Sequence[Sheet], registers: Mapping[str, Register], firm: Mapping[str, Type], districts: Collection[str]
) -> dict[str, Network]:
    """All networks by name. `firm` are the columns that an enterprise has from registers and measures.

    Their fields are columns of an enterprise as well: none has the name of another column or of another's field.
    """
    found: dict[str, Network] = {}
    taken: dict[str, str] = dict.fromkeys(firm, "")
    for sheet in sheets:
        try:
            network = _network(sheet, registers, firm, taken, districts)
            if network.name in found:
                raise sheet.fail(f"{network.name} is defined twice", "name")
            found[network.name] = network
        except Stop:
            continue
    return dict(sorted(found.items()))


def _network(
    sheet: Sheet,
    registers: Mapping[str, Register],
    firm: Mapping[str, Type],
    taken: dict[str, str],
    districts: Collection[str],
) -> Network:
    sheet.only(KEYS)
    over = sheet.text("over")
    if over not in registers:
        raise sheet.fail(f"over: there is no register {over}", "over", hint=nearest(over, registers))
    parameters = parameters_of(sheet, districts)
    bare = parameter_nodes(parameters)
    rows, firms = Scope({over: row_types(registers[over])}, bare), Scope({"enterprise": firm}, bare)
    said = {key: _expression(sheet, key, rows, kinds) for key, kinds in _TYPES.items()}
    begin, end = (_needed(sheet, key, said[key]) for key in ("from", "to"))
    where = sheet.expression("where", lambda text: condition(text, rows), None)
    trouble = sheet.expression("trouble", lambda text: _of_firm(lambda: condition(text, firms)), None)
    for key, node in ({**said, "where": where, "trouble": trouble}).items():
        check_lookups(sheet, node, parameters, key)
    there = {key for key, node in ({**said, "trouble": trouble}).items() if node is not None}
    fields = {}
    for item in sheet.tables("field"):
        try:
            given = _field(item, there, firms, parameters)
            _take(item, given.name, taken)
            fields[given.name] = given
        except Stop:
            continue
    if not fields:
        sheet.fail("a network gives at least one field", hint="[[field]]")
    return Network(
        name=sheet.name(),
        title=sheet.title(),
        over=over,
        begin=begin,
        end=end,
        place=sheet.place(),
        fields=MappingProxyType(fields),
        share=said["share"],
        amount=said["amount"],
        where=where,
        kind=said["kind"],
        called=said["called"],
        ultimate=_ultimate(sheet, said["kind"]),
        slack_bp=_slack(sheet),
        trouble=trouble,
        parameters=MappingProxyType(dict(parameters)),
    )


_TYPES: Mapping[str, Type] = {
    "from": TEXT,
    "to": TEXT,
    "share": BP,
    "amount": FEN,
    "kind": TEXT,
    "called": TEXT,
}


def _expression(sheet: Sheet, key: str, scope: Scope, wanted: Type) -> Node | None:
    def read(text: str) -> Node:
        node = of_type(text, scope, wanted)
        if node.type.divisor != 1:
            raise ExpressionError(f"{text.strip()} is {node.type}", "an edge has whole fen")
        return node

    found = sheet.expression(key, read, None)
    return found if isinstance(found, Node) else None


def _needed(sheet: Sheet, key: str, node: Node | None) -> Node:
    if node is None:
        raise sheet.fail(f"{key} is missing", hint=f'{key} = "shareholder.holder_id": an expression over the register')
    return node


def _of_firm(read: Callable[[], Node]) -> Node:
    """An expression over enterprises: a network comes before formulas, so it reads none."""
    try:
        return read()
    except ExpressionError as error:
        hint = f"{error.hint}; " if error.hint else ""
        raise ExpressionError(
            error.message, f"{hint}a network reads measures and what registers provide, no formulas"
        ) from None


def _take(item: Sheet, name: str, taken: dict[str, str]) -> None:
    if name in RESERVED:
        raise item.fail(f"{name} is a word of the language", "name")
    if name in taken:
        at = taken[name]
        raise item.fail(f"{name} is defined twice", "name", hint=f"first in {at}" if at else "it is a field already")
    taken[name] = item.file


def _field(item: Sheet, there: Collection[str], firms: Scope, parameters: Mapping[str, object]) -> NetworkField:
    item.only(FIELD_KEYS)
    gives = item.choice("gives", tuple(GIVES))
    kind = GIVES[gives]
    if kind.network is not None and kind.network not in there:
        raise item.fail(f"{gives} needs {kind.network} of the network", "gives", hint=EXAMPLES[kind.network])
    for key in OWN:
        if (key in item.data) != (key in kind.own):
            raise item.fail(f"{gives} {'needs' if key in kind.own else 'has no'} {key}", "gives")
    of = item.expression("of", lambda text: _of_firm(lambda: _summed(text, firms)), None)
    return NetworkField(
        name=item.name(),
        title=item.title(),
        gives=gives,
        type=kind.type or of.type,
        place=item.place(),
        of=of,
        above=_above(item, firms),
        within=_within(item),
        unit=item.choice("unit", UNITS, None),
        better=item.choice("better", BETTER, None),
        meaning=item.title("meaning", None),
    )


def _summed(text: str, scope: Scope) -> Node:
    node = parse(text, scope)
    if node.type.kind != "int" or node.type.divisor != 1 or node.type.unit == "year":
        raise ExpressionError(f"{text.strip()} is {node.type}, wanted: whole numbers that can be added up")
    return node


def _above(item: Sheet, firms: Scope) -> Node | None:
    """Basis points, or an expression over parameters alone."""
    value = item.data.get("above")
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 < value <= WHOLE_BP:
            raise item.fail(f"above = {value}", "above", hint="basis points from 1 to 10000")
        return Node("literal", BP, value=value)
    node = item.expression("above", lambda text: of_type(text, Scope({}, firms.bare), BP), None)
    return node if isinstance(node, Node) else None


def _within(item: Sheet) -> int | None:
    within = item.whole("within", None)
    if within is None:
        return None
    if not 1 <= within <= FARTHEST:
        raise item.fail(f"within = {within}", "within", hint=f"steps from 1 to {FARTHEST}")
    return int(within)


def _slack(sheet: Sheet) -> int:
    slack = int(sheet.whole("slack_bp", 0))
    if not 0 <= slack < WHOLE_BP // 10:
        raise sheet.fail(f"slack_bp = {slack}", "slack_bp", hint="what rounding can make: 0 to 999")
    return slack


def _ultimate(sheet: Sheet, kind: Node | None) -> tuple[str, ...]:
    """Kinds at which a chain ends; where the kinds are a list of codes, each is one of them."""
    kinds = sheet.texts("ultimate", [])
    if kinds and kind is None:
        raise sheet.fail("ultimate needs kind", "ultimate", hint='kind = "shareholder.holder_kind"')
    for name in kinds:
        if kind is not None and kind.type.codes and name not in kind.type.codes:
            raise sheet.fail(f"ultimate: there is no kind {name!r}", "ultimate", hint=nearest(name, kind.type.codes))
    return kinds
