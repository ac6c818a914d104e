"""The one place where claims are served: one after the other, each as far as all its counters leave.

A counter is what some limit still leaves. The functions are plain Python over arrays of NumPy. For many claims the same
functions are compiled by Numba, which is imported only then: that alone takes longer than a small run. They hand one
another on as arguments, so that plain calls plain and compiled calls compiled.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerong.rulebook.kinds import LIMIT

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
MANY = 200_000  # claims from which it pays: compiling takes as long as serving some 300,000 in plain Python


Functions = tuple[Callable[..., Any], ...]
Pay = Callable[["Desk", int, bool], int]
Undo = Callable[["Desk", int], None]
Chosen = Callable[["Desk", "Units", int, Pay, Undo], int]


class Desk(NamedTuple):
    """What claims are paid from.

    amounts: what each claim may have at most. touched[claim]: its counters in the written order, -1 for none.
    left[counter] >= 0. cuts[claim, column]: what the counter of that column took. awards: what each claim gets.
    """

    amounts: Whole
    touched: Whole
    left: Whole
    cuts: Whole
    awards: Whole


class Units(NamedTuple):
    """Claims that stand in for one another: of a unit one option is served, when its first claim is reached.

    unit[claim]: -1 for none. members[starts[unit]:starts[unit + 1]] are its claims, sorted by `options` beside them.
    is_best[unit]: the option that is awarded most, else the first that entitles to anything. lock[unit]: what may be
    paid once across units, -1 for none; `is_taken` whether it has been. lost[claim]: its option was not taken.
    """

    unit: Whole
    starts: Whole
    members: Whole
    options: Whole
    is_best: Flags
    lock: Whole
    is_taken: Flags
    lost: Flags


def pay(desk: Desk, claim: int, is_trial: bool) -> int:
    """Awards a claim what its counters leave and takes it from them; cuts are written unless it is a trial."""
    amount = desk.amounts[claim]
    for column in range(desk.touched.shape[1]):
        counter = desk.touched[claim, column]
        if counter >= 0 and desk.left[counter] < amount:
            if not is_trial:
                desk.cuts[claim, column] = amount - desk.left[counter]
            amount = desk.left[counter]
    for column in range(desk.touched.shape[1]):
        counter = desk.touched[claim, column]
        if counter >= 0:
            desk.left[counter] -= amount
    desk.awards[claim] = amount
    return int(amount)


def undo(desk: Desk, claim: int) -> None:
    """Gives back what a trial took."""
    for column in range(desk.touched.shape[1]):
        counter = desk.touched[claim, column]
        if counter >= 0:
            desk.left[counter] += desk.awards[claim]
    desk.awards[claim] = 0


def chosen(desk: Desk, units: Units, at: int, pay: Pay, undo: Undo) -> int:
    """The option of a unit that is served, by what all counters leave at this moment; -1 where its lock is taken."""
    found, most, option, end = -1, -1, units.starts[at], units.starts[at + 1]
    if units.lock[at] >= 0 and units.is_taken[units.lock[at]]:
        return found
    while option < end and (units.is_best[at] or most <= 0):
        total, beyond = 0, option
        while beyond < end and units.options[beyond] == units.options[option]:
            claim = units.members[beyond]
            got = pay(desk, claim, True) if units.is_best[at] else desk.amounts[claim]
            total = LIMIT if got > LIMIT - total else total + got
            beyond += 1
        if units.is_best[at]:
            for member in range(option, beyond):
                undo(desk, units.members[member])
        if total > most:
            found, most = units.options[option], total
        option = beyond
    return int(found)


def serve(order: Whole, desk: Desk, units: Units, pay: Pay, undo: Undo, chosen: Chosen) -> None:
    """Serves claims in `order`: writes awards, cuts, what is lost, and what is left.

    A claim of which earlier layers left nothing does not move its unit up.
    """
    is_decided = np.zeros(len(units.is_best), dtype=np.bool_)
    for place in range(len(order)):
        at = units.unit[order[place]]
        if at < 0:
            pay(desk, order[place], False)
        elif not is_decided[at] and desk.amounts[order[place]] > 0:
            is_decided[at] = True
            option = chosen(desk, units, at, pay, undo)
            for member in range(units.starts[at], units.starts[at + 1]):
                claim = units.members[member]
                units.lost[claim] = units.options[member] != option
                if not units.lost[claim] and pay(desk, claim, False) > 0 and units.lock[at] >= 0:
                    units.is_taken[units.lock[at]] = True


def served(order: Whole, desk: Desk, units: Units) -> None:
    """`serve`, compiled where there are many claims."""
    plain: Functions = (serve, pay, undo, chosen)
    function, *others = compiled() if len(order) > MANY else plain
    function(order, desk, units, *others)


@cache
def compiled() -> Functions:
    """The functions compiled for this machine, once in a process."""
    from numba import njit

    compiles = njit(nogil=True)
    return compiles(serve), compiles(pay), compiles(undo), compiles(chosen)
