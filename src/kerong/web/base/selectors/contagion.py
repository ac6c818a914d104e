"""What may come over to an enterprise from those it is tied to, for officials and analysts: never a probability.

Whether a neighbour is in trouble is told by its alerts that stand, which the reader may open one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from django.db.models import Count

from kerong.rulebook.channels import Channel
from kerong.rulebook.content import Text
from kerong.web.base.models import User
from kerong.web.base.models.alert import STANDING
from kerong.web.base.permissions import FULL_VIEW
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.alert import visible

TABLE = "ties"
SHOWN = 5  # neighbours of a channel


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A firm of the record whose trouble may come over; `alerts`: how many of it stand. None: no amount is known."""

    enterprise_id: str
    name: str
    amount_fen: int | None
    alerts: int


@dataclass(frozen=True, slots=True)
class Along:
    """One channel: `ties` to anybody, `known` of them to firms of the record, `warned` of these with an alert."""

    channel: Channel
    ties: int
    known: int
    warned: int
    neighbours: tuple[Neighbour, ...]

    @property
    def title(self) -> Text:
        """What comes over."""
        return self.channel.title

    @property
    def left_out(self) -> int:
        """Firms of the record that are not named."""
        return self.known - len(self.neighbours)


def coming_over(published: Published, actor: User, enterprise_id: str) -> tuple[Along, ...]:
    """By channel, in the order of the rulebook; empty for other readers, and where the run keeps no ties."""
    if actor.role not in FULL_VIEW or TABLE not in published.tables:
        return ()
    mine = published.table(TABLE).filter(pl.col("end") == enterprise_id).collect()
    known = mine.join(
        published.enterprises.select(pl.col("enterprise_id").alias("begin"), "name"), on="begin", how="inner"
    )
    alerts = _alerts(published, actor, known["begin"].unique().to_list())
    return tuple(
        _along(channel, mine, known, alerts)
        for name, channel in published.rulebook.channels.items()
        if mine.filter(pl.col("channel") == name).height
    )


def _alerts(published: Published, actor: User, ids: list[str]) -> dict[str, int]:
    held = visible(actor, published.rulebook.region.name).filter(subject__in=ids, state__in=STANDING)
    return dict(held.values_list("subject").annotate(Count("pk")).order_by())


def _along(channel: Channel, mine: pl.DataFrame, known: pl.DataFrame, alerts: Mapping[str, int]) -> Along:
    rows = [
        Neighbour(begin, name or begin, amount, alerts.get(begin, 0))
        for begin, name, amount in known.filter(pl.col("channel") == channel.name)
        .select("begin", "name", "amount_fen")
        .iter_rows()
    ]
    rows.sort(key=lambda one: (-min(one.alerts, 1), -(one.amount_fen or 0), one.enterprise_id))
    ties = mine.filter(pl.col("channel") == channel.name).height
    return Along(channel, ties, len(rows), sum(one.alerts > 0 for one in rows), tuple(rows[:SHOWN]))
