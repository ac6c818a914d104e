"""All warnings of a run: of rules, of models and of watches on institutions."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.score.warning.institutions import of_institutions
from kerong.engine.score.warning.table import KEY, of_models, of_rules
from kerong.rulebook.content import Rulebook


def warnings(
    verdicts: pl.DataFrame,
    credit: pl.DataFrame,
    statistics: Mapping[str, pl.DataFrame],
    rulebook: Rulebook,
    enterprises: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    on: date,
) -> pl.DataFrame:
    """The table `warnings` of ARCHITECTURE.md, sorted by kind, subject_kind and subject; one row for each.

    `verdicts`, `credit` and `statistics`: as a run has them; `tables`: cleaned registers with `row_key`,
    for rules that look at rows.
    """
    found = [of_rules(verdicts, rulebook, enterprises, tables, on), of_models(credit, rulebook, on)]
    return pl.concat([*found, of_institutions(statistics, rulebook, on)]).sort(KEY)
