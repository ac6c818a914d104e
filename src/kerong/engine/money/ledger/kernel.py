"""The loop of the replay: row after row, in whole numbers, written so that Numba can compile it."""

import numpy as np
from numpy.typing import NDArray

from kerong.engine.money.ledger.refusals import REFUSED_AS
from kerong.engine.money.ledger.transfers import MOST_TOTAL_FEN

Whole = NDArray[np.int64]
Codes = NDArray[np.int8]

FAULTS = ("", *REFUSED_AS)
"""What is wrong with a row, by the number that the loop gives it; 0: nothing."""
TYPES = ("post", "reserve", "post_reserved", "void_reserved", "close")
LIMITS = (None, "credit", "debit")
NEVER = -(1 << 40)  # a day before all days: nothing is closed

POST, RESERVE, POST_RESERVED, VOID_RESERVED, CLOSE = range(5)
DEBITS_POSTED, CREDITS_POSTED, DEBITS_RESERVED, CREDITS_RESERVED = range(4)
CREDIT_LIMIT, DEBIT_LIMIT = 1, 2
MOST = MOST_TOTAL_FEN
CLOSE_BACKWARDS = FAULTS.index("ledger_close_backwards")
REF_REPEATED = FAULTS.index("ledger_ref_repeated")
PERIOD_CLOSED = FAULTS.index("ledger_period_closed")
RESERVATION_UNKNOWN = FAULTS.index("ledger_reservation_unknown")
RESERVATION_DIFFERS = FAULTS.index("ledger_reservation_differs")
RESERVATION_ENDED = FAULTS.index("ledger_reservation_ended")
REVERSAL_UNKNOWN = FAULTS.index("ledger_reversal_unknown")
REVERSAL_OF_RESERVATION = FAULTS.index("ledger_reversal_of_reservation")
REVERSAL_OF_REVERSAL = FAULTS.index("ledger_reversal_of_reversal")
REVERSAL_REPEATED = FAULTS.index("ledger_reversal_repeated")
REVERSAL_DIFFERS = FAULTS.index("ledger_reversal_differs")
TOTAL_TOO_LARGE = FAULTS.index("ledger_total_too_large")
OVERDRAWN = FAULTS.index("ledger_overdrawn")

# columns of a row: what it is, where, how much, when, and the rows that it speaks of
KIND, BOOK, DEBIT, CREDIT, FEN, DAY, STEP, REF, TARGET, BACK = range(10)


def judge(rows: Whole, fault: Codes, limits: Codes, held: Whole, closed: Whole, holder: Whole) -> None:
    """Fills `fault` where it is 0 and `held` (accounts x four sums, fen), row by row.

    `rows`: DAY is the closing's last day or the transfer's own, TARGET the number of the ref that is ended or reversed
    (-1: no row has it), BACK 1 in a reversal. `closed`: the last closed day of each book; `holder`: the row of a ref.
    """
    done = np.zeros(len(rows), np.bool_)  # the reservation is ended, or the transfer reversed
    for i in range(len(rows)):
        if fault[i] != 0:
            continue
        kind, book, d, c, fen = rows[i, KIND], rows[i, BOOK], rows[i, DEBIT], rows[i, CREDIT], rows[i, FEN]
        if kind == CLOSE:
            if rows[i, DAY] <= closed[book]:
                fault[i] = CLOSE_BACKWARDS
            else:
                closed[book] = rows[i, DAY]
            continue
        t = holder[rows[i, TARGET]] if rows[i, TARGET] >= 0 else -1
        is_here = t >= 0 and rows[t, BOOK] == book
        if holder[rows[i, REF]] >= 0:
            fault[i] = REF_REPEATED
        elif rows[i, DAY] <= closed[book]:
            fault[i] = PERIOD_CLOSED
        elif kind in (POST_RESERVED, VOID_RESERVED):
            most = rows[t, FEN]
            least = most if kind == VOID_RESERVED else 1
            if not is_here or rows[t, KIND] != RESERVE:
                fault[i] = RESERVATION_UNKNOWN
            elif d != rows[t, DEBIT] or c != rows[t, CREDIT] or fen > most or fen < least:
                fault[i] = RESERVATION_DIFFERS
            elif done[t]:
                fault[i] = RESERVATION_ENDED
        elif rows[i, BACK] == 1:
            if not is_here:
                fault[i] = REVERSAL_UNKNOWN
            elif rows[t, KIND] == RESERVE or rows[t, KIND] == VOID_RESERVED:
                fault[i] = REVERSAL_OF_RESERVATION
            elif rows[t, BACK] == 1:
                fault[i] = REVERSAL_OF_REVERSAL
            elif done[t]:
                fault[i] = REVERSAL_REPEATED
            elif d != rows[t, CREDIT] or c != rows[t, DEBIT] or fen != rows[t, FEN] or rows[i, STEP] != rows[t, STEP]:
                fault[i] = REVERSAL_DIFFERS
        if fault[i] == 0 and kind in (POST, RESERVE):
            debit = held[d, DEBITS_POSTED] + held[d, DEBITS_RESERVED] + fen
            credit = held[c, CREDITS_POSTED] + held[c, CREDITS_RESERVED] + fen
            most_debit = held[d, CREDITS_POSTED] if limits[d] == CREDIT_LIMIT else MOST
            most_credit = held[c, DEBITS_POSTED] if limits[c] == DEBIT_LIMIT else MOST
            if debit > MOST or credit > MOST:
                fault[i] = TOTAL_TOO_LARGE
            elif debit > most_debit or credit > most_credit:
                fault[i] = OVERDRAWN
        if fault[i] != 0:
            continue
        holder[rows[i, REF]] = i
        if t >= 0:
            done[t] = True
        if kind in (POST_RESERVED, VOID_RESERVED):
            held[d, DEBITS_RESERVED] -= rows[t, FEN]
            held[c, CREDITS_RESERVED] -= rows[t, FEN]
        if kind in (POST, POST_RESERVED):
            held[d, DEBITS_POSTED] += fen
            held[c, CREDITS_POSTED] += fen
        elif kind == RESERVE:
            held[d, DEBITS_RESERVED] += fen
            held[c, CREDITS_RESERVED] += fen
