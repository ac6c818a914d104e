"""Rows of an enterprise that never reached its record: in quarantine, or of batches that are not in force."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from kerong.engine.record.clean import File, cleaned_part
from kerong.engine.record.facts import ENTERPRISE, Sources, identified, renumbered
from kerong.engine.record.headers import matched
from kerong.engine.record.lineage_rows import WHY, Row
from kerong.engine.record.neighbours import owned_by
from kerong.engine.record.old_numbers import OldNumbers, registration_columns
from kerong.engine.record.profile import identity_columns
from kerong.engine.record.tables import LINE, PART, RememberingTable
from kerong.rulebook.content import Register

SET_ASIDE = "set_aside"
FAULT = ("column", "kind", "value")


class _Sheet:
    """Raw rows of one file, as `cleaned_part` reads them."""

    def __init__(self, source: File, frame: pl.DataFrame, lines: pl.Series) -> None:
        self.file, self.feed, self.frame, self.lines = source.file, source.feed, frame, lines


def rows_beside(
    table: RememberingTable, register: Register, enterprise_id: str, keys: pl.Series, whose: OldNumbers
) -> Iterator[tuple[pl.DataFrame, Sources]]:
    """Rows of batches that are not in force, with WHY, and the sources that their PART names.

    `keys`: the names by which a register that knows firms by name alone knows this one, and no other firm.
    """
    by_name = register.identify == "name"
    if register.identify == "none":
        return
    for why, other in table.beside():
        rows = owned_by(other, register, keys if by_name else pl.Series("key", [enterprise_id]), whose)
        rows = renumbered(identified(rows, register)[0], register, whose)[0]
        if not by_name:
            rows = rows.filter(pl.col(ENTERPRISE) == enterprise_id)
        if rows.height:
            yield rows.sort(PART, LINE).with_columns(pl.lit(why).alias(WHY)), other.sources


def rows_set_aside(
    table: RememberingTable,
    register: Register,
    mappings: Mapping[str, Register],
    enterprise_id: str,
    keys: pl.Series,
    whose: OldNumbers,
) -> Iterator[Row]:
    """Rows of batches in force whose cells could not be read, where what says whose they are can be."""
    if register.identify == "none":
        return
    firms = set(keys.to_list()) if register.identify == "name" else {enterprise_id}
    wanted = dict.fromkeys([*identity_columns(register), *registration_columns(register)])
    for (part,), faults in table.in_quarantine().sort(PART, LINE).group_by(PART, maintain_order=True):
        source = table.sources[int(str(part))]
        mapping = mappings.get(source.feed, register)
        narrow = replace(mapping, columns={name: mapping.columns[name] for name in wanted}, row=())
        raw = faults.unique(LINE, keep="first", maintain_order=True).drop_nulls("raw")
        cells = [json.loads(text) for text in raw["raw"].to_list()]
        headers = list(dict.fromkeys(name for row in cells for name in row))
        frame = pl.DataFrame(cells, schema=dict.fromkeys(headers, pl.String))
        sheet = _Sheet(File(source.file, source.feed), frame, raw[LINE])
        rows = renumbered(identified(cleaned_part(sheet, 0, narrow)[0], register)[0], register, whose)[0]
        own = set(rows.filter(pl.col(ENTERPRISE).is_in(list(firms)))[LINE].to_list())
        of = {name: found.header for name, found in matched(headers, mapping).columns.items()}
        for line, told in zip(raw[LINE].to_list(), cells, strict=True):
            if line in own:
                wrong = faults.filter(pl.col(LINE) == line).select(FAULT).to_dicts()
                said = {name: told[header] for name, header in of.items() if told.get(header) is not None}
                place = {"file": source.file, "line": line, "register": register.name}
                faulty = tuple({**place, **one} for one in wrong)
                yield Row(
                    register.name,
                    source.file,
                    source.feed,
                    source.batch,
                    line,
                    "",
                    None,
                    None,
                    {},
                    SET_ASIDE,
                    raw=said,
                    faults=faulty,
                )
