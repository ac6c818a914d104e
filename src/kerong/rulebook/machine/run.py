"""Many rules over one table by the machine: what their clauses decide, and the amounts of the rows that meet them."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.rulebook import compiled
from kerong.rulebook.content import Rule
from kerong.rulebook.intervals import interval
from kerong.rulebook.machine import kernel as k
from kerong.rulebook.machine.assemble import Assembler, Flag, Reader, Refused
from kerong.rulebook.machine.facts import Column, Facts
from kerong.rulebook.machine.program import Memory, Section, Whole, laid_out
from kerong.rulebook.together import Together
from kerong.rulebook.tree import Node

SIZE = 2048  # rows that an instruction goes through at once: what a program holds of them stays in the cache
PIECE = 1 << 17  # rows that a thread takes at once
MOST_CLAUSES = 126  # a deciding clause is a byte, and the amount stands behind the last one
MOST_DIVISOR = 1 << 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome` and `clause` (Int8) of every row; of how many rows each piece of the table meets the rule.

    Rules that ask the same share one verdict.
    """

    outcome: pl.Series
    clause: pl.Series
    met: Whole


@dataclass(frozen=True, slots=True)
class Paid:
    """The rows that meet a rule, by number, ascending, and what they are entitled to in whole fen, line by line.

    `fen` is null where unknown, and None where the machine does not work it out; `least` is none above any of them.
    """

    places: pl.Series
    fen: pl.Series | None
    least: int | None = None


