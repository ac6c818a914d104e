"""A worker is killed at random moments, not between steps: nothing acknowledged is lost, nothing is doubled.

100 kills on SQLite and 20 on PostgreSQL; with KERONG_NIGHTLY=1 a thousand, over at least 10,000 steps. The seed of the
moments is printed; KERONG_SEED draws the same ones again.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.web.ledger.real import Database

pytestmark = [
    pytest.mark.database,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are tested on Unix"),
]
ROOT = Path(__file__).parents[3]
NIGHTLY = bool(os.environ.get("KERONG_NIGHTLY"))
KILLS = 1_000 if NIGHTLY else 20 if connection.vendor == "postgresql" else 100
STEPS = 10_000 if NIGHTLY else 0
BROKEN_KILLS = 200  # at most: the control is caught long before


def killed(database: Database, kills: int, steps: int, *options: str) -> dict[str, Any]:
    """What the program found; its output ends with one line of JSON."""
    seed = os.environ.get("KERONG_SEED") or str(random.SystemRandom().randrange(2**32))
    print(f"seed {seed}")  # noqa: T201
    command = [sys.executable, "-m", "tests.web.ledger.killing", str(kills), str(steps), seed, *options]
    environment = database.environment | {"DJANGO_SETTINGS_MODULE": "kerong.web.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(found)  # noqa: T201
    return found


def test_killed_at_any_moment_the_ledger_loses_nothing_acknowledged_and_doubles_nothing(
    real_database: Database,
) -> None:
    found = killed(real_database, KILLS, STEPS)
    assert found["wrong"] == []
    assert found["kills"] == KILLS
    assert found["steps"] >= max(STEPS, KILLS // 2)


def test_a_step_in_two_transactions_is_caught_by_the_same_reconciliation(real_database: Database) -> None:
    """The control: the test above would notice."""
    found = killed(real_database, BROKEN_KILLS, 0, "broken")
    assert [wrong for wrong in found["wrong"] if wrong.startswith("doubled")]
