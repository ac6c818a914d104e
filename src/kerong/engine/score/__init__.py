"""The innovation index: values of the indicators, a frozen scale, points with their interval, standing."""

from kerong.engine.score.apply import apply
from kerong.engine.score.fit import fit
from kerong.engine.score.index import Index, index
from kerong.engine.score.population import population
from kerong.engine.score.scale import Bounds, Scale, ScaleRefused, Yardstick, from_json
from kerong.engine.score.standing import standing
from kerong.engine.score.values import values

__all__ = [
    "Bounds",
    "Index",
    "Scale",
    "ScaleRefused",
    "Yardstick",
    "apply",
    "fit",
    "from_json",
    "index",
    "population",
    "standing",
    "values",
]
