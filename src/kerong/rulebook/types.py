"""Types of the language of rules: what a value is, and in which unit.

A unit is part of the type: fen and a count are both whole numbers, and adding them is an error that
names both. `divisor` says in which part of its unit an exact amount is held: fen times basis points are held in
1/10,000 fen until the rule's one rounding.
"""

from dataclasses import dataclass

UNITS = ("fen", "bp", "count", "days", "months", "year", "ratio", "number")


@dataclass(frozen=True, slots=True)
class Type:
    """`kind` is bool, text, date, int or float; `unit` for numbers; `divisor` for fen that await rounding."""

    kind: str
    unit: str = ""
    divisor: int = 1

    def __str__(self) -> str:
        if self.unit and self.divisor != 1:
            return f"{self.unit} (exact, before rounding)"
        return self.unit or {"bool": "flag"}.get(self.kind, self.kind)

    @property
    def is_number(self) -> bool:
        return self.kind in ("int", "float")


BOOL = Type("bool")
TEXT = Type("text")
DATE = Type("date")
FEN = Type("int", "fen")
BP = Type("int", "bp")
COUNT = Type("int", "count")
DAYS = Type("int", "days")
MONTHS = Type("int", "months")
YEAR = Type("int", "year")
RATIO = Type("float", "ratio")
WHOLE = Type("int", "number")  # a plain whole literal: fits any unit
DECIMAL = Type("float", "number")  # a plain decimal literal

COLUMN_TYPES: dict[str, Type] = {
    "text": TEXT,
    "credit_code": TEXT,
    "code": TEXT,
    "district": TEXT,
    "industry": TEXT,
    "flag": BOOL,
    "date": DATE,
    "month": DATE,
    "year": YEAR,
    "fen": FEN,
    "bp": BP,
    "count": COUNT,
    "days": DAYS,
    "months": MONTHS,
    "ratio": RATIO,
}
