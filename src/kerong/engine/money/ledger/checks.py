"""Checks over whole books: each a sentence that is true when all is well, asked of a replay or of stored balances.

They follow from the transfers; that they do is what makes them worth asking of balances that somebody else keeps.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from kerong.engine.money.ledger.accounts import ACCOUNT_KINDS
from kerong.engine.money.ledger.movements import MOVEMENTS
from kerong.engine.money.ledger.replay import SUMS
from kerong.engine.problems import joined, problems
from kerong.rulebook.said import Text

Finding = pl.DataFrame  # `register` (the book), `column` (the account, or what is compared), `value` (what is wrong)


@dataclass(frozen=True, slots=True)
class Check:
    """`finds(accounts, steps)` yields a row for each book or account that breaks the sentence.

    `severity`: "noted" where it can break for a moment although all is well: books are sealed one after the other.
    """

    name: str
    sentence: Text
    finds: Callable[[pl.DataFrame, pl.DataFrame], Finding]
    severity: str = "refused"


def statement(steps: pl.DataFrame, book: str) -> dict[str, int]:
    """What each movement of a book came to, in fen, reversals taken off; movements that never happened are 0."""
    found = dict(steps.filter(pl.col("book") == book).select("step", "fen").iter_rows())
    return {name: int(found.get(name, 0)) for name in MOVEMENTS}


def effect_on(account_kind: str) -> Mapping[str, int]:
    """What each movement does to accounts of a kind: 1 brings money in, -1 takes it out."""
    moving = {name: movement for name, movement in MOVEMENTS.items() if movement.move in ("post", "post_reserved")}
    brings = {name: 1 for name, movement in moving.items() if movement.credit == account_kind}
    return brings | {name: -1 for name, movement in moving.items() if movement.debit == account_kind}


def _legs(accounts: pl.DataFrame, steps: pl.DataFrame) -> Finding:
    whole = accounts.group_by("book").agg(pl.col(SUMS).cast(pl.Int128).sum())
    apart = [(kind, pl.col(f"debits_{kind}") - pl.col(f"credits_{kind}")) for kind in ("posted", "reserved")]
    return pl.concat(_found(whole, difference, pl.lit(kind)) for kind, difference in apart)


def _limits(accounts: pl.DataFrame, steps: pl.DataFrame) -> Finding:
    kind = pl.col("account").str.split(":").list.first()
    limited = kind.replace_strict({name: one.limited or "" for name, one in ACCOUNT_KINDS.items()}, default="")
    over_credit = pl.col("debits_posted") + pl.col("debits_reserved") - pl.col("credits_posted")
    over_debit = pl.col("credits_posted") + pl.col("credits_reserved") - pl.col("debits_posted")
    over = pl.when(limited == "credit").then(over_credit).when(limited == "debit").then(over_debit).otherwise(0)
    return _found(accounts, over.clip(lower_bound=0), pl.col("account"))


def _purse(account_kind: str) -> Callable[[pl.DataFrame, pl.DataFrame], Finding]:
    effects = effect_on(account_kind)

    def finds(accounts: pl.DataFrame, steps: pl.DataFrame) -> Finding:
        purses = accounts.filter(pl.col("account") == account_kind)
        held = purses.select("book", pl.col("credits_posted").cast(pl.Int128) - pl.col("debits_posted"))
        effect = pl.col("step").replace_strict(effects, default=0, return_dtype=pl.Int128)
        brought = steps.group_by("book").agg((effect * pl.col("fen")).sum().alias("brought"))
        both = held.join(brought, on="book", how="left").fill_null(0)
        return _found(both, pl.col("credits_posted") - pl.col("brought"), pl.lit(account_kind))

    return finds


def _carried(accounts: pl.DataFrame, steps: pl.DataFrame) -> Finding:
    sign = pl.col("step").replace_strict({"carry_over_out": -1, "carry_over_in": 1}, default=0, return_dtype=pl.Int128)
    whole = steps.select((sign * pl.col("fen")).sum().alias("fen"), pl.lit("").alias("book"))
    return _found(whole, pl.col("fen"), pl.lit("carried_over"))


CHECKS = (
    Check("legs", Text("每个账簿的借方合计等于贷方合计", "in every book debits and credits are equal"), _legs),
    Check("limits", Text("没有账户透支，预留计算在内", "no account is overdrawn, reservations counted"), _limits),
    Check(
        "money",
        Text(
            "资金余额 = 流入（出资、利息、追偿等）- 流出（代偿、退还、费用等）",
            "the money left is what came in (paid in, interest, recoveries) less what went out (compensation, "
            "refunds, fees)",
        ),
        _purse("money"),
    ),
    Check(
        "appropriation",
        Text(
            "预算余额 = 下达 + 上年结转 + 追回 - 核减 - 支付 - 结转下年 - 收回",
            "the budget left is what was appropriated, carried in and clawed back less what was cut, paid, carried out "
            "and taken back",
        ),
        _purse("appropriation"),
    ),
    Check("carried", Text("各账簿结转出入合计相等", "what was carried out was carried in"), _carried, "noted"),
)
"""Of all books together: `carried` looks from one book to another."""


def checked(accounts: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Problems of all checks; none means that all is well. `accounts` and `steps` as in `Replay`."""
    found = []
    for check in CHECKS:
        told = {"stage": "ledger", "kind": f"ledger_check_{check.name}", "severity": check.severity}
        rows = check.finds(accounts, steps)
        found.append(problems({**told, **row} for row in rows.iter_rows(named=True)))
    return joined(found)


def balances_agree(replayed: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Problems where stored balances are not those of the replay; an account that one of them lacks counts as 0."""
    both = replayed.join(stored, on=["book", "account"], how="full", coalesce=True, suffix="_stored").fill_null(0)
    differing = {"stage": "ledger", "kind": "ledger_balance_differs", "severity": "refused"}
    found = [
        {**differing, "register": row["book"], "column": row["account"], "value": f"{name} {row[name]} / {stored_fen}"}
        for row in both.iter_rows(named=True)
        for name in SUMS
        if row[name] != (stored_fen := row[f"{name}_stored"])
    ]
    return joined([problems(found)])


def _found(rows: pl.DataFrame, difference: pl.Expr, column: pl.Expr) -> Finding:
    """The rows whose difference is not 0."""
    told = rows.select(pl.col("book").alias("register"), column.alias("column"), difference.alias("value"))
    return told.filter(pl.col("value") != 0).with_columns(pl.col("value").cast(pl.String))
