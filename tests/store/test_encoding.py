"""Encodings: what is UTF-8, GB18030 or UTF-16 is read right, what is none of them is replaced and counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.store.encoding import Decoding, Undecodable, text_of

RARE = "名称,城市\n龑兴有限公司,苏州\n䶮泰科技,无锡\n㛃美,常州\n"


class Whole:
    """A text decoded in one round: `data`, what it was, and its bad places."""

    def __init__(self, chunks: list[bytes], declared: str | None = None) -> None:
        text = text_of(chunks, declared)
        decoding = Decoding(chunks, text)
        self.data, self.encoding = b"".join(decoding), text.encoding
        self.invalid, self.line = decoding.invalid, decoding.line


def as_utf8(data: bytes, declared: str | None = None) -> Whole:
    """The text of the bytes, given in one piece."""
    return Whole([data], declared)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rare_names_are_right_in_every_encoding(encoding: str) -> None:
    decoded = as_utf8(RARE.encode(encoding))
    assert decoded.data.decode() == RARE
    assert decoded.invalid == 0


def test_a_single_name_of_four_byte_characters_is_gb18030() -> None:
    assert as_utf8("name\n䶮㛃\n".encode("gb18030")).data.decode() == "name\n䶮㛃\n"


def test_lone_bytes_of_a_western_encoding_are_replaced_and_their_first_line_is_told() -> None:
    decoded = as_utf8(b"name,city\nAnn,Quebec\nCond\xe9 Nast,Montr\xe9al\n")
    assert decoded.data.decode() == "name,city\nAnn,Quebec\nCond\ufffd Nast,Montr\ufffdal\n"
    assert (decoded.invalid, decoded.line) == (2, 3)


def test_a_gbk_line_in_a_utf8_file_is_damaged_and_the_others_are_right() -> None:
    decoded = as_utf8("苏州市,1\n常州市,4\n".encode() + "无锡\n".encode("gb18030"))
    assert decoded.data.decode().startswith("苏州市,1\n常州市,4\n")
    assert decoded.line == 3


def test_lines_that_end_in_carriage_returns_alone_are_lines() -> None:
    assert as_utf8(b"a,b\r1,2\r").data == b"a,b\n1,2\n"


def test_bytes_full_of_zeros_are_no_text() -> None:
    with pytest.raises(Undecodable):
        as_utf8(bytes(1000))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff")))
def test_any_utf8_text_stays_as_it_is(text: str) -> None:
    assert as_utf8(text.encode()).data.decode() == text


@pytest.mark.parametrize("words", [("税号", "单位", "元"), ("所属期", "元")])
def test_a_column_of_yuan_whose_bytes_are_utf8_too_does_not_hide_gb18030(words: tuple[str, ...]) -> None:
    *head, unit = words
    text = ",".join(head) + "\n" + f"9132,{unit}\n" * 500
    decoded = as_utf8(text.encode("gb18030"))
    assert (decoded.encoding, decoded.data.decode()) == ("gb18030", text)
