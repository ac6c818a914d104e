"""What stands against a firm: pledges, seizures, executions, lists of dishonest debtors and abnormal operation."""

import numpy as np
import polars as pl

from kerong.lab.registers.credit import draw_loans
from kerong.lab.registers.law import judgement, penalty
from kerong.lab.streams import stream
from kerong.lab.ties import draw_ties
from kerong.lab.window import Dates, Whole, days, later
from kerong.lab.world import World, numbered, pick, pick_code, rounded_fen, table

_NAT = np.datetime64("NaT", "D")
_REASONS = {"no_report": 62.0, "not_found": 28.0, "not_told": 7.0, "false_report": 3.0}
_COURT = "市中级人民法院"


def pledge(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Shares: pledged for loans by their largest holders, frozen by the court in firms whose execution is open."""
    today = world.window.day
    top = (
        draw_ties(world)
        .holdings.filter(pl.col("until_on").is_null())
        .sort("firm", "share_bp", "holder", descending=[False, True, False])
        .unique("firm", keep="first", maintain_order=True)
        .select("firm", "holder", "share_bp")
    )
    loans = draw_loans(world)
    secured = np.flatnonzero((loans.security == "pledged") & (rng.random(len(loans.firm)) < 0.6))
    repaid = np.where(
        np.isnat(loans.stopped[secured]), loans.due[secured] + days(rng.uniform(1, 40, len(secured))), _NAT
    )
    pledged = _against(
        "equity_pledge",
        loans.firm[secured],
        loans.institution[secured],
        loans.amount_fen[secured],
        loans.drawn[secured],
        repaid,
    )
    open_cases = _executions(world).filter(pl.col("ended_on").is_null())
    firm, filed = open_cases["firm"].to_numpy(), open_cases["filed_on"].to_numpy().astype("M8[D]")
    struck = rng.random(len(firm)) < 0.4
    frozen = _against(
        "equity_freeze",
        firm[struck],
        np.full(int(struck.sum()), _COURT),
        open_cases["amount_fen"].to_numpy()[struck],
        (filed[struck] + np.timedelta64(9, "D")).astype("M8[D]"),
        np.full(int(struck.sum()), _NAT),
    )
    rows = pl.concat([pledged, frozen, _pressed(world)]).join(top, on="firm", maintain_order="left")
    part = rng.choice((30, 50, 80, 100), len(rows))
    return (
        rows.with_columns(
            numbered("GQ", rows["registered_on"].to_numpy()).alias("pledge_id"),
            share_bp=pl.col("share_bp") * pl.Series(part) // 100,
            debtor=pl.col("holder"),
            lifted_on=pl.when(pl.col("lifted_on") <= world.window.on).then("lifted_on"),
        )
        .drop("holder")
        .filter(pl.col("registered_on") <= pl.lit(today.item()))
    )


def _pressed(world: World) -> pl.DataFrame:
    """Shares that holders pledge when their firm is short of money: an early sign, and a few for other reasons."""
    rng = stream(world.seed, "pressed pledges")
    firm, month = world.troubles.signs["pledge"].events()
    since = later(month, rng.uniform(0, 28, len(firm)))
    creditor = pick_code(rng, world.places.institutions.get("bank", ()), len(firm))
    amount = rounded_fen(np.clip(world.firms.size[firm] * 40_000 * np.exp(0.5 * rng.normal(size=len(firm))), 1e5, 5e7))
    lifted = np.where(rng.random(len(firm)) < 0.4, since + days(rng.uniform(120, 700, len(firm))), _NAT)
    lives = (since > world.firms.established[firm]) & ~(world.firms.closed[firm] <= since)
    rows = _against("equity_pledge", firm, creditor, amount, since, lifted)
    return rows.filter(pl.Series(lives), pl.col("registered_on") <= world.window.on)


def pledge_goods(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Goods and rights that secure loans, as the unified register of collateral knows them."""
    loans = draw_loans(world)
    kinds = {"mortgaged": "chattel_mortgage", "pledged": "receivable_pledge", "ip_pledge": "ip_pledge"}
    parts = []
    for security, kind in kinds.items():
        row = np.flatnonzero((loans.security == security) & (rng.random(len(loans.firm)) < 0.5))
        lifted = np.where(np.isnat(loans.stopped[row]), loans.due[row] + days(rng.uniform(1, 40, len(row))), _NAT)
        parts.append(
            _against(kind, loans.firm[row], loans.institution[row], loans.amount_fen[row], loans.drawn[row], lifted)
        )
    rows = pl.concat(parts)
    return rows.with_columns(
        numbered("DC", rows["registered_on"].to_numpy()).alias("pledge_id"),
        pl.lit(None, dtype=pl.Int64).alias("share_bp"),
        debtor=pl.Series(world.firms.code.tolist(), dtype=pl.String).gather(rows["firm"]),
        lifted_on=pl.when(pl.col("lifted_on") <= world.window.on).then("lifted_on"),
    )


def _against(
    kind: str, firm: Whole, creditor: np.ndarray, amount_fen: Whole, since: Dates, lifted: Dates
) -> pl.DataFrame:
    return table(
        {
            "firm": firm.astype(np.int64),
            "kind": np.full(len(firm), kind),
            "creditor": creditor,
            "amount_fen": amount_fen.astype(np.int64),
            "registered_on": since,
            "lifted_on": lifted,
        }
    )


def enforcement(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Executions of judgements that firms lost, and the dishonest debtors that the penalty register names."""
    cases = _executions(world)
    listed = penalty(world, stream(world.seed, "penalty")).filter(pl.col("kind") == "dishonesty_listing")
    filed = listed["decided_on"].to_numpy().astype("M8[D]")
    owed = rounded_fen(np.clip(world.firms.size[listed["firm"].to_numpy()] * 9_000, 5e3, 5e8), 100)
    dishonest = listed.select(
        "firm",
        numbered("执", filed).alias("case_no"),
        pl.lit("dishonest").alias("kind"),
        pl.Series("amount_fen", owed),
        pl.Series("unpaid_fen", owed),
        pl.Series("filed_on", filed - days(rng.uniform(20, 120, len(listed)))).cast(pl.Date),
        published_on="decided_on",
        ended_on="removed_on",
    )
    return pl.concat([cases, dishonest]).sort("published_on", "case_no", "kind")


def _executions(world: World) -> pl.DataFrame:
    """From stream "executions": firms that lost and did not pay; a third pay within the year."""
    rng, today = stream(world.seed, "executions"), world.window.day
    lost = judgement(world, stream(world.seed, "judgement")).filter(pl.col("role") != "plaintiff")
    ails = world.firms.failed(today)[lost["firm"].to_numpy()]
    lost = lost.filter(pl.Series(rng.random(len(lost)) < np.where(ails, 0.55, 0.04)))
    filed = lost["judged_on"].to_numpy().astype("M8[D]") + days(rng.uniform(30, 150, len(lost)))
    ended = np.where(rng.random(len(lost)) < 0.33, filed + days(rng.uniform(30, 365, len(lost))), _NAT)
    ended = np.where(ended <= today, ended, _NAT)
    amount = lost["amount_fen"].to_numpy()
    limited = pick(rng, {"execution": 60.0, "consumption_limit": 25.0, "suspended": 15.0}, len(lost))
    rows = table(
        {
            "firm": lost["firm"],
            "case_no": lost["case_no"] + "执",
            "kind": limited,
            "amount_fen": amount,
            "unpaid_fen": np.where(np.isnat(ended), amount // 100 * rng.integers(10, 101, len(lost)), 0),
            "filed_on": filed,
            "published_on": filed + np.timedelta64(7, "D"),
            "ended_on": ended,
        }
    )
    return rows.filter(pl.col("published_on") <= world.window.on)


def abnormal(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """The listings that the penalty register names, with their reasons."""
    listed = penalty(world, stream(world.seed, "penalty")).filter(pl.col("kind") == "abnormal_listing")
    reason = pick(rng, _REASONS, len(listed)).tolist()
    return listed.select(
        "firm", pl.Series("reason", reason, dtype=pl.String), listed_on="decided_on", removed_on="removed_on"
    )
