"""Errors of single cells, as clerks and spreadsheets make them: one line each in a table."""

from collections.abc import Callable
from dataclasses import dataclass

from kerong.lab.credit_codes import wrong_check_digit

_WIDE = str.maketrans(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
)

CODES = ("credit_code",)
AMOUNTS = ("fen",)
DATES = ("date", "month")


@dataclass(frozen=True, slots=True)
class Blemish:
    """`kind` is also the name of its rate; `types` are the column types that it strikes.

    `effect`: "kept" where a careful reader still gets the value, "quarantined" where the row must be set aside.
    `spoil` returns the text itself where the error cannot be made.
    """

    kind: str
    types: tuple[str, ...]
    effect: str
    spoil: Callable[[str], str]


def _letter_for_nought(code: str) -> str:
    return code[:2] + code[2:].replace("0", "O", 1)


def _separated(amount: str) -> str:
    whole, point, rest = amount.partition(".")
    return f"{int(whole):,}{point}{rest}" if whole.isdigit() else amount


def _impossible(day: str) -> str:
    return f"{day[:4]}0230"


BLEMISHES = (
    Blemish("code_lower_case", CODES, "kept", str.lower),
    Blemish("code_full_width", CODES, "kept", lambda code: code.translate(_WIDE)),
    Blemish("code_wrong_check_digit", CODES, "quarantined", wrong_check_digit),
    Blemish("code_letter_for_nought", CODES, "quarantined", _letter_for_nought),
    Blemish("code_scientific", CODES, "quarantined", lambda code: f"{code[0]}.{code[1:3]}E+17"),
    Blemish("amount_dash", AMOUNTS, "quarantined", lambda _: "—"),
    Blemish("amount_not_a_number", AMOUNTS, "quarantined", lambda _: "NaN"),
    Blemish("amount_separators", AMOUNTS, "kept", _separated),
    Blemish("amount_full_width", AMOUNTS, "kept", lambda amount: amount.translate(_WIDE)),
    Blemish("date_impossible", DATES, "quarantined", _impossible),
    Blemish("blank_required", (), "quarantined", lambda _: ""),
    Blemish("formula_cell", ("text",), "kept", lambda text: f"={text}"),
)


def other_number(text: str) -> str:
    """Another number of the same shape: its first digit changed."""
    for place, character in enumerate(text):
        if character.isdigit():
            return text[:place] + ("8" if character == "9" else "9") + text[place + 1 :]
    return text
