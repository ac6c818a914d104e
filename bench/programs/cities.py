"""Made-up cities that rounds share: registers, a run, a portal's data folder. Each is made once per scratch folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kerong.store.packs import read_pack

ON = "2025-06-30"
SEED = "1"
RULE_FILE = re.compile(r"(policies|products)/(\w+)\.toml")


def command(*arguments: str, environment: dict[str, str] | None = None) -> None:
    """Runs `python -m …`; raises RuntimeError with its last line."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = (done.stderr + done.stdout).strip().splitlines()
        raise RuntimeError(f"{' '.join(arguments[:2])}: {said[-1] if said else done.returncode}")


def made(target: Path, make: Callable[[Path], None]) -> None:
    """Makes a folder that is not there yet: beside, then renamed, so that what was interrupted is never used."""
    if target.exists():
        return
    half = target.with_name(f"{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    make(half)
    half.rename(target)


def registers(scratch: Path, firms: int) -> None:
    """The registers of a city of `firms` firms, in city-<firms>/."""
    made(
        scratch / f"city-{firms}",
        lambda folder: command("kerong", "synth", str(folder), "--firms", str(firms), "--seed", SEED),
    )


def pack_of(scratch: Path, rules: int) -> Path:
    """The demo region with its rules repeated under new names until there are `rules` of them."""
    folder = scratch / f"demo-{rules}"
    if folder.exists():
        shutil.rmtree(folder)
    texts = read_pack("demo")
    found = [(path, text) for path, text in texts.items() if RULE_FILE.fullmatch(path)]
    for number in range(rules - len(found)):
        path, text = found[number % len(found)]
        name, copy = Path(path).stem, f"{Path(path).stem}_{number // len(found) + 2}"
        texts[str(Path(path).with_name(f"{copy}.toml"))] = text.replace(f'name = "{name}"', f'name = "{copy}"', 1)
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    sheet = folder / "region.toml"
    # the base's files are merged in already
    sheet.write_text(re.sub(r"(?m)^extends\s*=.*$", "", sheet.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def portal_environment(data: Path) -> dict[str, str]:
    """What the portal's settings read."""
    ours = {"DJANGO_SETTINGS_MODULE": "kerong.web.settings", "KERONG_DATA": str(data), "KERONG_DEMO": "1"}
    return {**os.environ, **ours, "KERONG_SECRET_KEY": "only for the benchmark"}


def published(scratch: Path, firms: int) -> None:
    """A portal's data folder with the run of the city on it, in portal-<firms>/."""
    registers(scratch, firms)
    made(scratch / f"portal-{firms}", lambda data: _published(scratch, firms, data))


def _published(scratch: Path, firms: int, data: Path) -> None:
    data.mkdir()
    run = str(data / "run")
    command("kerong", "assess", str(scratch / f"city-{firms}"), "--region", "demo", "--on", ON, "--out", run)
    for words in (("migrate",), ("publish_run", run), ("demo_people",)):
        command("django", *words, environment=portal_environment(data))
