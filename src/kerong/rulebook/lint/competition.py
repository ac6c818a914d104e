"""Red flags of fair-competition review, in what a rule says and does. Each raises a question; it is no verdict."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kerong.rulebook.content import Column, Place, Rule, Rulebook
from kerong.rulebook.lint.days import read_by
from kerong.rulebook.lint.finding import Finding, Severity
from kerong.rulebook.lint.reach import Name
from kerong.rulebook.lint.red_words import KINDS, said_in
from kerong.rulebook.lint.words import title_of
from kerong.rulebook.tree import Node, walk

TAX = ("税", "tax")
TAX_PAID_ZH = ("缴", "纳税", "入库", "贡献", "留成")
TAX_PAID_EN = ("paid", "contribut")


def red_flags(rulebook: Rulebook) -> Iterator[Finding]:
    """Flags of every policy that pays, those of a kind once per rule; a historic rule's are explained by its reason."""
    for rule in rulebook.rules.values():
        if not (rule.is_policy and rule.amount):
            continue
        seen: set[str] = set()
        for flag in (*_done(rule, rulebook), *_said(rule)):
            if flag.kind not in seen:
                seen.add(flag.kind)
                yield _finding(flag, rule)


@dataclass(frozen=True, slots=True)
class _Flag:
    kind: str
    zh: str
    en: str
    place: Place
    severity: Severity = "warning"


def _finding(flag: _Flag, rule: Rule) -> Finding:
    kind = KINDS[flag.kind]
    found = Finding(
        "competition",
        rule.name,
        flag.place,
        f"{kind.title.zh}：{flag.zh}。审查时要问：{kind.ask.zh}",
        f"{kind.title.en}: {flag.en}. The reviewer asks: {kind.ask.en}",
        severity=flag.severity,
    )
    is_past = rule.source.status == "historic" and rule.source.why
    return replace(found, accepted=f"historic, flagged: {rule.source.why}") if is_past else found


def _said(rule: Rule) -> Iterator[_Flag]:
    """Words of the law's text, the titles and the summary."""
    texts = [(rule.text, "zh", rule.place), (rule.text, "en", rule.place)]
    for text, place in (
        (rule.title, rule.place),
        (rule.summary, rule.place),
        *((c.title, c.place) for c in rule.clauses),
    ):
        if text is not None:
            texts += [(text.zh, "zh", place), (text.en, "en", place)]
    for words, lang, place in texts:
        for kind, hit in said_in(words, lang):
            yield _Flag(kind.name, f"文中写有“{hit}”", f"the text says '{hit}'", place)


def _done(rule: Rule, rulebook: Rulebook) -> Iterator[_Flag]:
    """What the expressions do, whatever the words are."""
    for clause in rule.clauses:
        for test in _tests(clause.condition, rulebook):
            yield from _by_test(test, clause.place, rulebook)
    amount = rule.amount
    if amount is not None and amount.payee is not None and amount.payee.kind == "literal":
        yield _Flag("named", f"固定付给 {amount.payee.value}", f"always paid to {amount.payee.value}", rule.place)
    yield from _lists(rule, rulebook)
    yield from _taxes(rule, rulebook)
    for node in (amount.fen, amount.base) if amount is not None else ():
        for test in _tests(node, rulebook) if node is not None else ():
            yield from (replace(f, severity=_milder(f)) for f in _by_test(test, rule.place, rulebook))


def _milder(flag: _Flag) -> Severity:
    """An amount that differs by district is a question; one for a named firm is as grave as a clause."""
    return "note" if flag.kind == "registration" else flag.severity


@dataclass(frozen=True, slots=True)
class _Test:
    """A field compared with fixed texts; `whole` where the comparison is with the first characters only."""

    name: Name
    texts: tuple[str, ...]
    start_only: bool


def _tests(node: Node, rulebook: Rulebook) -> Iterator[_Test]:
    """Comparisons with texts in an expression and in the formulas that it reads."""
    reached = [f for f in rulebook.formulas.values() if ("enterprise", f.name) in read_by([node], rulebook)]
    for inner in (n for root in (node, *(f.value for f in reached)) for n in walk(root)):
        if inner.kind == "eq":
            for side, other in (inner.args, inner.args[::-1]):
                if other.kind == "literal" and isinstance(other.value, str):
                    yield from _test(side, (other.value,))
        elif inner.kind == "in" and isinstance(inner.value, tuple):
            yield from _test(inner.args[0], tuple(v for v in inner.value if isinstance(v, str)))
        elif inner.kind == "lookup" and inner.args[0].type.kind == "text":
            yield from _test(inner.args[0], ())


def _test(side: Node, texts: tuple[str, ...]) -> Iterator[_Test]:
    start_only = side.kind == "left"
    field = side.args[0] if start_only else side
    if field.kind == "field":
        yield _Test(field.field, texts, start_only)


