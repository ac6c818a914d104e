"""The caps of one rule: [[limit]] in a file of policies/ or products/."""

from collections.abc import Mapping, Sequence
from datetime import date

from kerong.rulebook.content import Amount, Limit, Parameter
from kerong.rulebook.parse import ExpressionError, Scope, parse
from kerong.rulebook.plain import Fault, evaluate
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.tree import Node, parameters_of
from kerong.rulebook.types import FEN, YEAR, Type

SCOPES = (
    "row",
    "enterprise",
    "enterprise_year",
    "affiliates",
    "affiliates_year",
    "payee",
    "payee_year",
    "budget",
    "budget_year",
)
SHARES = ("first_come", "pro_rata", "priority")
LIMIT_KEYS = ("name", "scope", "fen", "share", "priority", "year", "years")


def limits_of(sheet: Sheet, scope: Scope, amount: Amount | None, has_affiliates: bool = True) -> tuple[Limit, ...]:
    """The limits of a rule; `scope` is what its expressions may name, `has_affiliates`: does the region say who is?"""
    limits: list[Limit] = []
    for item in sheet.tables("limit"):
        limit = _limit(item, scope)
        if limit.scope.startswith("affiliates") and not has_affiliates:
            item.fail("the region does not say who is affiliated", "scope", hint='[enterprise] affiliates = "…"')
        _check_beside(item, limit, limits)
        limits.append(limit)
    for what, found in (("year", [x.year for x in limits]), ("priority", [x.priority for x in limits])):
        if len({node for node in found if node is not None}) > 1:
            sheet.fail(f"limits of one rule go by the same {what}", "limit")
    if limits and amount is None:
        sheet.fail("limits need an [amount]", "limit")
    return tuple(limits)


def _limit(sheet: Sheet, scope: Scope) -> Limit:
    sheet.only(LIMIT_KEYS)
    kind = sheet.choice("scope", SCOPES)
    share = sheet.choice("share", SHARES, "first_come")
    if "share" in sheet.data and not kind.startswith("budget"):
        sheet.fail("share goes with a budget", "share")
    if (share == "priority") != ("priority" in sheet.data):
        sheet.fail('share = "priority" and priority go together', "share", hint='priority = "enterprise.points"')
    return Limit(
        name=sheet.text("name", kind),
        scope=kind,
        fen=cap_of(sheet, scope),
        share=share,
        year=sheet.expression("year", lambda text: of_type(text, scope, YEAR), None),
        years=years_of(sheet),
        priority=sheet.expression("priority", lambda text: _number(text, scope), None),
        place=sheet.place(),
    )


def _check_beside(sheet: Sheet, limit: Limit, others: Sequence[Limit]) -> None:
    """Two limits stand beside each other if they count different things, or the same in different years."""
    for other in others:
        if other.scope != limit.scope:
            if other.name == limit.name:
                sheet.fail(
                    f"two limits are called {limit.name}", "name", hint="a cut is known by the name of its limit"
                )
        elif limit.years is None or other.years is None:
            sheet.fail(f"two limits of scope {limit.scope}", "scope", hint="years = [first, last] keeps them apart")
        elif limit.years[0] <= other.years[1] and other.years[0] <= limit.years[1]:
            sheet.fail(f"years of two limits of scope {limit.scope} overlap", "years", hint="one year has one cap")


def cap_of(sheet: Sheet, scope: Scope) -> Node:
    """The amount of a cap, from `fen`: a whole number, or an expression over parameters alone; never negative."""
    value = sheet.data.get("fen")
    if isinstance(value, int) and not isinstance(value, bool):
        node = Node("literal", FEN, value=value)
    else:
        node = sheet.expression("fen", lambda text: of_type(text, Scope({}, scope.bare), FEN))
    if node.kind == "literal" and isinstance(node.value, int) and node.value < 0:
        sheet.fail("a limit is never negative", "fen", hint="0 lets nothing through")
    return node


def refuse_negative(
    sheet: Sheet, node: Node, parameters: Mapping[str, Parameter], *place: str | int, what: str = "limit"
) -> None:
    """Record an error where a cap is below 0, or cannot be worked out, on a day on which one of its numbers changes."""
    if node.kind == "literal":  # whoever read it has looked at it
        return
    used = [parameters[name] for name in sorted(parameters_of(node))]
    for day in sorted({start for parameter in used for start, _, _ in parameter.values}) or [date.min]:
        found = evaluate(node, {}, day, {parameter.name: parameter.at(day) for parameter in used})
        if isinstance(found, Fault):
            sheet.fail(f"the {what} cannot be worked out: {found.reason}", *place)
            return
        if isinstance(found, int | float) and found < 0:
            sheet.fail(f"a {what} is never negative", *place, hint="0 lets nothing through")
            return


def years_of(sheet: Sheet) -> tuple[int, int] | None:
    """`years = [first, last]`, the years that a cap counts; None: all."""
    value = sheet.get("years", list, "[first, last]", None)
    if value is None:
        return None
    whole = all(isinstance(year, int) and not isinstance(year, bool) for year in value)
    if len(value) != 2 or not whole or not 1 <= value[0] <= value[1] <= 9999:
        raise sheet.fail("years are [first, last], both counted", "years", hint="years = [2024, 2026]")
    return value[0], value[1]


def of_type(text: str, scope: Scope, *wanted: Type) -> Node:
    """An expression that has one of the wanted types."""
    node = parse(text, scope)
    if not [t for t in wanted if t.kind == node.type.kind and node.type.unit in (t.unit, "number")]:
        raise ExpressionError(f"{text.strip()} is {node.type}, wanted: {' or '.join(map(str, wanted))}")
    return node


def _number(text: str, scope: Scope) -> Node:
    node = parse(text, scope)
    if not node.type.is_number or node.type.divisor != 1:
        raise ExpressionError(f"{text.strip()} is {node.type}, wanted: a number", "the highest comes first")
    return node
