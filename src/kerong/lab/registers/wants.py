"""The truth about needs: what firms wanted to borrow and to raise, why, and whether they got it."""

import numpy as np
import polars as pl

from kerong.lab.registers.capital import equity_round
from kerong.lab.registers.needs import DRIVERS, draw_debts
from kerong.lab.registers.raising import WANTING, draw_unmet, pulls
from kerong.lab.streams import stream
from kerong.lab.window import Dates, Flags, Whole, days
from kerong.lab.world import World, table

_UNDECIDED = 45  # days for which a need that nobody met is open


def wants(world: World) -> pl.DataFrame:
    """`credit_code`, `wanted_on`, `kind` (debt, equity), `driver`, `amount_fen`, `met` (null: open yet), `met_on`.

    Needs of loans of the last four years, needs of equity of the months of the panel; by code, day, kind and amount.
    """
    debts, unmet = draw_debts(world), draw_unmet(world)
    nobody: Dates = np.full(len(unmet.firm), np.datetime64("NaT", "D"))
    names = np.array(DRIVERS)
    rows = pl.concat(
        [
            _rows(world, "debt", debts.firm, debts.wanted, names[debts.driver], debts.amount_fen, debts.drawn),
            _rows(world, "equity", unmet.firm, unmet.wanted, np.array(WANTING)[unmet.driver], unmet.amount_fen, nobody),
            _raised(world),
        ]
    )
    is_open = pl.col("wanted_on") > pl.lit((world.window.day - np.timedelta64(_UNDECIDED, "D")).item())
    met = pl.when(pl.col("met_on").is_not_null()).then(True).when(~is_open).then(False)
    order = ["credit_code", "wanted_on", "kind", "amount_fen"]
    return rows.with_columns(met=met).select(*order[:3], "driver", "amount_fen", "met", "met_on").sort(order)


def _raised(world: World) -> pl.DataFrame:
    """Needs that a round met: wanted some months before it closed; the reason is that of the month."""
    rounds = equity_round(world, stream(world.seed, "equity_round"))
    rng, first = stream(world.seed, "met equity"), world.window.panel_months[0]
    firm, closed = rounds["firm"].to_numpy(), rounds["closed_on"].to_numpy().astype("M8[D]")
    wanted = np.maximum(closed - days(rng.uniform(40, 150, len(firm))), world.firms.established[firm])
    at = np.maximum((wanted.astype("M8[M]") - first).astype(np.int64), 0)
    known: Flags = wanted >= first.astype("M8[D]")
    at = np.minimum(at, len(world.window.panel_months) - 1)
    pull = pulls(world, firm)[np.arange(len(firm)), at]
    driver: Whole = np.argmax(pull, axis=1)
    names = np.array(WANTING)[driver]
    rows = _rows(world, "equity", firm, wanted, names, rounds["amount_fen"].to_numpy(), closed)
    return rows.filter(pl.Series(known))


def _rows(
    world: World, kind: str, firm: Whole, wanted: Dates, driver: np.ndarray, amount_fen: Whole, met: Dates
) -> pl.DataFrame:
    return table(
        {
            "credit_code": world.firms.code[firm],
            "wanted_on": wanted,
            "kind": np.full(len(firm), kind),
            "driver": driver,
            "amount_fen": amount_fen,
            "met_on": met,
        }
    )
