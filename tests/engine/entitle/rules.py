"""Rules made in a test, over the generated fields and a register of loans."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kerong.rulebook.content import (
    Amount,
    Clause,
    Limit,
    Parameter,
    Place,
    Region,
    Register,
    Rule,
    Rulebook,
    Source,
    Text,
)
from kerong.rulebook.parse import Scope, parse
from kerong.rulebook.tree import Node
from kerong.rulebook.types import FEN
from tests.rulebook.generated import ON, SCOPE

NAME = Text("名", "name")
PLACE = Place("policies/a.toml", 1)
LOAN = {"loan": {"paid_fen": FEN}}
WITHIN = Scope({**SCOPE.fields, **LOAN}, SCOPE.bare)
WITH_BASE = Scope(WITHIN.fields, {**SCOPE.bare, "base": Node("field", FEN, value=("", "base"))})


def rule(
    name: str,
    clauses: Sequence[str] = (),
    fen: str | None = None,
    base: str | None = None,
    fingerprint: Sequence[str] = (),
    payee: str | None = None,
    how: str = "down",
    per: str = "enterprise",
    limits: tuple[Limit, ...] = (),
    parameters: Mapping[str, Parameter] = MappingProxyType({}),
) -> Rule:
    """A rule from the texts of its expressions."""
    amount = None
    if fen is not None:
        node = parse(fen, WITH_BASE if base is not None else WITHIN)
        paid = parse(payee, WITHIN) if payee is not None else None
        amount = Amount(node, how, "enterprise", paid, parse(base, WITHIN) if base is not None else None)
    return Rule(
        name=name,
        kind="subsidy",
        title=NAME,
        per=per,
        provider=None,
        source=Source("d", "1", "assumed"),
        text="",
        summary=None,
        clauses=tuple(Clause(parse(text, WITHIN), text, NAME, None, PLACE) for text in clauses),
        amount=amount,
        limits=limits,
        parameters=parameters,
        cases=(),
        place=PLACE,
        fingerprint=tuple(parse(part, WITHIN) for part in fingerprint),
    )


def rulebook_of(*rules: Rule, affiliates: Node | None = None, absence: str = "unknown") -> Rulebook:
    """A region of nothing but rules, and a register of loans."""
    region = Region("north", NAME, "CNY", ON, (), {})
    loan = Register("loan", NAME, ("loan",), ("number",), {}, PLACE, absence=absence)
    named = {found.name: found for found in rules}
    return Rulebook(region, {"loan": loan}, {}, {}, {}, named, {}, (), {}, affiliates=affiliates)
