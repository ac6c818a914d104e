"""Who imports whom, in the real source and in planted bad lines."""

import pytest

from tests.tidy.imports import circle, foreign_imports, graph, world_in_pure_code
from tests.tidy.source import Source, all_well, python

OURS = python("src/kerong")
PURE_ROOMS = ("src/kerong/engine/", "src/kerong/rulebook/", "src/kerong/flow.py")


def test_no_module_imports_from_a_room_that_is_closed_to_it() -> None:
    all_well(line for source in OURS for line in foreign_imports(source))


def test_engine_and_rulebook_reach_no_files_clocks_or_global_chance() -> None:
    pure = [source for source in OURS if source.path.startswith(PURE_ROOMS)]
    assert pure
    all_well(line for source in pure for line in world_in_pure_code(source))


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert circle(graph(OURS)) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("src/kerong/engine/score/fit.py", "from kerong.engine.record import clean"),
        ("src/kerong/engine/score/fit.py", "from ..award import limits"),
        ("src/kerong/engine/award/limits.py", "import kerong.flow"),
        ("src/kerong/engine/problems.py", "from kerong.engine.award import limits"),
        ("src/kerong/rulebook/parse.py", "from kerong.engine import problems"),
        ("src/kerong/store/runs.py", "from kerong.rulebook import load"),
        ("src/kerong/compiled/loops.py", "from kerong.rulebook import load"),
        ("src/kerong/lab/city.py", "from kerong.store import files"),
        ("src/kerong/flow.py", "from kerong.store import files"),
        ("src/kerong/web/public/views.py", "from kerong.web.base.models import Run"),
        ("src/kerong/web/public/views.py", "from kerong.web.government import views"),
        ("src/kerong/web/api/rules.py", "from kerong.engine.score import fit"),
        ("src/kerong/web/base/services/runs.py", "from kerong.web.public import views"),
        ("src/kerong/commands/up.py", "from kerong.web.base.models import Run"),
        ("src/kerong/intake/receive.py", "from kerong import flow"),
        ("src/kerong/intake/receive.py", "from kerong.engine.score import fit"),
        ("src/kerong/store/runs.py", "from kerong.intake import receive"),
        ("src/kerong/engine/record/clean.py", "from kerong.intake import receive"),
        ("src/kerong/attic.py", "import json"),
    ],
)
def test_a_planted_import_across_rooms_is_found(path: str, line: str) -> None:
    assert foreign_imports(Source(path, f"def inner() -> None:\n    {line}\n"))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("src/kerong/engine/score/fit.py", "from kerong.engine.score.scale import Scale"),
        ("src/kerong/engine/score/fit.py", "from . import scale"),
        ("src/kerong/engine/score/fit.py", "from kerong.engine.problems import problems"),
        ("src/kerong/web/public/views.py", "from kerong.web.base.selectors import runs"),
        ("src/kerong/commands/synth.py", "from kerong.lab.city import make_city"),
        ("src/kerong/lab/replay.py", "from kerong.flow import assess"),
        ("src/kerong/intake/receive.py", "from kerong.engine.record import profile"),
        ("src/kerong/__main__.py", "from kerong.cli import main"),
    ],
)
def test_an_import_within_the_rooms_is_let_through(path: str, line: str) -> None:
    assert foreign_imports(Source(path, line)) == []


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from pathlib import Path",
        "from django.db import models",
        "open('x')",
        "print(1)",
        "datetime.now()",
        "date.today()",
        "np.random.normal(0, 1)",
        "pl.read_csv('x')",
        "pl.scan_parquet('x')",
        "frame.write_parquet('x')",
        "frame.sink_csv('x')",
    ],
)
def test_a_planted_reach_into_the_outside_world_is_found(line: str) -> None:
    assert world_in_pure_code(Source("src/kerong/engine/award/limits.py", line))


def test_a_generator_that_was_handed_over_is_no_global_chance() -> None:
    text = "np.random.default_rng(seed)\nrng.normal(0, 1)\n"
    assert world_in_pure_code(Source("src/kerong/engine/score/fit.py", text)) == []


def test_a_planted_circle_of_three_modules_is_found() -> None:
    texts = {"a": "from kerong import b", "b": "import kerong.c", "c": "from kerong.a import name"}
    planted = [Source(f"src/kerong/{name}.py", text) for name, text in texts.items()]
    assert circle(graph(planted)) == ["kerong.a", "kerong.b", "kerong.c", "kerong.a"]
