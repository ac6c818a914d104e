"""The plain model of subsidies: dictionaries, whole numbers and the table of moves. It judges the stored cases."""

from dataclasses import dataclass, field
from datetime import date

from kerong.engine.deal.states import SUBSIDY

HANDS = {"submit", "score", "review", "approve", "hear", "release"}
GONE = ("withdrawn", "rejected", "lapsed")
SHARES = {"city": 7000, "county": 3000}


def parted(fen: int) -> dict[str, int]:
    """Each level's share of an amount; the odd fen goes to the larger remainder."""
    parts = {level: fen * share // 10_000 for level, share in SHARES.items()}
    odd = fen - sum(parts.values())
    first = max(SHARES, key=lambda level: fen * SHARES[level] % 10_000)
    return {level: part + (odd if level == first else 0) for level, part in parts.items() if part or level == first}


@dataclass
class PlainCase:
    award: int
    state: str = "applied"
    version: int = 1
    fen: int = 0
    approved: int = 0
    reserved: dict[str, int] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)  # under way, by level
    ordered: int = 0
    back: int = 0
    back_of: dict[str, int] = field(default_factory=dict)
    notice_ends: date = date.min
    hands: dict[str, set[str]] = field(default_factory=dict)

    @property
    def paid_fen(self) -> int:
        return sum(self.paid.values())


@dataclass
class PlainCases:
    """Budgets by level, what is left of them, and cases; `move` says whether it was possible, and then it is done."""

    left: dict[str, int]
    cases: dict[int, PlainCase] = field(default_factory=dict)

    def move(self, number: int, name: str, who: str, role: str, fen: int, version: int, today: date, end: date) -> bool:
        """`end`: the last day of a notice that begins today."""
        case = self.cases[number]
        line = SUBSIDY.moves.get((case.state, name))
        if line is None or role not in line.roles or version != case.version or not self._hands(case, who, line.duty):
            return False
        if not self._true(case, line.guards, fen, today):
            return False
        if "release_grant" in line.effects:
            self._free(case)
        if name in ("verify", "revise"):
            case.fen, case.approved = fen, 0
        if "reserve_grant" in line.effects:
            wanted = {level: part - case.paid.get(level, 0) for level, part in parted(case.fen).items()}
            if any(self.left[level] < part for level, part in wanted.items()):
                return False
            case.reserved = {level: part for level, part in wanted.items() if part}
            for level, part in case.reserved.items():
                self.left[level] -= part
        if name == "approve":
            case.approved = case.fen
        if name == "notice":
            case.notice_ends = end
        if name == "instruct":
            case.sent = dict(case.reserved)
        if name == "recall":
            case.sent = {}
        if name == "order_back":
            case.ordered = fen
        if name in ("receive_part", "receive_back"):
            case.back += fen
            self._give_back(case, fen)
        if line.duty in HANDS:
            case.hands.setdefault(who, set()).add(line.duty)
        case.state, case.version = line.end, case.version + 1
        return True

    def settle(self, number: int, level: str, fen: int) -> None:
        """What a bank says of the instruction of one level: so much is paid, 0: it is returned."""
        case = self.cases[number]
        del case.sent[level]
        if fen:
            case.paid[level] = case.paid.get(level, 0) + fen
            case.reserved[level] -= fen
        if not case.sent:
            case.state = "paid" if case.paid_fen == case.fen else "partly" if case.paid_fen else "failed"
        case.version += 1

    def _give_back(self, case: PlainCase, fen: int) -> None:
        """In proportion to what each level has paid and not yet got back; the odd fen to the larger remainder."""
        net = {level: paid - case.back_of.get(level, 0) for level, paid in case.paid.items()}
        whole = sum(net.values())
        parts = {level: fen * part // whole for level, part in net.items()}
        order = sorted(net, key=lambda level: (-(fen * net[level] % whole), level))
        for level in order[: fen - sum(parts.values())]:
            parts[level] += 1
        case.back_of = {level: case.back_of.get(level, 0) + parts[level] for level in net}

    def _free(self, case: PlainCase) -> None:
        for level, part in case.reserved.items():
            self.left[level] += part
        case.reserved = {}

    def _hands(self, case: PlainCase, who: str, duty: str) -> bool:
        return duty not in HANDS or not case.hands.get(who, set()) - {duty}

    def _true(self, case: PlainCase, guards: tuple[str, ...], fen: int, today: date) -> bool:
        told = {
            "seen": fen == case.fen,
            "within": 1 <= fen <= case.award,
            "untouched": not case.paid_fen,
            "touched": bool(case.paid_fen),
            "milestone": case.paid_fen < case.fen,
            "on_notice": today <= case.notice_ends,
            "notice_over": today > case.notice_ends,
            "back": 1 <= fen <= case.paid_fen,
            "coming": 1 <= fen < case.ordered - case.back,
            "coming_whole": fen == case.ordered - case.back,
        }
        return all(told.get(guard, True) for guard in guards)
