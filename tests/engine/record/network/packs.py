"""A small pack with a register of holdings, and the fields that a network over it gives."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

import polars as pl

from kerong.engine.record import features
from kerong.rulebook import Rulebook, load
from kerong.rulebook.networks import GIVES

ON = date(2025, 6, 30)
LATER, EARLIER = date(2026, 1, 1), date(2024, 1, 1)
REGION = """
name = "test"
title = { zh = "试", en = "Test" }
currency = "CNY"
default_on = 2025-06-30
[enterprise]
from = ["firm"]
[enterprise.provides]
bad = ["firm.bad"]
debt_fen = ["firm.debt_fen"]
"""
TITLE = 'title = { zh = "甲", en = "A" }\n'
OWN = {"of": 'of = "enterprise.debt_fen"\n', "above": "above = 2500\n", "within": "within = 2\n"}
FIRM = pl.Schema({"enterprise_id": pl.String(), "bad": pl.Boolean(), "debt_fen": pl.Int64()})
HOLD = pl.Schema(
    {
        "enterprise_id": pl.String(),
        "holder": pl.String(),
        "share_bp": pl.Int64(),
        "amount_fen": pl.Int64(),
        "kind": pl.String(),
        "until": pl.Date(),
    }
)


def _column(name: str, kind: str, more: str = "") -> str:
    return f'[column.{name}]\n{TITLE}header = ["{name}"]\ntype = "{kind}"\n{more}\n'


def register(name: str, row: str, columns: str, absence: str = "unknown") -> str:
    """A mapping file."""
    credit = _column("credit_code", "credit_code")
    return f'name = "{name}"\n{TITLE}files = ["{name}"]\nrow = {row}\nabsence = "{absence}"\n{credit}{columns}'


FIRMS = register("firm", '["enterprise_id"]', _column("bad", "flag") + _column("debt_fen", "fen", 'unit = "fen"'))
HOLDINGS = (
    _column("holder", "text")
    + _column("share_bp", "bp")
    + _column("amount_fen", "fen", 'unit = "fen"')
    + _column("kind", "code", 'codes = { person = ["人"], state = ["国"], firm = ["企"] }')
    + _column("until", "date")
)
NETWORK = f"""
name = "ownership"
{TITLE}
over = "hold"
from = "hold.holder"
to = "hold.enterprise_id"
share = "hold.share_bp"
amount = "hold.amount_fen"
where = "hold.until >= on"
kind = "hold.kind"
trouble = "enterprise.bad"
"""


def field(gives: str, name: str | None = None) -> str:
    """One [[field]]."""
    own = "".join(OWN[key] for key in GIVES[gives].own)
    return f'[[field]]\nname = "{name or gives}"\n{TITLE}gives = "{gives}"\n{own}'


def texts(
    absence: str = "unknown", head: str = "", fields: str | None = None, network: str = NETWORK
) -> dict[str, str]:
    """The pack; without `fields` the network gives everything that there is, under its own name."""
    given = "".join(map(field, GIVES)) if fields is None else fields
    return {
        "region.toml": REGION,
        "registers/firm.toml": FIRMS,
        "registers/hold.toml": register("hold", '["enterprise_id", "holder"]', HOLDINGS, absence),
        "networks/ownership.toml": network + head + given,
    }


@cache
def book(absence: str = "unknown", head: str = "") -> Rulebook:
    """The loaded pack; `head` are further keys of the network."""
    return load(texts(absence, head))


def firms(
    ids: str, bad: Mapping[str, bool | None] | None = None, debt: Mapping[str, int | None] | None = None
) -> pl.DataFrame:
    """One enterprise per letter: no trouble and a debt of 1 fen, where nothing else is said."""
    rows = [(one, (bad or {}).get(one, False), (debt or {}).get(one, 1)) for one in sorted(ids)]
    return pl.DataFrame(rows, FIRM, orient="row")


Row = tuple[str | None, str | None, int | None]


def holdings(
    *rows: Row, until: date | None = LATER, amount: int | None = 1, kinds: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """Rows (holder, firm, share in basis points)."""
    said = [(firm, holder, share, amount, (kinds or {}).get(str(holder)), until) for holder, firm, share in rows]
    return pl.DataFrame(said, HOLD, orient="row")


def given(
    enterprises: pl.DataFrame, rows: pl.DataFrame | None, absence: str = "unknown", head: str = ""
) -> tuple[pl.DataFrame, Sequence[Mapping[str, object]]]:
    """(enterprises with all fields, problems)."""
    tables = {"firm": enterprises} | ({} if rows is None else {"hold": rows})
    found, _, wrong = features(enterprises, tables, book(absence, head), ON)
    return found, wrong.to_dicts()


def of(found: pl.DataFrame, firm: str) -> dict[str, object]:
    """One firm's fields."""
    return found.row(by_predicate=pl.col("enterprise_id") == firm, named=True)
