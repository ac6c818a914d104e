"""Linking the same rows by splink on DuckDB, and by exact keys with rapidfuzz, as their users would write it."""

import logging
import re
import sys
from pathlib import Path
from typing import Any

from bench.claims import Work
from bench.programs.linking import CITIES, firms

FORM = re.compile(r"(科技|贸易)?(股份有限公司|有限责任公司|有限公司)$")
PLACE = re.compile(f"^({'|'.join(CITIES)})")


def core(name: str) -> str:
    """A name without its city, trade and legal form."""
    return PLACE.sub("", FORM.sub("", name))


def splink(scratch: Path, rows: str) -> Work:
    """splink 5: trained and applied, pairs of probability 0.9 and more."""
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    table, owner = firms(int(rows))
    frame: Any = pd.DataFrame({"unique_id": range(len(table)), "name": table["name"].to_list()})
    frame["code"] = table["credit_code"].to_list()

    def work() -> float:
        frame["core"] = [core(name) for name in frame["name"]]
        frame["c2"], frame["c3"] = frame.core.str[:2], frame.core.str[-2:]
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=[cl.LevenshteinAtThresholds("core", [1]), cl.LevenshteinAtThresholds("code", [1])],
            blocking_rules_to_generate_predictions=[block_on("code"), block_on("core"), block_on("c2", "c3")],
        )
        linker = Linker(DuckDBAPI().register(frame), settings)
        linker.training.estimate_probability_two_random_records_match([block_on("code")], recall=0.6)
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("core"))
        found = linker.inference.predict(threshold_match_probability=0.9).as_pandas_dataframe()
        _tell(found.unique_id_l, found.unique_id_r, owner)
        return float(len(table))

    return work


def rapidfuzz(scratch: Path, rows: str) -> Work:
    """Equal codes, and equal cores among rows that share the first or last two characters of theirs."""
    import numpy as np
    import pandas as pd
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cpdist

    table, owner = firms(int(rows))
    frame: Any = pd.DataFrame({"i": range(len(table)), "c": table["credit_code"].to_list()})

    def work() -> float:
        frame["k"] = [core(name) for name in table["name"]]
        frame["k2"], frame["k3"] = frame.k.str[:2], frame.k.str[-2:]
        with_code = frame.dropna(subset="c")
        met = with_code.merge(with_code, on="c")
        found = [met.loc[met.i_x < met.i_y, ["i_x", "i_y"]].values]
        cores = frame.k.values
        for key in ("k2", "k3"):
            both = frame[["i", key]].merge(frame[["i", key]], on=key)
            pairs = both[both.i_x < both.i_y][["i_x", "i_y"]].values
            apart = cpdist(
                cores[pairs[:, 0]], cores[pairs[:, 1]], scorer=Levenshtein.distance, workers=2, score_cutoff=1
            )
            found.append(pairs[apart <= 0])
        pairs = np.unique(np.concatenate(found), axis=0)
        _tell(pairs[:, 0], pairs[:, 1], owner)
        return float(len(table))

    return work


def _tell(left: Any, right: Any, owner: list[int]) -> None:
    import numpy as np
    import polars as pl

    from bench.programs.linking import told

    pairs = pl.DataFrame({"left": np.asarray(left, np.int64), "right": np.asarray(right, np.int64)})
    sys.stderr.write(told(pairs, owner) + "\n")
