"""What a table of moves is made of: states, moves, duties, and which duties one natural person must not join.

A deal changes by a move of its kind's table and by nothing else: what is not in the table is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kerong.rulebook.said import Text

DUTIES: Mapping[str, Text] = MappingProxyType(
    {
        "submit": Text("申报", "submits"),
        "score": Text("评审", "scores"),
        "review": Text("审核", "reviews"),
        "approve": Text("批准", "approves"),
        "object": Text("提出异议", "objects"),
        "hear": Text("裁定", "hears and decides"),
        "release": Text("拨付", "releases money"),
        "claim": Text("申请补偿", "claims"),
        "check": Text("核查", "checks the claim"),
        "compensate": Text("支付补偿", "pays the claim"),
        "carry_propose": Text("提出结转", "proposes to carry over"),
        "carry_confirm": Text("确认结转", "confirms the carry-over"),
        "none": Text("—", "-"),
    }
)
EVERYBODY = "official,analyst,enterprise,bank,guarantor,insurer,fund"  # roles of people; a machine sees what it moves
# within one group no natural person has two duties on one case
SEPARATED: tuple[frozenset[str], ...] = (
    frozenset({"submit", "score", "review", "approve", "hear", "release"}),
    frozenset({"object", "hear"}),
    frozenset({"carry_propose", "carry_confirm"}),
    frozenset({"claim", "check", "compensate"}),
)


@dataclass(frozen=True, slots=True)
class State:
    """Where a case can stand; an `end` has no way on."""

    name: str
    title: Text
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a table.

    `begin` "" opens a case. `roles`: who may; `duty`: in which hand. `guards`: what must be true, by name;
    `effects`: the movements of money in their order, builders of `engine.money.ledger.movements`;
    `due_working_days`: how long the case may wait for this move.
    `needs`: what the wish must bring along ("note", "fen", "payee", …).
    """

    begin: str
    name: str
    end: str
    roles: frozenset[str]
    duty: str
    guards: tuple[str, ...]
    effects: tuple[str, ...]
    due_working_days: int | None
    title: Text
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of deals: its states, its table by (begin, name), and which roles of people may see one."""

    name: str
    title: Text
    states: Mapping[str, State]
    moves: Mapping[tuple[str, str], Move] = field(repr=False)
    seen_by: frozenset[str]

    def move(self, begin: str, name: str) -> Move | None:
        """The line of the table; None: from there it cannot be done."""
        return self.moves.get((begin, name))

    def moves_from(self, begin: str) -> tuple[Move, ...]:
        """What can be done from a state, in the order of the table."""
        return tuple(move for move in self.moves.values() if move.begin == begin)

    def roles_of(self, name: str) -> frozenset[str]:
        """Who may make a move of that name from anywhere; nobody where there is none."""
        return frozenset(role for move in self.moves.values() if move.name == name for role in move.roles)

    def due_working_days(self, state: str) -> int | None:
        """The shortest time limit of what can be done from a state; None: nothing there has one."""
        limits = [move.due_working_days for move in self.moves_from(state) if move.due_working_days is not None]
        return min(limits, default=None)


def kind_of(
    name: str, title: Text, states: str, moves: str, groups: Mapping[str, str], seen_by: str = EVERYBODY
) -> Kind:
    """A kind from two texts, a line for each state and each move.

    A state: name, "." where it is an end, title. A move: begin, name, end ("=": the same), roles, duty, days, effects,
    guards (with "+" what the wish needs), title; "-" is nothing, several stand with commas, a title is "zh / en".
    A word in capitals is one of `groups`. `seen_by`: the roles of those who may be part of one.

    Raises ValueError where two lines say the same, a line names a state or duty that there is not or a role that cannot
    see it, an end has a way on, a state cannot be left, or there is no way to it from the beginning.
    """
    known = {state.name: state for state in map(_state, states.strip().splitlines())}
    seen = frozenset(seen_by.split(","))
    table: dict[tuple[str, str], Move] = {}
    for line in moves.strip().splitlines():
        for move in _moves(line, groups):
            key = (move.begin, move.name)
            if key in table:
                raise ValueError(f"{name}: {key} stands twice in the table")
            if move.end not in known or (move.begin and move.begin not in known) or move.duty not in DUTIES:
                raise ValueError(f"{name}: {key} names a state or duty that there is not")
            if not move.roles <= seen | {"machine"}:
                raise ValueError(f"{name}: {key} is a move of a role that cannot see it")
            if move.begin and known[move.begin].is_end:
                raise ValueError(f"{name}: {move.begin} is an end, and {move.name} leads on")
            table[key] = move
    reached, left = {""}, {move.begin for move in table.values()}
    while more := {move.end for move in table.values() if move.begin in reached} - reached:
        reached |= more
    for state in known.values():
        if state.name not in reached or (not state.is_end and state.name not in left):
            raise ValueError(f"{name}: {state.name} cannot be reached, or not be left")
    return Kind(name, title, MappingProxyType(known), MappingProxyType(table), seen)


def _state(line: str) -> State:
    name, end, title = line.split(None, 2)
    return State(name, _title(title), end == ".")


def _moves(line: str, groups: Mapping[str, str]) -> list[Move]:
    begins, name, end, roles, duty, days, effects, checks, title = line.split(None, 8)
    said = _listed(checks, groups)
    return [
        Move(
            begin=begin,
            name=name,
            end=begin if end == "=" else end,
            roles=frozenset(_listed(roles, groups)),
            duty="none" if duty == "-" else duty,
            guards=tuple(word for word in said if not word.startswith("+")),
            effects=tuple(_listed(effects, groups)),
            due_working_days=None if days == "-" else int(days),
            title=_title(title),
            needs=tuple(word.removeprefix("+") for word in said if word.startswith("+")),
        )
        for begin in (_listed(begins, groups) or [""])
    ]


def _listed(cell: str, groups: Mapping[str, str]) -> list[str]:
    words = [] if cell == "-" else cell.split(",")
    return [one for word in words for one in (_listed(groups[word], groups) if word in groups else [word])]


def _title(text: str) -> Text:
    zh, en = text.split(" / ")
    return Text(zh.strip(), en.strip())


def clash(duty: str, person: frozenset[str], acted: Iterable[tuple[frozenset[str], str]]) -> str | None:
    """The earlier duty that keeps a natural person from this one; None where the hands are separate.

    `person`: every name under which the person is known; `acted`: (names, duty) of each earlier move of the case.
    """
    for group in SEPARATED:
        if duty in group:
            for names, before in acted:
                if before in group and before != duty and names & person:
                    return before
    return None
