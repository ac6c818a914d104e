"""Verbs of rules: a firm applies, and both evaluators say what it gets."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kerong.lab.cases import run_cases
from kerong.rulebook.content import Case
from kerong.rulebook.said import Place
from kerong.rulebook.tables import Spell
from tests.scenarios.money_words import fen_of
from tests.scenarios.world import World, numbers

OUTCOMES = {"符合": "met", "不符合": "failed", "材料不足": "unknown"}


def facts_of(tables: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], Any]:
    """Facts by table and column; a list of { begins, ends } is a history of spells."""
    return {
        (table, name): _value(value) for table, columns in tables.items() for name, value in numbers(columns).items()
    }


def _value(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    spells = [Spell(one.get("begins"), one.get("ends")) for one in value]
    return tuple(sorted(spells, key=lambda spell: (spell.begins or date.min, spell.ends or date.min)))


def applied(world: World, said: Mapping[str, Any]) -> list[str]:
    """A rule is applied to what is told; `then` says the outcome, the deciding clause and the amount.

    `rows`: several subjects, each told beside what all have in common; `awarded` is then what the rule's own limits
    leave of each, `budget` what is left of its budget.
    """
    rule = world.book.rules[world.given["rule"]]
    told = _told(said.get("facts", {}))
    expect = numbers(said["then"])
    if "outcome" in expect:
        expect["outcome"] = OUTCOMES[expect["outcome"]]
    if "amount" in expect:
        expect["fen"] = expect.pop("amount")
    case = Case(
        title=world.given["rule"],
        on=said["on"],
        given=told,
        rows=tuple(_told(row) for row in said.get("rows", ())),
        expect=expect,
        budget=fen_of(said["budget"]) if "budget" in said else None,
        place=Place("scenario", 1),
    )
    return [line for found in run_cases(replace(rule, cases=(case,)), world.book) for line in found.differences]


def _told(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {".".join(key): value for key, value in facts_of(facts).items()}


ACTS = {"申报": applied, "核算": applied}
