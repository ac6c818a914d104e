"""Registers to one row per enterprise: clean, identify, link, features."""

from kerong.engine.record.clean import RawTable
from kerong.engine.record.features import features
from kerong.engine.record.recorded import Refused, recorded

__all__ = ["RawTable", "Refused", "features", "recorded"]
