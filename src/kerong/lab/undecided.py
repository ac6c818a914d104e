"""What decided the first subject of a case, in words: the clause, what of its claim is not known, or the error."""

from collections.abc import Iterator

from kerong.engine.entitle import facts_of
from kerong.engine.entitle.explain import Explanation, PreparedRule
from kerong.lab.trial import subjects_of
from kerong.rulebook.content import Case, Rule
from kerong.rulebook.outcomes import ERROR
from kerong.rulebook.plain import Fault, evaluate
from kerong.rulebook.tree import Node, fields_of

BASE = ("", "base")


def why(rule: Rule, case: Case) -> str:
    """Behind the last clause stands the amount: what of it is open, or why it is an error. Empty where it is met."""
    found = PreparedRule(rule, case.on).explain(facts_of(subjects_of(case)[0]))
    if not found.clause:
        return ""
    if found.clause <= len(rule.clauses):
        return f"clause {found.clause}" + (f": {found.reason}" if found.reason else "")
    if found.outcome == ERROR:
        return f"the amount: {found.reason}"
    return "; ".join(_open(rule, case, found))


def _open(rule: Rule, case: Case, found: Explanation) -> Iterator[str]:
    """Which parts of the claim are not known, each with the fields that are missing for it."""
    if rule.amount is None:
        return
    amount = rule.amount
    values = {name: parameter.at(case.on) for name, parameter in rule.parameters.items()}
    base = evaluate(amount.base, found.facts, case.on, values) if amount.base is not None else None
    facts = {**found.facts, BASE: base if isinstance(base, int) else None}

    def missing(*nodes: Node) -> str | None:
        """The fields that are missing for what is not known of them; None where all is known."""
        results = [(node, evaluate(node, facts, case.on, values)) for node in nodes]
        unknown = [node for node, value in results if value is None or isinstance(value, Fault)]
        fields = {field for node in unknown for field in fields_of(node) if facts.get(field) is None}
        named = ", ".join(sorted(".".join(field) for field in fields if field[0]))
        return None if not unknown else f" ({named})" if named else ""

    told = (
        ("the amount cannot be worked out{}", [node for node in (amount.base, amount.fen) if node is not None]),
        ("who is paid{} is not known", [amount.payee] if amount.payee is not None else []),
        ("the evidence{} is not known", list(rule.fingerprint)),
    )
    for what, nodes in told:
        fields = missing(*nodes)
        if fields is not None:
            yield what.format(fields)
