"""Files of `codes/`: code lists of a country, from TOML to records, and the columns that are read through them.

`now` has a line for a code and its title, or for a code and what stands under it:

    3205 苏州市: 05虎丘区 06吴中区      (the codes 320505 and 320506)
    391 计算机制造: 1计算机整机制造      (the code 3911)

`former` has a line for a code, its title, the year and month until which it was listed, and the codes of today.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from kerong.rulebook.code_lists import CodeList, FormerCode
from kerong.rulebook.facts import Register
from kerong.rulebook.parse import nearest
from kerong.rulebook.sheets import Sheet

TYPES = ("district", "industry")
KEYS = ("name", "title", "type", "edition", "now", "former")
HEAD = re.compile(r"([A-Z]|\d+) ([^\s:]+)(?:: (.+))?")
UNDER = re.compile(r"(\d+)(\D\S*)")
FORMER = re.compile(r"(\d{6}) (\S+) (\d{4}-\d{2})((?: \d{6})*)")
DISTRICT_DIGITS = 6


def code_list_of(sheet: Sheet) -> CodeList:
    """One `codes/<name>.toml`."""
    sheet.only(KEYS)
    kind = sheet.choice("type", TYPES)
    codes, wider = _now(sheet, kind)
    return CodeList(
        name=sheet.name(),
        title=sheet.title(),
        type=kind,
        edition=sheet.title("edition"),
        place=sheet.place(),
        codes=MappingProxyType(codes),
        wider=MappingProxyType(wider),
        former=MappingProxyType(_former(sheet, codes)),
    )


def read_through(
    registers: Mapping[str, Register], lists: Iterable[CodeList], own: Iterable[str]
) -> dict[str, Register]:
    """The registers with the list of their type at each column of it; a region's `own` districts are in force.

    A region none of whose districts the list has (one with invented codes) reads districts without it.
    """
    own = tuple(own)
    by_type = {held.type: held if held.type != "district" else _of_region(held, own) for held in lists}
    return {name: _with_lists(register, by_type) for name, register in registers.items()}


def _of_region(held: CodeList, own: tuple[str, ...]) -> CodeList | None:
    if own and not any(code in held.codes for code in own):
        return None
    added = {code: code for code in own if code not in held.codes}
    former = {code: entry for code, entry in held.former.items() if code not in added}
    return replace(held, codes=MappingProxyType(dict(held.codes) | added), former=MappingProxyType(former))


def _with_lists(register: Register, by_type: Mapping[str, CodeList | None]) -> Register:
    if not any(by_type.get(column.type) for column in register.columns.values()):
        return register
    columns = {name: replace(column, code_list=by_type.get(column.type)) for name, column in register.columns.items()}
    return replace(register, columns=MappingProxyType(columns))


def _now(sheet: Sheet, kind: str) -> tuple[dict[str, str], dict[str, str]]:
    """Codes in force, and the wider ones above them: a class belongs to a section, a district to no other code."""
    found: dict[str, str] = {}
    wider: dict[str, str] = {}
    section = ""
    for line in sheet.text("now").strip().splitlines():
        head = HEAD.fullmatch(line)
        under = [UNDER.fullmatch(word) for word in (head[3] or "").split()] if head else []
        if head is None or None in under:
            raise sheet.fail(f"now: {line!r}", "now", hint="a code and its title, or “3205 苏州市: 05虎丘区”")
        code, title = head[1], head[2]
        section = code if kind == "industry" and code.isalpha() else section
        entries = [(code, title)] + [(code + word[1], word[2]) for word in under if word]
        for number, name in entries:
            whole = number if number.isalpha() else section + number
            is_wide = kind == "district" and len(number) < DISTRICT_DIGITS
            held = wider if is_wide else found
            key = whole.ljust(DISTRICT_DIGITS, "0") if is_wide else whole
            if key in held:
                raise sheet.fail(f"now: {key} stands there twice", "now")
            held[key] = name
    return found, wider


def _former(sheet: Sheet, codes: Mapping[str, str]) -> dict[str, FormerCode]:
    found: dict[str, FormerCode] = {}
    for line in sheet.text("former", "").strip().splitlines():
        parts = FORMER.fullmatch(line)
        if parts is None:
            raise sheet.fail(f"former: {line!r}", "former", hint="320584 吴江市 2011-10 320509")
        code, successors = parts[1], tuple(parts[4].split())
        if code in found:
            raise sheet.fail(f"former: {code} stands there twice", "former")
        found[code] = FormerCode(parts[2], parts[3], successors)
    for code, former in found.items():
        for successor in former.successors:
            if successor not in codes and successor not in found:
                hint = nearest(successor, codes)
                sheet.fail(
                    f"former: {code} became {successor}, which is neither in force nor former", "former", hint=hint
                )
    _no_circle(sheet, found, codes)
    return found


def _no_circle(sheet: Sheet, former: Mapping[str, FormerCode], codes: Mapping[str, str]) -> None:
    """A code that would become itself by way of others was never followed to the present."""
    for start in former:
        seen, left = {start}, [code for code in former[start].successors if code not in codes]
        while left:
            code = left.pop()
            if code in seen:
                sheet.fail(f"former: {start} becomes itself by way of {code}", "former")
                return
            seen.add(code)
            left += [after for after in former[code].successors if after not in codes] if code in former else []
