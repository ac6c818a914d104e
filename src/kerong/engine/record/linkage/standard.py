"""The plan for the columns that there are: what a column of each name is compared by, and where pairs are looked for.

The shares after `@` are what is assumed of true pairs before anything is learned; they count for ten pairs.
"""

from collections.abc import Mapping
from itertools import combinations

import polars as pl

from kerong.engine.record.linkage.plan import Comparison, Key, Plan, PlanError, comparison

_CHINESE_NAME = (
    comparison(
        "core",
        (
            "equal name:core @0.85",
            "damerau name:core:from4 <= 1 @0.03",
            "damerau name:core:from3 <= 1 @0.03",
            "jaro_winkler name:core >= 0.8 @0.03",
            "contained name:key >= 0.9 @0.03",
        ),
        by_frequency=True,
    ),
    comparison("place", ("equal name:place @0.9", "contained name:place >= 0.99 @0.07"), by_frequency=True),
    comparison("trade", ("equal name:trade @0.9", "contained name:trade >= 0.99 @0.05"), by_frequency=True),
)
_OTHER_NAME = (
    comparison(
        "name",
        (
            "equal name:key @0.75",
            "damerau name:key:from6 <= 1 @0.07",
            "overlap name:key >= 0.75 @0.05",
            "jaro_winkler name:key >= 0.92 @0.03",
            "contained name:key >= 0.95 @0.03",
        ),
        by_frequency=True,
    ),
)


def _person(column: str) -> Comparison:
    levels = (f"equal {column} @0.75", f"damerau {column}:from5 <= 1 @0.1", f"jaro_winkler {column} >= 0.85 @0.05")
    return comparison(column, levels, by_frequency=True)


def _listed(column: str) -> Comparison:
    return comparison(
        column, (f"equal {column} @0.7", f"overlap {column} >= 0.8 @0.1", f"overlap {column} >= 0.4 @0.1")
    )


def _day(column: str) -> Comparison:
    near = (f"damerau {column} <= 1 @0.06", f"within {column}:date <= 31 @0.03", f"within {column}:date <= 366 @0.03")
    return comparison(column, (f"equal {column} @0.85", *near))


def _location(known: list[str]) -> list[Comparison]:
    """One comparison of all that says where a firm is: as evidence city, state and code of the post are one."""
    levels = [f"equal {term} @{m}" for column, term, m in _WHERE if column in known]
    if "city" in known:
        levels.append("jaro_winkler city >= 0.9 @0.05")
    return [comparison("location", levels, by_frequency=True)] if levels else []


_WHERE = (
    ("zip", "zip:first5", 0.5),
    ("district", "district", 0.6),
    ("city", "city", 0.2),
    ("zip", "zip:first3", 0.05),
    ("district", "district:first4", 0.1),
    ("state", "state", 0.05),
)
# columns of these names are compared so; a column of another name is not
_COLUMNS: Mapping[str, Comparison] = {
    "credit_code": comparison("credit_code", ("equal credit_code @0.9", "damerau credit_code <= 1 @0.07")),
    "duns": comparison("duns", ("equal duns:digits @0.9", "damerau duns:digits <= 1 @0.05")),
    "address": _listed("address"),
    "persons": _listed("persons"),
    "legal_representative": comparison(
        "legal_representative",
        ("equal legal_representative @0.85", "damerau legal_representative:from3 <= 1 @0.04"),
        by_frequency=True,
    ),
    "telephone": comparison("telephone", ("equal telephone:digits:last8 @0.7", "damerau telephone:digits <= 1 @0.05")),
    "email": comparison("email", ("equal email @0.7", "jaro_winkler email >= 0.9 @0.15"), by_frequency=True),
    "industry": comparison(
        "industry", ("equal industry @0.7", "equal industry:first3 @0.1", "equal industry:first1 @0.1")
    ),
    "established_on": _day("established_on"),
    "year": comparison("year", ("equal year @0.85", "within year:number <= 1 @0.1")),
    "first_name": _person("first_name"),
    "surname": _person("surname"),
    "dob": _day("dob"),
}
# what pairs are looked for by alone (a large block is not compared whole); of the rest, two agree
_ALONE = {
    "credit_code": "credit_code",
    "duns": "duns:digits",
    "telephone": "telephone:digits:last8",
    "email": "email",
    "address": "address",
    "dob": "dob",
    "legal_representative": "legal_representative",
    "first_name": "first_name",
    "surname": "surname",
}
_TOGETHER = ("legal_representative", "established_on", "district", "first_name", "surname", "year", "city")
_CODES = ("credit_code", "duns")  # that tell firms apart, whatever their names say
_MOSTLY = 0.5  # of the names are Chinese


def standard_plan(left: pl.DataFrame, right: pl.DataFrame | None = None) -> Plan:
    """The plan for the columns that both sides have; Chinese names are compared in their parts.

    Raises:
        PlanError: no column that could be compared.
    """
    shared = [name for name in left.columns if right is None or name in right.columns]
    known = [name for name in shared if left[name].is_not_null().any()]
    chinese = "name" in known and _is_chinese(left["name"])
    comparisons = [*(_CHINESE_NAME if chinese else _OTHER_NAME)] if "name" in known else []
    comparisons += [one for name, one in _COLUMNS.items() if name in known] + _location(known)
    keys = [Key((term,)) for name, term in _ALONE.items() if name in known]
    if "name" in known:
        core = "name:core" if chinese else "name:key"
        keys += [Key((core,)), Key((core,), rare=3)]
        if chinese:
            keys += [Key(("name:core:first2", "name:core:last2")), Key(("name:key:first4",)), Key(("name:key:last8",))]
    pairs = combinations([name for name in _TOGETHER if name in known], 2)
    keys += [Key(pair) for pair in pairs]
    if not comparisons or not keys:
        raise PlanError(
            f"nothing to compare: known columns are name, {', '.join(_COLUMNS)}, zip, district, city, state"
        )
    codes = tuple(name for name in _CODES if name in known)
    return Plan(tuple(comparisons), tuple(keys), name="name" if "name" in known else None, codes=codes)


def _is_chinese(names: pl.Series) -> bool:
    share = names.drop_nulls().str.contains(r"\p{Han}").mean()
    return isinstance(share, float) and share >= _MOSTLY
