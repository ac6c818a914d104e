"""The one place where claims are served: one after the other, each as far as all its counters leave.

A counter is what some limit still leaves. `serve` is plain Python over arrays of NumPy. For many claims the same
function is compiled by Numba, which is imported only then: that alone takes longer than a small run.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kerong.rulebook.kinds import LIMIT

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
MANY = 200_000  # claims from which it pays: compiling takes as long as serving some 300,000 in plain Python


def serve(
    order: Whole,
    amounts: Whole,
    touched: Whole,
    left: Whole,
    cuts: Whole,
    awards: Whole,
    lost: Flags,
    unit: Whole,
    starts: Whole,
    members: Whole,
    options: Whole,
    is_best: Flags,
    lock: Whole,
    is_taken: Flags,
) -> None:
    """Writes `awards`, `cuts` and `lost`, and lowers `left`.

    order: claims as they are served. amounts: what each may have at most. touched[claim]: its counters in the written
    order, -1 for none. left[counter] >= 0. cuts[claim, column]: what the counter of that column took.

    unit[claim]: the choice that it belongs to, -1 for none. members[starts[unit]:starts[unit + 1]] are the claims of a
    unit, sorted by `options` beside them; one option is served when the first claim of the unit is reached, the claims
    of the others are `lost`. is_best[unit]: the option that is awarded most, else the first that entitles to anything.
    lock[unit]: what may be paid once across units (-1 for none), and `is_taken` whether it has been.
    """
    columns = touched.shape[1]
    is_decided = np.zeros(len(is_best), dtype=np.bool_)

    def pay(claim: int, is_trial: bool) -> int:
        amount = amounts[claim]
        for column in range(columns):
            counter = touched[claim, column]
            if counter >= 0 and left[counter] < amount:
                if not is_trial:
                    cuts[claim, column] = amount - left[counter]
                amount = left[counter]
        for column in range(columns):
            if touched[claim, column] >= 0:
                left[touched[claim, column]] -= amount
        awards[claim] = amount
        return int(amount)

    def undo(claim: int) -> None:
        for column in range(columns):
            if touched[claim, column] >= 0:
                left[touched[claim, column]] += awards[claim]
        awards[claim] = 0

    for place in range(len(order)):
        claim = order[place]
        at = unit[claim]
        if at < 0:
            pay(claim, False)
            continue
        if is_decided[at]:
            continue
        is_decided[at] = True
        begin, end = starts[at], starts[at + 1]
        key = lock[at]
        chosen, most, option = -1, -1, begin
        if key >= 0 and is_taken[key]:
            option = end
        while option < end and (is_best[at] or most <= 0):
            total, beyond = 0, option
            while beyond < end and options[beyond] == options[option]:
                got = pay(members[beyond], True) if is_best[at] else amounts[members[beyond]]
                total = LIMIT if got > LIMIT - total else total + got
                beyond += 1
            if is_best[at]:
                for member in range(option, beyond):
                    undo(members[member])
            if total > most:
                chosen, most = options[option], total
            option = beyond
        for member in range(begin, end):
            if options[member] == chosen:
                if pay(members[member], False) > 0 and key >= 0:
                    is_taken[key] = True
            else:
                lost[members[member]] = True


@cache
def compiled() -> Callable[..., None]:
    """`serve`, compiled for this machine, once in a process."""
    from numba import njit

    function: Callable[..., None] = njit(nogil=True)(serve)
    return function
