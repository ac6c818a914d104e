"""Limits applied: from what rules entitle to, to what is paid.

Claims are served one by one, in one order for all limits. Each gets what all its counters leave, and what a limit takes
is written down under its name, in one written order: row, exclusive choice, what earlier layers leave of the base,
enterprise, payee, their years, affiliates, joint caps, budgets. Budgets that are shared pro rata come last.
"""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from kerong.engine.award.choices import units_of
from kerong.engine.award.claims import CLAIM, Claims, claims_of, served_order
from kerong.engine.award.counters import Counters, counted, counters_of, rows_of
from kerong.engine.award.cuts import Cuts
from kerong.engine.award.granted import GRANTED, granted_to
from kerong.engine.award.kernel import Desk, Flags, Whole, served
from kerong.engine.award.layered import AmountsAt, amounts_on_what_is_left, layer_of
from kerong.engine.award.shares import parts_of
from kerong.engine.award.terms import Terms

VERDICT = [*CLAIM, "outcome", "clause", "payee_kind", "payee", "entitled_fen", "awarded_fen", "cut_by"]


def awarded(
    entitled: pl.DataFrame, terms: Terms, used: pl.DataFrame, amounts_at: AmountsAt | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(verdicts, cuts): entitlements with `awarded_fen` and `cut_by`, what cut most; every cut with what made it.

    `entitled` as `entitle.entitlements` yields it; a row without a known amount is left as it is. `used` is what was
    granted before, as `nothing_used`; with a column `row_key` it also tells which claims were granted: those get only
    what they were not granted yet (cut by "granted"). `amounts_at` tells what a rule entitles to on a lower base; only
    layers ask it. Of two limits that cut alike the first by name is given. The order of rows is of no matter to who is
    awarded what.
    """
    claims = claims_of(entitled, terms)
    awards, cuts = _Serving(claims, used, amounts_at).done()
    height = entitled.height
    amounts = pl.repeat(None, height, dtype=pl.Int64, eager=True).scatter(claims.frame["place"], awards)
    named = pl.repeat("", height, dtype=pl.String, eager=True).scatter(claims.frame["place"], cuts.deepest(len(awards)))
    verdicts = entitled.with_columns(amounts.alias("awarded_fen"), named.alias("cut_by"))
    return verdicts.select(VERDICT), cuts.table(claims.frame)


@dataclass(slots=True)
class _Serving:
    """One run over all claims: arrays with a place for each claim, written from stage to stage."""

    claims: Claims
    used: pl.DataFrame
    amounts_at: AmountsAt | None
    cuts: Cuts = field(init=False)
    layer: Whole = field(init=False)
    awards: Whole = field(init=False)
    granted: Whole = field(init=False)
    relayered: list[tuple[str, Whole, Whole]] = field(default_factory=list)

    def done(self) -> tuple[Whole, Cuts]:
        """What each claim is awarded, and all cuts."""
        claims = self.claims
        self.cuts = Cuts(tuple(sorted({*claims.terms.names, GRANTED})))
        amounts = self.not_granted(self.capped_by_row())
        before = amounts.copy()
        self.layer = layer_of(claims)
        order = served_order(claims, self.layer)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        units, choice = units_of(claims, self.used, amounts, rank)
        counters = counters_of(claims, self.used)
        self.awards = np.zeros(len(order), np.int64)
        desk = Desk(amounts, counters.touched, counters.left, np.zeros_like(counters.touched), self.awards)
        for stage in np.unique(self.layer).tolist():
            self.lower_bases(stage, amounts)
            served(order[(self.layer[order] == stage) & ~units.lost[order]], desk, units)
            self.share(stage, rank, counters)
        self.name(counters, units.lost, choice, before, desk.cuts)
        return self.awards, self.cuts

    def capped_by_row(self) -> Whole:
        """The amounts under the caps per row; nothing where the cap counts years and that of the claim is not known."""
        amounts = self.claims.frame["entitled_fen"].to_numpy().copy()
        is_dated = self.claims.frame["year"].is_not_null().to_numpy()
        for cap in self.claims.terms.caps:
            if cap.scope == "row" and cap.fen is not None:
                rows = rows_of(self.claims, cap)
                most = cap.fen if cap.years is None else np.where(is_dated[rows], cap.fen, 0)
                capped = np.minimum(amounts[rows], most)
                self.cuts.add(rows, cap.name, amounts[rows] - capped)
                amounts[rows] = capped
        return amounts

    def not_granted(self, amounts: Whole) -> Whole:
        """The amounts less what the very same claims were granted before."""
        self.granted = granted_to(self.claims, self.used, amounts)
        self.cuts.add(np.arange(len(amounts)), GRANTED, self.granted)
        return amounts - self.granted

    def lower_bases(self, stage: int, amounts: Whole) -> None:
        """Lowers the amounts of a layer to what its rules entitle to on what is left of their bases."""
        for layers in self.claims.terms.layers:
            for rule in layers.rules[1:]:
                if self.claims.terms.positions[rule] != stage or rule not in self.claims.rules:
                    continue
                if self.amounts_at is None:
                    raise ValueError(f"{layers.name}: nobody says what {rule} entitles to on a lower base")
                found = amounts_on_what_is_left(self.claims, rule, layers, self.awards, self.used, self.amounts_at)
                rows = self.claims.rows([rule])
                lower = np.minimum(amounts[rows], np.maximum(found - self.granted[rows], 0))
                self.relayered.append((layers.name, rows, amounts[rows] - lower))
                amounts[rows] = lower

    def share(self, stage: int, rank: Whole, counters: Counters) -> None:
        """Shares the budgets of a layer that are shared pro rata; what they cut is left to other limits again."""
        for cap in self.claims.terms.caps:
            if cap.share != "pro_rata" or self.claims.terms.positions.get(cap.rules[0], 0) != stage:
                continue
            found = counted(self.claims, cap, self.used)
            if not len(found.rows):
                continue
            kept = parts_of(found, self.awards, rank)
            cut = self.awards[found.rows] - kept
            self.awards[found.rows] = kept
            self.cuts.add(found.rows, cap.name, cut)
            for column in range(counters.touched.shape[1]):
                touched = counters.touched[found.rows, column]
                np.add.at(counters.left, touched[touched >= 0], cut[touched >= 0])

    def name(self, counters: Counters, is_lost: Flags, choice: Whole, before: Whole, taken: Whole) -> None:
        """Names what the choices, the layers and the counters took."""
        lost = np.flatnonzero(is_lost)
        chosen = self.cuts.numbers([one.name for one in self.claims.terms.choices])
        self.cuts.add(lost, chosen[choice[lost]], before[lost])
        for name, rows, cut in self.relayered:
            self.cuts.add(rows, name, np.where(is_lost[rows], 0, cut))
        named = self.cuts.numbers([cap.name for cap in self.claims.terms.caps])
        for column in range(taken.shape[1]):
            rows = np.flatnonzero(taken[:, column])
            owner = counters.caps[counters.touched[rows, column]]
            self.cuts.add(rows, named[owner], taken[rows, column])
