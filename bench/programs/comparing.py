"""A reform of two rules over a city, beside the run of that city: the same registers, read afresh by both."""

from pathlib import Path

from bench.claims import Work
from bench.harness import ROOT
from bench.programs.cities import ON, command

REFORM = ROOT / "docs" / "examples" / "reforms" / "broader_interest_subsidy"


def compare(scratch: Path, firms: str) -> Work:
    """Work that compares the example with what is in force and writes the report; answers with the number of firms."""

    def work() -> float:
        out = str(scratch / f"compared-{firms}.html")
        city = str(scratch / f"city-{firms}")
        command("kerong", "rules", "compare", "demo", str(REFORM), "--data", city, "--on", ON, "--out", out)
        return float(firms)

    return work


def assess(scratch: Path, firms: str) -> Work:
    """Work that assesses the same city: the base by itself; answers with the number of firms."""

    def work() -> float:
        out = str(scratch / f"assessed-{firms}")
        city = str(scratch / f"city-{firms}")
        command("kerong", "assess", city, "--region", "demo", "--on", ON, "--out", out)
        return float(firms)

    return work
