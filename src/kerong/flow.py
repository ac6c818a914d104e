"""READ FIRST: the order of the stages.

Facts flow one way through pure functions to decisions. A person stands in the middle: `assess` ends with what each
enterprise may have; `settle` begins with what people did with it and ends with the money. Both become new facts.
"""

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from kerong.assessment import Assessment
from kerong.engine import award, deal, entitle, match, monitor, record, score
from kerong.engine.money import ledger, pool
from kerong.engine.money.split import largest_remainder
from kerong.engine.problems import joined
from kerong.rulebook import Rulebook
from kerong.rulebook.pruning import looked_at
from kerong.settlement import Deals, Settlement, faults_told

__all__ = ["Assessment", "Watch", "assess", "settle"]

Watch = Callable[[str], None]  # told the name of each stage when it begins


def assess(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    used: pl.DataFrame,
    on: date,
    watch: Watch = lambda stage: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> Assessment:
    """Record, score, entitle, award, match: from raw registers to ranked, payable offers.

    `facts` gives one register by name (it may read it when asked, so that only one is held at a time); `used` is
    what has been granted before (`award.nothing_used()`); `on` is the day of the run: what was known later is left out;
    `decided` is what stewards decided of doubtful rows and of contradictions.
    """
    watch("record")
    made = record.recorded(facts, rulebook, on, compact=True, decided=decided)
    enterprises, registers, not_measured = record.features(made.enterprises, made.registers, rulebook, on)
    ties = record.ties(registers, rulebook, on)
    made.registers.clear()  # a city's registers are large: from here those are held that somebody looks at
    rows = {name: table.height for name, table in registers.items()}
    registers = {name: table for name, table in registers.items() if name in looked_at(rulebook)}
    watch("score")
    index = score.index(enterprises, rulebook, on)
    scores = score.steady(index.scores, enterprises, rulebook, index.scale, on)
    credit, not_read = score.credit(enterprises, rulebook, on)
    watch("entitle")
    entitled, not_entitled = entitle.entitlements(enterprises, registers, rulebook, on)
    watch("award")
    amounts_at = entitle.amounts_at(rulebook, enterprises, registers, on)
    verdicts, cuts = award.awarded(entitled, award.terms_on(rulebook, on), used, amounts_at)
    watch("match")
    offers, not_matched = match.offers(verdicts, rulebook, enterprises, registers, on)
    watch("monitor")
    statistics, not_counted = monitor.statistics(registers, enterprises, rulebook, on)
    warnings = score.warnings(verdicts, credit, statistics, rulebook, enterprises, registers, on)
    spread = score.contagion(enterprises, ties, credit, rulebook)
    problems = joined([made.problems, not_measured, index.problems, not_read, not_entitled, not_matched, not_counted])
    summary = monitor.summary(enterprises, scores, verdicts, offers, problems, made.conflicts, rulebook, on)
    tables = (enterprises, scores, verdicts, cuts, offers, problems, made.conflicts, made.provenance, made.coverage)
    others = (credit, warnings, ties, spread, statistics, registers, rows, index.scale, summary)
    return Assessment(*tables, *others)


def settle(deals: Deals, on: date) -> Settlement:
    """Deal, money: every move of every deal until `on` again, by the builders that made it; nothing is decided here."""
    moved, others = deal.settled(deals.histories, on, largest_remainder), deal.settled_deals(deals.deals, on)
    made, made_by, not_made = ledger.transfers_of_orders(moved.orders, deals.books)
    told, told_by, steps = ledger.transfers_of_deals(others.money)
    entries = ledger.in_order([*(one for one in deals.given if one[1].on <= on), *made, *told])
    held = ledger.replayed(entries, deals.all_books)
    pools = pool.pools_again(deals.pools, on, deals.working_days)
    unlike = pool.pools_agree(deals.pools, pools, steps, held)
    problems = joined([faults_told([*moved.faults, *others.faults]), not_made, unlike, held.problems])
    return Settlement(entries, held.accounts, moved, made_by, others, told_by, pools, problems)
