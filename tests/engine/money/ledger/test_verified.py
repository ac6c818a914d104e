"""Laws of the verifier: it finds every change of an export, and it reads what anybody wrote without falling over."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.money.ledger import Act, Book, Close, Transfer, canonical, first, genesis, movements, refusal, row_of
from kerong.engine.money.ledger.exported import HEADS, Head, Sealed, exported, file_of, heads_text, sealed
from kerong.engine.money.ledger.verified import Verified, verify
from kerong.engine.problems import sentence
from tests.engine.money.ledger.histories import BOOKS, BUDGET, EXAMPLES, POOL, Entry, histories
from tests.engine.money.ledger.plain_ledger import PlainLedger

Files = dict[str, list[bytes]]
ON = date(2025, 3, 1)


def kept(history: list[Entry]) -> list[Entry]:
    """What of a history can be."""
    model, books = PlainLedger(), {book.code: book for book in BOOKS}
    return [
        entry
        for entry in history
        if not (isinstance(entry, Transfer) and refusal(entry, books[entry.book])) and model.add(entry) is None
    ]


def export(history: list[Entry], books: tuple[Book, ...] = BOOKS) -> tuple[Files, bytes]:
    """The files of an export, and its heads."""
    files: Files = {}
    heads = {}
    for book in books:
        rows = list(
            sealed(
                book, (row_of(entry, "2025-03-01T00:00:00+00:00", "7") for entry in history if entry.book == book.code)
            )
        )
        files[file_of(book.code)] = [line.encode() for line in exported(book, rows)]
        heads[book.code] = Head(rows[-1].sequence, rows[-1].hash) if rows else Head(0, first(book).hex())
    return files, heads_text(heads).encode()


def kinds(found: Verified) -> list[str]:
    return found.problems["kind"].to_list()


def a_budget() -> list[Entry]:
    """An appropriation, a grant that is paid in part, a closing, and money that comes back."""
    grant = movements.reserve_grant(Act("reserve", ON, "subsidy:1"), BUDGET, "企业甲", 700)
    return [
        *movements.appropriate(Act("appropriate", ON), BUDGET, 1_000),
        *grant,
        *movements.pay_grant(Act("pay", ON), grant[0], 600),
        Close(BUDGET.code, date(2025, 3, 31)),
        *movements.claw_back(Act("back", date(2025, 4, 1)), BUDGET, "企业甲", 100),
    ]


ONE, ONE_HEADS = export(a_budget(), (BUDGET,))
NAME = file_of(BUDGET.code)
LINES = ONE[NAME]


@settings(max_examples=EXAMPLES)
@given(histories())
def test_what_was_exported_is_found_whole(history: list[Entry]) -> None:
    files, heads = export(kept(history))
    found = verify(files, heads)
    assert kinds(found) == []
    assert {book.code for book in found.books} == {book.code for book in BOOKS}
    assert verify(files, heads, published=heads).problems.height == 0


@settings(max_examples=EXAMPLES * 3)
@given(st.data())
def test_any_single_changed_byte_is_found(data: st.DataObject) -> None:
    text = b"".join(LINES)
    place = data.draw(st.integers(0, len(text) + len(ONE_HEADS) - 1))
    byte = data.draw(st.integers(0, 255))
    whole = bytearray(text + ONE_HEADS)
    if whole[place] == byte:
        byte = (byte + 1) % 256
    whole[place] = byte
    changed, heads = bytes(whole[: len(text)]), bytes(whole[len(text) :])
    found = verify({NAME: lines_of(changed)}, heads)
    assert kinds(found)
    all_said(found)


def lines_of(data: bytes) -> list[bytes]:
    """Lines with their ends, parted at line feeds only."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def all_said(found: Verified) -> None:
    """Every problem has a sentence in both languages, with nothing left open."""
    for row in found.problems.iter_rows(named=True):
        for lang in ("zh", "en"):
            said = sentence(row, lang)
            assert said != row["kind"]
            assert "None" not in said