class Machine:
    """Runs rules over `frame` on a day; `pool` is where it runs."""

    def __init__(self, frame: pl.DataFrame, on: date, pool: ThreadPoolExecutor) -> None:
        self.facts, self.on, self.pool = Facts(frame), on, pool

    @staticmethod
    def load() -> None:
        """Runs nothing, so that what is compiled is at hand."""
        memory = Memory()
        memory.slot(0)
        laid_out(memory, [Section(memory)], SIZE).run(0, 0, np.zeros(1, np.int64))

    def verdicts(self, rules: Sequence[Rule]) -> dict[str, Verdict]:
        """What the clauses of rules decide, by name; rules that it does not run are left out."""
        readers = self._readers(rules)
        given, facts = self._given(rules, readers)
        section, columns = Section(Memory()), dict[int, int]()
        asked: dict[str, tuple[Flag, ...]] = {}
        for rule in rules:
            if rule.name not in given or len(rule.clauses) > MOST_CLAUSES:
                continue
            assembler = Assembler(section, readers[rule.name], given[rule.name], columns)
            with suppress(Refused):
                asked[rule.name] = tuple(assembler.flag(clause.condition) for clause in rule.clauses)
        numbers = {flags: number for number, flags in enumerate(dict.fromkeys(asked.values()))}
        if not numbers:
            return {}
        made = [[np.empty(self.facts.frame.height, np.int8) for _ in range(2)] for _ in numbers]
        for flags, number in numbers.items():
            _decide(section, flags, made[number], number)
        counts = self._run([section], np.zeros((self._pieces, len(numbers)), np.int64))
        facts.clear()
        verdicts = [
            Verdict(pl.Series("outcome", outcome), pl.Series("clause", clause), met)
            for (outcome, clause), met in zip(made, counts.T, strict=True)
        ]
        return {name: verdicts[numbers[flags]] for name, flags in asked.items()}

    def paid(self, found: Sequence[tuple[Rule, Verdict]]) -> dict[str, Paid]:
        """The rows that meet rules, and their amounts, by name."""
        readers = self._readers([rule for rule, _ in found])
        memory, columns = Memory(), dict[int, int]()
        selected: dict[int, _Selected] = {}
        written: dict[str, _Written | None] = {}
        for rule, verdict in found:
            if id(verdict) not in selected:
                selected[id(verdict)] = _Selected.of(verdict, memory)
            one = selected[id(verdict)]
            try:
                written[rule.name] = one.amount(rule, readers[rule.name], columns)
            except Refused:
                written[rule.name] = None
        if selected:
            met = np.stack([one.met for one in selected.values()], axis=1)
            self._run([one.section for one in selected.values()], np.cumsum(met, axis=0) - met)
        places = {key: pl.Series("place", one.places) for key, one in selected.items()}
        answer = {}
        for rule, verdict in found:
            amount, lines = written[rule.name], places[id(verdict)]
            answer[rule.name] = Paid(lines, None) if amount is None else Paid(lines, amount.series(), amount.least)
        return answer

    def _readers(self, rules: Sequence[Rule]) -> dict[str, Reader]:
        frame, bounds = self.facts.frame, self.facts.bounds
        return {r.name: Reader(self.facts, compiled.Program(self.on, r.parameters, frame, bounds)) for r in rules}

    def _given(
        self, rules: Sequence[Rule], readers: Mapping[str, Reader]
    ) -> tuple[dict[str, dict[Node, Column]], list[Facts]]:
        """What is foreign in the clauses of each rule, worked out by Polars; without rules where it is an error.

        The facts hold the columns, as long as they are held.
        """
        together = Together(self.on)
        asked: dict[str, dict[Node, str]] = {}
        for rule in rules:
            with suppress(Refused):
                nodes = [node for clause in rule.clauses for node in readers[rule.name].foreign(clause.condition)]
                asked[rule.name] = {node: together.add(node, rule.name, rule.parameters) for node in nodes}
        if not together.wanted:
            return {name: {} for name in asked}, []
        found = together.evaluate(self.facts.frame)
        wrong, facts = set(found.errors["name"]), Facts(found.frame)
        columns = {name: facts.column(name) for name in together.wanted if name not in wrong}
        given = {
            rule: {node: column for node, name in names.items() if (column := columns.get(name)) is not None}
            for rule, names in asked.items()
        }
        return {rule: found for rule, found in given.items() if len(found) == len(asked[rule])}, [facts]

    @property
    def _pieces(self) -> int:
        return -(-self.facts.frame.height // PIECE)

    def _run(self, sections: Sequence[Section], before: Whole) -> Whole:
        """Runs a program over all pieces of the table; `before` and the answer have a line for every piece."""
        program = laid_out(sections[0].memory, sections, SIZE)
        height = self.facts.frame.height

        def run(piece: int) -> Whole:
            return program.run(piece * PIECE, min((piece + 1) * PIECE, height), before[piece])

        return np.array(list(self.pool.map(run, range(self._pieces))), np.int64).reshape(before.shape)


@dataclass(frozen=True, slots=True)
class _Written:
    """Where amounts are written, and where they are unknown; None: nowhere."""

    fen: npt.NDArray[np.int64]
    unknown: npt.NDArray[np.bool_] | None
    least: int | None

    def series(self) -> pl.Series:
        found = pl.Series("entitled_fen", self.fen)
        if self.unknown is None or not self.unknown.any():
            return found
        return found.set(pl.Series(self.unknown), None)


@dataclass(frozen=True, slots=True)
class _Selected:
    """The section of the rows that meet a rule: their numbers, and how many each piece of the table has."""

    section: Section
    places: npt.NDArray[np.uint32]
    met: Whole

    @classmethod
    def of(cls, verdict: Verdict, memory: Memory) -> "_Selected":
        places = np.empty(verdict.met.sum(), np.uint32)
        by = memory.slot(verdict.outcome.to_numpy().ctypes.data, per_row=1)
        return cls(Section(memory, by, memory.slot(places.ctypes.data)), places, verdict.met)

    def amount(self, rule: Rule, reader: Reader, columns: dict[int, int]) -> _Written | None:
        """Writes the amount of a rule, rounded to whole fen; None for one that needs more than instructions."""
        amount = rule.amount
        if amount is None or amount.base is not None or any(True for _ in reader.foreign(amount.fen)):
            return None
        assembler, section, size = Assembler(self.section, reader, {}, columns), self.section, amount.fen.type.divisor
        exact = assembler.number(amount.fen)
        fen, unknown, word = np.empty(len(self.places), np.int64), None, assembler.word(exact)
        between = interval(amount.fen, reader.program.between, reader.program.table_of)
        if size > MOST_DIVISOR:
            raise Refused
        if size != 1:
            more_from = {"down": size, "up": 1, "half_up": (size + 1) // 2}[amount.round]
            is_short = between is not None and 0 <= between[0] <= between[1] < size * k.SHORT
            word = section.emit(k.DIVIDE_SHORT if is_short else k.DIVIDE, word, number=size, other=more_from)
        section.store(word, section.memory.slot(fen.ctypes.data, per_line=8))
        if exact.unknown != section.zero:
            unknown = np.empty(len(self.places), np.bool_)
            section.store(exact.unknown, section.memory.slot(unknown.ctypes.data, per_line=1))
        return _Written(fen, unknown, between and between[0] // size)


def _decide(section: Section, flags: Sequence[Flag], made: Sequence[npt.NDArray[np.int8]], number: int) -> None:
    """Outcome and deciding clause: the first clause that fails, else the first that is unknown, else none."""
    low, high, clause = section.one, section.one, section.zero
    for flag in flags:
        low, high = section.both(low, flag.low), section.both(high, flag.high)
    for at, flag in reversed(list(enumerate(flags, 1))):
        if flag.low != flag.high:
            clause = section.emit(k.MARK, flag.low, clause, number=at)
    for at, flag in reversed(list(enumerate(flags, 1))):
        if flag.high != section.one:
            clause = section.emit(k.MARK, flag.high, clause, number=at)
    outcome_at, clause_at = (section.memory.slot(column.ctypes.data, per_row=1) for column in made)
    section.decide(low, high, outcome_at, number)
    section.store(clause, clause_at)
