"""Schedules of many loans in machine code: one pass over numbers, the same rows as `schedule`; loaded only where used.

Products are exact although they pass 64 bits: a float suggests the quotient, whole numbers that wrap around give the
exact remainder, which corrects it. Of the equal instalment a float is taken only where its error cannot reach a
rounding boundary; else the loan is UNDECIDED and left to the plain form.
"""

import numpy as np
from numpy.typing import NDArray

from kerong.compiled import compiled
from kerong.engine.deal.terms.calendar_loops import ACT_365, ACT_ACT, parts, plus_months

ANNUITY, EQUAL_PRINCIPAL, INTEREST_ONLY, BULLET, CUSTOM = range(5)
METHOD_CODES = {"annuity": 0, "equal_principal": 1, "interest_only": 2, "bullet": 3, "custom": 4}
NONE, FOLLOWING, MODIFIED_FOLLOWING = range(3)
ADJUST_CODES = {"none": 0, "following": 1, "modified_following": 2}
DONE, UNDECIDED, CALENDAR_ENDS, DRAWN_OUTSIDE = range(4)
WHOLE_PPM = 1_000_000
ROUNDING = 2.0**-52
NOWHERE = -(2**62)
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Cash = tuple[
    Ints, Ints, Ints, Ints, Ints, Ints
]  # days and fen of drawdowns, days and rates of steps, days and fen of plan
# Places in what is given of a loan, and in the state of a walk over its periods.
START, MATURITY, COUNT, METHOD, EVERY, DAY, GAP, LEAST_FIRST, ADJUST, MOVES, ENDS_OK, INSTALMENT = range(12)
BALANCE, LEVEL, LEVEL_PPM, STALE, DRAW, STEP, PLAN, FILLED, PERIOD, FEN, REST, STATE = range(12)


@compiled
def base_of(count: int) -> int:
    """The parts of a whole year."""
    return 365 * 366 if count == ACT_ACT else 365 if count == ACT_365 else 360


@compiled
def shared(amount: int, part: int, whole: int) -> tuple[int, int]:
    """`amount x part / whole` as quotient and remainder, exact while the quotient is below 2**62."""
    quotient = int(float(amount) * (float(part) / float(whole)))
    rest = amount * part - quotient * whole  # wraps around; the true difference is small
    step = rest // whole
    return quotient + step, rest - step * whole


@compiled
def moved(day: int, adjust: int, working: Bools, first: int, ends_ok: bool) -> int:
    """The day after its adjustment; NOWHERE: the working days do not reach."""
    found = day
    while 0 <= found - first < working.size and not working[found - first]:
        found += 1
    if adjust == MODIFIED_FOLLOWING and 0 <= found - first < working.size:
        one, other = plus_months(day, 0, 1), plus_months(found, 0, 1)
        if one != other:
            found = day
            while 0 <= found - first < working.size and not working[found - first]:
                found -= 1
    if 0 <= found - first < working.size:
        return found
    return day if ends_ok else NOWHERE


@compiled
def due_days(loan: Ints, every: int, plan_days: Ints, named: Ints, pays: Bools) -> int:
    """Fills the days of payment in order, the days of the plan among them; how many they are."""
    start, maturity, on_day, least_first = loan[START], loan[MATURITY], loan[DAY], loan[LEAST_FIRST]
    filled, planned, months, is_first = 0, 0, loan[GAP], True
    while True:
        found = maturity
        if every > 0:
            while True:
                found = plus_months(start, months, on_day)
                months += every
                if found > start:
                    break
            if is_first and found < maturity and found - start < least_first:
                is_first = False
                continue
            is_first = False
            found = min(found, maturity)
        while planned < plan_days.size and plan_days[planned] < found:
            named[filled], pays[filled] = plan_days[planned], False
            filled += 1
            while planned < plan_days.size and plan_days[planned] == named[filled - 1]:
                planned += 1
        named[filled], pays[filled] = found, True
        filled += 1
        while planned < plan_days.size and plan_days[planned] == found:
            planned += 1
        if found == maturity:
            return filled