@settings(max_examples=EXAMPLES)
@given(histories(books=(BUDGET, POOL)), st.data())
def test_a_dropped_doubled_or_swapped_row_and_a_cut_tail_are_found(history: list[Entry], data: st.DataObject) -> None:
    files, heads = export(kept(history), (BUDGET, POOL))
    name = data.draw(st.sampled_from(sorted(files)))
    lines = files[name]
    at = data.draw(st.integers(0, len(lines) - 1))
    after = data.draw(st.integers(0, len(lines) - 1))
    ways = {
        "dropped": [*lines[:at], *lines[at + 1 :]],
        "doubled": [*lines[:after], lines[at], *lines[after:]],
        "cut": lines[:at],
    }
    if at != after:
        swapped = list(lines)
        swapped[at], swapped[after] = swapped[after], swapped[at]
        ways["swapped"] = swapped
    for way, changed in ways.items():
        found = verify(files | {name: changed}, heads)
        assert kinds(found), way
        all_said(found)


@settings(max_examples=EXAMPLES)
@given(histories(books=(BUDGET,), most=15), st.data())
def test_a_row_that_a_forger_seals_anew_is_found_by_published_heads(history: list[Entry], data: st.DataObject) -> None:
    rows = kept(history)
    transfers = [number for number, entry in enumerate(rows) if isinstance(entry, Transfer)]
    if not transfers:
        return
    _, published = export(rows, (BUDGET,))
    at = data.draw(st.sampled_from(transfers))
    forged = [row_of(entry, "2025-03-01T00:00:00+00:00", "7") for entry in rows]
    forged[at] = forged[at] | {"about": "forged"}
    chain = list(sealed(BUDGET, forged))
    files = {NAME: [line.encode() for line in exported(BUDGET, chain)]}
    heads = heads_text({BUDGET.code: Head(chain[-1].sequence, chain[-1].hash)}).encode()
    assert kinds(verify(files, heads)) == []  # a whole chain made anew agrees with itself
    assert kinds(verify(files, heads, published)) == ["ledger_head_differs"]


def test_heads_published_earlier_still_hold_when_the_ledger_has_gone_on() -> None:
    _, published = export(a_budget()[:2], (BUDGET,))
    assert kinds(verify(ONE, ONE_HEADS, published)) == []


def test_without_heads_the_verifier_says_that_a_cut_end_cannot_be_seen() -> None:
    assert kinds(verify({NAME: LINES[:-1]}, None)) == ["ledger_heads_absent"]
    assert kinds(verify({NAME: LINES[:-1]}, ONE_HEADS)) == ["ledger_tail_cut"]


def _line(row: Mapping[str, Any], sequence: Any = 1, digest: Any = "0" * 64) -> bytes:
    return (canonical({"hash": digest, "row": row, "sequence": sequence}) + "\n").encode()


