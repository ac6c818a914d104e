"""A small city, assessed by the real pipeline, published on a fresh database; one person per role."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from kerong.commands.assess import assess
from kerong.lab import make_city, write_city
from kerong.store.packs import read_pack
from kerong.web.base.models import Role, User
from kerong.web.base.selectors.published import Published, current
from kerong.web.base.services.run import run_publish
from tests.web.town import town, town_run, without_archive

__all__ = ["town", "town_run", "without_archive"]
PASSWORD = "a long enough password"
ON = "2025-06-30"


@pytest.fixture(scope="session")
def city_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a demo city of 300 firms."""
    folder = tmp_path_factory.mktemp("city")
    write_city(make_city(300, 7, date.fromisoformat(ON), texts=read_pack("demo")), folder / "registers")
    assess(folder / "registers", "demo", folder / "run", ON, as_json=False)
    return folder / "run"


@pytest.fixture
def published(db: None, city_run: Path) -> Published:
    """The city's run, published."""
    run_publish(city_run)
    found = current()
    assert found is not None
    return found


@pytest.fixture
def renamed_run(city_run: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Makes a copy of the run in which the first enterprise has another name."""

    def make(name: str) -> Path:
        folder = tmp_path / "renamed"
        shutil.copytree(city_run, folder)
        table = pl.read_parquet(folder / "enterprises.parquet")
        first = table["enterprise_id"][0]
        named = pl.when(pl.col("enterprise_id") == first).then(pl.lit(name)).otherwise(pl.col("name")).alias("name")
        table.with_columns(named).write_parquet(folder / "enterprises.parquet")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        (folder / "manifest.json").write_text(json.dumps({**manifest, "run_id": "renamed"}), encoding="utf-8")
        return folder

    return make


@pytest.fixture
def ids(published: Published) -> list[str]:
    """Enterprise ids of the run, in order."""
    return published.sheet["enterprise_id"].to_list()


@pytest.fixture
def people(published: Published, ids: list[str]) -> dict[str, User]:
    """One person per role; the enterprise's person belongs to the first enterprise."""
    region = published.rulebook.region
    found = {}
    for role in Role:
        institution = next((item.code for item in region.institutions if item.kind == role), "")
        found[str(role)] = User.objects.create_user(
            username=f"one-{role}",
            password=PASSWORD,
            role=role,
            enterprise_id=ids[0] if role == Role.ENTERPRISE else "",
            institution=institution,
        )
    return found


@pytest.fixture
def as_role(people: dict[str, User]) -> Callable[[str], Client]:
    """A client that is logged in as the person of a role; "" is nobody."""

    def client_of(role: str) -> Client:
        client = Client()
        if role:
            client.force_login(people[role])
        return client

    return client_of


@pytest.fixture(autouse=True)
def _fresh_limits(settings: Settings) -> None:
    """Attempts to log in are counted in the cache: every test starts from none. Hashing is no test of ours."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
