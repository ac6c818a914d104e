"""Rows of one firm found without a code: comparisons, a model learned without labels, decisions only where
it is sure."""

from kerong.engine.record.linkage.candidates import Candidates, candidates, model_for
from kerong.engine.record.linkage.decisions import DECISIONS
from kerong.engine.record.linkage.fit import fit
from kerong.engine.record.linkage.linking import Linked, RowsError, deduplicated, learned_and_deduplicated, linked
from kerong.engine.record.linkage.model import Model
from kerong.engine.record.linkage.plan import Comparison, Key, Level, Plan, PlanError, comparison
from kerong.engine.record.linkage.queue import review_queue
from kerong.engine.record.linkage.standard import standard_plan

__all__ = [
    "DECISIONS", "Candidates", "Comparison", "Key", "Level", "Linked", "Model", "Plan", "PlanError", "RowsError",
    "candidates", "comparison", "deduplicated", "fit", "learned_and_deduplicated", "linked", "model_for",
    "review_queue", "standard_plan",
]  # fmt: skip
