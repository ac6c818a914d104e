"""Verbs of subsidies: what a call says, what a case's money comes to, and what the moves judge by."""

from collections.abc import Callable, Mapping
from typing import Any

from kerong.engine.deal.payment import returns_read
from kerong.engine.deal.subsidy import Payee, Stage, Terms, TermsRefused, exclusions, is_passed
from tests.scenarios.case_money import money_of, name_of
from tests.scenarios.world import World, numbers, told_wrong

WORDS = {"额度": "fen", "预留": "reserved", "已付": "paid", "退回": "returned", "年度": "year"}
ORDERS = {"收回预算": "claw_back", "追回缴库": "return_to_treasury", "结转下年": "carry_over", "释放": "release_grant"}


def money(world: World, said: Mapping[str, Any]) -> list[str]:
    """What the moves so far ask of the ledger: each part by level (and stage where there are several), and sums."""
    found = money_of(world, said["on"])
    has: dict[str, Any] = {
        f"{name_of(world, part)}.{word}": getattr(part, name)
        for part in found.standings[0].parts
        for word, name in WORDS.items()
    }
    sums = {word: sum(one.fen for one in found.orders if one.name == name) for word, name in ORDERS.items()}
    faults = {"faults": [fault.kind for fault in found.faults]}
    return told_wrong({"faults": []} | said["then"], has | sums | faults)


def called(world: World, said: Mapping[str, Any]) -> list[str]:
    """A call is drawn up."""
    stages = said.get("stages", [{"share_bp": 10_000}])
    terms = Terms(
        opens_on=said["on"],
        closes_on=said["closes_on"],
        shares=said["shares"],
        stages=tuple(Stage(**stage) for stage in stages),
        experts=said.get("experts", 0),
        pass_mark=said.get("pass_mark", 0),
        notice_days=said.get("notice_days", 5),
    )
    return _refused(said, terms.check)


def scored(world: World, said: Mapping[str, Any]) -> list[str]:
    """Experts have scored: is the case passed?"""
    return told_wrong(said["then"], {"passed": is_passed(said["scores"], said["experts"], said["pass_mark"])})


def payee_checked(world: World, said: Mapping[str, Any]) -> list[str]:
    """The account and the name of who is paid, against the names registered for its code."""
    payee = Payee(said["name"], said["bank"], said["account"])
    return _refused(said, lambda: payee.check(said["registered"]))


def looked_up(world: World, said: Mapping[str, Any]) -> list[str]:
    """Do two claims stand in each other's way: is there something that pays once, and both would use it?"""
    keys = []
    for claim in (said["one"], said["other"]):
        rule = world.book.rules[claim["rule"]]
        keys.append(set(exclusions(rule, world.book.groups.values(), {"evidence": "", "row_key": "", **claim})))
    return told_wrong(said["then"], {"twice": sorted({name for name, _ in keys[0] & keys[1]})})


def read_back(world: World, said: Mapping[str, Any]) -> list[str]:
    """The bank's file: what is paid, or what is wrong in which line and column."""
    lines, faults = returns_read(said["file"].encode(said.get("encoding", "utf-8")))
    has = {
        "paid": sum(line.fen for line in lines if line.outcome in ("paid", "partial")),
        "returned": sum(line.fen for line in lines if line.outcome == "failed"),
        "lines": len(lines),
        "faults": [f"{fault.key} {fault.line} {fault.column}".strip() for fault in faults],
    }
    return told_wrong(numbers(said["then"]), has)


def _refused(said: Mapping[str, Any], check: Callable[[], None]) -> list[str]:
    wanted = said.get("then", {}).get("refused", "")
    try:
        check()
    except TermsRefused as refused:
        return [] if str(refused) == wanted else [f"refused as {refused}, expected {wanted!r}"]
    return [f"not refused, expected {wanted!r}"] if wanted else []


ACTS = {
    "查拨款": money,
    "起草申报通知": called,
    "评审": scored,
    "核对收款人": payee_checked,
    "查重": looked_up,
    "读回单": read_back,
}
