"""Loans as banks report them once a year, and the guarantees that stand behind some."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.registers.losses import Losses, draw_losses, told
from kerong.lab.registers.needs import DRIVERS, draw_debts
from kerong.lab.streams import stream
from kerong.lab.window import Dates, Whole, days
from kerong.lab.world import World, numbered, pick, pick_code, rounded_fen, table

_GUARANTEED_IF_BOUND, _STOPS = 0.85, 0.95  # loans of bound firms; loans of firms in default that are not paid
_PURPOSES = {"working": 68.0, "research": 15.0, "equipment": 13.0, "tape_out": 2.0, "merger": 2.0}
_SECURITIES = {"unsecured": 40.0, "guaranteed": 26.0, "mortgaged": 20.0, "pledged": 7.0, "ip_pledge": 7.0}
_SPREAD_BP = {"unsecured": 55, "guaranteed": 20, "mortgaged": 0, "pledged": 15, "ip_pledge": 35}
_RESTS_ON = {
    "none": 40.0,
    "option": 8.0,
    "ip_pledge": 15.0,
    "receivable_pledge": 14.0,
    "joint_angel": 5.0,
    "order": 7.0,
    "equity_pledge": 5.0,
    "policy": 6.0,
}
WRITTEN_OFF_DAYS = 450


@dataclass(frozen=True, slots=True)
class Loans:
    """What was agreed, and the day on which payment stopped (NaT for those who pay)."""

    firm: Whole
    loan_id: pl.Series
    institution: npt.NDArray[np.str_]
    purpose: npt.NDArray[np.str_]
    security: npt.NDArray[np.str_]
    amount_fen: Whole
    drawn: Dates
    due: Dates
    rate_bp: Whole
    stopped: Dates
    slipped_days: Whole  # a short delay that was made good


@lru_cache(maxsize=1)
def draw_loans(world: World) -> Loans:
    """The city's loans of the last three years: the needs that were met; the registers of loans draw them alike."""
    debts, firms = draw_debts(world), world.firms
    since = world.window.day - np.timedelta64(3 * 365, "D")
    row = np.flatnonzero(~np.isnat(debts.drawn) & (debts.due > since))
    firm, drawn, due = debts.firm[row], debts.drawn[row], debts.due[row]
    rng, count = stream(world.seed, "terms of loans"), len(row)
    security = pick(rng, _SECURITIES, count)
    bound = np.isin(firm, world.bonds.debtor) & (rng.random(count) < _GUARANTEED_IF_BOUND)
    security = np.where(bound, "guaranteed", security)
    purpose = pick(rng, _PURPOSES, count)
    purpose = np.where((debts.driver[row] == DRIVERS.index("plant")) & (rng.random(count) < 0.8), "equipment", purpose)
    spread = np.array([_SPREAD_BP[kind] for kind in security], dtype=np.int64)
    ill = firms.defaulted[firm]
    stopped = np.maximum(ill + days(rng.uniform(0, 40, count)), drawn + np.timedelta64(35, "D"))
    stops = (rng.random(count) < _STOPS) & (stopped < due + np.timedelta64(1, "D"))
    return Loans(
        firm=firm,
        loan_id=numbered("L", drawn),
        institution=pick_code(rng, world.places.institutions.get("bank", ()), count),
        purpose=purpose,
        security=security,
        amount_fen=debts.amount_fen[row],
        drawn=drawn,
        due=due,
        rate_bp=np.clip(
            np.rint((345 + spread + 32 * firms.risk[firm] + 14 * rng.normal(size=count)) / 5) * 5, 220, 900
        ).astype(np.int64),
        stopped=np.where(stops, stopped, np.datetime64("NaT", "D")),
        slipped_days=np.where(rng.random(count) < 0.03, rng.integers(1, 31, count), 0),
    )


