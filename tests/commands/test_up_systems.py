"""Which systems `kerong up` compares on its city, and when it leaves that alone."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from kerong.commands import up_systems
from kerong.store.packs import region_names


def city(folder: Path, **told: object) -> Path:
    """A data folder with a city of 60 firms."""
    (folder / "city.json").write_text(json.dumps({"firms": 60, "region": "demo", "run": "demo-60", **told}), "utf-8")
    (folder / "registers-60").mkdir()
    return folder


def test_regions_of_the_same_base_and_currency_are_compared_the_city_first() -> None:
    names = up_systems.alike("demo")
    assert names[0] == "demo"
    assert {"suzhou", "guangzhou", "hangzhou"} <= set(names) <= set(region_names())
    assert "usa" not in names
    assert up_systems.alike("usa") == ["usa"]
    assert up_systems.alike("no-such-region") == []


def test_nothing_is_begun_where_a_comparison_is_kept_or_no_registers_are(tmp_path: Path) -> None:
    assert up_systems.begun(tmp_path) is None
    folder = city(tmp_path)
    (folder / "runs/demo-60-systems").mkdir(parents=True)
    assert up_systems.begun(folder) is None


def test_a_city_of_its_own_registers_or_without_kin_is_left_alone(tmp_path: Path) -> None:
    assert up_systems.begun(city(tmp_path, region="usa")) is None
    (tmp_path / "city.json").write_text('{"firms": null, "region": "demo", "run": "own"}', "utf-8")
    assert up_systems.begun(tmp_path) is None


def test_what_is_begun_compares_beside_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    class Begun:
        pid = 0

        def __init__(self, command: list[str], **_: object) -> None:
            asked.append(command)

    monkeypatch.setattr(subprocess, "Popen", Begun)
    monkeypatch.setattr(os, "setpriority", lambda *_: None, raising=False)
    assert up_systems.begun(city(tmp_path)) is not None
    (command,) = asked
    assert command[3:6] == ["region", "compare", "demo"]
    assert command[-1] == str(tmp_path / "runs/demo-60-systems")
