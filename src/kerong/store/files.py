"""Files of a folder of registers to raw tables: CSV (also gzipped), JSON lines, XLSX and Parquet.

What makes a file unusable is a "refused" problem and the file gives no part; a row that does not fit is "quarantined",
with its line. Nothing is interpreted here: cells stay texts until `engine.record.clean`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import polars as pl

from kerong.store.parts import Problem, RawPart, RawTable, Unusable
from kerong.store.stream.blocks import READABLE, blocks_of, extension_of
from kerong.store.stream.source import Source

__all__ = ["READABLE", "Folder", "Problem", "RawPart", "RawTable", "Unusable", "fitting", "whole"]

TABLES_OF_OTHERS = (".xls", ".xlsm", ".xlsb", ".ods", ".et", ".tsv", ".dbf", ".mdb")  # refused: they must be converted
PERHAPS_TABLES = (".txt", ".json", ".zip", ".rar", ".7z", ".gz")  # noted: perhaps only a licence or a read-me
UNREAD = TABLES_OF_OTHERS + PERHAPS_TABLES


class Folder:
    """A folder with the files of a region's registers."""

    def __init__(self, path: Path | str) -> None:
        """Raises NotADirectoryError where `path` is no folder."""
        self.path = Path(path)
        if not self.path.is_dir():
            raise NotADirectoryError(f"{self.path} is not a folder")
        self._hashes: dict[str, str] = {}

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of every file that was read, by name, sorted."""
        return dict(sorted(self._hashes.items()))

    def names(self, patterns: Sequence[str]) -> list[str]:
        """Files that match a pattern (for the name without extension, whatever its case), sorted."""
        return sorted(name for name in self._candidates(patterns) if _extension(name) in READABLE)

    def read(self, register_name: str, patterns: Sequence[str]) -> RawTable:
        """Every file of the register; a file that cannot be used is a problem and gives no part."""
        table = RawTable(register_name)
        for name in sorted(self._candidates(patterns)):
            found = table.problems
            told = name.encode("utf-8", "backslashreplace").decode()
            try:
                if told != name:
                    raise Unusable("file_name_not_text")
                if _extension(name) in UNREAD:
                    severity = "noted" if _extension(name) in PERHAPS_TABLES else "refused"
                    raise Unusable("file_format_not_read", value=_extension(name), severity=severity)
                part, noted = self._part(name)
                table.parts.append(part)
                found.extend(_problem(register_name, name, problem) for problem in noted)
            except Unusable as error:
                found.append(_problem(register_name, told, {"severity": "refused", **error.found}))
        return table

    def _candidates(self, patterns: Sequence[str]) -> list[str]:
        wanted = [PurePosixPath(pattern.casefold()).parts for pattern in patterns]
        depths = {len(parts) for parts in wanted}
        found: list[str] = []
        for depth in sorted(depths):
            for path in self.path.glob("/".join("*" * depth)):
                name = path.relative_to(self.path).as_posix()
                parts = PurePosixPath(name.removesuffix(_extension(name)).casefold()).parts
                if _is_data(path) and any(_fits(parts, pattern) for pattern in wanted):
                    found.append(name)
        return found

    def _part(self, name: str) -> tuple[RawPart, list[Problem]]:
        data = Source(self.path / name).whole()
        self._hashes[name] = hashlib.sha256(data).hexdigest()
        return whole(blocks_of(data, name))


def whole(found: Iterable[RawPart | Problem]) -> tuple[RawPart, list[Problem]]:
    """All blocks of a file as one part, and its problems."""
    parts: list[RawPart] = []
    problems: list[Problem] = []
    for one in found:
        if isinstance(one, RawPart):
            parts.append(one)
        else:
            problems.append(one)
    if len(parts) == 1:
        return parts[0], problems
    lines = [part.lines for part in parts if part.lines is not None]
    return RawPart(parts[0].file, pl.concat(part.frame for part in parts), pl.concat(lines)), problems


def fitting(names: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """Those of the names (of files that were read before, with extension) that match a register's patterns, sorted."""
    wanted = [PurePosixPath(pattern.casefold()).parts for pattern in patterns]
    stems = {name: PurePosixPath(name.removesuffix(_extension(name)).casefold()).parts for name in names}
    return sorted(name for name, parts in stems.items() if any(_fits(parts, pattern) for pattern in wanted))


def _extension(name: str) -> str:
    return extension_of(name, (*READABLE, *UNREAD))


def _is_data(path: Path) -> bool:
    """Neither hidden nor a spreadsheet's lock file, of a kind that holds registers, or at least named so."""
    hidden = path.name.startswith((".", "~$"))
    return not hidden and _extension(path.name).lower() in (READABLE + UNREAD if path.is_file() else READABLE)


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    pairs = zip(parts, pattern, strict=False)
    return len(parts) == len(pattern) and all(fnmatchcase(part, wanted) for part, wanted in pairs)


def _problem(register: str, file: str, found: Mapping[str, object]) -> Problem:
    return {"stage": "read", "register": register, "file": file, **found}
