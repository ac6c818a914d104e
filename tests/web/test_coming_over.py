"""What may come over from others: named to officials and analysts on alerts and networks, to nobody else."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from django.test import Client

from kerong.web.base.models import Alert, AlertMove, User
from kerong.web.base.selectors.contagion import coming_over
from kerong.web.base.selectors.published import Published


def _made(subject: str, *, on: date) -> Alert:
    """An alert that stands."""
    made = Alert.objects.create(
        kind="loan_overdue_alert",
        subject=subject,
        subject_kind="enterprise",
        region="demo",
        run_id="r",
        severity=2,
        peak=2,
        on=on,
        seen_on=on,
        owner="finance_office",
        action={"zh": "走访", "en": "visit"},
        evidence={},
    )
    AlertMove.objects.create(alert=made, version=1, name="warn", end="open", severity=2, run_id="r")
    return made


def _tied(published: Published) -> pl.DataFrame:
    """Ties between two firms of the record."""
    ids = published.enterprises["enterprise_id"].implode()
    ties = published.table("ties").filter(pl.col("begin").is_in(ids) & pl.col("end").is_in(ids)).collect()
    assert ties.height
    return ties


def test_an_alert_names_to_officials_the_firms_whose_trouble_may_come_over_and_which_of_them_are_warned_of(
    as_role: Callable[[str], Client], published: Published, people: dict[str, User]
) -> None:
    tie = _tied(published).row(0, named=True)
    Alert.objects.all().update(region="elsewhere")
    item, _ = (_made(tie[side], on=published.on) for side in ("end", "begin"))
    found = coming_over(published, people["official"], tie["end"])
    along = next(one for one in found if one.channel.name == tie["channel"])
    assert along.neighbours[0].enterprise_id == tie["begin"]
    assert (along.warned, along.neighbours[0].alerts) == (1, 1)
    assert along.known <= along.ties
    page = as_role("official").get(f"/alerts/{item.pk}/").content.decode()
    assert f"/enterprises/{tie['begin']}/" in page
    network = as_role("official").get(f"/enterprises/{tie['end']}/network/").content.decode()
    assert along.title.zh in network


@pytest.mark.parametrize("role", ["bank", "enterprise", "fund", "steward"])
def test_nobody_else_is_told_of_the_firms_that_a_firm_is_tied_to(
    role: str, published: Published, people: dict[str, User]
) -> None:
    assert coming_over(published, people[role], _tied(published)["end"][0]) == ()
