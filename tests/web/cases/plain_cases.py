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
    made: set[str] = field(default_factory=set)  # levels of which no file carries the instruction yet
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

    @property
    def recall(self) -> str:
        """The move by which the instructions that are not sent are recalled."""
        is_rest = self.state == "in_payment" and self.made
        return (
            "recall_one" if set(self.sent) - self.made else "recall_rest" if self.paid_fen else "recall_all"
        ) * bool(is_rest)

    def is_true(self, name: str, guards: tuple[str, ...], fen: int, today: date) -> bool:
        told = {"unsent": name == self.recall} | {
            "seen": fen == self.fen,
            "within": 1 <= fen <= self.award,
            "touched": bool(self.paid_fen),
        }
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
            or not case.is_true(name, line.guards, fen, today)
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
        if name == "instruct":
            case.sent, case.made = dict(case.reserved), set(case.reserved)
        if name.startswith("recall"):
            case.sent = {level: fen for level, fen in case.sent.items() if level not in case.made}
            case.made = set()
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
