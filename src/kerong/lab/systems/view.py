"""One region's registers seen as another's: the view of a pack whose registers are not those of the city.

A pack that is to be compared on a city of China but has registers of its own says in `views/china.toml` how each row
and column of its registers is read from the city's:

    [enterprise]
    name = "enterprise.name"
    [[register]]
    name = "loan"
    from = "loan"
    where = "loan.amount_fen > 0"
    [register.column]
    gross_fen = "loan.amount_fen"

Expressions are of the rulebook's language over the city's rows and enterprises; a column left out is unknown. Money is
in the city's currency and is converted when it is compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from kerong.rulebook import Rulebook, RulebookErrors
from kerong.rulebook.content import Register
from kerong.rulebook.kinds import TypeClash, common
from kerong.rulebook.load_columns import column_type, condition, row_types
from kerong.rulebook.load_registers import provided_type
from kerong.rulebook.parse import ExpressionError, Scope, nearest, parse
from kerong.rulebook.sheets import RulebookError, Sheet, Stop, sheet
from kerong.rulebook.tree import Node
from kerong.rulebook.types import Type

FOLDER = "views"


class ViewMissing(ValueError):
    """A system reads registers that the city does not have, and says of none how it is seen; the message names one."""


@dataclass(frozen=True, slots=True)
class View:
    """How one register of a pack is read from a register of the city; `columns` are expressions by its columns."""

    register: str
    of: str
    where: Node | None
    columns: Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Views:
    """All views of a pack on cities of one base; `enterprise` gives what the pack's enterprises are said to have."""

    enterprise: Mapping[str, Node]
    registers: Mapping[str, View]


def views_of(book: Rulebook, home: Rulebook, base: str) -> Views | None:
    """The views of `book` on cities whose registers are those of `home`, a region that extends `base`; None: none.

    Raises RulebookErrors with every mistake of the file.
    """
    file = f"{FOLDER}/{base}.toml"
    if file not in book.texts:
        return None
    errors: list[RulebookError] = []
    views = None
    found = sheet(file, book.texts[file], errors)
    if found is not None:
        try:
            views = _views(found, book, home)
        except Stop:
            views = None
    if errors or views is None:
        raise RulebookErrors(errors)
    return views


def _views(found: Sheet, book: Rulebook, home: Rulebook) -> Views:
    found.only(["enterprise", "register"])
    firm = {name: provided_type(pairs, home.registers) for name, pairs in home.region.provides.items() if pairs}
    firm |= {name: measure.type for name, measure in home.measures.items()}
    firm |= {name: given.type for name, given in home.network_fields.items()}
    firm |= {name: formula.type for name, formula in home.formulas.items()}
    provided = {n: provided_type(pairs, book.registers) for n, pairs in book.region.provides.items() if pairs}
    scope = Scope({"enterprise": firm}, {})
    enterprise = _columns(found.table("enterprise", None), provided, scope)
    registers = {}
    for item in found.tables("register"):
        view = _view(item, book.registers, home.registers, firm)
        registers[view.register] = view
    return Views(MappingProxyType(enterprise), MappingProxyType(registers))


def _view(item: Sheet, own: Mapping[str, Register], city: Mapping[str, Register], firm: Mapping[str, Type]) -> View:
    item.only(["name", "from", "where", "column"])
    name, of = item.text("name"), item.text("from")
    if name not in own:
        raise item.fail(f"name: the pack has no register {name}", "name", hint=nearest(name, own))
    if of not in city:
        raise item.fail(f"from: the city has no register {of}", "from", hint=nearest(of, city))
    scope = Scope({"enterprise": firm, of: row_types(city[of])}, {})
    types = {column.name: column_type(column) for column in own[name].columns.values()}
    where = item.expression("where", lambda text: condition(text, scope), None)
    return View(name, of, where, MappingProxyType(_columns(item.table("column"), types, scope)))


def _columns(table: Sheet, types: Mapping[str, Type], scope: Scope) -> dict[str, Node]:
    """The expressions of columns, each of the type that the pack's own column has."""
    columns = {}
    for name in table.data:
        if name not in types:
            raise table.fail(f"there is no column {name}", name, hint=nearest(name, types))
        columns[name] = table.expression(name, partial(_of_kind, scope=scope, wanted=types[name]))
    return columns


def _of_kind(text: str, scope: Scope, wanted: Type) -> Node:
    """An expression that the column can hold; parts of a fen are rounded down."""
    node = parse(text, scope)
    try:
        common([node.type, wanted], "column")
    except TypeClash as clash:
        raise ExpressionError(str(clash), clash.hint) from None
    return node
