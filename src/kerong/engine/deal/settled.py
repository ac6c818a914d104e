"""What the moves of a case ask of the ledger: for one move while it is made, and for whole histories when they are
replayed.

A case's money stands in parts (one for each stage and level that pays). A move's effects change the parts and yield
orders; the ledger's builders make the transfers of an order. The services and the replay call the same two functions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from kerong.engine.deal.states import KINDS

MAKES_PARTS = frozenset({"reserve"})
"""The moves that part the amount anew: what was parted before is dropped."""
Split = Callable[[int, Mapping[str, int], int], dict[str, int]]  # fen by shares that sum to a whole, nothing lost
WHOLE_BP = 10_000


class Unfounded(ValueError):
    """A move asks for money that its case does not have; the message is a kind of problem."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one level pays in one stage, in fen: at most `fen` in all, `reserved` now, `paid` and `returned` so far.

    `year`: of the budget on which what is left of it stands; `paid_before`: (year, fen) of `paid` on earlier budgets.
    """

    number: int
    stage: int
    level: str
    year: int
    fen: int
    reserved: int = 0
    paid: int = 0
    returned: int = 0
    paid_before: tuple[tuple[int, int], ...] = ()

    def taken_back(self, fen: int) -> list[tuple[int, int]]:
        """(year, fen): from which budgets' payments more comes back; the latest year is taken back first."""
        before = sum(paid for _, paid in self.paid_before)
        gone, found = self.returned, []
        for year, paid in ((self.year, self.paid - before), *reversed(self.paid_before)):
            left = max(0, paid - gone)
            gone = max(0, gone - paid)
            found.append((year, min(fen, left)))
            fen -= found[-1][1]
        return [(year, part) for year, part in found if part]


