"""Types of the language of rules: what a value is, and in which unit.

A unit is part of the type: fen and a count are both whole numbers, and adding them is an error that
names both. `divisor` says in which part of its unit an exact amount is held: fen times basis points are held in
1/10,000 fen until the rule's one rounding.
"""

from dataclasses import dataclass

UNITS = ("fen", "bp", "count", "days", "months", "years", "year", "ratio", "number")
SHOWN = 6  # codes of a list that a sentence names


@dataclass(frozen=True, slots=True)
class Type:
    """`kind` is bool, text, date, int, float, spells or table; `unit` for numbers; `divisor` for fen before rounding.

    `codes` are the values that a text can have, where a list of them is declared. A table has the unit of its values,
    and `over` is the unit of what is looked up in it, or "text".
    """

    kind: str
    unit: str = ""
    divisor: int = 1
    codes: tuple[str, ...] = ()
    over: str = ""

    def __str__(self) -> str:
        if self.kind == "table":
            return f"table of {self.unit} over {self.over}"
        if self.codes:
            return f"code ({', '.join(self.codes[:SHOWN])}{', …' if len(self.codes) > SHOWN else ''})"
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
YEARS = Type("int", "years")  # a span; `year` is a calendar year
YEAR = Type("int", "year")
RATIO = Type("float", "ratio")
WHOLE = Type("int", "number")  # a plain whole literal: fits any unit
DECIMAL = Type("float", "number")  # a plain decimal literal
SPELLS = Type("spells")

DECIMAL_UNITS = ("ratio", "number")  # of tables: what is looked up and what is found may have decimals


def valued(table: Type) -> Type:
    """The type of what is found in a table."""
    return Type("float" if table.unit in DECIMAL_UNITS else "int", table.unit)


def looked_up(table: Type) -> Type:
    """The type of what is looked up in a table over numbers."""
    return Type("float" if table.over in DECIMAL_UNITS else "int", table.over)


COLUMN_TYPES: dict[str, Type] = {
    "text": TEXT,
    "credit_code": TEXT,
    "registration_number": TEXT,
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
