"""Firm names as keys: two spellings of one firm's name meet, two firms' names stay apart.

The key is for linking only and is never shown as a name. It is upper case without accents, punctuation
and legal form: `L.L.C.`, `Inc`, `Corporation`, `有限公司`. What follows "doing business as" is a trade name and is
left out, because registers carry it or not at random; so is a former name in brackets (原……公司). Text is folded by
Unicode's own rules (NFKC for full width) and traditional characters become simplified ones, so that the key does not
depend on the keyboard that typed it. Nothing else is taken away: 大江新 and 大江新材料 are two firms.
"""

from collections.abc import Callable

import polars as pl

from kerong.engine.record.traditional import simplified
from kerong.engine.record.values import is_ascii

# legal forms as they stand at the end of a name, once punctuation is gone; registers that cut names at 30
# characters leave beginnings of the two long ones
_CORPORATION = "CORP(?:O(?:R(?:A(?:T(?:I(?:ON?)?)?)?)?)?)?"
_INCORPORATED = "INC(?:ORP(?:O(?:R(?:A(?:T(?:ED?)?)?)?)?)?)?"
_FORMS = (
    _INCORPORATED,
    _CORPORATION,
    "(?:AND )?CO",
    "(?:AND )?COMPANY",
    "LIMITED(?: LIABILITY (?:COMPANY|CO|PARTNERSHIP)| PARTNERSHIP)?",
    "LTD",
    "LLC",
    "L L C",
    "LC",
    "LP",
    "L P",
    "LLP",
    "L L P",
    "LLLP",
    "PLLC",
    "PC",
    "P C",
    "PLC",
    "GMBH",
    "PTY",
)
_CHINESE_FORMS = ("股份有限公司", "有限责任公司", "有限公司")
_CHINESE_FORM = rf"(?:{'|'.join(_CHINESE_FORMS)})+$"
# 合伙企业 stays: a partnership and a company may share all the rest of their names
_PARTNERSHIP = r"合伙企业(?:特殊普通|普通|有限)合伙$"
_PLAIN = r"^[\x{4E00}-\x{9FFF}]+$"
_FORMER = r"(?:[(\[{〔【〖《<「『](?:原名|原|曾用名|更名前)[: ]*[^()\[\]{}]*(?:公司|厂|企业)[)\]}〕】〗》>」』]\s*)+$"

_ACCENTS = r"[\x{0300}-\x{036F}]"
_SILENT = r"[.'`´’‘ʼ]"  # dropped without a blank: L.L.C. is LLC, STACEY'S is STACEYS
_OTHER = r"[^\p{L}\p{M}\p{N}]+"
_LEADING = r"^(?:(?:THE|DBA|D B A) )+(\S)"
_TRADE_NAME = r"^(\S.*?) (?:DBA|D B A|DOING BUSINESS AS|FKA|F K A|FORMERLY KNOWN AS|FORMERLY)(?:[ \p{Han}].*)?$"
_LEGAL_FORM = rf"^(.+?)(?: (?:{'|'.join(_FORMS)})|{'|'.join(_CHINESE_FORMS)})+$"
_AROUND_HAN = r" *(\p{Han}) *"
_NOT_A_NAME = r"^(?:#(?:NAME\?|REF!|VALUE!|DIV/0!|NULL!|NUM!|N/A).*|N/A|NA|NONE|NULL|NAN|UNKNOWN|-+)$"


def normalised(name: pl.Expr) -> pl.Expr:
    """The linking key of a firm's name, as text; null for null.

    Applying it twice gives the same as once. A name is never emptied: one that consists of a legal form or of
    punctuation alone keeps it.
    """
    return name.map_batches(keys, return_dtype=pl.String, is_elementwise=True)


def keys(names: pl.Series) -> pl.Series:
    """`normalised` of a series. Names of ideographs alone, nearly all in a Chinese register, take a short way."""
    if is_ascii(names):
        return _keys(names)
    plain = names.str.contains(_PLAIN).fill_null(value=False)
    short = _plain_keys(names.filter(plain))
    if plain.all():
        return short.alias(names.name)
    return _keys(names.filter(~plain)).extend(short).gather(_places(plain)).alias(names.name)


def _places(second: pl.Series) -> pl.Series:
    """Where each value is, once those of `second` stand behind the others."""
    other = (~second).cum_sum().cast(pl.Int64) - 1
    return pl.select(
        pl.when(second).then(second.cum_sum().cast(pl.Int64) - 1 + (~second).sum()).otherwise(other)
    ).to_series()


def _plain_keys(names: pl.Series) -> pl.Series:
    """Keys of names that are ideographs alone: only writing and legal form differ."""
    text = simplified(names)
    key = text.str.replace(_CHINESE_FORM, "")
    if (key == "").any():
        return _keys(names)
    return key.str.replace(_PARTNERSHIP, "合伙企业")


def _keys(names: pl.Series) -> pl.Series:
    folded = _folded_series(names)
    words = _each(
        folded.str.replace(_FORMER, "").str.replace_all("&AMP;", "&", literal=True),
        lambda text: text.str.replace_all(_SILENT, ""),
        lambda text: text.str.replace_all("&", " AND ", literal=True),
        lambda text: text.str.replace_all(_OTHER, " ").str.strip_chars(),
        lambda text: text if is_ascii(text) else text.str.replace_all(_AROUND_HAN, "$1"),
    )
    key = _each(
        words,
        lambda text: text.str.replace(_LEADING, "$1"),
        lambda text: text.str.replace(_TRADE_NAME, "$1"),
        lambda text: text.str.replace(_LEGAL_FORM, "$1"),
        lambda text: text.str.replace(_PARTNERSHIP, "合伙企业"),
        lambda text: text.str.replace(_LEADING, "$1"),
    )
    return _unless_empty(key, _unless_empty(folded, names.str.strip_chars()))


def _each(text: pl.Series, *steps: Callable[[pl.Series], pl.Series]) -> pl.Series:
    for step in steps:
        text = step(text)
    return text


def _unless_empty(text: pl.Series, other: pl.Series) -> pl.Series:
    empty = (text == "").fill_null(value=False)
    return text.zip_with(~empty, other) if empty.any() else text


def is_name(name: pl.Expr) -> pl.Expr:
    """Whether a cell can be a firm's name: it holds a letter or digit and is no marker of a missing value.

    `#NAME?` and its like are what a spreadsheet leaves of a cell that it took for a formula.
    """
    folded = _folded(name)
    return (folded.str.contains(r"[\p{L}\p{N}]") & ~folded.str.contains(_NOT_A_NAME)).fill_null(value=False)


def _folded(name: pl.Expr) -> pl.Expr:
    return name.map_batches(_folded_series, return_dtype=pl.String, is_elementwise=True)


def _folded_series(names: pl.Series) -> pl.Series:
    """Upper case, accents off, full width as half width, simplified characters, one blank between words."""
    text = names.str.to_uppercase()
    if not is_ascii(names):
        plain = names.str.normalize("NFKD").str.replace_all(_ACCENTS, "").str.to_uppercase()
        # upper case can bring forth new compositions, hence the second folding
        text = simplified(plain.str.normalize("NFKD").str.replace_all(_ACCENTS, "").str.normalize("NFKC"))
    return text.str.replace_all(r"\s+", " ").str.strip_chars()
