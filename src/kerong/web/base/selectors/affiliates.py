"""Which firms belong to one group: as the region declares it for its caps, else by the holdings of the record."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from kerong.rulebook.compiled import evaluate
from kerong.web.base.selectors.published import Published

NAMED = ("group", "control")  # fields of networks that name the group of a firm


@dataclass(frozen=True, slots=True)
class Affiliates:
    """`keys`: by firm the text that awards count affiliates by, where the region declares one and it is known.

    `grounds`: by firm of the group why it belongs, in order. `state`: "found", "alone", "partly" (some belong to
    it, and the record does not know whether all) or "unknown": nobody says who belongs to whom, or not for this firm.
    """

    keys: dict[str, str]
    grounds: dict[str, tuple[str, ...]]
    state: str


def affiliates_of(published: Published, firm: str) -> Affiliates:
    """The group of a firm in the run's record; the firm itself is not among `grounds`."""
    told = {"declared": _declared(published)} if published.rulebook.affiliates is not None else _holdings(published)
    grounds: dict[str, list[str]] = {}
    keys: dict[str, str] = {}
    known = 0
    for ground, names in told.items():
        own = names.filter(pl.col("enterprise_id") == firm)["name"].to_list()
        if not own or not own[0]:
            continue
        known += 1
        members = names.filter(pl.col("name") == own[0])["enterprise_id"].sort().to_list()
        kind = ground.partition(" ")[0]
        for member in members:
            if member != firm and kind not in grounds.setdefault(member, []):
                grounds[member].append(kind)
        if ground == "declared":
            keys = dict.fromkeys(members, own[0])
    found = {member: tuple(why) for member, why in sorted(grounds.items())}
    is_whole = 0 < known == len(told)
    state = ("found" if is_whole else "partly") if found else "alone" if is_whole else "unknown"
    return Affiliates(keys, found, state)


def titles_of(published: Published, firms: Iterable[str]) -> dict[str, str]:
    """The names of firms; one that the record does not know by name goes by its id."""
    wanted = list(dict.fromkeys(firms))
    rows = published.sheet.filter(pl.col("enterprise_id").is_in(wanted)).select("enterprise_id", "name").iter_rows()
    known = {firm: name for firm, name in rows if name}
    return {firm: known.get(firm, firm) for firm in wanted}


def _declared(published: Published) -> pl.DataFrame:
    """By firm the text that affiliated firms have in common, as awards evaluate it."""
    node = published.rulebook.affiliates
    assert node is not None
    found = evaluate(published.enterprises, {"name": node}, published.on).frame
    return published.enterprises.select("enterprise_id").hstack(found)


def _holdings(published: Published) -> dict[str, pl.DataFrame]:
    """By field of a network of holdings the firm and the name of its group."""
    fields = [
        given.name
        for network in published.rulebook.networks.values()
        if network.share is not None
        for given in network.fields.values()
        if given.gives in NAMED and given.name in published.enterprises.columns
    ]
    return {
        f"holdings {name}": published.enterprises.select("enterprise_id", pl.col(name).cast(pl.String).alias("name"))
        for name in sorted(fields)
    }