GOOD = json.loads(LINES[1])["row"]
HOSTILE: dict[str, tuple[list[bytes], str]] = {
    "an empty file": ([], "ledger_header_absent"),
    "no header": (LINES[1:], "ledger_header_absent"),
    "two headers": ([LINES[0], *LINES], "ledger_header_twice"),
    "the header of another book": ([(genesis(POOL) + "\n").encode()], "ledger_header_wrong"),
    "a header of another format": ([LINES[0].replace(b'"format":1', b'"format":2')], "ledger_header_wrong"),
    "a header whose format is true": ([LINES[0].replace(b'"format":1', b'"format":true')], "ledger_header_wrong"),
    "a header of an unknown kind": ([LINES[0].replace(b'budget","type', b'purse","type')], "ledger_header_wrong"),
    "a header whose code is a list": (
        [b'{"book":[],"currency":"CNY","format":1,"kind":"pool","type":"book"}\n'],
        "ledger_header_wrong",
    ),
    "a huge line": ([LINES[0], b"[" * (1 << 20) + b"\n"], "ledger_line_too_long"),
    "deep nesting": ([LINES[0], b"[" * 60_000 + b"\n"], "ledger_line_json"),
    "a byte order mark": ([b"\xef\xbb\xbf" + LINES[0]], "ledger_line_json"),
    "GBK": ([LINES[0], LINES[1].replace(b'"about":""', '"about":"企业"'.encode("gbk"))], "ledger_line_encoding"),
    "UTF-16": (["".join(line.decode() for line in LINES).encode("utf-16")], "ledger_line_unended"),
    "CR for line ends": ([b"".join(LINES).replace(b"\n", b"\r")], "ledger_line_unended"),
    "CRLF for line ends": ([line.replace(b"\n", b"\r\n") for line in LINES], "ledger_line_form"),
    "an empty line": ([LINES[0], b"\n", *LINES[1:]], "ledger_line_blank"),
    "a cut line": ([*LINES[:-1], LINES[-1][:-9]], "ledger_line_unended"),
    "no JSON": ([LINES[0], b"transfer 5 fen\n"], "ledger_line_json"),
    "NaN": ([LINES[0], LINES[1].replace(b'"fen":1000', b'"fen":NaN')], "ledger_number"),
    "Infinity": ([LINES[0], LINES[1].replace(b'"fen":1000', b'"fen":-Infinity')], "ledger_number"),
    "a float": ([LINES[0], LINES[1].replace(b'"fen":1000', b'"fen":1000.0')], "ledger_number"),
    "an exponent": ([LINES[0], LINES[1].replace(b'"fen":1000', b'"fen":1e400000')], "ledger_number"),
    "a number of a million digits": ([LINES[0], LINES[1].replace(b":1000", b":" + b"9" * 50_000)], "ledger_line_json"),
    "a number beyond 64 bits": ([LINES[0], _line(GOOD | {"fen": 2**63})], "ledger_amount"),
    "minus nought": ([LINES[0], LINES[1].replace(b'"fen":1000', b'"fen":-0')], "ledger_line_form"),
    "an amount as text": ([LINES[0], _line(GOOD | {"fen": "1000"})], "ledger_field_type"),
    "true for an amount": ([LINES[0], _line(GOOD | {"fen": True})], "ledger_field_type"),
    "null for a text": ([LINES[0], _line(GOOD | {"about": None})], "ledger_field_type"),
    "a list for a row": ([LINES[0], _line([1])], "ledger_type_unknown"),  # type: ignore[arg-type]
    "a text for a row": ([LINES[0], b'"row"\n'], "ledger_field_type"),
    "a hash in capitals": ([LINES[0], _line(GOOD, digest="A" * 64)], "ledger_field_type"),
    "a sequence as text": ([LINES[0], _line(GOOD, "1")], "ledger_field_type"),
    "an unknown field": ([LINES[0], _line(GOOD | {"note": "x"})], "ledger_field_unknown"),
    "a missing field": ([LINES[0], _line({name: GOOD[name] for name in GOOD if name != "by"})], "ledger_field_missing"),
    "an unknown type": ([LINES[0], _line(GOOD | {"type": "gift"})], "ledger_type_unknown"),
    "a doubled key": ([LINES[0], LINES[1].replace(b'"fen":1000', b'"fen":1,"fen":1000')], "ledger_key_twice"),
    "escapes for characters": ([LINES[0], LINES[2].replace("企".encode(), b"\\u4f01")], "ledger_line_form"),
    "half a character": ([LINES[0], LINES[1].replace(b'"about":""', b'"about":"\\ud800"')], "ledger_line_form"),
    "a row of another book": ([LINES[0], _line(GOOD | {"book": "pool"})], "ledger_row_book"),
    "a date that is none": ([LINES[0], _line(GOOD | {"on": "20250301"})], "ledger_date"),
    "a day that does not exist": ([LINES[0], _line(GOOD | {"on": "2025-02-30"})], "ledger_date"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_a_hostile_writer_put_into_a_file_is_a_problem_with_a_name(what: str) -> None:
    lines, kind = HOSTILE[what]
    found = verify({NAME: lines}, ONE_HEADS)
    assert kind in kinds(found)
    all_said(found)
    row = found.problems.filter(kind=kind).row(0, named=True)
    assert (row["file"], row["line"] is not None) == (NAME, True)


@settings(max_examples=EXAMPLES)
@given(
    st.lists(st.binary(max_size=40).map(lambda data: data + b"\n") | st.sampled_from(LINES), max_size=6),
    st.binary(max_size=80),
)
def test_whatever_the_bytes_are_the_verifier_answers(lines: list[bytes], heads: bytes) -> None:
    all_said(verify({NAME: lines}, heads))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*GOOD, "hash", "row", "sequence", "books", "format"]), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(max_examples=EXAMPLES)
