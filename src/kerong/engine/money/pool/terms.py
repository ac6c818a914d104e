"""The numbers of a pool on a day, whose they are, and by when a loan is to be registered."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from unicodedata import normalize

from kerong.rulebook import plain
from kerong.rulebook.content import Rule
from kerong.rulebook.pools import CAPS, MIX, PARAMETERS, Pool

MOST_FEN = 10**15 - 1
# what binds a loan as it was when it was drawn, and what binds the pool on the day of the act
OF_DRAWDOWN = ("register_within_days", "trigger_days", "interest_bp", "least_fen", *CAPS[:3])
OF_THE_DAY = (*CAPS[3:], "multiple_bp", "fuse_bp", "reopen_bp", *(name for name in PARAMETERS if name.endswith(MIX)))


def number(pool: Pool, name: str, on: date) -> int | None:
    """A number of the pool on a day; None: it sets no bound (or no value yet, which `in_force` tells)."""
    value = pool.parameters[name].at(on) if name in pool.parameters else None
    return value if isinstance(value, int) else None


def in_force(pool: Pool, names: Sequence[str], on: date) -> bool:
    """Has each of these numbers, where the pool gives it at all, a value on that day?"""
    return all(pool.parameters[name].at(on) is not None for name in names if name in pool.parameters)


def room_of(pool: Pool, instrument: str, balance_fen: int, on: date) -> int | None:
    """The most that may be owed on loans of one instrument; None: the pool bounds no part of it.

    It is a part of what the pool carries: its multiple of what it holds, or what it holds where it has no multiple.
    """
    most, multiple = number(pool, f"{instrument}{MIX}", on), number(pool, "multiple_bp", on)
    return None if most is None else most * (10_000 if multiple is None else multiple) * balance_fen // 10_000**2


def loan_fingerprint(firm: str, contract: str) -> str:
    """By what one loan is known in every pool and through every bank: its borrower and the number of its contract.

    Width, case, blanks and marks do not count: banks write one number in many ways. The lender is no part of it: one
    contract sent by two banks is one loan. Raises ValueError where either has no letter or figure.
    """
    parts = [bare(firm), bare(contract)]
    if not all(parts):
        raise ValueError(f"{firm!r}, {contract!r}: a loan is known by its borrower and the number of its contract")
    return "|".join(parts)


def bare(text: str) -> str:
    """The number of a paper as two writings of it are compared: letters and figures alone, in one width and case."""
    return "".join(letter for letter in normalize("NFKC", text).upper() if letter.isalnum())


def is_amount(fen: int) -> bool:
    """Is this an amount of money that can be moved?"""
    return 0 < fen <= MOST_FEN


def last_day(pool: Pool, drawn_on: date, working_days: Sequence[date]) -> date | None:
    """The last day on which a loan can be registered; None: the calendar does not say. `date.max`: at any time.

    `working_days` ascend; in working days the first one after drawdown counts as the first.
    """
    within = number(pool, "register_within_days", drawn_on)
    if within is None:
        return date.max
    if pool.days == "calendar":
        return date.max if within > (date.max - drawn_on).days else drawn_on + timedelta(days=within)
    if not working_days or drawn_on < working_days[0]:
        return None
    if not within:
        return drawn_on
    at = bisect_right(working_days, drawn_on) + within - 1
    return working_days[at] if at < len(working_days) else None


def lateness(pool: Pool, drawn_on: date, on: date, working_days: Sequence[date]) -> str:
    """ "", "late" or "calendar_ends" for a loan that is registered on `on`."""
    last = last_day(pool, drawn_on, working_days)
    if last is not None:
        return "" if on <= last else "late"
    # a calendar that ends after that day has fewer working days until then than are allowed
    reaches = bool(working_days) and working_days[0] <= drawn_on and on <= working_days[-1]
    return "" if reaches else "calendar_ends"


def fuse_line(pool: Pool, is_open: bool, on: date) -> int | None:
    """The part of bad loans, in basis points, up to which a pool takes new ones; None: it has no fuse.

    One that is shut opens at `reopen_bp`, or at the fuse itself where that is not given.
    """
    fuse, reopen = number(pool, "fuse_bp", on), number(pool, "reopen_bp", on)
    return fuse if is_open or fuse is None or reopen is None else min(fuse, reopen)


def allowed_interest(pool: Pool, drawn_on: date, principal_fen: int, interest_fen: int) -> int:
    """What of the interest is compensated: at most a part of the principal, none where the pool names no part."""
    share = number(pool, "interest_bp", drawn_on) or 0
    return min(interest_fen, principal_fen * share // 10_000)


def eligible(pool: Pool, rule: Rule, facts: plain.Facts, drawn_on: date) -> bool | None:
    """Does a borrower meet the clauses that the pool asks, as of drawdown? None: not known. `facts` are of that day."""
    in_force = {name: parameter.at(drawn_on) for name, parameter in rule.parameters.items()}
    asked = [rule.clauses[at - 1].condition for at in pool.clauses]
    found = [plain.evaluate(condition, facts, drawn_on, in_force) for condition in asked]
    if False in found:
        return False
    return True if all(value is True for value in found) else None
