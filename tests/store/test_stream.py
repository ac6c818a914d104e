"""Blocks: whatever the size of pieces and blocks, and however they are parted, a file says the same."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.store import delimited, encoding
from kerong.store.files import Folder, whole
from kerong.store.parts import Problem, RawPart, Unusable
from kerong.store.plain_kernel import valid_until
from kerong.store.plain_text import Memory, plain_table
from kerong.store.stream import blocks, source
from kerong.store.stream.ahead import ahead
from kerong.store.stream.blocks import blocks_of

CELLS = [
    "a",
    '"b"',
    '"x,y"',
    '"l\nm"',
    '"say ""so"""',
    '5" d',
    "",
    "龑",
    '""',
    '" "',
    '"a quoted, and longer text"',
    '"b\r"',
    '"c"\r',
    "c\r",
    "a text of more than twelve bytes",
]
ROW = st.lists(st.sampled_from(CELLS), min_size=1, max_size=4).map(",".join)
TEXT = st.one_of(
    st.text(st.sampled_from('ab,,"\n\n\r ;龑1\t|'), max_size=60),
    st.tuples(st.lists(ROW, max_size=9), st.sampled_from(["\n", "\r\n"])).map(
        lambda made: made[1].join(["k,l", *made[0], ""])
    ),
)
ENCODED = st.tuples(TEXT, st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])).map(
    lambda made: made[0].encode(made[1])
)

Said = tuple[list[str], list[tuple[object, ...]], list[int], list[str]] | dict[str, object]


def said(data: bytes, name: str = "t.csv", rows: int = 1 << 20, chunk_bytes: int = 1 << 20) -> Said:
    """Headers, rows, lines and problems of a file, or why it cannot be used."""
    try:
        part, problems = whole(blocks_of(data, name, None, rows, chunk_bytes))
    except Unusable as error:
        return dict(error.found)
    assert part.lines is not None
    return part.frame.columns, part.frame.rows(), part.lines.to_list(), sorted(map(str, problems))


@settings(max_examples=200)
@given(st.one_of(ENCODED, st.binary(max_size=30)), st.sampled_from([1, 3, 7, 16]), st.sampled_from([1, 2, 5]))
def test_pieces_and_blocks_of_any_size_say_what_the_whole_file_says(data: bytes, chunk_bytes: int, rows: int) -> None:
    assert said(data, rows=rows, chunk_bytes=chunk_bytes) == said(data)


@settings(max_examples=200)
@given(ENCODED, st.sampled_from([3, 1 << 20]))
def test_the_compiled_loops_say_what_the_plain_readers_say(data: bytes, chunk_bytes: int) -> None:
    plainly = said(data, chunk_bytes=chunk_bytes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "LONG_BYTES", 1)
        patch.setattr(encoding, "LONG_BYTES", 1)
        assert said(data, chunk_bytes=chunk_bytes) == plainly


@given(st.binary(max_size=20), st.text(max_size=20))
def test_the_compiled_look_at_utf8_is_that_of_python(data: bytes, text: str) -> None:
    for tried in (data, text.encode() + data, data + text.encode()):
        try:
            tried.decode()
            expected = len(tried)
        except UnicodeDecodeError as error:
            expected = error.start
        assert valid_until(pl.Series(list(tried), dtype=pl.UInt8).to_numpy()) == expected


# text, and bytes that are nearly text: too long, half of a pair of UTF-16, beyond Unicode, broken off
NEARLY = [
    bytes.fromhex(one) for one in ("c080", "e08080", "eda080", "f08080", "f4908080", "f5", "e4", "e4b8", "f09f98", "80")
]
STRETCHES = st.lists(
    st.one_of(
        st.text(max_size=40).map(str.encode), st.integers(1, 70).map(lambda n: b"x" * n), st.sampled_from(NEARLY)
    ),
    max_size=9,
).map(b"".join)


@settings(max_examples=300)
@given(STRETCHES, st.lists(st.integers(1, 150), min_size=1, max_size=5))
def test_a_text_looked_at_by_a_compiled_loop_is_what_python_sees(data: bytes, sizes: list[int]) -> None:
    """Whatever the lengths of its chunks, which may end inside a character."""
    chunks, at = [], 0
    for size in [*sizes, *[len(data)] * bool(data)]:
        chunks += [data[at : at + size]] if at < len(data) else []
        at += size
    seen = encoding._Seen()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "LONG_BYTES", 1)
        for chunk in chunks:
            seen.add(chunk)
    try:
        data.decode()
        expected = True
    except UnicodeDecodeError:
        expected = False
    assert (seen.is_utf8 and not seen.rest) == expected
    if expected:
        assert (seen.length, seen.nuls) == (len(data), data.count(b"\0"))
        assert (seen.has_newline, seen.has_return, seen.is_quoted) == (b"\n" in data, b"\r" in data, b'"' in data)


def test_a_table_lives_as_long_as_any_column_of_it() -> None:
    """The memory is used again for the next table only when nobody holds a column of the one before."""
    memory = Memory()
    kept = [plain_table(f"text number {number} of many,{number}\n".encode() * 9, ",", 2, memory) for number in range(5)]
    columns = [table["0"].slice(3, 2) for table in kept if table is not None]
    del kept, memory
    assert [column.to_list() for column in columns] == [[f"text number {number} of many"] * 2 for number in range(5)]


@pytest.mark.parametrize("text", [b"a,b\nc\n", b"a,b\n\nc,d\n", b"a\n1\n", b"a,b,c\n"])
def test_a_text_that_is_not_plain_is_left_to_others(text: bytes) -> None:
    assert plain_table(text, ",", 2, Memory()) is None


