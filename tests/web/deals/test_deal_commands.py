"""`kerong deal close-day` and `kerong deal rate` on a portal's database."""

from datetime import date

import pytest
from typer.testing import CliRunner

import kerong.commands.deal as commands
from kerong.cli import app
from kerong.web.base.models import BaseRateStep, BusinessDay
from tests.web.deals.town import LendingTown


def command(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["deal", *words])
    return done.exit_code, " ".join(done.output.split())  # wherever a line was wrapped


def test_close_day_catches_up_closes_nothing_twice_and_nothing_to_come(
    town: LendingTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "opened", lambda _folder: None)
    deal = town.drawn()
    assert "1 loans, 32 days" in command("close-day", "--through", "2025-04-03")[1]
    deal.refresh_from_db()
    assert (deal.closed_through, deal.accrued_fen) == (date(2025, 4, 3), 32_000)
    assert "0 loans, 0 days" in command("close-day", "--through", "2025-04-03")[1]
    assert BusinessDay.objects.get().closed_through == date(2025, 4, 3)
    assert command("close-day", "--through", "2999-01-01")[0] == 1
    assert command("close-day", "--through", "20250403")[0] == 2


def test_a_base_rate_is_recorded_as_it_was_published_and_nothing_else_is_taken(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "opened", lambda _folder: None)
    assert command("rate", "LPR1Y", "2025-05-20", "3.00", "--source", "同业拆借中心")[0] == 0
    assert BaseRateStep.objects.get().ppm == 30_000
    assert command("rate", "LPR1Y", "2025-05-20", "3.1", "--source", "同业拆借中心")[0] == 1
    for percent in ("3,1", "３.1", "1e2", "-1", "3.00001", "nan", "3.", ""):
        assert command("rate", "LPR1Y", "2025-06-20", percent, "--source", "同业拆借中心")[0] == 2
    assert BaseRateStep.objects.count() == 1
