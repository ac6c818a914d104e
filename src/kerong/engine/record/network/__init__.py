"""Networks of ownership and guarantees: groups, circles, ultimate holders, control, distance to trouble."""

from kerong.engine.record.network.around import Around, around, network_edges
from kerong.engine.record.network.networked import networked

__all__ = ["Around", "around", "network_edges", "networked"]
