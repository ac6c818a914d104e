"""Many claims of a day at once, by columns: the same answers as `claim_judged`, claim for claim.

What a claim gets depends on what those before it got: the pool's money and the caps are one for all. Each round works
all claims out with what the round before gave to those before them, by running sums, until nothing changes. A round
makes at least one more claim right for good, so that what stays is what serving them one by one gives; in practice
there are two to four rounds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add

import numpy as np
import polars as pl

from kerong.engine.money.pool.book import CLAIMS, Book, bound_by_drawdown, facts_of, terms_table
from kerong.engine.money.pool.running import Running, running, running_whole
from kerong.engine.money.pool.terms import MOST_FEN, OF_DRAWDOWN, OF_THE_DAY, in_force, number
from kerong.engine.money.splits import split_table
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.outcomes import MET, UNKNOWN
from kerong.rulebook.pools import BALANCE, CAPS, SHARED, Instrument, Pool

# what the waterfalls can take that depends on the claims before
MOVING = ("pool_left", "pool_paid", "firm_paid")
KEYS = {"firm_cap_fen": "firm", "group_cap_fen": "affiliates", "bank_year_cap_fen": "bank_of"}
# the prefix keeps a firm that stands alone apart from a group of that name
AFFILIATES = (
    pl.when(pl.col("group") == "")
    .then(pl.lit("alone ") + pl.col("firm"))
    .otherwise(pl.lit("with ") + pl.col("group"))
    .alias("affiliates")
)


def claims_judged(pool: Pool, book: Book, claims: pl.DataFrame, on: date) -> pl.DataFrame:
    """What the pool answers to claims of one day, a row for each in its order.

    `claims` has the columns CLAIMS and the facts that are told with a claim. Served first is what has been overdue
    longest, then by loan. Columns: `refused` ("": paid), `loss_fen`, `part.<party>` (null unless paid), `paid_fen`,
    `cut_by`. The order of rows is of no matter.
    """
    rows, days = _rows(pool, book, claims, on)
    splits = _Splits(pool, rows, days)
    paid_before = _before(book, rows, on)
    paid = pl.repeat(0, rows.height, dtype=pl.Int64, eager=True)
    while True:
        before = paid_before.each(paid)
        judged = _judged(pool, rows, before, splits.of(before), on)
        if judged["paid_fen"].equals(paid):
            break
        paid = judged["paid_fen"]
    return judged.with_columns(rows["row"]).sort("row").drop("row")


def whole_losses(pool: Pool, book: Book, on: date) -> pl.Series:
    """The pool's part of each loan of the book if its whole balance were lost, each looked at alone; null: not known.

    Caps are those of a loan that is the first to be claimed, and the pool's money is what it holds now.
    """
    asked = book.loans.select("loan", principal_fen="balance_fen")
    overdue = book.loans.with_columns(pl.lit(date.min).alias("since"), pl.lit(None, pl.Date).alias("paid_on"))
    rows, days = _rows(pool, Book(overdue, book.balance_fen, book.is_open), asked, on)
    before = _before(book, rows, on).each(pl.repeat(0, rows.height, dtype=pl.Int64, eager=True))
    judged = _judged(pool, rows, before, _Splits(pool, rows, days).of(before), on).with_columns(rows["row"]).sort("row")
    is_told = judged["refused"].is_in(["", "nothing"])
    return judged.select(pl.when(is_told).then("paid_fen")).to_series()


def _rows(pool: Pool, book: Book, claims: pl.DataFrame, on: date) -> tuple[pl.DataFrame, list[date]]:
    """Claims with their loans and what binds them, in the order of service; and the days of their terms."""
    facts = facts_of(pool)
    held = {**CLAIMS, **facts}
    told = claims.select(_column(claims, name).cast(kind).alias(name) for name, kind in held.items())
    told = told.with_row_index("row").rename({name: f"told.{name}" for name in (*facts, "bank")})
    loans = book.loans.rename({"bank": "bank_of"})
    loans = loans.with_columns(AFFILIATES)
    rows = told.join(loans, on="loan", how="left", maintain_order="left")
    # what was said at drawdown stands
    rows = rows.with_columns(pl.coalesce(name, f"told.{name}").alias(name) for name in facts)
    version, days = bound_by_drawdown(pool, rows["drawn_on"])
    rows = rows.with_columns(version.alias("version")).join(terms_table(pool, days), on="version", how="left")
    rows = rows.sort("since", *(name for name in told.columns if name != "row"), "row", nulls_last=True)
    share = pl.col("interest_bp").fill_null(0).cast(pl.Int128)
    allowed = (pl.col("principal_fen").clip(0, MOST_FEN).cast(pl.Int128) * share // 10_000).clip(0, LIMIT)
    rows = rows.with_columns(pl.min_horizontal("interest_fen", allowed.cast(pl.Int64)).alias("interest"))
    rows = rows.with_columns((pl.col("principal_fen").clip(0, MOST_FEN) + pl.col("interest").clip(0)).alias("due"))
    rows = rows.with_columns((pl.col("due") - pl.col("recovered_fen").clip(-MOST_FEN, MOST_FEN)).alias("loss"))
    return rows.with_columns(_first_refused(), _later_refused(pool, on)), days


def _column(claims: pl.DataFrame, name: str) -> pl.Expr:
    """A column of the claims; where there is none nothing is told, and no amount is claimed beside the principal."""
    if name in claims.columns:
        return pl.col(name)
    nothing: dict[str, object] = {"bank": "", "elsewhere": False, "interest_fen": 0, "recovered_fen": 0}
    return pl.lit(nothing.get(name))


def _first_refused() -> pl.Expr:
    """Why a claim is refused before it is asked whether the loan has been compensated."""
    other = (pl.col("told.bank").fill_null("") != "") & (pl.col("told.bank") != pl.col("bank_of"))
    return (
        pl.when(pl.col("bank_of").is_null())
        .then(pl.lit("not_registered"))
        .when(other)
        .then(pl.lit("another_bank"))
        .when(pl.col("elsewhere").fill_null(False))
        .then(pl.lit("elsewhere"))
        .when("is_void")
        .then(pl.lit("void"))
        .when(pl.col("paid_on").is_not_null())
        .then(pl.lit("claimed_already"))
        .otherwise(pl.lit(""))
        .alias("first")
    )


def _later_refused(pool: Pool, on: date) -> pl.Expr:
    """Why a claim is refused of a loan that has not been compensated, by what does not depend on other claims."""
    amounts = [pl.col(name).is_between(0, MOST_FEN) for name in ("interest_fen", "recovered_fen")]
    are_amounts = pl.all_horizontal(pl.col("principal_fen").is_between(1, MOST_FEN), *amounts)
    overdue = (pl.lit(on) - pl.col("since")).dt.total_days()
    return (
        pl.when("is_written_off")
        .then(pl.lit("written_off_already"))
        .when(~(pl.col("in_force") & pl.lit(in_force(pool, OF_THE_DAY, on))))
        .then(pl.lit("no_terms"))
        .when(~are_amounts.fill_null(False))
        .then(pl.lit("amount"))
        .when(pl.col("principal_fen") > pl.col("balance_fen"))
        .then(pl.lit("above_balance"))
        .when(pl.col("since").is_null())
        .then(pl.lit("not_overdue"))
        .when(overdue < pl.col("trigger_days").fill_null(0))
        .then(pl.lit("too_early"))
        .when(pl.col("recovered_fen") > pl.col("due"))
        .then(pl.lit("recovered_above_due"))
        .when(pl.col("loss") < pl.max_horizontal(pl.col("least_fen").fill_null(0), pl.lit(1)))
        .then(pl.lit("below_least"))
        .otherwise(pl.lit(""))
        .alias("later")
    )


@dataclass(frozen=True, slots=True)
class _Before:
    """What was compensated before each claim, of the loans of the book and of the claims before it."""

    sums: Mapping[str, Running]
    balance_fen: int

    def each(self, paid: pl.Series) -> pl.DataFrame:
        """By firm, affiliates, bank and year, year, all; what the pool holds; whether the loan is compensated."""
        fen = paid.to_numpy()
        sums = {name: one.before(fen) for name, one in self.sums.items() if name not in ("loan", "pool_left")}
        spent = self.sums["pool_left"].before(fen)
        left = np.maximum(self.balance_fen - np.minimum(spent, self.balance_fen), 0)
        again = self.sums["loan"].before((fen > 0).astype(np.int64)) > 0
        return pl.DataFrame({**sums, "pool_left": left, "is_claimed": again})


def _before(book: Book, rows: pl.DataFrame, on: date) -> _Before:
    counted = book.loans.filter(~pl.col("is_void")).with_columns(pl.col("paid_fen").cast(pl.Int128))
    counted = counted.filter(pl.col("paid_fen") > 0).with_columns(AFFILIATES)
    of_year = counted.filter(pl.col("paid_on").dt.year() == on.year)
    keys = {"firm": (counted, "firm"), "affiliates": (counted, "affiliates"), "bank_of": (of_year, "bank")}
    sums = {}
    for name, (paid, key) in keys.items():
        earlier = paid.group_by(pl.col(key).alias(name)).agg(pl.col("paid_fen").sum())
        base = rows.select(name).join(earlier, on=name, how="left", maintain_order="left")["paid_fen"]
        sums[name] = running(rows[name], base)
    sums["loan"] = running(rows["loan"], pl.repeat(0, rows.height, eager=True))
    for name, before in (("year", _sum(of_year)), ("pool_paid", _sum(counted)), ("pool_left", 0)):
        sums[name] = running_whole(rows.height, before)
    return _Before(sums, book.balance_fen)


def _sum(loans: pl.DataFrame) -> int:
    return int(loans["paid_fen"].sum() or 0)


@dataclass(slots=True)
class _Splits:
    """The waterfalls over all claims. What reads nothing that moves is worked out once."""

    pool: Pool
    rows: pl.DataFrame
    days: list[date]
    fixed: "dict[tuple[str, int], pl.DataFrame] | None" = None

    def of(self, before: pl.DataFrame) -> pl.DataFrame:
        """`outcome`, `part.<party>`, `shared` (what caps of the waterfall took from the payer), `payer` and so on."""
        moving = before.select(pool_left="pool_left", pool_paid="pool_paid", firm_paid="firm")
        frame = self.rows.hstack(moving).with_row_index("at")
        self.fixed = {} if self.fixed is None else self.fixed
        asked = frame.filter((pl.col("first") == "") & (pl.col("later") == ""))
        found = []
        for (kind, version), part in asked.group_by("instrument", "version", maintain_order=True):
            key, one = (str(kind), int(str(version))), self.pool.instruments[str(kind)]
            is_moving = any(word in MOVING for word in one.loss.given.values())
            if is_moving or key not in self.fixed:
                self.fixed[key] = _parted(one, part, self.days[key[1]])
            found.append(self.fixed[key])
        parts = pl.concat([_nothing(self.pool), *found], how="diagonal")
        return frame.select("at").join(parts, on="at", how="left", maintain_order="left").drop("at")


def _nothing(pool: Pool) -> pl.DataFrame:
    parties = {f"part.{party}": pl.Int64() for party in _parties(pool)}
    fen = dict.fromkeys(("shared", "paid", "borne"), pl.Int64())
    return pl.DataFrame(
        schema={"at": pl.UInt32(), "outcome": pl.Int8(), **parties, **fen, "payer": pl.String(), "over": pl.String()}
    )


def _parties(pool: Pool) -> list[str]:
    """All parties of the pool's instruments, in the order of their waterfalls."""
    return list(dict.fromkeys(party for one in pool.instruments.values() for party in one.loss.waterfall.parties))


