"""Verbs of cases and deals of every kind: a move of its table, who makes it, in which hand, and until when."""

from collections.abc import Mapping
from typing import Any

from kerong.engine.deal.calendar import CalendarEnds, working_days
from kerong.engine.deal.moves import DUTIES, Kind, Move, clash
from kerong.engine.deal.settled import Made
from kerong.engine.deal.states import KINDS
from tests.scenarios.case_money import part_of
from tests.scenarios.money_words import fen_of
from tests.scenarios.world import World, told_wrong

ROLES = {
    "企业": "enterprise",
    "主管部门": "official",
    "专家": "analyst",
    "银行": "bank",
    "担保机构": "guarantor",
    "保险机构": "insurer",
    "投资机构": "fund",
    "系统": "machine",
}
BRINGS = {
    "说明": "note",
    "材料": "documents",
    "收款人": "payee",
    "评分": "score",
    "条款": "terms",
    "合同": "contract",
    "节点": "stage",
}


def moved(world: World, said: Mapping[str, Any]) -> list[str]:
    """A move by its title in the table. `then`: the state after it, or by what it is refused.

    "no_such_move": the table has none from here; "not_yours": not of this role; "other_hand": the person has had a duty
    that must stay apart; "missing": what the move needs was not brought.
    """
    kind = KINDS[world.given["kind"]]
    state = world.kept.setdefault("state", "")
    move = next((one for one in kind.moves_from(state) if one.title.zh == said["move"]), None)
    refused, detail = _refusal(world, said, move)
    expect = dict(said.get("then", {}))
    if refused != expect.pop("refused", ""):
        return [f"refused as {refused!r} ({detail})" if refused else "not refused"]
    if refused or move is None:
        return told_wrong(expect, {"hand": detail})
    world.kept["state"] = move.end
    world.kept.setdefault("acted", []).append((frozenset({said["by"]}), move.duty))
    _recorded(world, said, move)
    has = {"state": kind.states[move.end].title.zh, "effects": list(move.effects)}
    if "due" in expect:
        has["due"] = _due(world, said, kind, move)
    return told_wrong(expect, has)


def can(world: World, said: Mapping[str, Any]) -> list[str]:
    """What can be done from where the case stands, by a role."""
    moves = KINDS[world.given["kind"]].moves_from(world.kept.get("state", ""))
    has = {role: [move.title.zh for move in moves if ROLES[role] in move.roles] for role in said["then"]}
    return told_wrong(said["then"], has)


def counted(world: World, said: Mapping[str, Any]) -> list[str]:
    """A span of working days after a day: its last day, or that the calendar ends."""
    try:
        last = working_days(world.book.calendars).after(said["on"], said["working_days"])
    except CalendarEnds as ends:
        return told_wrong(said["then"], {"refused": str(ends), "calendar_until": ends.last})
    return told_wrong(said["then"], {"last": last})


def _refusal(world: World, said: Mapping[str, Any], move: Move | None) -> tuple[str, str]:
    if move is None:
        return "no_such_move", world.kept["state"]
    if ROLES[said["role"]] not in move.roles:
        return "not_yours", ", ".join(sorted(move.roles))
    earlier = clash(move.duty, frozenset({said["by"]}), world.kept.get("acted", []))
    if earlier is not None:
        return "other_hand", DUTIES[earlier].zh
    brought = {BRINGS[one] for one in said.get("brings", ())} | ({"fen"} if "amount" in said else set())
    missing = [need for need in move.needs if need not in brought]
    return ("missing", ", ".join(missing)) if missing else ("", "")


def _due(world: World, said: Mapping[str, Any], kind: Kind, move: Move) -> Any:
    days = kind.due_working_days(move.end)
    return None if days is None else working_days(world.book.calendars).after(said["on"], days)


def _recorded(world: World, said: Mapping[str, Any], move: Move) -> None:
    """The move as the replay of histories reads it; the amount that a case is about is the last one found."""
    made: list[Made] = world.kept.setdefault("made", [])
    fen = fen_of(said["amount"]) if "amount" in said else 0
    is_paid = "part" in said
    if move.name in ("apply", "propose", "verify", "revise"):
        world.kept["fen"] = fen
    made.append(
        Made(
            version=len(made) + 1,
            name=move.name,
            begin=move.begin,
            end=move.end,
            on=said["on"],
            fen=fen if is_paid else world.kept.get("fen", 0),
            said_fen=fen,
            part=part_of(world, said["part"], said["on"]) if is_paid else None,
            paid_on=said["on"] if is_paid else None,
        )
    )


ACTS = {"办理": moved, "可办事项": can, "计算期限": counted}
