"""Verbs of the ledger: transfers as its builders make them, judged by replaying all of them after every act."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from kerong.engine.money.ledger import Act, Book, Close, Replay, Transfer, entries_of, movements, replayed, row_of
from tests.scenarios.money_words import fen_of
from tests.scenarios.world import World, told_wrong

# what is moved once, by the builder of that name: book, payee or party (where there is one), amount
MOVED = {
    "下达预算": "appropriate",
    "核减预算": "cut_appropriation",
    "预留补助": "reserve_grant",
    "追回补助": "claw_back",
    "追回缴库": "return_to_treasury",
    "年终收回": "lapse",
    "资金到位": "pay_in",
    "预留代偿": "reserve_compensation",
    "银行交回": "recover",
    "退回出资": "refund",
    "收担保费": "premium",
    "分险到账": "receive_share",
    "实缴出资": "call_capital",
    "预留投资": "reserve_investment",
    "退出收回": "receive_proceeds",
    "分配收益": "distribute",
}
# what ends a reservation or takes back a posting, named by `of`
ENDED = {
    "支付补助": "pay_grant",
    "释放补助": "release_grant",
    "支付代偿": "compensate",
    "拨付投资": "invest",
    "冲销": "reversal",
}
SUMS = {"": ("credits_posted", "debits_posted"), ".reserved": ("debits_reserved", "credits_reserved")}


def moved(world: World, said: Mapping[str, Any]) -> list[str]:
    """One movement of money; `as` is how later acts call it."""
    act = Act(f"{len(_done(world))}", said["on"], evidence=said.get("evidence", ""))
    builder: Callable[..., tuple[Transfer, ...]] = getattr(movements, MOVED.get(said["do"]) or ENDED[said["do"]])
    if said["do"] in ENDED:
        fen = (fen_of(said["amount"]),) if "amount" in said else ()
        made = builder(act, world.kept["named"][said["of"]], *fen)
    else:
        party = (said["party"],) if "party" in said else ()
        made = builder(act, _book(world, said["book"]), *party, fen_of(said["amount"]))
    return _tried(world, said, *made)


def shared(world: World, said: Mapping[str, Any]) -> list[str]:
    """A grant is reserved on several books by shares in basis points."""
    shares = {_book(world, name): bp for name, bp in said["shares"].items()}
    act = Act(f"{len(_done(world))}", said["on"])
    return _tried(world, said, *movements.reserve_shared_grant(act, said["party"], fen_of(said["amount"]), shares))


def carried(world: World, said: Mapping[str, Any]) -> list[str]:
    """What is left goes from one year's book to the next."""
    books = _book(world, said["book"]), _book(world, said["into"])
    act = Act(f"{len(_done(world))}", said["on"])
    return _tried(world, said, *movements.carry_over(act, *books, fen_of(said["amount"])))


def closed(world: World, said: Mapping[str, Any]) -> list[str]:
    """A book takes nothing more dated by then."""
    return _tried(world, said, Close(_book(world, said["book"]).code, said["on"]))


def looked_at(world: World, said: Mapping[str, Any]) -> list[str]:
    """What the accounts of a book hold: an amount, and behind `.reserved` what is set aside of it."""
    book = _book(world, said["book"]).code
    accounts = _replay(world, _done(world)).accounts.filter(pl.col("book") == book)
    has = {
        f"{row['account']}{name}": row[plus] - row[minus]
        for row in accounts.iter_rows(named=True)
        for name, (plus, minus) in SUMS.items()
    }
    return told_wrong(said["then"], has)


def _tried(world: World, said: Mapping[str, Any], *made: Transfer | Close) -> list[str]:
    """What a refused act would have moved is not kept."""
    found = _replay(world, [*_done(world), *made]).problems
    refused = found["kind"].item(0) if found.height else ""
    wanted = said.get("then", {}).get("refused", "")
    if refused != wanted:
        return [f"refused as {refused!r}, expected {wanted!r}"]
    if not refused:
        _done(world).extend(made)
        if "as" in said:
            world.kept.setdefault("named", {})[said["as"]] = made[0]
    return []


def _done(world: World) -> list[Transfer | Close]:
    done: list[Transfer | Close] = world.kept.setdefault("ledger", [])
    return done


def _book(world: World, name: str) -> Book:
    """The book that a scenario calls by a name; the ledger's own codes are letters and digits."""
    books = world.given["books"]
    return Book(f"book{list(books).index(name)}", books[name])


def _replay(world: World, entries: list[Transfer | Close]) -> Replay:
    rows = ((number, row_of(entry)) for number, entry in enumerate(entries, 1))
    return replayed(entries_of(rows), [_book(world, name) for name in world.given["books"]])


ACTS = {
    **dict.fromkeys((*MOVED, *ENDED), moved),
    "预留市县补助": shared,
    "结转": carried,
    "结账": closed,
    "查账": looked_at,
}
