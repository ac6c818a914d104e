"""How numbers are written for people: money by its order of magnitude, exact in the title; counts with separators."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from kerong.engine.monitor.amounts import exact, money

__all__ = ["count", "day", "exact", "money", "percent", "rate", "spells"]


def count(number: int | float | str | None) -> str:
    """A whole number with separators; text (as "<3") passes, None is a dash."""
    if number is None:
        return "—"
    return number if isinstance(number, str) else f"{number:,.0f}"


def percent(part: int, whole: int) -> str:
    """A share with one decimal; a dash where the whole is nothing."""
    return "—" if whole == 0 else f"{100 * part / whole:.1f}%"


def rate(basis_points: int | float | None) -> str:
    """Basis points as per cent: 435 is "4.35%"."""
    if basis_points is None:
        return "—"
    return f"{Decimal(str(basis_points)) / 100:.2f}".rstrip("0").rstrip(".") + "%"


def day(value: date | None, lang: str) -> str:
    """A date as it is written: 2025 年 6 月 30 日, or 30 June 2025."""
    if value is None:
        return "—"
    return f"{value.year} 年 {value.month} 月 {value.day} 日" if lang == "zh" else f"{value.day} {value:%B %Y}"


def spells(held: Iterable[Mapping[str, date | None]], lang: str) -> str:
    """Days from which to which something held, as an explanation tells them; a day that is not known is a "?"."""
    between = " 至 " if lang == "zh" else " to "
    told = [between.join(str(spell[end] or "?") for end in ("begins", "ends")) for spell in held]
    return ("、" if lang == "zh" else ", ").join(told) or ("无" if lang == "zh" else "none")
