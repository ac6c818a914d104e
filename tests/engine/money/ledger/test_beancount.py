"""An accountant's own program agrees with the ledger to the fen, and disagrees where a fen is moved."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from kerong.engine.money.ledger import Act, Book, Close, Transfer, movements, replayed
from kerong.engine.money.ledger.beancount import account_name, beancount
from tests.conftest import lacking
from tests.engine.money.ledger.histories import BOOKS, BUDGET, POOL, Entry, frame_of, histories
from tests.engine.money.ledger.test_verified import a_budget, kept

EXAMPLES = 200 if "KERONG_NIGHTLY" in os.environ else 4
CHECK = Path(sys.executable).parent / "bean-check"


@pytest.fixture(scope="module")
def bean_check(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for bean-check to read."""
    if not CHECK.exists():
        lacking("bean-check is not installed (pip install 'kerong[test]')")
    return tmp_path_factory.mktemp("beancount") / "ledger.beancount"


def text_of_history(history: list[Entry], books: tuple[Book, ...] = BOOKS) -> str:
    entries = frame_of(history)
    found = replayed(entries, books)
    assert found.problems.is_empty()
    return "".join(f"{line}\n" for line in beancount(books, entries, found.accounts))


def complaints(file: Path, text: str) -> str:
    """What bean-check says of the text; nothing where it agrees."""
    file.write_text(text, encoding="utf-8")
    command = [str(CHECK), "--no-cache", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert bool(done.returncode) == bool(done.stderr + done.stdout)
    return done.stdout + done.stderr


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(history=histories())
def test_bean_check_agrees_to_the_fen(bean_check: Path, history: list[Entry]) -> None:
    assert complaints(bean_check, text_of_history(kept(history))) == ""


def test_bean_check_sees_a_single_fen_that_a_balance_lacks(bean_check: Path) -> None:
    text = text_of_history(a_budget(), (BUDGET,))
    wanted = f"balance {account_name(BUDGET.code, 'appropriation')}  5.00 ~ 0 CNY"
    assert complaints(bean_check, text) == ""
    assert "Balance failed" in complaints(bean_check, text.replace(wanted, wanted.replace("5.00", "5.01")))


def test_names_and_texts_of_all_kinds_are_read_by_bean_check(bean_check: Path) -> None:
    odd = '引号"与\\反斜线 {value} #tag ^link'
    pool = Book("pool.A/甲".replace("甲", "b"), "pool")
    act = Act("in", date(2025, 1, 1), about=odd, rule=odd, evidence=odd)
    parties = ["市财政", "a-b", "a_b", "A", "91440101MA5XXXXX0X", "é;|"]
    history: list[Entry] = [
        transfer for party in parties for transfer in movements.pay_in(act, pool, party, 10**15 - 1)
    ]
    history.append(Close(pool.code, date(2999, 12, 30)))
    assert complaints(bean_check, text_of_history(history, (pool,))) == ""
    assert len({account_name(pool.code, f"contributor:{party}") for party in parties}) == len(parties)


def test_a_reservation_is_a_note_and_moves_nothing() -> None:
    history: list[Entry] = list(movements.pay_in(Act("in", date(2025, 1, 1)), POOL, "city", 500))
    history += movements.reserve_compensation(Act("claim", date(2025, 1, 2)), POOL, "icbc", 400)
    lines = text_of_history(history, (POOL,)).splitlines()
    claim = history[1]
    assert isinstance(claim, Transfer)
    told = f"reserve reserve_compensation 4.00 CNY {claim.ref} bank:icbc"
    assert [line for line in lines if " note " in line] == [f'2025-01-02 note {account_name("pool", "money")} "{told}"']
    assert f"2025-01-03 balance {account_name('pool', 'money')}  5.00 ~ 0 CNY" in lines
