"""Registers to one row per enterprise: clean, identify, link, features."""

from kerong.engine.record.decided import NOTHING_DECIDED, Decided
from kerong.engine.record.features import features
from kerong.engine.record.panel import Day, days_of, panel, reports
from kerong.engine.record.recorded import Record, Refused, recorded
from kerong.engine.record.tables import FactTable, RawTable
from kerong.engine.record.ties import ties

__all__ = [
    "NOTHING_DECIDED",
    "Day",
    "Decided",
    "FactTable",
    "RawTable",
    "Record",
    "Refused",
    "days_of",
    "features",
    "panel",
    "recorded",
    "reports",
    "ties",
]
