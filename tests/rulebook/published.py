"""Figures, checks and lists for tests, laid into a small pack with one document."""

from kerong.rulebook import Rulebook, RulebookErrors, load
from tests.rulebook.packs import pack

DOCUMENT = """
[[document]]
code = "S3"
title = { zh = "报告", en = "Report" }
author = "某室"
year = 2024
text = "report.txt"
"""
SOURCE = 'source = { document = "S3", clause = "一", quote = ["贷款余额5872.92亿元"] }'
TITLE = 'title = { zh = "名", en = "Title" }'
POLICY = f"""
name = "grant"
kind = "subsidy"
level = "city"
mechanism = "spreading"
title = {{ zh = "补助", en = "Grant" }}
text = "给予补助。"
{SOURCE}
[[when]]
is = "enterprise.capital_fen > floor_fen"
title = {{ zh = "有资金", en = "Has capital" }}
[parameter.floor_fen]
2024-01-01 = {{ value = 5, source = "原文未给出", assumed = "the text gives no floor" }}
"""
LEVEL = '[[level]]\ncode = "city"\ntitle = { zh = "市级", en = "City" }\n'


def figure(
    name: str, value: str, unit: str = "家", as_of: str = "2024", qualifier: str = "exact", more: str = SOURCE
) -> str:
    """An entry [[figure]]."""
    return (
        f'[[figure]]\nname = "{name}"\n{TITLE}\nvalue = "{value}"\nunit = "{unit}"\nas_of = "{as_of}"\n'
        f'qualifier = "{qualifier}"\n{more}\n'
    )


def same(name: str, value: str, unit: str = "家", as_of: str = "2024", qualifier: str = "exact") -> str:
    """A figure of the one subject that all of these have."""
    return figure(name, value, unit, as_of, qualifier, f'{SOURCE}\nsubject = "firms"')


def check(of: str, formula: str | None, expect: str = "agrees", why: str = "") -> str:
    """An entry [[check]]."""
    given = [f"formula = '''{formula}'''"] if formula is not None else []
    given += [f'why = "{why}"'] if why else []
    return "\n".join(
        ["[[check]]", 'name = "worked"', TITLE, f'of = "{of}"', *given, 'basis = "a / b"', f'expect = "{expect}"\n']
    )


def listed(rows: str, unit: str = "亿元") -> str:
    """A list of two columns, years and amounts."""
    return (
        f'name = "spending"\n{TITLE}\nrows = {rows}\n{SOURCE}\n'
        'columns = [{ name = "year", title = { zh = "年", en = "Year" } }, '
        f'{{ name = "amount", title = {{ zh = "额", en = "Amount" }}, unit = "{unit}" }}]\n'
    )


def loaded(**files: str) -> Rulebook:
    """The rulebook of the small pack with the document and these files (`figures_all` is figures/all.toml)."""
    return load(pack(**{"documents_all": DOCUMENT, **files}))


def refused(**files: str) -> list[str]:
    """The errors of a pack, as lines; none where it loads."""
    try:
        loaded(**files)
    except RulebookErrors as errors:
        return [str(error) for error in errors.errors]
    return []
