"""Firm names as keys: two spellings of one firm's name meet, two firms' names stay apart.

The key is for linking only and is never shown as a name. It is upper case without accents, punctuation
and legal form: `L.L.C.`, `Inc`, `Corporation`, `有限公司`. What follows "doing business as" is a trade name and is
left out, because registers carry it or not at random. Text is folded by Unicode's own rules (NFKC for full width),
so that the key does not depend on the keyboard that typed it.
"""

import polars as pl

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
    folded = _folded(name)
    words = (
        folded.str.replace_all("&AMP;", "&", literal=True)
        .str.replace_all(_SILENT, "")
        .str.replace_all("&", " AND ", literal=True)
        .str.replace_all(_OTHER, " ")
        .str.strip_chars()
        .str.replace_all(_AROUND_HAN, "$1")
    )
    key = (
        words.str.replace(_LEADING, "$1")
        .str.replace(_TRADE_NAME, "$1")
        .str.replace(_LEGAL_FORM, "$1")
        .str.replace(_LEADING, "$1")
    )
    kept = pl.when(folded == "").then(name.str.strip_chars()).otherwise(folded)
    return pl.when(key == "").then(kept).otherwise(key)


def is_name(name: pl.Expr) -> pl.Expr:
    """Whether a cell can be a firm's name: it holds a letter or digit and is no marker of a missing value.

    `#NAME?` and its like are what a spreadsheet leaves of a cell that it took for a formula.
    """
    folded = _folded(name)
    return (folded.str.contains(r"[\p{L}\p{N}]") & ~folded.str.contains(_NOT_A_NAME)).fill_null(value=False)


def _folded(name: pl.Expr) -> pl.Expr:
    """Upper case, accents off, full width as half width, one blank between words."""
    plain = name.str.normalize("NFKD").str.replace_all(_ACCENTS, "").str.to_uppercase()
    # upper case can bring forth new compositions, hence the second folding
    again = plain.str.normalize("NFKD").str.replace_all(_ACCENTS, "").str.normalize("NFKC")
    return again.str.replace_all(r"\s+", " ").str.strip_chars()
