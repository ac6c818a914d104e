"""Registers to one row per enterprise: clean, identify, link, features."""

from kerong.engine.record.features import features
from kerong.engine.record.recorded import Record, Refused, recorded
from kerong.engine.record.tables import FactTable, RawTable

__all__ = ["FactTable", "RawTable", "Record", "Refused", "features", "recorded"]
