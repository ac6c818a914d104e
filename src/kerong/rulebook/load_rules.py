"""Policies and products, from TOML to records: clauses, amount, limits, cases."""

from collections import ChainMap
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from kerong.rulebook.alerts import Alert
from kerong.rulebook.content import (
    ALERT_KINDS,
    BASES,
    CHECK_KINDS,
    MECHANISMS,
    PAYEE_KINDS,
    Amount,
    Clause,
    Leverage,
    Parameter,
    Region,
    Register,
    Rule,
    Statistic,
)
from kerong.rulebook.load_alerts import alert_of
from kerong.rulebook.load_cases import case_of
from kerong.rulebook.load_columns import condition
from kerong.rulebook.load_exceptions import excepted, in_words
from kerong.rulebook.load_limits import limits_of, of_type, refuse_negative
from kerong.rulebook.load_parameters import check_lookups, parameter_nodes, parameters_of
from kerong.rulebook.load_source import source_of
from kerong.rulebook.parse import ExpressionError, Scope, nearest, parse
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.tree import Node
from kerong.rulebook.types import DATE, FEN, TEXT, Type

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
    "table",
    "case",
    "fingerprint",
    "accepted",
    "level",
    "mechanism",
    "leverage",
    "alert",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a rule stands on: its region, the registers, and `fields`: the types of columns by table."""

    region: Region
    registers: Mapping[str, Register]
    fields: Mapping[str, Mapping[str, Type]]
    has_affiliates: bool = True
    events: Collection[str] = ()


def rule_of(sheet: Sheet, kinds: tuple[str, ...], ground: Ground) -> Rule:
    """One file of policies/, products/, alerts/ or checks/."""
    sheet.only(RULE_KEYS)
    if kinds == CHECK_KINDS:
        _gives_nothing(sheet)
    per = sheet.text("per", "enterprise")
    fields = _fields(sheet, per, ground)
    parameters = parameters_of(sheet, [district.code for district in ground.region.districts])
    rows = [name for name, register in ground.registers.items() if register.identify != "none"]
    scope = Scope(fields, parameter_nodes(parameters), rows)
    provider = sheet.text("provider", None)
    codes = [i.code for i in ground.region.institutions]
    if provider is not None and provider not in codes:
        sheet.fail(f"provider: there is no institution {provider}", "provider", hint=nearest(provider, codes))
    amount = _amount(sheet, scope) if "amount" in sheet.data else None
    limits = limits_of(sheet, scope, amount, ground.has_affiliates)
    offer = sheet.table("offer", None)
    rule = Rule(
        name=sheet.name(),
        kind=sheet.choice("kind", kinds),
        title=sheet.title(),
        per=per,
        provider=provider,
        source=source_of(sheet.table("source")),
        text=sheet.text("text"),
        summary=sheet.title("summary", None),
        clauses=tuple(_clause(item, scope) for item in sheet.tables("when")),
        amount=amount,
        limits=limits,
        parameters=MappingProxyType(parameters),
        cases=tuple(case_of(item, fields, amount, limits) for item in sheet.tables("case")),
        place=sheet.place(),
        sequence=sheet.expression("sequence", lambda text: of_type(text, scope, DATE), None),
        benefit=_benefit(offer, fields, parameters),
        offer=MappingProxyType(_offer(offer, scope)),
        fingerprint=_fingerprint(sheet, scope),
        accepted=MappingProxyType(accepted_of(sheet.table("accepted", None))),
        level=level_of(sheet, ground.region),
        mechanism=sheet.choice("mechanism", MECHANISMS, None),
        leverage=_leverage(sheet, scope) if "leverage" in sheet.data else None,
        alert=_alert(sheet, kinds, codes, ground),
    )
    if not rule.clauses:
        sheet.fail("a rule needs at least one [[when]]", hint="say who may have it")
    for number, clause in enumerate(rule.clauses):
        check_lookups(sheet, clause.condition, parameters, "when", number, "is")
    check_lookups(sheet, amount.fen if amount else None, parameters, "amount", "fen")
    for number, limit in enumerate(limits):
        refuse_negative(sheet, limit.fen, parameters, "limit", number, "fen")
    return rule


def _alert(sheet: Sheet, kinds: tuple[str, ...], institutions: list[str], ground: Ground) -> Alert | None:
    if "alert" in sheet.data and kinds != ALERT_KINDS:
        sheet.fail("only a rule of kind alert has an [alert]", "alert", hint="alerts/<name>.toml")
    return alert_of(sheet, institutions, ground.events)


def watch_of(sheet: Sheet, region: Region, statistics: Mapping[str, Statistic], events: Collection[str]) -> Rule:
    """One `watches/<name>.toml`: an alert whose `per` is a statistic by institution; it reads a row of it alone."""
    per = sheet.text("per")
    if per not in statistics:
        raise sheet.fail(f"per: there is no statistic {per}", "per", hint=nearest(per, statistics))
    statistic = statistics[per]
    if len(statistic.by) != 1 or statistic.by[0][1].type != TEXT:
        raise sheet.fail(f"{per} is not by one text", "per", hint='by = ["return_loan.institution"]')
    if "alert" not in sheet.data:
        raise sheet.fail("a watch needs an [alert]", hint="severity, owner, due_days, action")
    types = {name: node.type for name, node in statistic.by} | {one.name: one.type for one in statistic.columns}
    rule = rule_of(sheet, ALERT_KINDS, Ground(region, {}, {"enterprise": {}, per: types}, events=events))
    if rule.alert is not None and rule.alert.subject_kind != "institution":
        raise sheet.fail("a watch warns of an institution", "alert", hint='subject = "institution"')
    return rule


PAYING = ("amount", "limit", "offer", "sequence", "fingerprint", "leverage", "provider")


def _gives_nothing(sheet: Sheet) -> None:
    """A check flags and never pays or punishes; it says which evidence would explain what it found."""
    for key in PAYING:
        if key in sheet.data:
            sheet.fail(f"a check pays and offers nothing: it has no {key}", key)
    if not any("evidence" in item.data for item in sheet.tables("when")):
        sheet.fail("a check asks for evidence", "when", hint="evidence = { zh, en }: what explains the contradiction")


def level_of(sheet: Sheet, region: Region) -> str | None:
    """The level of government that pays."""
    level: str | None = sheet.text("level", None)
    codes = [known.code for known in region.levels]
    if level is not None and level not in codes:
        sheet.fail(
            f"level: there is no level {level}", "level", hint=nearest(level, codes) or "[[level]] in region.toml"
        )
    return level


def _leverage(sheet: Sheet, scope: Scope) -> Leverage:
    """The money of others that goes with what the rule pays."""
    table = sheet.table("leverage")
    table.only(["drawn", "basis"])
    if "amount" not in sheet.data:
        raise sheet.fail("leverage is of what a rule pays: it needs an [amount]", "leverage")
    drawn = table.expression("drawn", lambda text: of_type(text, scope, FEN))
    return Leverage(drawn, table.choice("basis", BASES))


def _fields(sheet: Sheet, per: str, ground: Ground) -> dict[str, Mapping[str, Type]]:
    """The types of what the rule may name: columns of the enterprise, and of the row that it looks at."""
    fields = {"enterprise": ground.fields["enterprise"]}
    if per != "enterprise":
        if per in ground.fields and per not in ground.registers:
            return fields | {per: ground.fields[per]}  # a statistic
        if per not in ground.registers:
            known = ["enterprise", *ground.registers]
            raise sheet.fail(f"per: there is no register {per}", "per", hint=nearest(per, known))
        if ground.registers[per].identify == "none":
            raise sheet.fail(f"per: rows of {per} belong to no enterprise", "per")
        fields[per] = ground.fields[per]
    return fields


def _clause(sheet: Sheet, scope: Scope) -> Clause:
    sheet.only(["is", "title", "evidence", "exception"])
    node = excepted(sheet, "is", scope, lambda text: condition(text, scope))
    return Clause(node, in_words(sheet, "is"), sheet.title(), sheet.title("evidence", None), sheet.place())


def _amount(sheet: Sheet, scope: Scope) -> Amount:
    table = sheet.table("amount")
    table.only(["base", "fen", "round", "to", "payee", "exception"])
    to = table.choice("to", PAYEE_KINDS, "enterprise")
    payee = table.expression("payee", lambda text: of_type(text, scope, TEXT), None)
    if (to == "enterprise") != (payee is None):
        raise table.fail(
            "payee names who is paid when it is not the enterprise", "to", hint='payee = "loan.institution"'
        )
    base = table.expression("base", lambda text: of_type(text, scope, FEN), None)
    if base is not None and base.type.divisor != 1:
        raise table.fail(f"base is {base.type}", "base", hint="take the share in fen, or in a formula that rounds")
    named = replace(scope, bare=_also(scope.bare, "base")) if base is not None else scope
    return Amount(
        base=base,
        fen=excepted(table, "fen", named, lambda text: of_type(text, named, FEN)),
        round=table.choice("round", ("down", "half_up", "up")),
        to=to,
        payee=payee,
    )


def _also(bare: Mapping[str, Node], amount: str) -> Mapping[str, Node]:
    """The bare names, and an amount of the claim among them."""
    return ChainMap({amount: Node("field", FEN, value=("", amount))}, bare)  # type: ignore[arg-type]  # read only


def _fingerprint(sheet: Sheet, scope: Scope) -> tuple[Node, ...]:
    """What makes the evidence of a claim the same evidence: texts, dates and whole numbers."""
    parts = []
    if "fingerprint" in sheet.data and "amount" not in sheet.data:
        raise sheet.fail("a fingerprint is of a claim: it needs an [amount]", "fingerprint")
    for text in sheet.texts("fingerprint", []):
        try:
            node = parse(text, scope)
        except ExpressionError as error:
            raise sheet.fail(error.message, "fingerprint", hint=error.hint) from None
        if node.type.kind not in ("text", "date", "int") or node.type.divisor != 1:
            raise sheet.fail(f"fingerprint: {text} is {node.type}", "fingerprint", hint="texts, dates, whole numbers")
        parts.append(node)
    return tuple(parts)


def accepted_of(sheet: Sheet) -> dict[str, str]:
    """Findings of lint that are meant to be so, and why."""
    return {name: str(sheet.text(name)) for name in sheet.data}


def _benefit(
    offer: Sheet, fields: Mapping[str, Mapping[str, Type]], parameters: Mapping[str, Parameter]
) -> Node | None:
    bare = _also(parameter_nodes(parameters), "amount")
    node: Node | None = offer.expression("benefit", lambda text: of_type(text, Scope(fields, bare), FEN), None)
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
