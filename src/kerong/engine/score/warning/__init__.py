"""Early warning: rules, models and watches that warn, as one table; trouble that comes over from others."""

from kerong.engine.score.warning.contagion import contagion, large_ties
from kerong.engine.score.warning.institutions import begun, of_institutions, readings
from kerong.engine.score.warning.table import WARNINGS
from kerong.engine.score.warning.warned import warnings

__all__ = ["WARNINGS", "begun", "contagion", "large_ties", "of_institutions", "readings", "warnings"]
