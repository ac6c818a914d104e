"""Early warning: rules and models that warn, as one table."""

from kerong.engine.score.warning.table import WARNINGS, of_models, of_rules, warnings

__all__ = ["WARNINGS", "of_models", "of_rules", "warnings"]
