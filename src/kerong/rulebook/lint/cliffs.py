"""Cliffs: one more yuan, person or day, and a part of the money is gone."""

from collections.abc import Iterator
from dataclasses import dataclass

from kerong.rulebook.content import Place, Rule, Rulebook
from kerong.rulebook.lint.days import scenes
from kerong.rulebook.lint.domains import exactly, meet
from kerong.rulebook.lint.finding import Finding, Severity
from kerong.rulebook.lint.reach import Known, Name, Scene
from kerong.rulebook.lint.subject import Trial
from kerong.rulebook.lint.words import title_of, told
from kerong.rulebook.plain import Parameters, evaluate
from kerong.rulebook.tables import Steps
from kerong.rulebook.tree import Node, walk
from kerong.rulebook.types import FEN, Type

TENTH = 1000  # bp of the amount that one more unit may cost before it is called a cliff
YUAN = 100  # fen
BP = 10_000


@dataclass(frozen=True, slots=True)
class Edge:
    """A number at which a rule may change its mind about a field."""

    name: Name
    type: Type
    at: int | float


def cliffs(rulebook: Rulebook, cliff_bp: int = TENTH) -> Iterator[Finding]:
    """Where a little more of a field loses more than `cliff_bp` of the amount (warning) or the claim itself (note)."""
    for rule in rulebook.rules.values():
        if rule.amount is not None:
            trial = _trial(rule, rulebook)
            moves = {(edge.name, *pair): edge for edge in edges(trial) for pair in _pairs(edge, trial)}
            for (_, low, high), edge in moves.items():
                yield from _told(edge, low, high, trial, cliff_bp)


def _trial(rule: Rule, rulebook: Rulebook) -> Trial:
    """The rule as it is on the region's own day, or on the nearest day on which it decides."""
    amount = [node for node in (rule.amount.fen, rule.amount.base) if node is not None] if rule.amount else []
    spells = scenes([*(c.condition for c in rule.clauses), *amount], dict(rule.parameters), rulebook)
    on = rulebook.region.default_on
    scene = next((s for s in spells if s.last >= on), spells[-1])
    day = max(on, scene.first)
    return Trial(rule, Scene(rulebook, day, day), day)


def edges(trial: Trial) -> list[Edge]:
    """The numbers that fields are compared with, in the rule and in the formulas that it reads, and starts of steps."""
    found: dict[tuple[Name, int | float], Edge] = {}
    formulas = [f for f in map(trial.scene.formula, sorted(trial.types)) if f is not None]
    files = [(node, trial.parameters) for node in trial.nodes]
    files += [(f.value, {name: p.at(trial.on) for name, p in f.parameters.items()}) for f in formulas]
    for node, parameters in files:
        for inner in walk(node):
            for edge in _edges(inner, parameters, trial):
                found[edge.name, edge.at] = edge
    return [found[key] for key in sorted(found)]


def _edges(node: Node, parameters: Parameters, trial: Trial) -> Iterator[Edge]:
    if node.kind in ("lt", "le", "eq"):
        for side, other in (node.args, node.args[::-1]):
            field = _bare(side)
            bound = _fixed(other, parameters, trial) if field is not None else None
            if field is not None and bound is not None:
                yield from _edge(field, bound)
    elif node.kind == "step" and (field := _bare(node.args[0])) is not None:
        table = parameters.get(str(node.args[1].value))
        for start in table.starts if isinstance(table, Steps) else ():
            yield from _edge(field, start)


def _edge(field: Node, bound: int | float) -> Iterator[Edge]:
    """A whole number compared with a decimal has no edge of its own unless the decimal is whole."""
    if field.type.kind == "int" and bound != int(bound):
        return
    yield Edge(field.field, field.type, int(bound) if field.type.kind == "int" else float(bound))


def _bare(node: Node) -> Node | None:
    """The number field that an operand is, apart from the unit in which it is held."""
    while node.kind == "number" or (node.kind == "multiply" and node.args[1].kind == "literal"):
        if node.kind == "multiply" and node.type.divisor == node.args[0].type.divisor:
            return None
        node = node.args[0]
    if node.kind == "coalesce" and all(arg.kind == "literal" for arg in node.args[1:]):
        node = node.args[0]
    is_field = node.kind == "field" and node.type.is_number and node.type.unit != "year"
    return node if is_field and node.field[0] else None


def _fixed(node: Node, parameters: Parameters, trial: Trial) -> int | float | None:
    """The number that an operand is on the day, where it reads no field."""
    if not node.type.is_number or any(inner.kind == "field" for inner in walk(node)):
        return None
    found = evaluate(node, {}, trial.on, parameters)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return found / node.type.divisor if node.type.divisor != 1 else found


def _pairs(edge: Edge, trial: Trial) -> Iterator[tuple[int | float, int | float]]:
    """The smallest moves up to the edge and beyond it, of values that registers let in."""
    possible = trial.scene.field(edge.name, edge.type, Known()).values
    step = _step(edge)
    for low, high in ((edge.at - step, edge.at), (edge.at, edge.at + step)):
        if meet(possible, exactly(low)) is not None and meet(possible, exactly(high)) is not None:
            yield low, high


def _step(edge: Edge) -> int | float:
    if edge.type.kind == "float":
        return max(abs(edge.at), 1.0) * 1e-9
    return YUAN if edge.type.unit == "fen" else 1


def _told(edge: Edge, low: int | float, high: int | float, trial: Trial, cliff_bp: int) -> Iterator[Finding]:
    subject = trial.subject({edge.name: low}) or trial.subject({edge.name: high})
    if subject is None:
        return
    before, after = (trial.amount({**subject, edge.name: side}) for side in (low, high))
    if before is None or after is None or (edge.type.unit == "fen" and abs(before - after) <= _step(edge)):
        return
    rulebook = trial.scene.rulebook
    currency, title = rulebook.region.currency, title_of(edge.name, rulebook)
    less, more = (told(fen, FEN, currency) for fen in (before, after))
    zh, en = _move(edge, low, high, currency)
    severity: Severity = "note"
    if before > 0 and after == 0:
        zh, en = f"{title.zh}{zh}即失去资格：损失{less.zh}", f"eligibility ends as {title.en} {en}: {less.en} is lost"
    elif before == 0 and after > 0:
        zh, en = f"{title.zh}{zh}才有资格：{more.zh}", f"eligibility begins as {title.en} {en}: {more.en} or nothing"
    elif (before - after) * BP > before * cliff_bp:
        severity = "warning"
        zh = f"{title.zh}{zh}，金额由{less.zh}降为{more.zh}"
        en = f"the amount falls from {less.en} to {more.en} as {title.en} {en}"
    else:
        return
    yield Finding("cliff", trial.rule.name, _place(edge, trial.rule), zh, en, severity=severity)


def _move(edge: Edge, low: int | float, high: int | float, currency: str) -> tuple[str, str]:
    """The two sides in words; those of a decimal would be written alike."""
    if edge.type.kind == "float":
        side = told(edge.at, edge.type, currency)
        return (f"达到{side.zh}", f"reaches {side.en}") if high == edge.at else (f"超过{side.zh}", f"passes {side.en}")
    a, b = told(low, edge.type, currency), told(high, edge.type, currency)
    return f"由{a.zh}增至{b.zh}", f"goes from {a.en} to {b.en}"


def _place(edge: Edge, rule: Rule) -> Place:
    """The clause that reads the field, else the rule."""
    for clause in rule.clauses:
        if any(n.kind == "field" and n.field == edge.name for n in walk(clause.condition)):
            return clause.place
    return rule.place
