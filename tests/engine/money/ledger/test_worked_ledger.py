"""The tables and the chain on the page about the ledger are what the functions yield."""

from datetime import date
from pathlib import Path

from kerong.engine.money.ledger import (
    ACCOUNT_KINDS,
    BOOK_KINDS,
    MOVEMENTS,
    Act,
    Book,
    Close,
    Transfer,
    account_code,
    first,
    genesis,
    movements,
    replayed,
    row_of,
    text_of,
)
from kerong.engine.money.ledger.checks import CHECKS
from kerong.engine.money.ledger.exported import sealed
from kerong.engine.problems import SENTENCES, label
from tests.engine.money.ledger.histories import Entry, frame_of

PAGE = (Path(__file__).parents[4] / "docs/algorithms/ledger.md").read_text("utf-8")
BOOK = Book("budget/2025", "budget")
AT = "2025-03-01T08:00:00+00:00"


def worked() -> list[tuple[str, Entry]]:
    """A grant of CNY 7.00 of which 6.00 are paid, one that is released, a payment reversed, a closing."""
    days = [date(2025, 3, day) for day in range(1, 8)]
    one = movements.reserve_grant(Act("2", days[1], "subsidy:1"), BOOK, "E1", 700)[0]
    two = movements.reserve_grant(Act("3", days[2], "subsidy:2"), BOOK, "E2", 200)[0]
    paid = movements.pay_grant(Act("4", days[3]), one, 600)[0]
    return [
        ("the treasury appropriates", movements.appropriate(Act("1", days[0]), BOOK, 1_000)[0]),
        ("a grant to E1 is reserved", one),
        ("a grant to E2 is reserved", two),
        ("E1 is paid less than reserved", paid),
        ("E2's reservation is released", movements.release_grant(Act("5", days[4]), two)[0]),
        ("the payment is reversed", movements.reversal(Act("6", days[5]), paid)[0]),
        ("the period is closed", Close(BOOK.code, days[5])),
    ]


def table(head: str, *rows: str) -> str:
    """A table as the page has it."""
    return "\n".join([head, "|" + "---|" * (head.count("|") - 1), *rows])


def balances_table() -> str:
    history, rows = worked(), []
    for number, (what, entry) in enumerate(history, 1):
        found = replayed(frame_of([one for _, one in history[:number]]), [BOOK])
        assert found.problems.is_empty()
        sums = {account: cells for _, account, *cells in found.accounts.iter_rows()}
        debits, credits_, reserved, _ = sums["appropriation"]
        e1 = sums.get("payee:E1", [0, 0])
        fen = f"{entry.fen:,}" if isinstance(entry, Transfer) else ""
        move = entry.move if isinstance(entry, Transfer) else "close"
        sums_ = f"{credits_:,} | {debits:,} | {reserved:,} | {credits_ - debits - reserved:,} | {e1[1] - e1[0]:,}"
        rows.append(f"| {number} | {what} | {move} | {fen} | {sums_} |")
    return table("| n | what | move | fen | credits | debits | reserved | free | E1 has |", *rows)


def chain_table() -> str:
    rows = [row_of(entry, AT, "7") for _, entry in worked()]
    lines = [f"| {entry.sequence} | `{entry.hash}` |" for entry in sealed(BOOK, rows)]
    return table("| n | h_n |", f"| 0 | `{first(BOOK).hex()}` |", *lines)


def accounts_table() -> str:
    limits = {"credit": "gives at most what it got", "debit": "takes back at most what it gave", None: ""}
    rows = [
        f"| `{account_code(kind.name, '…' if kind.has_subject else '')}` | {kind.title.zh} | {', '.join(kind.books)} | "
        f"{limits[kind.limited]} |"
        for kind in ACCOUNT_KINDS.values()
    ]
    return table("| account | 中文 | books | limit |", *rows)


def movements_table() -> str:
    rows = [
        f"| `{one.name}` | {one.title.zh} | {', '.join(one.books)} | {one.debit} → {one.credit} | {one.move} |"
        for one in MOVEMENTS.values()
    ]
    return table("| movement | 中文 | books | from → to | move |", *rows)


def refusals_table() -> str:
    rows = [
        f"| `{kind}` | {label(kind, 'zh')} | {label(kind, 'en')} |" for kind in SENTENCES if kind.startswith("ledger_")
    ]
    return table("| problem | 中文 | English |", *rows)


def test_the_worked_life_of_a_grant_is_what_the_replay_yields() -> None:
    assert balances_table() in PAGE


def test_the_worked_chain_is_what_the_functions_yield() -> None:
    assert chain_table() in PAGE
    assert f"```\n{genesis(BOOK)}\n{text_of(row_of(worked()[0][1], AT, '7'))}\n```" in PAGE


def test_the_page_has_every_account_movement_check_and_problem() -> None:
    assert accounts_table() in PAGE
    assert movements_table() in PAGE
    assert refusals_table() in PAGE
    for check in CHECKS:
        assert f"- {check.sentence.en}" in PAGE
    for name, title in BOOK_KINDS.items():
        assert f"`{name}` ({title.zh})" in PAGE