@given(st.lists(JSON, max_size=4), JSON, st.sampled_from(sorted(GOOD)), JSON)
def test_whatever_the_json_is_the_verifier_answers(told: list[Any], heads: Any, name: str, value: Any) -> None:
    lines = [
        LINES[0],
        *(
            (json.dumps(one) + "\n").encode()
            for one in [*told, {"hash": "0" * 64, "row": GOOD | {name: value}, "sequence": 1}]
        ),
    ]
    all_said(verify({NAME: lines}, (json.dumps(heads) + "\n").encode()))


HEADS_TOLD = json.loads(ONE_HEADS)


@pytest.mark.parametrize(
    ("heads", "kind"),
    [
        (b"", "ledger_line_blank"),
        (b"[]\n", "ledger_heads_form"),
        (b'{"books":[],"format":1}\n', "ledger_heads_form"),
        (b'{"books":{"a":1},"format":1}\n', "ledger_heads_form"),
        (b'{"books":{"a":{"hash":1,"sequence":1}},"format":1}\n', "ledger_heads_form"),
        ((canonical(HEADS_TOLD | {"format": 2}) + "\n").encode(), "ledger_heads_form"),
        ((canonical(HEADS_TOLD | {"format": True}) + "\n").encode(), "ledger_heads_form"),
        ((canonical({"books": {}, "format": 1}) + "\n").encode(), "ledger_head_absent"),
        (ONE_HEADS.replace(b'"sequence":5', b'"sequence":4'), "ledger_head_differs"),
        (ONE_HEADS.replace(b'"sequence":5', b'"sequence":6'), "ledger_tail_cut"),
        (export(a_budget()[:3], (BUDGET,))[1], "ledger_head_behind"),
        (export(a_budget(), (BUDGET, POOL))[1], "ledger_book_absent"),
        (ONE_HEADS.decode().encode("utf-16"), "ledger_line_unended"),
    ],
)
def test_heads_that_say_something_else_are_a_problem_with_a_name(heads: bytes, kind: str) -> None:
    found = verify(ONE, heads)
    assert kind in kinds(found)
    all_said(found)


def test_what_the_replay_finds_stands_at_the_line_of_the_file() -> None:
    rows = [*a_budget(), *movements.reserve_grant(Act("more", date(2025, 5, 1)), BUDGET, "乙", 501)]
    files, heads = export(rows, (BUDGET,))
    row = verify(files, heads).problems.row(0, named=True)
    assert (row["kind"], row["file"], row["line"], row["column"]) == ("ledger_overdrawn", NAME, 7, "fen")
    assert sentence(row, "en").startswith(f"{NAME} line 7, column fen: the account does not have so much")


def test_a_changed_row_is_one_problem_and_not_one_of_all_rows_after_it() -> None:
    changed = [*LINES[:2], LINES[2].replace(b'"fen":700', b'"fen":701'), *LINES[3:]]
    found = verify({NAME: changed}, ONE_HEADS)
    assert list(found.problems.select("kind", "line").iter_rows()) == [("ledger_hash", 3)]


def test_a_sealed_row_names_its_place_in_the_chain() -> None:
    assert [entry.sequence for entry in sealed(BUDGET, map(row_of, a_budget()))] == [1, 2, 3, 4, 5]
    assert Sealed(*next(iter(sealed(BUDGET, map(row_of, a_budget()))))).row["step"] == "appropriate"


def test_the_file_of_a_book_is_a_name_that_every_disk_keeps_apart() -> None:
    codes = ["a/b", "a%b", "a_b", "A_b", "a.b", "..", "a-b", "a:b"]
    names = [file_of(code) for code in codes]
    assert len({name.casefold() for name in names}) == len(codes)
    assert file_of("budget/2025") == "budget%2F2025.jsonl"
    assert HEADS not in names
