"""The main job from files to a run on disk, as a user starts it."""

import atexit
import json
import shutil
import tempfile
from pathlib import Path

from bench.claims import Work
from bench.programs import cities


def assess(scratch: Path, firms: str, rules: str = "") -> Work:
    """Work that assesses city-<firms> into a fresh run; answers with the number of verdicts."""
    region = str(cities.pack_of(scratch, int(rules))) if rules else "demo"
    out = Path(tempfile.mkdtemp(dir=scratch)) / "run"
    atexit.register(shutil.rmtree, out.parent, ignore_errors=True)

    def work() -> float:
        city = str(scratch / f"city-{firms}")
        cities.command("kerong", "assess", city, "--region", region, "--on", cities.ON, "--out", str(out))
        counts: dict[str, int] = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["counts"]
        return float(counts["verdicts"])

    return work
