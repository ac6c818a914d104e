"""Publishing a run: from then on the portal shows it, and its warnings are alerts."""

import json
from datetime import date
from pathlib import Path

import polars as pl
from django.db import transaction

from kerong.rulebook import RulebookErrors
from kerong.store.runs import NotARun
from kerong.web.base.models import Run
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.alerts_of_run import WarningsUnreadable, alerts_update

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


SUMMARY_KEYS = ("enterprises", "scores", "districts", "kinds", "rules", "offers", "problems")


class NotPublishable(ValueError):
    """The folder is no whole run."""


def run_publish(path: Path) -> Run:
    """Makes the run in folder `path` the current one and takes its warnings over; publishing it again changes nothing.

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
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotPublishable(f"{path}/manifest.json cannot be read: {error}") from error
    found = _checked(run_id, folder)
    with transaction.atomic():
        Run.objects.filter(current=True).exclude(run_id=run_id).update(current=False)
        run, _ = Run.objects.update_or_create(run_id=run_id, defaults={**told, "path": str(folder), "current": True})
        try:
            alerts_update(found)
        except WarningsUnreadable as error:
            raise NotPublishable(f"{folder} cannot be shown: {error}") from error
    return run


def _checked(run_id: str, folder: Path) -> Published:
    """A run that cannot be shown must not take the place of one that can: what every page needs is read once."""
    found = Published(run_id, folder)
    try:
        shown = (found.rulebook, found.scale, found.on, found.sheet.height, found.verdicts.height)
        missing = [key for key in SUMMARY_KEYS if key not in found.summary]
    except (NotARun, RulebookErrors, pl.exceptions.PolarsError, LookupError, ValueError, TypeError, OSError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NotPublishable(f"{folder} cannot be shown: {why}") from error
    if missing or not shown[0].rules.keys() >= {line["name"] for line in found.summary["rules"]}:
        raise NotPublishable(f"{folder} cannot be shown: its summary is of another kind")
    return found