def loan(world: World, _rng: np.random.Generator) -> pl.DataFrame:
    """Reports by year end and `on`: every loan that was open or was settled since the report before."""
    loans = draw_loans(world)
    losses = _losses(world, loans)
    reports = world.window.report_days
    previous = (reports[0] - np.timedelta64(3650, "D"), *reports[:-1])
    return pl.concat([_report(loans, losses, since, at) for since, at in zip(previous, reports, strict=True)])


def _losses(world: World, loans: Loans) -> Losses:
    return draw_losses(world.seed, world.window.day, loans.firm, loans.amount_fen, loans.drawn, loans.stopped)


def _report(loans: Loans, losses: Losses, since: np.datetime64, at: np.datetime64) -> pl.DataFrame:
    stopped = loans.stopped <= at
    overdue = np.where(stopped, (at - loans.stopped).astype(np.float64), 0).astype(np.int64)
    written_off = overdue > WRITTEN_OFF_DAYS
    ended = np.where(stopped, loans.stopped + np.timedelta64(WRITTEN_OFF_DAYS, "D"), loans.due)
    listed = (loans.drawn <= at) & (ended > since)
    paid_until = np.minimum(np.where(stopped, loans.stopped, loans.due), at)
    paid_days = np.maximum((paid_until - loans.drawn).astype(np.int64), 0)
    owed = (stopped & ~written_off) | (~stopped & (loans.due > at))
    rows = table(
        {
            "firm": loans.firm,
            "loan_id": loans.loan_id,
            "institution": loans.institution,
            "purpose": loans.purpose,
            "amount_fen": loans.amount_fen,
            "drawn_on": loans.drawn,
            "due_on": loans.due,
            "rate_bp": loans.rate_bp,
            "interest_paid_fen": loans.amount_fen * loans.rate_bp // 10_000 * paid_days // 365,
            "security": loans.security,
            "balance_fen": np.where(owed, loans.amount_fen, 0),
            "overdue_days": np.where(owed, overdue, 0),
            "worst_overdue_days": np.maximum(np.minimum(overdue, 730), np.where(loans.due < at, loans.slipped_days, 0)),
            "refinances": losses.refinances,
            "lost_fen": told(losses.lost_fen, losses.lost, at),
            "lost_on": np.where(losses.lost <= at, losses.lost, np.datetime64("NaT", "D")),
            "reported_on": np.full(len(loans.firm), at),
        }
    )
    return rows.filter(listed)


def guarantee(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Guarantees behind loans whose security is a guarantor; the fee is about one per cent a year."""
    loans = draw_loans(world)
    row = np.flatnonzero(loans.security == "guaranteed")
    amount = rounded_fen(
        loans.amount_fen[row] / 100 * rng.choice((0.7, 0.8, 0.9, 1.0), len(row), p=(0.1, 0.5, 0.2, 0.2)), 100
    )
    losses, today = _losses(world, loans), world.window.day
    share_bp = amount * 10_000 // loans.amount_fen[row]
    compensated_fen = losses.lost_fen[row] * share_bp // 10_000
    recovered_fen = compensated_fen // 100 * losses.recovered_share[row]
    length = (loans.due[row] - loans.drawn[row]).astype(np.int64)
    return table(
        {
            "firm": loans.firm[row],
            "guarantee_id": numbered("G", loans.drawn[row]),
            "loan_id": loans.loan_id.gather(row),
            "institution": pick_code(rng, world.places.institutions.get("guarantor", ()), len(row)),
            "amount_fen": amount,
            "fee_fen": amount * rng.choice((80, 100, 120), len(row)) // 10_000 * length // 365,
            "start_on": loans.drawn[row],
            "end_on": loans.due[row],
            "security": pick(stream(world.seed, "guarantee security"), _RESTS_ON, len(row)),
            "compensated_fen": told(compensated_fen, losses.compensated[row], today),
            "compensated_on": losses.compensated[row],
            "recovered_fen": told(recovered_fen, losses.recovered[row], today),
            "recovered_on": losses.recovered[row],
        }
    )