def _parted(one: Instrument, part: pl.DataFrame, day: date) -> pl.DataFrame:
    """The waterfall of one instrument over some claims that its terms of one day bind."""
    words = {"loss": "loss", "due": "due", "principal": "principal_fen", "recovered": "recovered_fen", "loan": "fen"}
    inputs = part.select(
        pl.col(name if word is None else words.get(word, word)).alias(name) for name, word in one.loss.given.items()
    )
    waterfall = one.loss.waterfall
    found = split_table(waterfall, inputs, day).frame
    cuts = [pl.col(name) for name in found.columns if name.endswith(f".{one.payer}.cut")]
    bearing = [pl.col(f"total.{party}") for party in waterfall.parties if party != one.borrower]
    return found.select(
        part["at"],
        "outcome",
        *(pl.col(f"total.{party}").alias(f"part.{party}") for party in waterfall.parties),
        reduce(add, cuts, pl.lit(0, pl.Int64)).alias("shared"),
        pl.col(f"total.{one.payer}").alias("paid"),
        reduce(add, bearing).alias("borne"),
        pl.lit(one.payer).alias("payer"),
        pl.lit(one.over).alias("over"),
    )


def _judged(pool: Pool, rows: pl.DataFrame, before: pl.DataFrame, parts: pl.DataFrame, on: date) -> pl.DataFrame:
    """The answers to all claims, given what was compensated before each of them."""
    used = before.rename({name: f"used.{name}" for name in before.columns})
    frame = pl.concat([rows, used, parts], how="horizontal")
    frame = frame.with_columns(pl.col("shared").alias(f"cut.{SHARED}"), pl.col("paid").alias("whole"))
    for name, left in _lefts(pool, on):
        cut = (pl.col("paid") - left).clip(0).fill_null(0)
        frame = frame.with_columns(cut.alias(f"cut.{name}")).with_columns(paid=pl.col("paid") - pl.col(f"cut.{name}"))
    refused = (
        pl.when(pl.col("first") != "")
        .then("first")
        .when("used.is_claimed")
        .then(pl.lit("claimed_already"))
        .when(pl.col("later") != "")
        .then("later")
        .when(pl.col("outcome") == UNKNOWN)
        .then(pl.lit("unknown"))
        .when((pl.col("outcome") != MET) | (pl.col("borne") != pl.col("loss")))
        .then(pl.lit("error"))
        .when(pl.col("paid") == 0)
        .then(pl.lit("nothing"))
        .otherwise(pl.lit(""))
    )
    frame = frame.with_columns(refused.alias("refused"), _deepest(frame).alias("cut_by"))
    is_paid, over = pl.col("refused") == "", pl.col("whole") - pl.col("paid")
    own = {
        party: pl.when(pl.col("payer") == party)
        .then(pl.col("paid"))
        .otherwise(pl.col(f"part.{party}") + pl.when(pl.col("over") == party).then(over).otherwise(0))
        for party in _parties(pool)
    }
    is_asked = pl.col("refused").is_in(["", "nothing"])
    return frame.select(
        "refused",
        pl.when(is_asked).then("loss").alias("loss_fen"),
        *(pl.when(is_paid).then(part).alias(f"part.{party}") for party, part in own.items()),
        pl.when(is_paid).then("paid").otherwise(0).alias("paid_fen"),
        pl.when(is_asked).then("cut_by").otherwise(pl.lit("")).alias("cut_by"),
    )


def _lefts(pool: Pool, on: date) -> Iterator[tuple[str, pl.Expr]]:
    """What each cap still leaves a claim, in the written order; null where there is no such cap."""
    used = {
        "loan_cap_fen": pl.lit(0, pl.Int64),
        **{name: pl.col(f"used.{key}") for name, key in KEYS.items()},
        "programme_year_cap_fen": pl.col("used.year"),
    }
    for name in CAPS:
        cap = pl.col(name) if name in OF_DRAWDOWN else pl.lit(number(pool, name, on), pl.Int64)
        yield name, (cap - used[name]).clip(0)
    yield BALANCE, pl.col("used.pool_left")


def _deepest(frame: pl.DataFrame) -> pl.Expr:
    """The name of what cut most, of those that cut alike the first by name; "" where nothing was cut."""
    names = sorted((*CAPS, BALANCE, SHARED))
    most = pl.max_horizontal(f"cut.{name}" for name in names)
    found: pl.Expr = pl.lit("")
    for name in reversed(names):
        found = pl.when(pl.col(f"cut.{name}") == most).then(pl.lit(name)).otherwise(found)
    return pl.when(most > 0).then(found).otherwise(pl.lit(""))
