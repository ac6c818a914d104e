"""Networks of ownership and guarantees: groups, circles, ultimate holders, control, distance to trouble."""

from kerong.engine.record.network.networked import networked

__all__ = ["networked"]
