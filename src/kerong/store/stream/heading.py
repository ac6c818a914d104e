"""The header of a file, checked once, and laid over every block of its rows."""

from collections.abc import Sequence

import polars as pl

from kerong.store.parts import Problem, RawPart, Unusable

COLUMNS = 4096


class Heading:
    """Names of a file's columns; columns without name and content fall away, and empty rows are left out."""

    def __init__(self, file: str, names: Sequence[str]) -> None:
        """Raises Unusable where two columns have one name, or there are more than COLUMNS."""
        if len(names) > COLUMNS:
            raise Unusable("too_many_columns", line=1, value=str(len(names)))
        self.file, self.width = file, len(names)
        self.nameless = [str(index) for index, name in enumerate(names) if not name]
        self.names = [name for name in names if name]
        twice = next((name for name in self.names if self.names.count(name) > 1), None)
        if twice is not None:
            raise Unusable("header_twice", line=1, column=twice)
        self.empty_rows = 0

    def part(self, frame: pl.DataFrame, lines: pl.Series) -> RawPart:
        """The rows of `frame` (columns "0", "1", …) that say something; raises Unusable where a nameless cell does."""
        for column in self.nameless:
            if frame[column].str.strip_chars().str.len_bytes().max():
                raise Unusable("header_empty", line=1, column=str(int(column) + 1))
        frame = frame.drop(self.nameless)
        frame.columns = self.names
        if frame.width and all(column.has_nulls() for column in frame):
            empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series()
            if empty.any():
                self.empty_rows += int(empty.sum())
                frame, lines = frame.filter(~empty), lines.filter(~empty)
        return RawPart(self.file, frame, lines)

    def nothing(self) -> RawPart:
        """A part without rows."""
        return RawPart(
            self.file, pl.DataFrame(schema=dict.fromkeys(self.names, pl.String())), pl.Series(dtype=pl.UInt32)
        )

    def ragged(self, rows: Sequence[tuple[int, int]]) -> list[Problem]:
        """A problem for each row (line, number of cells) of another width."""
        width = self.width
        return [
            {"severity": "quarantined", "kind": "row_has_other_width", "line": line, "value": f"{cells} / {width}"}
            for line, cells in rows
        ]

    def counted(self) -> list[Problem]:
        """What is told when all rows were seen."""
        if not self.empty_rows:
            return []
        return [{"severity": "noted", "kind": "empty_rows", "value": str(self.empty_rows)}]