def _by_test(test: _Test, place: Place, rulebook: Rulebook) -> Iterator[_Flag]:
    columns, title = _columns(test.name, rulebook), title_of(test.name, rulebook)
    listed = ", ".join(test.texts)
    bodies = {body.code for body in rulebook.region.institutions}
    is_identity = any(_identifies(register, column, rulebook) for register, column in columns)
    if test.texts and (bodies & set(test.texts) or (is_identity and not test.start_only)):
        yield _Flag("named", f"{title.zh}限定为{listed}", f"{title.en} must be {listed}", place)
    elif any(column.type == "district" for _, column in columns):
        yield _district(test, title.zh, title.en, place, rulebook)


def _district(test: _Test, zh: str, en: str, place: Place, rulebook: Rulebook) -> _Flag:
    """A city may pay within one of its districts from that district's budget; the whole city bars everyone else."""
    if not test.texts:
        return _Flag("registration", f"金额随{zh}不同", f"the amount differs by {en}", place, "note")
    codes = {district.code for district in rulebook.region.districts}
    inside = {code for code in codes if any(code == t or (test.start_only and code.startswith(t)) for t in test.texts)}
    if inside and inside == codes:
        return _Flag(
            "registration", f"{zh}须在整个本地区之内", f"{en} must be in the region, whichever district", place
        )
    listed = ", ".join(sorted(inside) or test.texts)
    if inside:
        return _Flag("registration", f"{zh}限于辖区 {listed}", f"{en} within the region: {listed}", place, "note")
    return _Flag("registration", f"{zh}须为 {listed}", f"{en} must be {listed}", place)


def _columns(name: Name, rulebook: Rulebook) -> list[tuple[str, Column]]:
    """The columns of registers that a field is taken from as they stand."""
    table, column = name
    if table in rulebook.registers:
        found = rulebook.registers[table].columns.get(column)
        return [(table, found)] if found else []
    if column in rulebook.region.provides:
        return [(register, rulebook.registers[register].columns[c]) for register, c in rulebook.region.provides[column]]
    measure = rulebook.measures.get(column)
    if measure is not None and measure.value is not None and measure.value.kind == "field":
        return _columns(measure.value.field, rulebook)
    formula = rulebook.formulas.get(column)
    return _columns(formula.value.field, rulebook) if formula and formula.value.kind == "field" else []


def _identifies(register: str, column: Column, rulebook: Rulebook) -> bool:
    """Does the column say who somebody is? Free text does, codes and industries do not."""
    is_name = column.name == rulebook.registers[register].name_column
    return is_name or column.type == "credit_code" or (column.type == "text" and not column.codes)


def _lists(rule: Rule, rulebook: Rulebook) -> Iterator[_Flag]:
    """A clause that asks only whether the enterprise is in a register, where that holds nothing to judge by."""
    for clause in rule.clauses:
        leaves = [n for n in read_by([clause.condition], rulebook) if rulebook.formulas.get(n[1]) is None]
        measures = [rulebook.measures.get(column) for table, column in leaves if table == "enterprise"]
        if not leaves or len(measures) < len(leaves):
            continue
        if all(m is not None and _is_membership(m.aggregate, m.value, m.where, m.over, rulebook) for m in measures):
            over = sorted({m.over for m in measures if m is not None})
            zh = "、".join(rulebook.registers[register].title.zh for register in over)
            en = ", ".join(rulebook.registers[register].title.en for register in over)
            yield _Flag("list_only", f"只看是否在“{zh}”中", f"asks only for a place in {en}", clause.place)


def _is_membership(aggregate: str, value: Node | None, where: Node | None, over: str, rulebook: Rulebook) -> bool:
    counted = aggregate == "count" or (aggregate == "any" and value is not None and value.kind == "literal")
    kinds = {column.type for column in rulebook.registers[over].columns.values()}
    return counted and where is None and kinds <= {"text", "credit_code", "district", "industry"}


def _taxes(rule: Rule, rulebook: Rulebook) -> Iterator[_Flag]:
    """An amount, or a clause, that reads what was paid in tax."""
    amount = rule.amount
    parts = [(clause.condition, clause.place) for clause in rule.clauses]
    parts += [(node, rule.place) for node in ((amount.fen, amount.base) if amount else ()) if node is not None]
    for node, place in reversed(parts):
        for name in sorted(read_by([node], rulebook)):
            title = title_of(name, rulebook)
            if _is_tax_paid(name, title.zh, title.en.lower(), rulebook):
                yield _Flag("tax", f"读取“{title.zh}”", f"reads {title.en}", place)
                break


def _is_tax_paid(name: Name, zh: str, en: str, rulebook: Rulebook) -> bool:
    """A sum of money whose title speaks of tax and of paying it."""
    table, column = name
    measure = rulebook.measures.get(column) if table == "enterprise" else None
    register = rulebook.registers.get(table)
    is_money = measure is not None and measure.type.unit == "fen"
    if register is not None and column in register.columns:
        is_money = register.columns[column].type == "fen"
    says_zh = TAX[0] in zh and any(word in zh for word in TAX_PAID_ZH)
    says_en = TAX[1] in en and any(word in en for word in TAX_PAID_EN)
    return is_money and (says_zh or says_en)
