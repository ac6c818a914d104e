"""Quotes are looked up in the texts of their documents, and sentences that nothing quotes are named."""

from kerong.rulebook.coverage import covered, sentences
from kerong.rulebook.quotes import missing_quotes
from tests.rulebook.published import SOURCE, figure, loaded

TEXT = """一、甲市
截至2024年6月底，贷款余额
5872.92亿元。设立基金3支；成立
银行2家。
二、乙市
贷款余额5872.92亿元，持平。"""


def test_a_quote_is_found_across_broken_lines_and_a_changed_character_is_not() -> None:
    book = loaded(figures_all=figure("a", "1"))
    assert missing_quotes(book, {"report.txt": TEXT}) == []
    [missing] = missing_quotes(book, {"report.txt": TEXT.replace("5872.92", "5872.93")})
    assert (missing.place.file, missing.place.line) == ("figures/all.toml", 8)
    assert missing.words == "贷款余额5872.92亿元"


def test_a_quote_whose_document_is_not_there_is_missing_and_says_so() -> None:
    [missing] = missing_quotes(loaded(figures_all=figure("a", "1")), {})
    assert missing.unread
    assert missing.file == "report.txt"


def test_a_text_is_cut_at_its_stops_and_headings_but_not_at_its_line_breaks() -> None:
    assert [(one.line, one.words) for one in sentences(TEXT)] == [
        (1, "一、甲市"),
        (2, "截至2024年6月底，贷款余额5872.92亿元。"),
        (3, "设立基金3支；"),
        (3, "成立银行2家。"),
        (5, "二、乙市"),
        (6, "贷款余额5872.92亿元，持平。"),
    ]


def test_only_the_part_that_is_about_the_region_has_to_be_covered() -> None:
    figures = figure("a", "1", more=SOURCE.replace("贷款余额5872.92亿元", "5872.92亿元"))
    [whole] = covered(loaded(figures_all=figures), {"report.txt": TEXT})
    assert (whole.count, whole.touched) == (6, 1)
    part = '[[part]]\ndocument = "S3"\nfrom = "二、乙市"\n'
    [second] = covered(loaded(figures_all=figures, documents_part=part), {"report.txt": TEXT})
    assert [one.words for one in second.untouched] == ["二、乙市"]
    assert second.count == 2


def test_a_part_whose_words_are_not_in_the_document_is_missing() -> None:
    part = '[[part]]\ndocument = "S3"\nfrom = "三、丙市"\n'
    [missing] = missing_quotes(loaded(documents_part=part), {"report.txt": TEXT})
    assert (missing.place.file, missing.words) == ("documents/part.toml", "三、丙市 …")
