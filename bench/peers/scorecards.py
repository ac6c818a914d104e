"""Scorecards by optbinning, as its users write them: bins of at least 5 %, monotone, logit, 600 points at 50:1."""

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from bench.claims import Measured, Work
from bench.programs.cards import FEW, TOLD, area, people


def _card(names: list[str]) -> Any:
    from optbinning import BinningProcess, Scorecard
    from sklearn.linear_model import LogisticRegression

    how = {name: {"monotonic_trend": "auto_asc_desc"} for name in names}
    return Scorecard(
        binning_process=BinningProcess(names, binning_fit_params=how),
        estimator=LogisticRegression(max_iter=200),
        scaling_method="pdo_odds",
        scaling_method_params={"pdo": 20, "odds": 50, "scorecard_points": 600},
    )


def _frame(rows: str, lines: str) -> tuple[Any, Any]:
    import pandas as pd

    warnings.filterwarnings("ignore")
    table, bad = people(int(rows), int(lines))
    return pd.DataFrame({name: table[name].to_numpy() for name in table.columns}), bad


def fit(scratch: Path, rows: str, lines: str) -> Work:
    """Work that fits; afterwards it fails where our fit told less than this one."""
    frame, bad = _frame(rows, lines)
    card = _card(list(frame.columns))

    def work() -> Measured:
        start = time.perf_counter()
        card.fit(frame, bad.astype(np.int8))
        seconds = time.perf_counter() - start
        tables = [card.binning_process_.get_binned_variable(name).binning_table for name in frame.columns]
        told = {
            "information value": float(sum(table.build()["IV"].iloc[-1] for table in tables)),
            "area": area(card.score(frame), bad),
        }
        ours = json.loads((scratch / TOLD).read_text())
        sys.stderr.write(f"ours {ours}, optbinning {told}\n")
        if any(ours[name] < told[name] for name in told):
            raise ValueError(f"our card tells less: {ours}, optbinning {told}")
        return Measured(seconds, float(lines))

    return work


def score(scratch: Path, rows: str, lines: str) -> Work:
    """Work that scores everybody."""
    frame, bad = _frame(rows, lines)
    card = _card(list(frame.columns))
    card.fit(frame.head(FEW), bad[:FEW].astype(np.int8))
    return lambda: float(len(card.score(frame)))