@compiled
def level(balance: int, count: int, ppm: int, periods: Ints, at: int) -> int:
    """The equal instalment over the periods from `at`; -1 where a float cannot decide its rounding."""
    size: int = periods.shape[0]
    left = size - at
    if ppm == 0:
        return (2 * balance + left) // (2 * left)
    whole_year = float(WHOLE_PPM) * float(base_of(count))
    discount, total = 1.0, 0.0
    for period in range(at, size):
        discount /= 1.0 + float(ppm * parts(count, periods[period, 0], periods[period, 1])) / whole_year
        total += discount
    exact = float(balance) / total
    error = exact * ROUNDING * (8.0 * float(left) + 32.0)
    low, high = np.floor(exact + 0.5 - error), np.floor(exact + 0.5 + error)
    return int(low) if low == high else -1


@compiled
def due_periods(loan: Ints, plan_days: Ints, working: Bools, first_day: int, periods: Ints) -> int:
    """Fills the periods (begin, end, due, named day, whether interest is due); how many, or -1: no calendar reaches."""
    start, on_working = loan[START], loan[ADJUST] == NONE
    named, pays = np.empty(periods.shape[0], np.int64), np.empty(periods.shape[0], np.bool_)
    every = 0 if loan[METHOD] == BULLET else loan[EVERY]
    size = due_days(loan, every, plan_days, named, pays)
    begin = start
    for at in range(size):
        due = named[at] if on_working else moved(named[at], loan[ADJUST], working, first_day, loan[ENDS_OK] == 1)
        if due == NOWHERE:
            return -1
        due = max(start, due)
        end = due if loan[MOVES] == 1 else named[at]
        period = periods[at]
        period[0], period[1], period[2], period[3], period[4] = begin, end, due, named[at], 1 if pays[at] else 0
        begin = end
    return size


@compiled
def take_up(state: Ints, cash: Cash, day: int, end: int) -> bool:
    """Adds what is drawn by `day`; whether there was anything."""
    draws, drawn = cash[0], cash[1]
    is_drawn = False
    while state[DRAW] < draws.size and draws[state[DRAW]] <= day and draws[state[DRAW]] < end:
        state[BALANCE] += drawn[state[DRAW]]
        state[DRAW] += 1
        is_drawn = True
    return is_drawn


@compiled
def work_out(state: Ints, loan: Ints, periods: Ints, at: int, ppm: int) -> bool:
    """The instalment, anew where something was drawn, or for an annuity the rate is another; False: undecided."""
    if loan[INSTALMENT] >= 0:
        return True
    if loan[METHOD] == ANNUITY and (state[STALE] == 1 or ppm != state[LEVEL_PPM]):
        state[LEVEL], state[LEVEL_PPM] = level(state[BALANCE], loan[COUNT], ppm, periods, at), ppm
    elif loan[METHOD] == EQUAL_PRINCIPAL and state[STALE] == 1:
        left = periods.shape[0] - at
        state[LEVEL] = (2 * state[BALANCE] + left) // (2 * left)
    return bool(state[LEVEL] >= 0)


@compiled
def accrue(state: Ints, loan: Ints, cash: Cash, begin: int, end: int, stretches: Ints) -> bool:
    """Charges a period stretch by stretch; whether something was drawn after its first day."""
    draws, steps, ppm = cash[0], cash[2], cash[3]
    count, whole = loan[COUNT], WHOLE_PPM * base_of(loan[COUNT])
    day, cumulated, is_drawn = begin, parts(loan[COUNT], state[PERIOD], begin), False
    while day < end:
        close = end
        if state[DRAW] < draws.size:
            close = min(close, draws[state[DRAW]])
        if state[STEP] < steps.size:
            close = min(close, steps[state[STEP]])
        reached, rate = parts(count, state[PERIOD], close), ppm[state[STEP] - 1]
        more, left = shared(state[BALANCE], rate * (reached - cumulated), whole)
        state[FEN] += more
        state[REST] += left
        row = stretches[state[FILLED]]
        row[0], row[1], row[2], row[3], row[4] = state[PERIOD], day, close, state[BALANCE], rate
        state[FILLED] += 1
        day, cumulated = close, reached
        while state[STEP] < steps.size and steps[state[STEP]] <= day:
            state[STEP] += 1
        is_drawn = take_up(state, cash, day, end) or is_drawn
    state[FEN] += state[REST] // whole
    state[REST] %= whole
    return is_drawn