VALUE = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.decimals(allow_nan=False).map(str))


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c d"]), VALUE, min_size=1), min_size=1, max_size=6))
def test_json_lines_say_what_their_objects_say(objects: list[dict[str, object]]) -> None:
    found = said("".join(json.dumps(one) + "\n" for one in objects).encode(), "t.jsonl", 2, 5)
    assert not isinstance(found, dict)
    names = list(dict.fromkeys(key for one in objects for key in one))
    assert found[0] == names
    told = [tuple(_as_cell(one.get(name)) for name in names) for one in objects]
    assert found[1] == [row for row in told if any(cell is not None for cell in row)]


def _as_cell(value: object) -> str | None:
    return None if value in (None, "") else str(value).lower() if isinstance(value, bool) else str(value)


def test_numbers_of_json_stay_as_they_are_written() -> None:
    found = said(b'{"a": 12345678901234567890.12, "b": 1e5}\n\n{"b": -0}\n', "t.ndjson")
    assert found == (["a", "b"], [("12345678901234567890.12", "1e5"), (None, "-0")], [1, 3], [])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"a": {"b": 1}}', {"kind": "json_nested", "line": 2, "column": "a"}),
        ('{"a": [1]}', {"kind": "json_nested", "line": 2, "column": "a"}),
        ('{"a": 1, "a": 2}', {"kind": "json_key_twice", "line": 2, "column": "a"}),
        ('{"a": 1', {"kind": "json_unreadable", "line": 2, "value": '{"a": 1'}),
        ("[1]", {"kind": "json_unreadable", "line": 2, "value": "[1]"}),
        ("[" * 100_000, {"kind": "json_unreadable", "line": 2, "value": "[" * 80}),
    ],
)
def test_json_that_is_no_row_is_refused_with_line_and_key(line: str, found: dict[str, object]) -> None:
    assert said(f'{{"a": 1}}\n{line}\n'.encode(), "t.jsonl") == found


def test_a_folder_reads_json_lines(tmp_path: Path) -> None:
    (tmp_path / "tax_1.jsonl").write_bytes(b'{"a": 1}\n')
    (tmp_path / "tax_2.ndjson").write_bytes(b'{"a": 2}\n')
    assert [part.frame["a"].item() for part in Folder(tmp_path).read("tax", ("tax*",)).parts] == ["1", "2"]


def test_parquet_comes_in_blocks_with_its_types(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": range(10), "b": [f"t{number}" for number in range(10)]})
    frame.write_parquet(tmp_path / "t.parquet", row_group_size=4)
    parts = [part for part in blocks(tmp_path / "t.parquet", "t.parquet", rows=3) if isinstance(part, RawPart)]
    assert [part.frame.height for part in parts] == [3, 3, 3, 1]
    assert pl.concat(part.frame for part in parts).equals(frame)
    assert [line for part in parts if part.lines is not None for line in part.lines] == list(range(2, 12))


def test_a_declared_encoding_is_taken_where_nothing_shows_it() -> None:
    big5 = "名稱,額\n臺灣,1\n".encode("big5")
    part = whole(blocks_of(big5, "t.csv", "big5"))[0]
    assert part.frame.rows() == [("臺灣", "1")]


def _peak_of(found: Iterator[RawPart | Problem]) -> tuple[int, Unusable | None]:
    """Bytes that Python held at most while blocks were taken and dropped, and why it ended."""
    tracemalloc.start()
    try:
        for _ in found:
            pass
    except Unusable as error:
        return tracemalloc.get_traced_memory()[1], error
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak, None


@pytest.mark.parametrize(
    ("row", "kind"), [(b"x" * (1 << 16), "row_endless"), (b'"' + (b"x" * 127 + b"\n") * (1 << 9), "quote_not_closed")]
)
def test_a_row_that_swallows_the_file_is_not_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: bytes, kind: str
) -> None:
    """A file of 24 MB, of which the second line goes on to the end; limits are smaller here than in use."""
    monkeypatch.setattr(delimited, "RECORD_BYTES", 1 << 20)
    monkeypatch.setattr(encoding, "LINE_BYTES", 1 << 20)
    monkeypatch.setattr(source, "CHUNK_BYTES", 1 << 18)
    file = tmp_path / "t.csv.gz"
    with gzip.open(file, "wb", compresslevel=1) as written:
        written.write(b"a,b\n1,")
        written.write(row)
        for _ in range(383):
            written.write(row.replace(b'"', b"x"))
    peak, error = _peak_of(blocks(file, "t.csv.gz"))
    assert error is not None
    assert (error.found["kind"], error.found["line"]) == (kind, 2)
    assert peak < 12 << 20


def test_a_file_that_changes_between_two_rounds_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(b"a,b\n1,2\n")
    held = source.Source(file)
    assert list(held) == [b"a,b\n1,2\n"]
    file.write_bytes(b"a,b\n1,\xff\n\n")
    with pytest.raises(Unusable) as unusable:
        list(held)
    assert unusable.value.found["kind"] == "file_changed"


def test_the_next_block_is_made_beside_and_errors_come_in_their_place() -> None:
    def made() -> Iterator[int]:
        yield 1
        yield 2
        raise Unusable("file_inflates")

    seen: list[int] = []
    with pytest.raises(Unusable):
        seen.extend(ahead(made()))
    found = ahead(iter(range(1000)))
    assert [next(found), next(found)] == [0, 1]
    found.close()
