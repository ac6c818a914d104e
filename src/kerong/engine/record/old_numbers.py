"""Numbers of before the credit code: what they are, whether they are right, and whose they are.

Three kinds stand in registers of before 2015, and in some to this day:

- the organisation code (GB 11714), 8 characters and a check character; it lives on as characters 9 to 17 of the
  unified social credit code;
- the taxpayer number: 6 digits of a district and the organisation code;
- the registration number of an enterprise (GS 15-2006): 14 digits and a check digit (ISO 7064 MOD 11,10). Nothing of
  it is in the credit code: whose it is, a register must say, in a column of type `registration_number`.

A number of 15 digits can be right as both of the latter; then it is looked up as both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from kerong.engine.record.decided import NO_PAIRS, Pairs
from kerong.engine.record.values import Reading
from kerong.rulebook.content import Register

ENTERPRISE = "enterprise_id"
ORGANISATION_CODE = r"^[0-9A-Z]{8}[0-9X]$"
TAXPAYER_NUMBER = r"^[0-9]{6}[0-9A-Z]{8}[0-9X]$"
REGISTRATION_NUMBER = r"^[0-9]{15}$"
CREDIT_CODE_LENGTH = 18
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
Whose = pl.DataFrame  # columns `key` (kind and number) and `enterprise_id`, unique


def bare(cells: pl.Series) -> pl.Series:
    """Identifiers in upper case and half width, without blanks, hyphens and invisible characters; empty is null."""
    text = cells.str.to_uppercase()
    odd = ~text.str.contains(r"^[0-9A-Z]*$").fill_null(value=True)
    if odd.any():
        told = cells.filter(odd).str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[\s\p{Cf}‐‑–—−-]", "")
        text = text.scatter(odd.arg_true(), told)
    return text.set(text == "", None)


def old_number_faults(numbers: pl.Series) -> pl.Series:
    """Of texts as `bare` gives them: null for a right old number, else its fault, else "" for what is no old number."""
    fifteen = numbers.str.contains(TAXPAYER_NUMBER).fill_null(value=False)
    nine = numbers.str.contains(ORGANISATION_CODE).fill_null(value=False)
    right = _is_organisation_code(numbers, nine) | _is_taxpayer_number(numbers, fifteen)
    right |= _is_registration_number(numbers)
    fault = (
        pl.when("right")
        .then(None)
        .when("nine")
        .then(pl.lit("organisation_code_check_digit"))
        .when(pl.col("number").str.contains(REGISTRATION_NUMBER))
        .then(pl.lit("registration_number_check_digit"))
        .when("fifteen")
        .then(pl.lit("taxpayer_number_check_digit"))
        .otherwise(pl.lit(""))
    )
    table = pl.DataFrame({"number": numbers, "right": right, "nine": nine, "fifteen": fifteen})
    return table.select(fault).to_series()


def read_registration_numbers(cells: pl.Series) -> Reading:
    """Registration numbers of 15 digits; a cell that holds a credit code instead states no old number."""
    number = bare(cells)
    is_new = number.str.contains(r"^[0-9A-Z]{18}$").fill_null(value=False)
    number = number.set(is_new, None)
    right = _is_registration_number(number)
    is_shaped = number.str.contains(REGISTRATION_NUMBER).fill_null(value=False)
    frame = pl.DataFrame({"number": number, "right": right, "shaped": is_shaped})
    fault = (
        pl.when(pl.col("number").is_null() | pl.col("right"))
        .then(None)
        .when("shaped")
        .then(pl.lit("registration_number_check_digit"))
        .otherwise(pl.lit("registration_number_unreadable"))
    )
    return Reading(number.set(~right, None), frame.select(fault).to_series())


def _is_organisation_code(numbers: pl.Series, shaped: pl.Series) -> pl.Series:
    return _scattered(shaped, _organisation_check(numbers.filter(shaped)))


def _is_taxpayer_number(numbers: pl.Series, shaped: pl.Series) -> pl.Series:
    return _scattered(shaped, _organisation_check(numbers.filter(shaped).str.slice(6)))


def _is_registration_number(numbers: pl.Series) -> pl.Series:
    shaped = numbers.str.contains(REGISTRATION_NUMBER).fill_null(value=False)
    digits = _characters(numbers.filter(shaped), 15) - ord("0")
    check = np.full(len(digits), 5, dtype=np.int64)
    for place in range(15):
        check = (np.where(check == 0, 10, check) * 2 % 11 + digits[:, place]) % 10
    return _scattered(shaped, check == 1)


def _organisation_check(codes: pl.Series) -> np.ndarray:
    """Whether the ninth character is the one that the first eight ask for; letters count from A = 10."""
    held = _characters(codes, 9)
    value = np.where(held >= ord("A"), held - ord("A") + 10, held - ord("0"))
    asked = (11 - value[:, :8] @ ORGANISATION_WEIGHTS % 11) % 11
    stated = np.where(held[:, 8] == ord("X"), 10, value[:, 8])
    return np.equal(asked, stated)


def _characters(texts: pl.Series, length: int) -> np.ndarray:
    """ASCII texts of one length as a matrix of their characters' numbers."""
    joined = "".join(texts.to_list()).encode()
    return np.frombuffer(joined, dtype=np.uint8).astype(np.int64).reshape(-1, length)


