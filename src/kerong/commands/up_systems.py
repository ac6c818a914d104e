"""The comparison of systems that `kerong up` makes for its city, in the background, once the portal serves."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from kerong.store.packs import SHEET, PackError, read_pack, region_names

NICE = 10  # pages that people open go first


def begun(folder: Path) -> "subprocess.Popen[bytes] | None":
    """Begins the comparison of the city in the data folder; None where there is one, or nothing to compare it with.

    Regions that extend the same base and count in the same currency are compared: nobody gives a rate here. What it
    says stands in systems.log.
    """
    told = folder / "city.json"
    city = json.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
    registers = folder / f"registers-{city.get('firms')}"
    into = folder / "runs" / f"{city.get('run')}-systems"
    if not registers.is_dir() or into.exists():
        return None
    names = alike(city["region"])
    if len(names) < 2:
        return None
    command = [sys.executable, "-m", "kerong", "region", "compare", *names, "--city", city["region"]]
    command += ["--data", str(registers), "--into", str(into)]
    with (folder / "systems.log").open("wb") as log:
        making = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, making.pid, NICE)
    return making


def alike(region: str) -> list[str]:
    """This region and the shipped ones that share its base and its currency."""
    try:
        home = _kind(region)
        return [region, *(name for name in region_names() if name != region and home[0] and _kind(name) == home)]
    except PackError:
        return []


def _kind(name: str) -> tuple[object, object]:
    sheet = tomllib.loads(read_pack(name)[SHEET])
    return sheet.get("extends"), sheet.get("currency")