@dataclass(frozen=True, slots=True)
class Head:
    """Whose case it is and why so much is paid. `purse`: whose budgets pay (a region and programme)."""

    case: int
    purse: str
    payee: str
    rule: str
    rule_version: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a move says of money: the business day, and of a payment or a return the part (by number) and the fen.

    `late`: of a payment that is posted later than it was made, which instruction was paid when; else empty.
    """

    version: int
    on: date
    fen: int = 0
    part: int | None = None
    late: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One movement about one part. `name`: the builder of `engine.money.ledger.movements`; `at`: when, for order."""

    name: str
    head: Head
    version: int
    on: date
    part: int
    level: str
    year: int
    fen: int
    at: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A move of a history. `fen`: what the case was about then, or what was paid; `said_fen`: what the move named.

    `paid_on`: the business day of a payment; `late` as in `Said`.
    """

    version: int
    name: str
    begin: str
    end: str
    on: date
    fen: int
    said_fen: int = 0
    part: int | None = None
    paid_on: date | None = None
    at: str = ""
    late: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """A case and its moves by version; `numbers`: those of its parts, in the order in which they were made.

    `shares`: level to basis points; `stages`: basis points of each.
    """

    head: Head
    kind: str
    shares: Mapping[str, int]
    stages: Sequence[int]
    numbers: Sequence[int]
    moves: Sequence[Made]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a history: the kind of problem, of which case (or deal: `noun`), at which move, the value."""

    kind: str
    case: int
    version: int
    value: str
    noun: str = "case"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a history ends: its state, the number of its last move, its amount, the parts that count."""

    case: int
    state: str
    version: int
    fen: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """All orders in the order of the histories, where every case stands, and what is wrong."""

    orders: tuple[Order, ...]
    standings: tuple[Standing, ...]
    faults: tuple[Fault, ...]


def parts_of(
    fen: int, shares: Mapping[str, int], stages: Sequence[int], split: Split
) -> tuple[tuple[int, str, int], ...]:
    """(stage, level, fen) of an amount: parted among the stages, then each among the levels; parts of 0 are none."""
    of_stages = split(fen, {str(number): share for number, share in enumerate(stages, 1)}, WHOLE_BP)
    return tuple(
        (int(number), level, part)
        for number, whole in of_stages.items()
        for level, part in split(whole, shares, WHOLE_BP).items()
        if part
    )


def ordered(
    effects: Iterable[str], head: Head, parts: Sequence[Part], said: Said, split: Split
) -> tuple[tuple[Part, ...], tuple[Order, ...]]:
    """The parts after a move's effects, one after the other, and the orders that they give.

    Raises Unfounded where the money is not there: a part that is not reserved is paid, or more than is reserved.
    """
    held, orders = tuple(sorted(parts, key=lambda part: part.number)), []
    for effect in effects:
        changed = EFFECTS[effect](held, said, split)
        if effect == "pay_grant" and not any(found for _, found in changed):
            raise Unfounded("settle_not_reserved")
        for part, found in changed:
            place = (part.number, part.level)
            why = {"late_payment": replace(head, evidence=said.late)}
            orders += [
                Order(name, why.get(name, head), said.version, said.on, *place, year, fen) for name, year, fen in found
            ]
        held = tuple(part for part, _ in changed)
    return held, tuple(orders)


def settled(histories: Iterable[History], on: date, split: Split) -> Settled:
    """Every history from its first move to its last one on or before `on`: orders, standings, faults.

    A move that cannot be, as the table or the money forbids it, is a fault and has no effect on the money.
    """
    orders: list[Order] = []
    standings: list[Standing] = []
    faults: list[Fault] = []
    for history in histories:
        walk = _Walk(history, split, iter(history.numbers))
        for move in history.moves:
            if move.on <= on:
                walk.take(move, orders, faults)
        standings.append(Standing(history.head.case, walk.state, walk.version, walk.fen, walk.parts))
    return Settled(tuple(orders), tuple(standings), tuple(faults))


@dataclass(slots=True)
class _Walk:
    """A history while it is gone through."""

    history: History
    split: Split
    numbers: "Iterable[int]"
    state: str = ""
    version: int = 0
    fen: int = 0
    parts: tuple[Part, ...] = ()

    def take(self, move: Made, orders: list[Order], faults: list[Fault]) -> None:
        """One move: where it stands in the table, then its money."""
        case = self.history.head.case
        line = KINDS[self.history.kind].move(move.begin, move.name)
        if move.version != self.version + 1:
            faults.append(Fault("settle_version", case, move.version, str(self.version + 1)))
        if line is None or line.end != move.end or move.begin != self.state:
            faults.append(Fault("settle_move", case, move.version, f"{move.begin} {move.name} {move.end}"))
        self.state, self.version = move.end, move.version
        self.fen = self.fen if move.paid_on is not None else move.fen
        if line is None:
            return
        if move.name in MAKES_PARTS:
            self.parts = tuple(self._made(move, faults))
        fen = move.fen if "pay_grant" in line.effects else move.said_fen
        said = Said(move.version, move.paid_on or move.on, fen, move.part, move.late)
        try:
            self.parts, found = ordered(line.effects, self.history.head, self.parts, said, self.split)
        except Unfounded as unfounded:
            faults.append(Fault(str(unfounded), case, move.version, str(fen)))
        else:
            orders.extend(replace(order, at=move.at) for order in found)

    def _made(self, move: Made, faults: list[Fault]) -> Iterable[Part]:
        told = parts_of(move.fen, self.history.shares, self.history.stages, self.split)
        numbers = iter(self.numbers)
        for stage, level, fen in told:
            number = next(numbers, None)
            if number is None:
                faults.append(Fault("settle_part", self.history.head.case, move.version, f"{stage} {level} {fen}"))
                return
            yield Part(number, stage, level, move.on.year, fen)


Changed = tuple[Part, list[tuple[str, int, int]]]  # the part after; (the order's name, year of the budget, fen)


def _reserved(part: Part, said: Said) -> Changed:
    left = part.fen - part.paid
    if part.reserved or not left:
        return part, []
    return replace(part, reserved=left), [("reserve_grant", part.year, left)]


def _released(part: Part, said: Said) -> Changed:
    if not part.reserved:
        return part, []
    return replace(part, reserved=0), [("release_grant", part.year, part.reserved)]


def _carried(part: Part, said: Said) -> Changed:
    """What was just set free goes into the next year's budget of the same level."""
    left, paid = part.fen - part.paid, part.paid - sum(fen for _, fen in part.paid_before)
    if not left:
        return part, []
    before = (*part.paid_before, (part.year, paid)) if paid else part.paid_before
    return replace(part, year=part.year + 1, paid_before=before), [("carry_over", part.year, left)]


def _paid(part: Part, said: Said) -> Changed:
    if part.number != said.part:
        return part, []
    if not 0 < said.fen <= part.reserved:
        raise Unfounded("settle_not_reserved")
    name = "late_payment" if said.late else "pay_grant"
    return replace(part, reserved=0, paid=part.paid + said.fen), [(name, part.year, said.fen)]


def _returned(parts: Sequence[Part], said: Said, split: Split) -> list[Changed]:
    """What comes back goes where it came from, in proportion; of a past year to the treasury."""
    net = {str(part.number): part.paid - part.returned for part in parts}
    whole = sum(net.values())
    if not 0 < said.fen <= whole:
        raise Unfounded("settle_not_paid")
    shares = split(said.fen, net, whole)

    def changed(part: Part) -> Changed:
        fen = shares[str(part.number)]
        names = {year: "return_to_treasury" if year < said.on.year else "claw_back" for year, _ in part.taken_back(fen)}
        back = [(names[year], year, taken) for year, taken in part.taken_back(fen)]
        return replace(part, returned=part.returned + fen), back

    return [changed(part) for part in parts]


def _each(change: Callable[[Part, Said], Changed]) -> "Effect":
    return lambda parts, said, split: [change(part, said) for part in parts]


Effect = Callable[[Sequence[Part], Said, Split], list[Changed]]
EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        "reserve_grant": _each(_reserved),
        "release_grant": _each(_released),
        "carry_over": _each(_carried),
        "pay_grant": _each(_paid),
        "claw_back": _returned,
    }
)
"""What each effect that a table names does to the parts."""
