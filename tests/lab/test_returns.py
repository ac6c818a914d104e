"""Returns of institutions in the synthetic city: every planted difference is found by reconciling, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from kerong.engine.monitor.reconcile import KINDS, Contracts, Reconciled, reconciled
from kerong.engine.record.clean import clean
from kerong.lab import CLEAN, City, make_city, write_city
from kerong.store.files import Folder

SHARE = 0.03  # of the rows of a return


@pytest.fixture(scope="module")
def off(texts: Mapping[str, str]) -> City:
    """A city without dirt in which institutions make mistakes."""
    return make_city(500, 11, texts=texts, rates=replace(CLEAN, return_differs=SHARE))


@pytest.fixture(scope="module")
def folder(off: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("off")
    write_city(off, path)
    return path


def found_in(folder: Path, city: City, kind: Contracts) -> Reconciled:
    """The registers as they are known when the last return has come."""
    on = city.world.window.on + timedelta(days=31)
    tables = []
    for name in (kind.returned, kind.register):
        register = city.world.places.registers[name]
        if kind.dated and name == kind.register:
            register = replace(register, row=(kind.id, kind.dated))
        tables.append(clean(Folder(folder).read(name, register.files), register, on)[0])
    returns, contracts = tables
    return reconciled(returns, contracts, kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.returned)
def test_every_planted_difference_is_found_and_nothing_else(folder: Path, off: City, kind: Contracts) -> None:
    found = found_in(folder, off, kind).differences.rename({"enterprise_id": "credit_code"})
    planted = off.truth["differences"].filter(pl.col("register") == kind.returned)
    columns = [name for name in planted.columns if name != "kind"]
    order = ["institution", "month", "credit_code"]
    told = found.with_columns(pl.col("balance_difference_fen").fill_null(0)).select(columns).sort(order)
    assert told.equals(planted.select(columns).sort(order))
    assert len(planted) > 0


def test_a_city_whose_institutions_make_no_mistakes_reconciles(clean_city: City, tmp_path: Path) -> None:
    write_city(clean_city, tmp_path)
    assert clean_city.truth["differences"].is_empty()
    for kind in KINDS:
        found = found_in(tmp_path, clean_city, kind)
        assert found.differences.is_empty(), kind.returned
        assert (found.months.filter(pl.col("state") == "agrees")["balance_compared"]).any(), kind.returned


def test_sums_of_a_return_are_those_of_the_files_where_they_agree(folder: Path, off: City) -> None:
    for kind in KINDS:
        months = found_in(folder, off, kind).months.filter(pl.col("state") == "agrees")
        assert (months["new_difference_fen"] == 0).all()
        assert (months["balance_difference_fen"].drop_nulls() == 0).all()
        assert months.filter("balance_compared")["return_balance_fen"].sum() > 0, kind.returned
