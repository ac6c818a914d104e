"""Which enterprise a row is about: its unified social credit code (GB 32100-2015), or its name within its state."""

import numpy as np
import polars as pl

from kerong.engine.record.names import is_name, normalised
from kerong.engine.record.old_numbers import bare, old_number_faults
from kerong.engine.record.values import Reading

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
WEIGHTS = np.array([pow(3, place, 31) for place in range(17)], dtype=np.int64)
SHAPE = rf"^[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}$"
LENGTH = 18


def read_credit_codes(cells: pl.Series) -> Reading:
    """Codes in upper case and half width, without blanks and hyphens; other departures are faults of their own.

    A right number of before the credit code (see `old_numbers`) is kept as it is: whose it is, the registers tell.
    """
    code = bare(cells)
    shaped = code.str.contains(SHAPE).fill_null(value=False)
    right = pl.Series(np.zeros(len(cells), dtype=bool)).scatter(
        shaped.arg_true(), _check_digit_is_right(code.filter(shaped))
    )
    if right.all() or (right | code.is_null()).all():
        return Reading(code, pl.repeat(None, len(code), dtype=pl.String, eager=True))
    others = code.filter(~right)
    fault = pl.coalesce(pl.when(pl.col("old") != "").then("old"), pl.when(pl.col("old") == "").then(_fault()))
    told = pl.DataFrame({"code": others, "old": old_number_faults(others)}).select(fault).to_series()
    told = told.set(others.is_null(), None)
    faults = pl.repeat(None, len(code), dtype=pl.String, eager=True).scatter((~right).arg_true(), told)
    return Reading(code.set(faults.is_not_null(), None), faults)


def _fault() -> pl.Expr:
    """What is wrong with a text that is neither a right credit code nor shaped as an old number."""
    code = pl.col("code")
    return (
        pl.when(code.str.contains(SHAPE))
        .then(pl.lit("credit_code_check_digit"))
        .when(code.str.contains(r"^[0-9.]+E\+?[0-9]+$"))
        .then(pl.lit("credit_code_in_exponent"))
        .when(code.str.len_chars() != LENGTH)
        .then(pl.lit("credit_code_length"))
        .when(code.str.contains(r"^[0-9A-Z]*[IOSVZ][0-9A-Z]*$"))
        .then(pl.lit("credit_code_letter"))
        .when(code.is_not_null())
        .then(pl.lit("credit_code_unreadable"))
    )


def _check_digit_is_right(codes: pl.Series) -> pl.Series:
    """For codes of the right shape: whether the last character is the one that the first 17 ask for."""
    table = np.zeros(128, dtype=np.int64)
    table[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(len(ALPHABET))
    digits = table[np.frombuffer("".join(codes.to_list()).encode(), dtype=np.uint8)].reshape(-1, LENGTH)
    asked = (31 - digits[:, :17] @ WEIGHTS % 31) % 31
    return pl.Series(asked == digits[:, 17])


def name_key(name: pl.Expr) -> pl.Expr:
    """The linking key of a name as it stands in ids: blanks are hyphens."""
    return normalised(name).str.replace_all(" ", "-", literal=True)


def name_state_id(name: pl.Expr, state: pl.Expr) -> pl.Expr:
    """STATE-NAME: the key of the name within the state; null where either is unknown or the name is none."""
    place = state.str.to_uppercase().str.replace_all(r"[\s-]", "")
    return pl.when(is_name(name) & (place != "")).then(pl.concat_str(place, pl.lit("-"), name_key(name)))


def identity_fault(name: pl.Expr | None, state: pl.Expr | None) -> pl.Expr:
    """Why a row without `enterprise_id` has none."""
    if name is None:
        return pl.lit("identity_missing")
    blank_state = pl.lit(value=False) if state is None else state.is_null()
    return (
        pl.when(name.is_null())
        .then(pl.lit("identity_missing"))
        .when(~is_name(name))
        .then(pl.lit("not_a_name"))
        .when(blank_state)
        .then(pl.lit("state_missing"))
        .otherwise(pl.lit("identity_missing"))
    )
