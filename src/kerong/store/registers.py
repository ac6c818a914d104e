"""The registers of a folder as a mapping: each is read when it is asked for, so that only one is held at a time."""

from collections.abc import Iterator, Mapping, Sequence

from kerong.store.files import Folder, RawTable


class FolderRegisters(Mapping[str, RawTable]):
    """`patterns`: the name patterns of each register's files."""

    def __init__(self, folder: Folder, patterns: Mapping[str, Sequence[str]]) -> None:
        self.folder = folder
        self.patterns = dict(patterns)

    def __getitem__(self, register: str) -> RawTable:
        return self.folder.read(register, self.patterns[register])

    def __iter__(self) -> Iterator[str]:
        return iter(self.patterns)

    def __len__(self) -> int:
        return len(self.patterns)
