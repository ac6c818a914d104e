"""The worker is killed at random moments: no notice or file is lost or doubled, on both databases.

10 kills, 60 with KERONG_NIGHTLY=1; the seed of the moments is printed, KERONG_SEED draws the same ones again.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.web.ledger.real import Database

pytestmark = [
    pytest.mark.database,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are tested on Unix"),
]
ROOT = Path(__file__).parents[3]
KILLS = 60 if os.environ.get("KERONG_NIGHTLY") else 10

MOST_BROKEN = 60  # the control is caught long before


def killed(database: Database, run: Path, kills: int, *options: str) -> dict[str, Any]:
    """What the program found; its output ends with one line of JSON."""
    seed = os.environ.get("KERONG_SEED") or str(random.SystemRandom().randrange(2**32))
    print(f"seed {seed}")  # noqa: T201
    command = [sys.executable, "-m", "tests.web.outbox.killing", str(kills), seed, str(run), *options]
    environment = database.environment | {"DJANGO_SETTINGS_MODULE": "kerong.web.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(found)  # noqa: T201
    return found


def test_killed_at_any_moment_the_worker_loses_no_notice_and_no_file_and_doubles_none(
    real_database: Database, grants_run: Path
) -> None:
    found = killed(real_database, grants_run, KILLS)
    assert found["wrong"] == []
    assert (found["kills"], found["rows"]) == (KILLS, 6 * KILLS)


def test_a_row_that_is_ended_before_its_messages_are_there_is_caught(real_database: Database, grants_run: Path) -> None:
    """The control: the test above would notice."""
    assert killed(real_database, grants_run, MOST_BROKEN, "broken")["wrong"]
