"""What a firm pays and moves month by month besides tax: housing fund, electricity, exports and imports."""

import numpy as np
import polars as pl

from kerong.lab.registers.monthly import social_security
from kerong.lab.streams import stream
from kerong.lab.trades import TRADES
from kerong.lab.window import Dates, Flags, Floats, Whole
from kerong.lab.world import World, table

HOUSED_MONTHS, POWERED_MONTHS, SHIPPED_MONTHS = 13, 24, 24
_HOUSED, _EXPORTS, _IMPORTS = 0.85, 0.18, 0.10
_YUAN_PER_KWH = 0.72
_IDLE = 0.7  # of the power that sales would need, where machines stand still


def housing_fund(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Follows social security: the same people in most firms; its arrears are a sign of their own."""
    insured = social_security(world, stream(world.seed, "social_security"))
    housed = rng.random(len(world.firms)) < _HOUSED
    first = world.window.last - np.timedelta64(HOUSED_MONTHS - 1, "M")
    rows = insured.filter(
        pl.Series(housed).gather(insured["firm"]), pl.col("month") >= pl.lit(first.astype("M8[D]").item())
    )
    firm = rows["firm"].to_numpy()
    rate = rng.choice((5, 6, 7, 8, 10, 12), len(world.firms))[firm]
    joined = np.clip(rng.beta(12, 1, len(world.firms)), 0.3, 1.0)[firm]
    persons = np.maximum(np.rint(rows["insured"].to_numpy() * joined).astype(np.int64), 1)
    # employer and employee pay the same rate
    due = rows["wage_fen"].to_numpy() // rows["insured"].to_numpy() * persons * 2 * rate // 100
    month = rows["month"].to_numpy().astype("M8[M]")
    shows = world.troubles.signs["housing_fund"].at(firm, month)
    owed = np.where(rng.random(len(rows)) < np.where(shows, 0.6, 0.001), due, 0)
    return table(
        {"firm": firm, "month": rows["month"], "persons": persons, "paid_fen": due - owed, "arrears_fen": owed}
    )


def electricity(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Makers only: power follows sales, with a base that runs in quiet months too; large ones have two accounts."""
    makes: Flags = np.array([trade.industry.startswith(("C", "D", "N")) for trade in TRADES])[world.firms.trade]
    firm, sales, month = _months(world, POWERED_MONTHS, makes)
    count = len(world.firms)
    per_yuan = 0.035 * np.exp(0.5 * rng.normal(size=count))  # kWh for a yuan of sales
    base = world.firms.size * 45 * np.exp(0.4 * rng.normal(size=count))
    used = sales / 100 * per_yuan[firm] * np.exp(0.06 * rng.normal(size=len(firm))) + base[firm]
    used *= np.where(world.troubles.signs["electricity"].at(firm, month), _IDLE, 1.0)
    price = _YUAN_PER_KWH * np.exp(0.1 * rng.normal(size=count))[firm]
    kwh = np.rint(used).astype(np.int64)
    two = (world.firms.size > 120)[firm]
    first = np.where(two, kwh * 2 // 3, kwh)
    account = np.array([f"5{one:08d}" for one in firm.tolist()], dtype="U10")
    rows = [
        _metered(firm, np.char.add(account, "1"), month, first, price),
        _metered(firm[two], np.char.add(account[two], "2"), month[two], (kwh - first)[two], price[two]),
    ]
    return pl.concat(rows).sort("month", "firm", "account")


def customs(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Months in which something crossed the border; exports are a part of sales."""
    count = len(world.firms)
    draw = rng.random((2, count))
    trades: Flags = (draw[0] < _EXPORTS) | (draw[1] < _IMPORTS)
    firm, sales, month = _months(world, SHIPPED_MONTHS, trades)
    sends: Floats = np.where(draw[0] < _EXPORTS, rng.beta(1.5, 4, count), 0.0)
    buys: Floats = np.where(draw[1] < _IMPORTS, 0.4 * rng.beta(1.5, 5, count), 0.0)
    moved = rng.random((2, len(firm))) < 0.8
    noise = np.exp(0.35 * rng.normal(size=(2, len(firm))))
    amounts = [
        np.where(moved[way], np.minimum(sales * share[firm] * noise[way], sales * 0.98), 0)
        for way, share in enumerate((sends, buys))
    ]
    ails = world.firms.failed(world.window.day)
    grade = np.where(
        ails & (rng.random(count) < 0.1), "dishonest", np.where(world.firms.size > 300, "advanced", "ordinary")
    )
    rows = table(
        {
            "firm": firm,
            "month": month,
            "export_fen": np.rint(amounts[0]).astype(np.int64),
            "import_fen": np.rint(amounts[1]).astype(np.int64),
            "grade": grade[firm],
        }
    )
    return rows.filter((pl.col("export_fen") > 0) | (pl.col("import_fen") > 0))


def _months(world: World, months: int, allowed: Flags) -> tuple[Whole, Whole, Dates]:
    """Firm, sales in fen and month of the living firms that are allowed, of the last months; by month, then firm."""
    start = world.panel.alive.shape[1] - months
    column, firm = np.nonzero((world.panel.alive[:, start:] & allowed[:, None]).T)
    return firm, world.panel.revenue_fen[firm, column + start], world.window.panel_months[column + start]


def _metered(firm: Whole, account: np.ndarray, month: Dates, kwh: Whole, price: Floats) -> pl.DataFrame:
    return table(
        {
            "firm": firm,
            "account": account,
            "month": month,
            "kwh": kwh,
            "fee_fen": np.rint(kwh * price * 100).astype(np.int64),
        }
    )
