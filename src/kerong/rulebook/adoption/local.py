"""What of a copied file is local: its numbers are marked, its districts become those of the region that takes it."""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kerong.rulebook.adoption.draft import Draft, comment
from kerong.rulebook.adoption.still_open import HERE, mark
from kerong.rulebook.content import District
from kerong.rulebook.overlay import written

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LISTED = re.compile(r"\bin\s*\(\s*'")
SHOWN = ("rate_bp", "fee_bp", "term_months")


@dataclass(frozen=True, slots=True)
class Move:
    """From whom to whom: the donor's name, its districts, and those of the region that takes over."""

    donor: str
    theirs: Sequence[District]
    ours: Sequence[District]


def marked(draft: Draft, move: Move) -> None:
    """Mark every number of a rule, a group, a waterfall or a file of formulas that is local by nature."""
    data = draft.read
    for family in ("parameter", "table"):
        for name, entries in data.get(family, {}).items():
            if entries.get("over") != "district":
                _dated(draft, (family, name), entries, move)
    for number, limit in enumerate(data.get("limit", [])):
        if isinstance(limit.get("fen"), int):
            draft.note(("limit", number, "fen"), mark(move.donor))
    if isinstance(data.get("fen"), int):
        draft.note(("fen",), mark(move.donor))
    for key in SHOWN:
        if isinstance(data.get("offer", {}).get(key), int):
            draft.note(("offer", key), mark(move.donor))
    for number, clause in enumerate(data.get("when", [])):
        if LISTED.search(str(clause.get("is", ""))) or _names_district(clause, move):
            draft.note(("when", number, "is"), f"the list, {mark(move.donor)}")
    for number, layer in enumerate(data.get("layer", [])):
        for key in ("fen", "shares", "caps"):
            values = layer.get(key)
            if any(isinstance(value, int) for value in (values.values() if isinstance(values, dict) else [values])):
                draft.note(("layer", number, key), mark(move.donor))
    _districts(draft, move)


def _names_district(clause: Mapping[str, Any], move: Move) -> bool:
    return any(f"'{district.code}'" in str(clause) for district in move.theirs)


def _dated(draft: Draft, path: tuple[str, str], entries: Mapping[str, Any], move: Move) -> None:
    for key, entry in entries.items():
        if DAY.fullmatch(key) and isinstance(entry, dict):
            draft.put((*path, key), "assumed", mark(move.donor, str(entry.get("assumed", ""))))


def _districts(draft: Draft, move: Move) -> None:
    """Tables by district, and the cases that name districts, in the districts of the region that takes over.

    Each of ours stands for one of theirs, those that cases name first: a case then means what it meant. A case for
    whose district we have none becomes a comment.
    """
    tables = {name: t for name, t in draft.read.get("table", {}).items() if t.get("over") == "district"}
    if not tables or not move.ours:
        return
    named = [code for case in draft.read.get("case", []) for code in _named(case, move)]
    order = list(dict.fromkeys([*named, *(district.code for district in move.theirs)]))
    kinds = list(dict.fromkeys(_numbers(code, tables) for code in order))
    examples = {kind: next(code for code in order if _numbers(code, tables) == kind) for kind in kinds}
    stands_for = {ours.code: examples[kinds[n % len(kinds)]] for n, ours in enumerate(move.ours)}
    ours_of = {kind: ours.code for kind, ours in zip(kinds, move.ours, strict=False)}
    for name, table in tables.items():
        value, lines = _table(name, table, stands_for, move)
        draft.block(("table", name), value, lines)
    for number, case in enumerate(draft.read.get("case", [])):
        codes = {code: ours_of.get(_numbers(code, tables)) for code in _named(case, move)}
        known = {code: ours for code, ours in codes.items() if ours is not None}
        if len(known) < len(codes):
            draft.remove(("case", number), f"no district left for this case, {mark(move.donor)}")
        elif known:
            said = ", ".join(f"{ours} stands for {theirs}" for theirs, ours in known.items())
            draft.note(("case", number), f"{said} of {move.donor}")
            draft.reword(("case", number), _renamed(case, known), partial(_reworded, known))


def _numbers(code: str, tables: Mapping[str, Any]) -> tuple[object, ...]:
    """What all tables say of a district of the donor."""
    days = [entry for table in tables.values() for entry in table.values() if isinstance(entry, dict) and "of" in entry]
    return tuple(entry["of"].get(code, entry.get("otherwise")) for entry in days)


def _named(case: Mapping[str, Any], move: Move) -> list[str]:
    """The districts that a case names."""
    codes = {district.code for district in move.theirs}
    return [value for key, value in _leaves(case) if "district" in key and value in codes]


def _leaves(value: Any, key: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for name, item in value.items() for leaf in _leaves(item, name)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item, key)]
    return [(key, value)] if isinstance(value, str) else []


def _renamed(value: Any, codes: Mapping[str, str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _renamed(item, codes, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_renamed(item, codes, key) for item in value]
    return codes.get(value, value) if isinstance(value, str) and "district" in key else value


def _reworded(codes: Mapping[str, str], line: str) -> str:
    return re.sub(r'(district\w*"?\s*=\s*")([^"]*)"', lambda m: f'{m[1]}{codes.get(m[2], m[2])}"', line)


def _table(
    name: str, table: Mapping[str, Any], stands_for: Mapping[str, str], move: Move
) -> tuple[dict[str, Any], list[str]]:
    """A table by district in our districts: its data, and a line for each district with a mark of its own."""
    value: dict[str, Any] = copy.deepcopy(dict(table))
    head = {key: item for key, item in table.items() if not DAY.fullmatch(key)}
    lines = [f"[table.{name}]", *written(head).splitlines()]
    titles = {district.code: district.title.zh for district in move.ours}
    for day, entry in table.items():
        if not DAY.fullmatch(day):
            continue
        rest = {key: item for key, item in entry.items() if key != "of"}
        rest["assumed"] = mark(move.donor, str(entry.get("assumed", "")))
        of = {ours: entry["of"].get(theirs, entry.get("otherwise")) for ours, theirs in stands_for.items()}
        value[day] = {**rest, "of": of}
        there = ", ".join(f"{code} {number}" for code, number in entry["of"].items())
        lines += ["", f"[table.{name}.{day}]", *written(rest).splitlines(), "", comment(f"In {move.donor}: {there}")]
        lines.append(f"[table.{name}.{day}.of]")
        lines += [
            f"{written({ours: of[ours]}).rstrip()}  {comment(f'{titles[ours]}: {HERE}, as {theirs} in {move.donor}')}"
            for ours, theirs in stands_for.items()
        ]
    return value, lines