@compiled
def principal_of(state: Ints, loan: Ints, cash: Cash, interest: int, named: int) -> int:
    """The principal that an instalment, or the plan, repays."""
    plan_days, plan_fen = cash[4], cash[5]
    principal: int = 0
    if loan[METHOD] == ANNUITY:
        principal = max(0, state[LEVEL] - interest)
    elif loan[METHOD] == EQUAL_PRINCIPAL:
        principal = state[LEVEL]
    while state[PLAN] < plan_days.size and plan_days[state[PLAN]] == named:
        principal += plan_fen[state[PLAN]]
        state[PLAN] += 1
    return int(min(principal, state[BALANCE]))


@compiled
def walk(loan: Ints, cash: Cash, periods: Ints, rows: Ints, stretches: Ints) -> tuple[int, int, int]:
    """The pass over the periods of a loan, as `schedule._Walk`: how many rows, how many stretches, a status."""
    state, steps = np.zeros(STATE, np.int64), cash[2]
    state[STEP], state[LEVEL], state[LEVEL_PPM], state[STALE] = 1, max(loan[INSTALMENT], 0), -1, 1
    state[PERIOD] = loan[START]
    for at in range(periods.shape[0]):
        begin, end, opening = periods[at, 0], periods[at, 1], state[BALANCE]
        while state[STEP] < steps.size and steps[state[STEP]] <= begin:
            state[STEP] += 1
        if take_up(state, cash, begin, end):
            state[STALE] = 1
        if not work_out(state, loan, periods, at, cash[3][state[STEP] - 1]):
            return 0, 0, UNDECIDED
        state[STALE] = 1 if accrue(state, loan, cash, begin, end, stretches) else 0
        owed = state[BALANCE]
        interest = state[FEN] + (1 if 2 * state[REST] >= WHOLE_PPM * base_of(loan[COUNT]) else 0)
        principal = principal_of(state, loan, cash, interest, periods[at, 3])
        if at == periods.shape[0] - 1:
            principal = owed
        is_paid = periods[at, 4] == 1 or principal == owed
        row = rows[at]
        row[0], row[1], row[2], row[3], row[4], row[5] = at + 1, state[PERIOD], begin, end, periods[at, 2], opening
        row[6], row[7], row[8] = owed - opening, principal, interest if is_paid else 0
        row[9], row[10] = owed - principal, state[LEVEL]
        if is_paid:
            state[PERIOD], state[FEN], state[REST] = end, 0, 0
        state[BALANCE] = owed - principal
        if state[BALANCE] == 0 and state[DRAW] == cash[0].size:
            return at + 1, state[FILLED], DONE
    return periods.shape[0], state[FILLED], DONE


@compiled
def fill_all(
    loans: Ints, cash: Cash, starts: Ints, working: Bools, first_day: int, rows: Ints, stretches: Ints
) -> Ints:
    """Fills rows and stretches of every loan; of each the number of rows, of stretches, and a status.

    `starts`: for each loan, and one more, where its drawdowns, steps, plan, rows and stretches begin.
    """
    counts = np.zeros((loans.shape[0], 3), np.int64)
    for at in range(loans.shape[0]):
        one, other = starts[at], starts[at + 1]
        own = (
            cash[0][one[0] : other[0]],
            cash[1][one[0] : other[0]],
            cash[2][one[1] : other[1]],
            cash[3][one[1] : other[1]],
            cash[4][one[2] : other[2]],
            cash[5][one[2] : other[2]],
        )
        periods = np.empty((other[3] - one[3], 5), np.int64)
        size = due_periods(loans[at], own[4], working, first_day, periods)
        if size < 0:
            counts[at, 2] = CALENDAR_ENDS
        elif own[0][-1] >= periods[size - 1, 1]:
            counts[at, 2] = DRAWN_OUTSIDE
        else:
            done = walk(loans[at], own, periods[:size], rows[one[3] : other[3]], stretches[one[4] : other[4]])
            counts[at, 0], counts[at, 1], counts[at, 2] = done
    return counts


@compiled
def charge(counts: Ints, stretches: Ints, until: int, fen: Ints, rests: Ints) -> None:
    """The exact interest of every stretch (columns.STRETCHES) before the day `until`: whole fen, and the rest."""
    for at in range(counts.size):
        row, count = stretches[at], counts[at]
        period, begin, end, balance, ppm = row[0], row[1], min(row[2], until), row[3], row[4]
        if end > begin:
            share = parts(count, period, end) - parts(count, period, begin)
            fen[at], rests[at] = shared(balance, ppm * share, WHOLE_PPM * base_of(count))
