"""What a region can see of itself: its summary and its statistics."""

from kerong.engine.monitor.statistics import statistics
from kerong.engine.monitor.summary import summary

__all__ = ["statistics", "summary"]
