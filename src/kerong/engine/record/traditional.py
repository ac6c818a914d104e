"""Traditional and variant characters of names as the simplified ones of the register of enterprises.

The table is OpenCC's (traditional to simplified, and the variants of Hong Kong and Taiwan), a character at a time. A
character that GB 2312 has is left alone, even where OpenCC would take it for a traditional one: 乾, 於, 夥 and their
like are written in simplified names too, and two firms must not meet because one of them was rewritten.
"""

from functools import cache
from types import MappingProxyType

import opencc
import polars as pl

IDEOGRAPHS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x2A6E0))
CONVERSIONS = ("t2s", "hk2s", "tw2s")
# parts of characters that some printers and PDF files put in place of the character; Unicode's NFKC leaves these
RADICALS = MappingProxyType(
    dict(
        zip("⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻥⻦⻨⻩⻬⻮⻰⻳", "见角贝车长门青韦页风飞食马骨鱼鸟麦黄齐齿龙龟", strict=True)
    )
)


def simplified(names: pl.Series) -> pl.Series:
    """The names in simplified characters; those without a traditional one are not looked at twice."""
    table, pattern = _table()
    affected = names.str.contains(pattern).fill_null(value=False)
    if not affected.any():
        return names
    changed = names.filter(affected).str.replace_many(list(table), list(table.values()))
    return names.scatter(affected.arg_true(), changed)


@cache
def _table() -> tuple[dict[str, str], str]:
    """From character to character, and a pattern that finds any of the former."""
    characters = [chr(code) for block in IDEOGRAPHS for code in block]
    table: dict[str, str] = {}
    for conversion in CONVERSIONS:
        converted = opencc.OpenCC(conversion).convert("\n".join(characters)).split("\n")
        found = {old: new for old, new in zip(characters, converted, strict=True) if len(new) == 1}
        table |= {old: new for old, new in found.items() if old != new and old not in table and not _is_plain(old)}
    table |= RADICALS
    # a result that is itself rewritten would make a second pass differ from the first
    closed = {old: table.get(new, new) for old, new in table.items()}
    return closed, f"[{''.join(sorted(closed))}]"


def _is_plain(character: str) -> bool:
    """Whether the character is one of GB 2312, and so of simplified writing."""
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
