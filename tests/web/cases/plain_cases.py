"""The plain model of subsidies: dictionaries, whole numbers and the table of moves. It judges the stored cases."""

from dataclasses import dataclass, field
from datetime import date

from kerong.engine.deal.states import SUBSIDY

APART = ({"submit", "score", "review", "approve", "hear", "release"}, {"object", "hear"})


def clash(duty: str, had: set[str]) -> bool:
    """Has a person with these duties on a case one that must be apart from `duty`?"""
    return any(duty in group and (had & group) - {duty} for group in APART)


SHARES = {"city": 7000, "county": 3000}


def parted(fen: int, shares: dict[str, int]) -> dict[str, int]:
    """`fen` in proportion to the shares; odd fen go to the largest remainders, ties by name."""
    whole = sum(shares.values())
    parts = {level: fen * share // whole for level, share in shares.items()}
    order = sorted(shares, key=lambda level: (-(fen * shares[level] % whole), level))
    return {level: part + (level in order[: fen - sum(parts.values())]) for level, part in parts.items()}


@dataclass
class PlainCase:
    award: int
    state: str = "applied"
    version: int = 1
    fen: int = 0
    reserved: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)  # under way, by level
    back: dict[str, int] = field(default_factory=dict)
    ordered: int = 0
    notice_ends: date = date.min
    hands: dict[str, set[str]] = field(default_factory=dict)

    @property
    def paid_fen(self) -> int:
        return sum(self.paid.values())

    @property
    def still(self) -> int:
        return self.ordered - sum(self.back.values())

    def is_true(self, guards: tuple[str, ...], fen: int, today: date) -> bool:
        told = {"seen": fen == self.fen, "within": 1 <= fen <= self.award, "touched": bool(self.paid_fen)}
        told |= {"untouched": not self.paid_fen, "milestone": self.paid_fen < self.fen}
        told |= {"on_notice": today <= self.notice_ends, "notice_over": today > self.notice_ends}
        told |= {"back": 1 <= fen <= self.paid_fen, "coming": 1 <= fen < self.still, "coming_whole": fen == self.still}
        return all(told.get(guard, True) for guard in guards)


@dataclass
class PlainCases:
    """Budgets by level, and cases; `move` says whether it was possible. `end`: the last day of a notice from today."""

    left: dict[str, int]
    cases: dict[int, PlainCase] = field(default_factory=dict)

    def move(self, number: int, name: str, who: str, role: str, fen: int, version: int, today: date, end: date) -> bool:
        case = self.cases[number]
        line = SUBSIDY.moves.get((case.state, name))
        if (
            line is None
            or role not in line.roles
            or version != case.version
            or not case.is_true(line.guards, fen, today)
        ):
            return False
        if clash(line.duty, case.hands.get(who, set())):
            return False
        if "release_grant" in line.effects:
            self.left = {level: left + case.reserved.pop(level, 0) for level, left in self.left.items()}
        case.fen = fen if name in ("verify", "revise") else case.fen
        if "reserve_grant" in line.effects:
            wanted = {level: part - case.paid.get(level, 0) for level, part in parted(case.fen, SHARES).items()}
            if any(self.left[level] < part for level, part in wanted.items()):
                return False
            case.reserved = {level: part for level, part in wanted.items() if part}
            self.left = {level: left - wanted[level] for level, left in self.left.items()}
        case.notice_ends = end if name == "notice" else case.notice_ends
        case.sent = dict(case.reserved) if name == "instruct" else {} if name == "recall" else case.sent
        case.ordered = fen if name == "order_back" else case.ordered
        if "claw_back" in line.effects:
            net = {level: paid - case.back.get(level, 0) for level, paid in case.paid.items()}
            parts = parted(fen, net)
            case.back = {level: case.back.get(level, 0) + part for level, part in parts.items()}
            self.left = {level: left + parts.get(level, 0) for level, left in self.left.items()}
        case.hands.setdefault(who, set()).add(line.duty)
        case.state, case.version = line.end, case.version + 1
        return True

    def settle(self, number: int, level: str, fen: int) -> None:
        """What a bank says of the instruction of one level: so much is paid, 0: it is returned."""
        case = self.cases[number]
        case.sent.pop(level)
        case.paid[level] = case.paid.get(level, 0) + fen
        left = {**case.reserved, level: case.reserved[level] - fen}
        case.reserved = {one: part for one, part in left.items() if part}
        if not case.sent:
            case.state = "paid" if case.paid_fen == case.fen else "partly" if case.paid_fen else "failed"
        case.version += 1
