"""Publishing a run: from then on the portal shows it."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from kerong.web.base.models import Run

NEEDED = (
    "manifest.json",
    "summary.json",
    "scale.json",
    "enterprises.parquet",
    "scores.parquet",
    "verdicts.parquet",
    "offers.parquet",
    "problems.parquet",
    "rulebook/region.toml",
)


class NotPublishable(ValueError):
    """The folder is no whole run."""


def run_publish(path: Path) -> Run:
    """Makes the run in folder `path` the current one; publishing it again changes nothing else.

    Raises NotPublishable where the folder is no whole run.
    """
    folder = path.resolve()
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise NotPublishable(f"{path} is no whole run: {', '.join(missing)} missing")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        told = {"region": str(manifest["region"]), "on": date.fromisoformat(manifest["on"])}
        run_id = str(manifest["run_id"])
    except (KeyError, ValueError, TypeError) as error:
        raise NotPublishable(f"{path}/manifest.json cannot be read: {error}") from error
    with transaction.atomic():
        Run.objects.filter(current=True).exclude(run_id=run_id).update(current=False)
        run, _ = Run.objects.update_or_create(run_id=run_id, defaults={**told, "path": str(folder), "current": True})
    return run