def _scattered(where: pl.Series, values: np.ndarray) -> pl.Series:
    """The values at the places of `where`, False elsewhere."""
    result = np.zeros(len(where), dtype=bool)
    result[where.to_numpy()] = values
    return pl.Series(result)


def registration_columns(register: Register) -> list[str]:
    """The columns of a register that hold registration numbers."""
    return [name for name, column in register.columns.items() if column.type == "registration_number"]


def _nobody() -> Whose:
    return pl.DataFrame(schema={"key": pl.String, ENTERPRISE: pl.String})


@dataclass(frozen=True, slots=True)
class OldNumbers:
    """Whose an old number is, as the registers of these names, which say who exists, tell it.

    What stewards `decided` of a code or number goes before it.
    """

    tellers: frozenset[str] = frozenset()
    whose: Whose = field(default_factory=_nobody)
    decided: Pairs = NO_PAIRS

    def told_by(self, table: pl.DataFrame, registration: Iterable[str] = ()) -> "OldNumbers":
        """With what a table with `enterprise_id` tells; `registration`: its columns of registration numbers.

        A firm that is known by an old number alone goes by that number.
        """
        new = pl.col(ENTERPRISE).str.len_chars() == CREDIT_CODE_LENGTH
        firms = table.filter(new).select(ENTERPRISE).unique()
        code = pl.lit("O") + pl.col(ENTERPRISE).str.slice(8, 9)
        told = [firms.select(code.alias("key"), ENTERPRISE)]
        for column in registration:
            pairs = table.filter(new & pl.col(column).is_not_null()).select(ENTERPRISE, column).unique()
            told.append(pairs.select((pl.lit("R") + pl.col(column)).alias("key"), ENTERPRISE))
        found = pl.concat(told)
        found = found.with_columns(self.decided.named(found[ENTERPRISE]))
        return replace(self, whose=pl.concat([self.whose, found]).unique())

    def shared(self) -> pl.DataFrame:
        """Registration numbers that several enterprises state: columns `value` and `enterprise_id`, the first."""
        counted = self.whose.group_by("key").agg(pl.col(ENTERPRISE).min(), bearers=pl.len())
        several = counted.filter((pl.col("bearers") > 1) & pl.col("key").str.starts_with("R"))
        return several.select(pl.col("key").str.slice(1).alias("value"), ENTERPRISE).sort("value")

    def may_be(self, code: pl.Expr, firms: pl.Series) -> pl.Expr:
        """Whether a number is one of these firms' or may be read as theirs: their codes and their old numbers."""
        keys = self.whose.filter(pl.col(ENTERPRISE).is_in(firms.implode()))["key"]
        firms = self.decided.names_of(firms)
        old = pl.Series([key[1:] for key in keys], dtype=pl.String)
        held = pl.concat([firms.cast(pl.String).rename(""), old])
        is_old = code.str.len_chars() < CREDIT_CODE_LENGTH
        return code.is_in(held.implode()) | (is_old & code.str.tail(9).is_in(old.implode()))

    def bearers(self, numbers: pl.Series) -> pl.DataFrame:
        """Columns `number`, `bearer` (null where nobody or several have it), `bearers` (their count), per number."""
        distinct = numbers.unique().drop_nulls().alias("number").to_frame()
        number = pl.col("number")
        code = number.str.extract(r"^(?:[0-9]{6})?([0-9A-Z]{8}[0-9X])$", 1)
        wanted = pl.concat(
            [
                distinct.select(number, key=pl.lit("O") + code),
                distinct.filter(number.str.contains(REGISTRATION_NUMBER)).select(number, key=pl.lit("R") + number),
            ]
        )
        held = wanted.join(self.whose, on="key", how="inner").select("number", ENTERPRISE).unique()
        refused = self.decided.different
        if refused:
            pairs = pl.DataFrame(sorted(refused), schema={"number": pl.String, ENTERPRISE: pl.String}, orient="row")
            held = held.join(pairs, on=["number", ENTERPRISE], how="anti")
        counted = held.group_by("number").agg(bearer=pl.col(ENTERPRISE).min(), bearers=pl.len())
        wide = distinct.join(counted, on="number", how="left").with_columns(pl.col("bearers").fill_null(0))
        return wide.with_columns(bearer=pl.when(pl.col("bearers") == 1).then("bearer")).sort("number")

    def resolved(self, numbers: pl.Series) -> tuple[pl.Series, pl.Series]:
        """(numbers with the credit code of the one firm that bears it, whether several bear it); others stay."""
        numbers = self.decided.named(numbers)
        old = (numbers.str.len_chars() != CREDIT_CODE_LENGTH).fill_null(value=False)
        if not old.any() or self.whose.is_empty():
            return numbers, pl.repeat(value=False, n=len(numbers), dtype=pl.Boolean, eager=True)
        found = self.bearers(numbers.filter(old))
        wide = numbers.alias("number").to_frame().join(found, on="number", how="left", maintain_order="left")
        several = (wide["bearers"] > 1).fill_null(value=False)
        return wide.select(pl.coalesce("bearer", "number").alias(numbers.name)).to_series(), several
