"""The life of a pool as a pure function: events in, after each how the pool stands and what was answered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from kerong.engine.money.pool.claiming import claim_judged
from kerong.engine.money.pool.returning import parts_of_recovery
from kerong.engine.money.pool.state import NONE, Answer, Loan, Moved, State
from kerong.engine.money.pool.terms import (
    OF_DRAWDOWN,
    OF_THE_DAY,
    fuse_line,
    in_force,
    is_amount,
    lateness,
    number,
    room_of,
)
from kerong.rulebook.pools import Pool, PoolEvent

Done = tuple[State, Answer]


def pool_after(
    pool: Pool, events: Iterable[PoolEvent], working_days: Sequence[date] = (), state: State | None = None
) -> list[Done]:
    """How the pool stands after each event, and what was answered to it. A refused event changes nothing.

    `working_days` (ascending) are asked by pools that count in them.
    """
    done: list[Done] = []
    now = State() if state is None else state
    for event in events:
        now, answer = after(pool, now, event, working_days)
        done.append((now, answer))
    return done


def after(pool: Pool, state: State, event: PoolEvent, working_days: Sequence[date] = ()) -> Done:
    """One event. The fuse is looked at before and after it."""
    if event.on < state.on:
        return state, Answer(event, "back_dated")
    today = replace(state, is_open=is_open(pool, state, event.on))  # a new day may have another line
    if event.do == "register":
        found = _registered(pool, today, event, working_days)
    else:
        found = ACTS[event.do](pool, today, event)
    if isinstance(found, str):
        return state, Answer(event, found)
    changed, answer = found
    if answer.refused:
        return state, answer  # which changes nothing
    changed = replace(changed, on=event.on)
    return replace(changed, is_open=is_open(pool, changed, event.on)), answer


def is_open(pool: Pool, state: State, on: date) -> bool:
    """Does the pool take new loans? Shut above `fuse_bp`, it opens again at `reopen_bp` (without one: at the fuse)."""
    line = fuse_line(pool, state.is_open, on)
    return line is None or state.bad_fen * 10_000 <= line * state.lent_fen


def refusal(pool: Pool, state: State, event: PoolEvent, working_days: Sequence[date] = ()) -> str:
    """Why a loan is not registered; "" where it is."""
    drawn_on = event.drawn_on
    if drawn_on is None or not event.loan or not event.bank or not event.firm:
        return "unknown"
    if not in_force(pool, OF_DRAWDOWN, drawn_on) or not in_force(pool, OF_THE_DAY, event.on):
        return "no_terms"
    if event.instrument not in pool.instruments:
        return "instrument"
    if not is_amount(event.fen):
        return "amount"
    if drawn_on > event.on:
        return "not_drawn"
    known = state.loans.get(event.loan)
    if known is not None:
        return "registered_before" if known.bank == event.bank else "another_bank"
    if event.elsewhere:
        return "elsewhere"
    if event.judged_on not in (None, drawn_on):
        return "judged_on_another_day"
    if event.eligible is not True:
        return "eligibility_unknown" if event.eligible is None else "not_eligible"
    return lateness(pool, drawn_on, event.on, working_days) or _no_room(pool, state, event)


def _no_room(pool: Pool, state: State, event: PoolEvent) -> str:
    if not state.is_open:
        return "fuse"
    if not _carries(pool, state.balance_fen, state.exposure_fen + event.fen, event.on):
        return "multiple"
    room = room_of(pool, event.instrument, state.balance_fen, event.on)
    return "" if room is None or state.exposed(event.instrument) + event.fen <= room else "mix"


def _carries(pool: Pool, balance_fen: int, exposure_fen: int, on: date) -> bool:
    """Are the loans within the multiple of what the pool holds?"""
    multiple = number(pool, "multiple_bp", on)
    return multiple is None or exposure_fen * 10_000 <= multiple * balance_fen


def _registered(pool: Pool, state: State, event: PoolEvent, working_days: Sequence[date]) -> Done | str:
    refused = refusal(pool, state, event, working_days)
    if refused or event.drawn_on is None:
        return refused
    loan = Loan(
        loan=event.loan,
        bank=event.bank,
        firm=event.firm,
        group=event.group,
        instrument=event.instrument,
        drawn_on=event.drawn_on,
        fen=event.fen,
        facts=event.facts,
        balance_fen=event.fen,
    )
    return _with(state, loan), Answer(event)


def _with(state: State, loan: Loan) -> State:
    return replace(state, loans=MappingProxyType({**state.loans, loan.loan: loan}))


def _came(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    """Money that is paid in, or interest on it."""
    if not is_amount(event.fen):
        return "amount"
    name = "paid_in_fen" if event.do == "pay_in" else "interest_fen"
    more = {name: getattr(state, name) + event.fen}
    return replace(state, **more), Answer(event, moved=(Moved(event.do, event.fen, event.party),))


def _went(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    """A fee, or money that goes back to who paid it in: that leaves enough for the loans that are registered."""
    if not is_amount(event.fen):
        return "amount"
    left = state.balance_fen - event.fen
    if left < 0:
        return "balance"
    if event.do == "refund" and not _carries(pool, left, state.exposure_fen, event.on):
        return "needed"
    name = "fees_fen" if event.do == "fee" else "refunded_fen"
    more = {name: getattr(state, name) + event.fen}
    return replace(state, **more), Answer(event, moved=(Moved(event.do, event.fen, event.party),))


def _of_loan(state: State, event: PoolEvent) -> Loan | str:
    """The loan that an event is about; why it cannot be one."""
    return state.loans.get(event.loan, "not_registered")


def _repaid(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    loan = _of_loan(state, event)
    if isinstance(loan, str):
        return loan
    if loan.is_claimed:
        return "claimed_already"  # what comes in now is a recovery
    if not is_amount(event.fen):
        return "amount"
    if event.fen > loan.balance_fen:
        return "repaid_more"
    return _with(state, replace(loan, balance_fen=loan.balance_fen - event.fen)), Answer(event)


def _defaulted(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    loan = _of_loan(state, event)
    if isinstance(loan, str):
        return loan
    if event.since is None or not loan.drawn_on <= event.since <= event.on:
        return "unknown"
    if loan.since is not None:
        return "overdue_already"
    return _with(state, replace(loan, since=event.since)), Answer(event)


def _cured(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    loan = _of_loan(state, event)
    if isinstance(loan, str):
        return loan
    if loan.is_claimed:
        return "claimed_already"
    if loan.since is None:
        return "not_overdue"
    return _with(state, replace(loan, since=None)), Answer(event)


def _claimed(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    judged = claim_judged(pool, state, event)
    if judged.refused:
        return state, Answer(event, judged.refused, cut_by=judged.cut_by)
    loan = state.loans[event.loan]
    borrower = pool.instruments[loan.instrument].borrower
    borne = {party: fen for party, fen in judged.parts.items() if party != borrower}
    paid = replace(loan, paid_on=event.on, paid_fen=judged.paid_fen, borne=MappingProxyType(borne))
    changed = replace(_with(state, paid), compensated_fen=state.compensated_fen + judged.paid_fen)
    moved = (Moved("compensate", judged.paid_fen, loan.bank, loan.loan),)
    return changed, Answer(event, parts=judged.parts, cut_by=judged.cut_by, moved=moved)


def _undone(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    """As though the claim had not been granted; whoever keeps the ledger does it only while the money is reserved."""
    loan = _of_loan(state, event)
    if isinstance(loan, str):
        return loan
    if not loan.is_claimed or loan.is_void or loan.returned:
        return "not_compensated"
    before = replace(loan, paid_on=None, paid_fen=0, borne=NONE)
    return replace(_with(state, before), compensated_fen=state.compensated_fen - loan.paid_fen), Answer(event)


def _recovered(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    loan = _of_loan(state, event)
    if isinstance(loan, str):
        return loan
    parts = parts_of_recovery(pool, loan, event)
    if isinstance(parts, str):
        return parts
    returned = {party: loan.returned.get(party, 0) + parts.get(party, 0) for party in loan.borne}
    balance = max(loan.balance_fen - event.fen, 0)
    came = parts.get(pool.instruments[loan.instrument].payer, 0)
    changed = _with(state, replace(loan, returned=MappingProxyType(returned), balance_fen=balance))
    moved = (Moved("recover", came, loan.bank, loan.loan),) if came else ()
    return replace(changed, recovered_fen=state.recovered_fen + came), Answer(event, parts=parts, moved=moved)


def _clawed_back(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    """The bank gives back what the pool paid and has not had back; the loan is void and uses no cap."""
    loan = _of_loan(state, event)
    if isinstance(loan, str):
        return loan
    if loan.is_void or not loan.is_claimed:
        return "void" if loan.is_void else "not_compensated"
    payer = pool.instruments[loan.instrument].payer
    came = loan.paid_fen - loan.returned.get(payer, 0)
    returned = MappingProxyType({**loan.returned, payer: loan.paid_fen})
    changed = _with(state, replace(loan, is_void=True, returned=returned))
    moved = (Moved("claw_back_compensation", came, loan.bank, loan.loan),) if came else ()
    return replace(changed, recovered_fen=state.recovered_fen + came), Answer(event, parts={payer: came}, moved=moved)


def _written_off(pool: Pool, state: State, event: PoolEvent) -> Done | str:
    loan = _of_loan(state, event)
    if isinstance(loan, str):
        return loan
    if loan.is_written_off:
        return "written_off_already"
    if loan.since is None:
        return "not_overdue"
    return _with(state, replace(loan, is_written_off=True)), Answer(event)


ACTS: Mapping[str, Callable[[Pool, State, PoolEvent], Done | str]] = MappingProxyType(
    {
        "pay_in": _came,
        "interest": _came,
        "fee": _went,
        "refund": _went,
        "repay": _repaid,
        "default": _defaulted,
        "cure": _cured,
        "claim": _claimed,
        "undo_claim": _undone,
        "recover": _recovered,
        "claw_back": _clawed_back,
        "write_off": _written_off,
    }
)
