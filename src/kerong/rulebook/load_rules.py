"""Policies and products, from TOML to records: clauses, amount, limits, cases."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from kerong.rulebook.content import (
    PAYEE_KINDS,
    Amount,
    Case,
    Clause,
    Limit,
    Parameter,
    Region,
    Register,
    Rule,
    Source,
)
from kerong.rulebook.load_columns import condition, parameter_nodes, parameters_of, row_types
from kerong.rulebook.outcomes import OUTCOME_NAMES
from kerong.rulebook.parse import ExpressionError, Scope, nearest, parse
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, DATE, FEN, TEXT, YEAR, Type

RULE_KEYS = (
    "name",
    "kind",
    "title",
    "per",
    "provider",
    "source",
    "text",
    "summary",
    "sequence",
    "when",
    "amount",
    "offer",
    "limit",
    "parameter",
    "case",
)
SCOPES = ("row", "enterprise", "enterprise_year", "payee", "payee_year", "budget")


def rule_of(
    sheet: Sheet,
    kinds: tuple[str, ...],
    region: Region,
    registers: Mapping[str, Register],
    enterprise: Mapping[str, Type],
) -> Rule:
    """One file of policies/ or products/."""
    sheet.only(RULE_KEYS)
    per = sheet.text("per", "enterprise")
    fields: dict[str, Mapping[str, Type]] = {"enterprise": enterprise}
    if per != "enterprise":
        if per not in registers:
            raise sheet.fail(f"per: there is no register {per}", "per", hint=nearest(per, ["enterprise", *registers]))
        if registers[per].identify == "none":
            raise sheet.fail(f"per: rows of {per} belong to no enterprise", "per")
        fields[per] = row_types(registers[per])
    parameters = parameters_of(sheet)
    scope = Scope(fields, parameter_nodes(parameters))
    provider = sheet.text("provider", None)
    codes = [i.code for i in region.institutions]
    if provider is not None and provider not in codes:
        sheet.fail(f"provider: there is no institution {provider}", "provider", hint=nearest(provider, codes))
    amount = _amount(sheet, scope) if "amount" in sheet.data else None
    offer = sheet.table("offer", None)
    rule = Rule(
        name=sheet.name(),
        kind=sheet.choice("kind", kinds),
        title=sheet.title(),
        per=per,
        provider=provider,
        source=_source(sheet.table("source")),
        text=sheet.text("text"),
        summary=sheet.title("summary", None),
        clauses=tuple(_clause(item, scope) for item in sheet.tables("when")),
        amount=amount,
        limits=_limits(sheet, scope, amount),
        parameters=MappingProxyType(parameters),
        cases=tuple(_case(item, fields, amount) for item in sheet.tables("case")),
        place=sheet.place(),
        sequence=sheet.expression("sequence", lambda text: _of(text, scope, DATE), None),
        benefit=_benefit(offer, fields, parameters),
        offer=MappingProxyType(_offer(offer, scope)),
    )
    if not rule.clauses:
        sheet.fail("a rule needs at least one [[when]]", hint="say who may have it")
    for number, limit in enumerate(rule.limits):
        if _least(limit.fen, parameters) < 0:
            sheet.fail(f"limit {limit.name} is negative", "limit", number, "fen", hint="0 lets nothing through")
    return rule


def _of(text: str, scope: Scope, *wanted: Type) -> Node:
    node = parse(text, scope)
    plain = [t for t in wanted if t.kind == node.type.kind and node.type.unit in (t.unit, "number")]
    if not plain:
        raise ExpressionError(f"{text.strip()} is {node.type}, wanted: {' or '.join(map(str, wanted))}")
    return node


def _source(sheet: Sheet) -> Source:
    sheet.only(["document", "clause", "status", "why"])
    status = sheet.choice("status", ("published", "assumed", "historic"), "published")
    why = sheet.text("why", None)
    if status == "assumed" and why is None:
        raise sheet.fail("an assumed source says why", "status", hint='why = "…"')
    return Source(sheet.text("document"), sheet.text("clause"), status, why)


def _clause(sheet: Sheet, scope: Scope) -> Clause:
    sheet.only(["is", "title", "evidence"])
    node = sheet.expression("is", lambda text: condition(text, scope))
    return Clause(node, sheet.text("is"), sheet.title(), sheet.title("evidence", None), sheet.place())


def _amount(sheet: Sheet, scope: Scope) -> Amount:
    table = sheet.table("amount")
    table.only(["fen", "round", "to", "payee"])
    to = table.choice("to", PAYEE_KINDS, "enterprise")
    payee = table.expression("payee", lambda text: _of(text, scope, TEXT), None)
    if (to == "enterprise") != (payee is None):
        raise table.fail(
            "payee names who is paid when it is not the enterprise", "to", hint='payee = "loan.institution"'
        )
    return Amount(
        fen=table.expression("fen", lambda text: _of(text, scope, FEN)),
        round=table.choice("round", ("down", "half_up", "up")),
        to=to,
        payee=payee,
    )


def _limits(sheet: Sheet, scope: Scope, amount: Amount | None) -> tuple[Limit, ...]:
    limits: list[Limit] = []
    bare = Scope({}, scope.bare)
    for item in sheet.tables("limit"):
        item.only(["name", "scope", "fen", "share", "year"])
        kind = item.choice("scope", SCOPES)
        if kind in [limit.scope for limit in limits]:
            item.fail(f"two limits of scope {kind}", "scope")
        share = item.choice("share", ("first_come", "pro_rata"), "first_come")
        value = item.data.get("fen")
        if isinstance(value, int) and not isinstance(value, bool):
            node = Node("literal", FEN, value=value)
        else:
            node = item.expression("fen", lambda text: _of(text, bare, FEN))
        if "share" in item.data and kind != "budget":
            item.fail("share goes with a budget", "share")
        year = item.expression("year", lambda text: _of(text, scope, YEAR), None)
        limits.append(Limit(item.text("name", kind), kind, node, share, year))
    if len({limit.year for limit in limits if limit.year is not None}) > 1:
        sheet.fail("limits of one rule count by the same year", "limit")
    if limits and amount is None:
        sheet.fail("limits need an [amount]", "limit")
    return tuple(limits)


def _least(node: Node, parameters: Mapping[str, Parameter]) -> float:
    """The least that a literal or a parameter ever is; 0 for other expressions."""
    if node.kind == "parameter":
        return min(value for _, value, _ in parameters[str(node.value)].values if isinstance(value, int | float))
    return node.value if node.kind == "literal" and isinstance(node.value, int) else 0


def _benefit(
    offer: Sheet, fields: Mapping[str, Mapping[str, Type]], parameters: Mapping[str, Parameter]
) -> Node | None:
    bare = {**parameter_nodes(parameters), "amount": Node("field", FEN, value=("", "amount"))}
    node: Node | None = offer.expression("benefit", lambda text: _of(text, Scope(fields, bare), FEN), None)
    return node


def _offer(offer: Sheet, scope: Scope) -> dict[str, object]:
    """What is shown of a product: rate, term, security; a rate may be a parameter."""
    offer.only(["benefit", "rate_bp", "term_months", "unsecured", "fee_bp", "note", "url"])
    shown: dict[str, object] = {}
    for key in ("rate_bp", "fee_bp"):
        value = offer.data.get(key)
        if isinstance(value, str):
            if value not in scope.bare:
                raise offer.fail(f"{key}: {value} is no parameter", key, hint=nearest(value, scope.bare))
            shown[key] = value
        elif value is not None:
            shown[key] = offer.whole(key)
    if "term_months" in offer.data:
        shown["term_months"] = offer.whole("term_months")
    if "unsecured" in offer.data:
        shown["unsecured"] = offer.flag("unsecured", default=False)
    if "note" in offer.data:
        shown["note"] = offer.title("note")
    return shown


def _case(sheet: Sheet, fields: Mapping[str, Mapping[str, Type]], amount: Amount | None) -> Case:
    sheet.only(["title", "on", "given", "rows", "expect", "budget"])
    given = _given(sheet, sheet.get("given", dict, "a table of fields", {}), fields, "given")
    rows = sheet.get("rows", list, "a list of rows", [])
    expect = sheet.table("expect")
    expect.only(["outcome", "fen", "clause", "awarded"])
    expect.choice("outcome", OUTCOME_NAMES, None)
    for key in ("fen", "awarded"):
        if key in expect.data and amount is None:
            expect.fail(f"the rule has no amount: {key} cannot be expected", key)
    return Case(
        title=sheet.text("title"),
        on=sheet.day("on"),
        given=MappingProxyType(given),
        rows=tuple(MappingProxyType(_given(sheet, row, fields, "rows")) for row in rows),
        expect=MappingProxyType(dict(expect.data)),
        budget=sheet.whole("budget", None),
        place=sheet.place(),
    )


_PYTHON: dict[str, tuple[type, ...]] = {"int": (int,), "float": (float, int), "text": (str,)}


def _given(sheet: Sheet, data: Any, fields: Mapping[str, Mapping[str, Type]], key: str) -> dict[str, object]:
    """The facts of a case by "table.column", each checked against the field's type."""
    if not isinstance(data, dict):
        raise sheet.fail(f"{key} holds fields", key)
    result: dict[str, object] = {}
    for table, columns in data.items():
        if not isinstance(columns, dict) or table not in fields:
            raise sheet.fail(f"{key}: {table} is not known here", key, hint=nearest(table, list(fields)))
        for column, value in columns.items():
            wanted = fields[table].get(column)
            if wanted is None:
                raise sheet.fail(f"{key}: {table}.{column} is not known", key, hint=nearest(column, fields[table]))
            result[f"{table}.{column}"] = _value(sheet, value, wanted, f"{table}.{column}", key)
    return result


def _value(sheet: Sheet, value: object, wanted: Type, name: str, key: str) -> object:
    if wanted in (BOOL, DATE):
        ok = isinstance(value, bool if wanted == BOOL else date)
    else:
        ok = isinstance(value, _PYTHON[wanted.kind]) and not isinstance(value, bool)
    if not ok:
        raise sheet.fail(f"{key}: {name} is a {wanted}, not {value!r}", key)
    return float(value) if wanted.kind == "float" and isinstance(value, int) else value
