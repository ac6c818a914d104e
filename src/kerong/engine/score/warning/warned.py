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
    *,
    trials: bool = False,
) -> pl.DataFrame:
    """The table `warnings` of ARCHITECTURE.md, sorted by kind, subject_kind and subject; one row for each.

    `verdicts`, `credit` and `statistics`: as a run has them; `tables`: cleaned registers with `row_key`,
    for rules that look at rows. Alerts on trial warn nobody, but where `trials` are asked for, to be graded.
    """
    found = [of_rules(verdicts, rulebook, enterprises, tables, on), of_models(credit, rulebook, on)]
    whole = pl.concat([*found, of_institutions(statistics, rulebook, on)])
    return (whole if trials else whole.filter(~pl.col("kind").is_in(_on_trial(rulebook)))).sort(KEY)


def _on_trial(rulebook: Rulebook) -> list[str]:
    alerts = {name: one.alert for name, one in (*rulebook.rules.items(), *rulebook.watches.items())}
    alerts |= {name: rulebook.models[one.model].alert for name, one in rulebook.cards.items()}
    return sorted(name for name, alert in alerts.items() if alert is not None and alert.is_on_trial)
