"""All registers of a region: each cleaned in turn, then linked to enterprises."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.problems import joined, problems
from kerong.engine.record.clean import cleaned
from kerong.engine.record.compact import only_measured
from kerong.engine.record.coverage import coverage
from kerong.engine.record.decided import NOTHING_DECIDED, Decided, pairs
from kerong.engine.record.link import Said, link
from kerong.engine.record.old_numbers import OldNumbers, registration_columns
from kerong.engine.record.tables import PART, FactTable
from kerong.rulebook.content import Register, Rulebook
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.rulebook.rows import row_key
from kerong.rulebook.tree import fields_of


class Refused(Exception):
    """A register cannot be used, so there is no run; `problems` says why."""

    def __init__(self, problems: pl.DataFrame) -> None:
        super().__init__(f"{problems.height} registers or files cannot be used")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Record:
    """What registers tell of a region's enterprises; the tables are described in ARCHITECTURE.md."""

    enterprises: pl.DataFrame
    registers: dict[str, pl.DataFrame]
    problems: pl.DataFrame
    conflicts: pl.DataFrame
    provenance: pl.DataFrame
    coverage: pl.DataFrame


def recorded(
    facts: Mapping[str, FactTable],
    rulebook: Rulebook,
    on: date,
    whole: Collection[str] = (),
    compact: bool = False,
    decided: Decided = NOTHING_DECIDED,
) -> Record:
    """The record of all registers. Each raw register is asked for once and let go before the next.

    Registers that a rule is `per`, and those named in `whole`, carry `row_key`; of the others only the columns that
    something reads are kept: the registers of a city are large. `compact`: registers that measures alone read are held
    as numbers, in a fifth of the memory (see `compact`). A register without any file is absent from `registers`, and
    noted; measures over it are unknown. `decided`: what stewards decided by then.

    Raises Refused with every refusal of every register.
    """
    tables: dict[str, pl.DataFrame] = {}
    said: dict[str, Said] = {}
    found = [problems()]
    pers = {*whole, *(rule.per for rule in rulebook.rules.values())}
    provides = {register for sources in rulebook.region.provides.values() for register, _ in sources}
    sent = {feed: mapping_of(rulebook, feed) for feed in feeds_of(rulebook)}
    reliability = {feed: mapping.reliability for feed, mapping in sent.items()}
    said_pairs, contradictory = pairs(decided.identity)
    found.append(contradictory)
    whose = OldNumbers(frozenset(rulebook.region.enterprise_from), decided=said_pairs)
    apart = only_measured(rulebook) - set(whole) if compact else frozenset()
    for name, register in _who_exists_first(rulebook):
        wanted = None if name in pers else _read(register, rulebook)
        keep = (PART,) if name in provides else ()
        kept = cleaned(facts[name], register, on, wanted, keep, reliability, whose, name in apart, sent)
        found.append(kept.problems)
        if name in whose.tellers and register.identify == "credit_code":
            whose = whose.told_by(kept.rows, registration_columns(register))
        if kept.sources:
            whole_rows = kept.rows.with_columns(row_key(register).alias("row_key")) if name in pers else kept.rows
            tables[name] = whole_rows
            feeds = [(source.feed, reliability.get(source.feed, register.reliability)) for source in kept.sources]
            said[name] = Said(feeds, kept.contested)
        elif not register.required and not kept.problems.filter(pl.col("severity") == "refused").height:
            found.append(
                problems([{"stage": "record", "kind": "register_absent", "severity": "noted", "register": name}])
            )
        del kept
    refused = [table.filter(pl.col("severity") == "refused") for table in found]
    if any(table.height for table in refused):
        raise Refused(joined(refused))
    found.append(_shared(whose))
    linked = link(
        {name: tables[name] for name in rulebook.registers if name in tables},
        rulebook,
        on,
        said,
        said_pairs,
        decided.settlement,
    )
    del tables
    covered = coverage(linked.registers, rulebook)
    wrong = joined([*found, linked.problems])
    return Record(linked.enterprises, linked.registers, wrong, linked.conflicts, linked.provenance, covered)


def _who_exists_first(rulebook: Rulebook) -> list[tuple[str, Register]]:
    """The registers, those that say who exists before those whose rows find their firm there."""
    tellers = rulebook.region.enterprise_from
    return sorted(rulebook.registers.items(), key=lambda item: item[0] not in tellers)


def _shared(whose: OldNumbers) -> pl.DataFrame:
    """A problem for each registration number that several enterprises state: no row is linked by it."""
    known = {"stage": "record", "kind": "old_number_shared", "severity": "noted"}
    known["register"] = "、".join(sorted(whose.tellers))
    return problems({**known, **row} for row in whose.shared().to_dicts())


def _read(register: Register, rulebook: Rulebook) -> set[str]:
    """The columns of a register that linking, measures, networks, channels, statistics and row formulas read."""
    names = {"enterprise_id", register.known, register.period, register.name_column, register.state_column}
    if register.name in rulebook.region.enterprise_from:
        names.update(registration_columns(register))
    names |= {column for pairs in rulebook.region.provides.values() for of, column in pairs if of == register.name}
    if register.former_name is not None:
        names |= {register.former_name.column, register.former_name.until}
        names |= (
            {column for _, column in fields_of(register.former_name.where)} if register.former_name.where else set()
        )
    nodes = [node for measure in rulebook.measures.values() for node in (measure.value, measure.by, measure.where)]
    nodes += [formula.value for formula in rulebook.row_formulas.get(register.name, ())]
    nodes += [node for network in rulebook.networks.values() for node in network.nodes()]
    nodes += [node for channel in rulebook.channels.values() for node in channel.nodes()]
    for statistic in rulebook.statistics.values():
        nodes += [statistic.where, *(node for _, node in statistic.by), *(column.value for column in statistic.columns)]
    read = {field for node in nodes if node is not None for field in fields_of(node)}
    return {name for name in names if name} | {column for table, column in read if table == register.name}
