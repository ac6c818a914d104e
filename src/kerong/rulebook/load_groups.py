"""limits/<name>.toml: what several rules share, an exclusive choice, a joint cap or layers on one base."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from graphlib import CycleError
from types import MappingProxyType
from typing import Any

from kerong.rulebook.content import Group, GroupCase, Parameter, Rule
from kerong.rulebook.layers import layer_positions
from kerong.rulebook.load_limits import cap_of, refuse_negative, years_of
from kerong.rulebook.load_parameters import parameter_nodes, parameters_of
from kerong.rulebook.load_source import source_of
from kerong.rulebook.parse import Scope, nearest
from kerong.rulebook.sheets import Sheet, Stop
from kerong.rulebook.tree import Node, fields_of

COMMON = ("name", "kind", "title", "source", "text", "rules", "parameter", "case")
KEYS = {
    "exclusive": ("per", "period", "choice"),
    "joint": ("per", "fen", "years"),
    "layers": ("per", "base"),
}
PER = {
    "exclusive": ("enterprise", "row", "evidence"),
    "joint": ("enterprise", "enterprise_year", "affiliates", "affiliates_year", "row", "evidence", "region"),
    "layers": ("row", "evidence"),
}
BASE = ("", "base")
CLAIM: Mapping[str, type] = MappingProxyType(
    {
        "rule": str,
        "enterprise": str,
        "row": str,
        "payee": str,
        "affiliates": str,
        "evidence": str,
        "year": int,
        "on": date,
        "fen": int,
        "base": int,
        "priority": float,
    }
)
USED = ("rule", "enterprise", "payee", "affiliates", "evidence", "year", "fen")


def groups_of(
    sheets: Sequence[Sheet],
    rules: Mapping[str, Rule],
    has_affiliates: bool = True,
    broken: Collection[str] = (),
) -> dict[str, Group]:
    """All groups by name; `rules` are those that could be read, `has_affiliates` whether the region says who is.

    `broken`: rules whose own errors have been told; a group of one is left out without another word.
    """
    found: dict[str, Group] = {}
    choices: dict[str, str] = {}
    lowered: dict[str, str] = {}
    for sheet in sheets:
        try:
            if set(sheet.texts("rules")) & set(broken):
                continue
            group = group_of(sheet, rules, has_affiliates)
            if group.name in found:
                raise sheet.fail(
                    f"{group.name} is defined twice", "name", hint=f"first in {found[group.name].place.file}"
                )
            if group.kind == "exclusive":
                _stands_once(sheet, group, group.rules, choices, "join the groups, or make one a joint cap")
            if group.kind == "layers" and group.base == "left":
                _stands_once(sheet, group, group.rules[1:], lowered, "its base can be lowered by one group alone")
            layer_positions([*found.values(), group])
            found[group.name] = group
        except CycleError:
            sheet.fail(
                "the order of the layers contradicts other groups",
                "rules",
                hint="a layer comes before another in every group, and rules of one exclusive choice are one layer",
            )
        except Stop:
            continue
    return dict(sorted(found.items()))


def _stands_once(sheet: Sheet, group: Group, rules: Sequence[str], others: dict[str, str], hint: str) -> None:
    kind = "exclusive groups" if group.kind == "exclusive" else "groups as a later layer"
    for rule in rules:
        if rule in others:
            raise sheet.fail(f"{rule} stands in two {kind}, {others[rule]} and {group.name}", "rules", hint=hint)
        others[rule] = group.name


def group_of(sheet: Sheet, rules: Mapping[str, Rule], has_affiliates: bool = True) -> Group:
    """One file of limits/."""
    kind = sheet.choice("kind", tuple(KEYS))
    sheet.only((*COMMON, *KEYS[kind]))
    names = _rules(sheet, rules)
    parameters = parameters_of(sheet)
    per = sheet.choice("per", PER[kind], "row" if kind == "layers" else "enterprise" if kind == "exclusive" else ...)
    group = Group(
        name=sheet.name(),
        kind=kind,
        title=sheet.title(),
        source=source_of(sheet.table("source")),
        rules=names,
        place=sheet.place(),
        per=per,
        period=sheet.choice("period", ("ever", "year"), "ever"),
        choice=sheet.choice("choice", ("best", "order"), "best"),
        base=sheet.choice("base", ("gross", "left"), "gross"),
        fen=_cap(sheet, parameters) if kind == "joint" else None,
        years=years_of(sheet),
        text=sheet.text("text"),
        parameters=MappingProxyType(parameters),
        cases=tuple(_case(item, names) for item in sheet.tables("case")),
    )
    if per.startswith("affiliates") and not has_affiliates:
        sheet.fail("the region does not say who is affiliated", "per", hint='[enterprise] affiliates = "…"')
    _check_rules(sheet, group, [rules[name] for name in names])
    return group


def _rules(sheet: Sheet, rules: Mapping[str, Rule]) -> tuple[str, ...]:
    names = sheet.texts("rules")
    for name in names:
        if name not in rules:
            raise sheet.fail(f"rules: there is no rule {name}", "rules", hint=nearest(name, rules))
        if rules[name].amount is None:
            raise sheet.fail(f"rules: {name} pays nothing, it has no [amount]", "rules")
        if names.count(name) > 1:
            raise sheet.fail(f"rules: {name} stands twice", "rules")
    if len(names) < 2:
        raise sheet.fail("a group has at least two rules", "rules", hint="a cap of one rule is a [[limit]] of its file")
    return names


def _cap(sheet: Sheet, parameters: Mapping[str, Parameter]) -> Node | None:
    if sheet.data.get("fen") == "base":
        if sheet.data.get("per") not in ("row", "evidence"):
            raise sheet.fail('fen = "base" goes with per = "row" or "evidence"', "fen", hint="a row has one base")
        return None
    node = cap_of(sheet, Scope({}, parameter_nodes(parameters)))
    refuse_negative(sheet, node, parameters, "fen")
    return node


def _check_rules(sheet: Sheet, group: Group, rules: Sequence[Rule]) -> None:
    """What the kind of a group asks of its rules."""
    if group.per == "row" and len({rule.per for rule in rules}) > 1:
        looked = ", ".join(f"{rule.name} at {rule.per}" for rule in rules)
        sheet.fail(f"the rules do not look at the same rows: {looked}", "per", hint='per = "evidence"')
    for rule in rules:
        several = len({other.per for other in rules}) > 1
        if group.per == "evidence" and not rule.fingerprint and (rule.per == "enterprise" or several):
            # rows of two registers are never the same row: only a fingerprint can find the same loan in both
            sheet.fail(f"{rule.name} says nothing of its evidence", "rules", hint='fingerprint = ["…"] in its file')
        shared = [limit.name for limit in rule.limits if limit.share == "pro_rata"]
        if group.name in [limit.name for limit in rule.limits]:
            sheet.fail(
                f"a limit of {rule.name} is called {group.name} too",
                "name",
                hint="a cut is known by the name of what cut it",
            )
        if group.kind == "exclusive" and group.choice == "best" and shared:
            sheet.fail(
                f"{rule.name} shares {shared[0]} pro rata: what is best then depends on what all others choose",
                "choice",
                hint='choice = "order"',
            )
    is_left = group.kind == "layers" and group.base == "left"
    for rule in rules[1:] if is_left else rules if group.kind == "joint" and group.fen is None else ():
        amount = rule.amount
        if amount is None or amount.base is None:
            sheet.fail(f"{rule.name} has no base", "rules", hint='base = "…" in its [amount]')
        elif is_left and BASE not in fields_of(amount.fen):
            sheet.fail(f"fen of {rule.name} does not name base", "rules", hint='fen = "share_bp(base, rate_bp)"')


def _case(sheet: Sheet, rules: Sequence[str]) -> GroupCase:
    sheet.only(["title", "on", "claims", "used", "expect", "by", "working"])
    claims = _entries(sheet, "claims", tuple(CLAIM), ("rule", "enterprise", "fen"), rules)
    if not claims:
        raise sheet.fail(
            "a case needs claims", "claims", hint='claims = [{ rule = "…", enterprise = "F1", fen = 100 }]'
        )
    used = _entries(sheet, "used", USED, ("rule", "enterprise", "fen"), rules)
    working = sheet.get("working", (str, list), "arithmetic, or a list of it", ())
    expect = sheet.table("expect")
    expect.only(["awarded", "cut_by"])
    awarded = expect.get("awarded", list, "a list, a number for each claim")
    if len(awarded) != len(claims) or not all(isinstance(fen, int) and not isinstance(fen, bool) for fen in awarded):
        expect.fail("awarded holds a whole number for each claim", "awarded")
    expect.text("cut_by", None)
    return GroupCase(
        title=sheet.text("title"),
        on=sheet.day("on"),
        claims=claims,
        used=used,
        expect=MappingProxyType(dict(expect.data)),
        place=sheet.place(),
        by=sheet.text("by", None),
        working=(working,) if isinstance(working, str) else sheet.texts("working", []),
    )


def _entries(
    sheet: Sheet, key: str, known: Sequence[str], needed: Sequence[str], rules: Sequence[str]
) -> tuple[Mapping[str, object], ...]:
    found = []
    for entry in sheet.get(key, list, "a list of tables", []):
        if not isinstance(entry, dict):
            raise sheet.fail(f"{key} holds tables", key, hint='{ rule = "…", enterprise = "F1", fen = 100 }')
        for name in needed:
            if name not in entry:
                raise sheet.fail(f"{key}: {name} is missing", key)
        for name, value in entry.items():
            if name not in known:
                raise sheet.fail(f"{key}: {name} is not known", key, hint=nearest(name, known))
            _check_entry(sheet, key, name, value)
        if entry["rule"] not in rules:
            raise sheet.fail(f"{key}: {entry['rule']} is not of this group", key, hint=nearest(entry["rule"], rules))
        found.append(MappingProxyType(entry))
    return tuple(found)


def _check_entry(sheet: Sheet, key: str, name: str, value: Any) -> None:
    wanted = CLAIM[name]
    kinds = (int, float) if wanted is float else (wanted,)
    if not isinstance(value, kinds) or isinstance(value, bool | datetime):
        raise sheet.fail(f"{key}: {name} is not a {wanted.__name__}: {value!r}", key)
    if isinstance(value, int) and value < 0 and key == "claims":
        raise sheet.fail(f"{key}: {name} is negative", key)
