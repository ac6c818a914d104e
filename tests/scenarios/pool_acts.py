"""Verbs of shared risk: what happens to a pool."""

from collections.abc import Mapping
from typing import Any

from kerong.engine.money.pool import after, eligible
from kerong.rulebook.pools import PoolEvent
from tests.scenarios.rule_acts import facts_of
from tests.scenarios.world import World, numbers

DOES = {
    "注资": "pay_in",
    "结息": "interest",
    "支付费用": "fee",
    "退还出资": "refund",
    "备案": "register",
    "还款": "repay",
    "逾期": "default",
    "恢复正常": "cure",
    "申请补偿": "claim",
    "追偿回款": "recover",
    "追回补偿": "claw_back",
    "核销": "write_off",
}
# an amount of a claim is its principal; what a scenario calls by a shorter word
KEYS = {"principal": "principal_fen", "interest": "interest_fen", "recovered": "recovered_fen", "amount": "fen"}


def happens(world: World, said: Mapping[str, Any]) -> list[str]:
    """One act; what its `then` expects and does not find."""
    assert world.pool is not None, "the scenario gives no pool"
    told = numbers({KEYS.get(name, name): value for name, value in said.items() if name not in ("do", "then")})
    told["facts"] = numbers(told.get("facts", {}))
    if (borrower := told.pop("borrower", None)) is not None:  # judged by the region's own rule, as of drawdown
        assert world.pool.rule is not None, "the pool names no rule"
        rule = world.book.rules[world.pool.rule]
        told["eligible"] = eligible(world.pool, rule, facts_of(borrower), told["drawn_on"])
    if said["do"] == "备案":
        told.setdefault("instrument", next(iter(world.pool.instruments)))
    world.state, answer = after(world.pool, world.state, PoolEvent(do=DOES[said["do"]], **told))
    expect = numbers(said.get("then", {}))
    found = []
    for key, has in (("refused", answer.refused), ("cut_by", answer.cut_by)):
        wanted = expect.pop(key, has if key == "cut_by" else "")
        if has != wanted:
            found.append(f"{key} is {has!r}, expected {wanted!r}")
    parties = sorted({*expect, *(answer.parts if expect else ())})
    wrong = [party for party in parties if answer.parts.get(party, 0) != expect.get(party, 0)]
    return found + [f"{party}: {answer.parts.get(party, 0):_}, expected {expect.get(party, 0):_}" for party in wrong]


ACTS = dict.fromkeys(DOES, happens)
