"""A small town whose portal has an archive: the office's pack, a run of it, people, and tax files by the month."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from kerong.commands.assess import assess
from kerong.intake import Receipt, receive
from kerong.store.archive import Archive
from kerong.web.base.models import Role, User
from kerong.web.base.selectors.published import current
from kerong.web.base.services.feed_token import feed_token_make
from kerong.web.base.services.run import run_publish
from tests.intake.office import book, june, texts

FIRMS = "代码,名称,片区,资金\n91330000MA0000007W,甲,东岸,1\n"
AT = datetime(2025, 7, 10, 9, tzinfo=UTC)
UNIT_MISTAKEN = june(40, 1 / 10_000, "2025-06", "2025-07-06")  # in 万元 all of a sudden


@dataclass
class Town:
    """The archive, and what people and machines do with it."""

    archive: Archive
    folder: Path

    def send(self, name: str, content: str, by: str = "Li", at: datetime = AT) -> Receipt:
        """A file that came by the command line."""
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        return receive(self.archive, book(), path, "tax", at, by)

    def history(self) -> None:
        """Two months that came in time."""
        for month in ("04", "05"):
            self.send(f"tax_2025-{month}.csv", june(40, 1, f"2025-{month}", f"2025-{month}-28"), at=AT.replace(month=6))

    def held(self, by: str = "Li") -> Receipt:
        """A third month, which a gate holds."""
        receipt = self.send("tax_2025-06.csv", UNIT_MISTAKEN, by)
        assert receipt.state == "held"
        return receipt

    def person(self, name: str, role: Role, **more: str) -> User:
        """Somebody with a log-in."""
        return User.objects.create_user(username=name, password="a long enough password", role=role, **more)

    def client(self, user: User) -> Client:
        """Logged in, in English."""
        found = Client()
        found.force_login(user)
        found.cookies["kerong_language"] = "en"
        return found

    def steward(self, name: str = "zhao", **more: str) -> Client:
        """A steward, logged in."""
        return self.client(self.person(name, Role.STEWARD, **more))

    def token(self, feed: str = "tax") -> str:
        """A new token of a feed."""
        return feed_token_make(None, feed, {"tax", "firm"})[1]

    @property
    def states(self) -> list[str]:
        """The states of all batches, in the order in which they came."""
        return [self.archive.state(batch.id) for batch in self.archive.batches()]


def upload(client: Client, name: str, content: str | bytes, **form: str) -> HttpResponse:
    """A file in the steward's form."""
    data = content.encode() if isinstance(content, str) else content
    answer = client.post("/steward/upload/", {**form, "file": SimpleUploadedFile(name, data)})
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.fixture(scope="session")
def town_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the office's pack."""
    folder = tmp_path_factory.mktemp("town")
    for name, text in texts().items():
        (folder / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pack" / name).write_text(text, encoding="utf-8")
    (folder / "registers").mkdir()
    (folder / "registers/firm.csv").write_text(FIRMS, encoding="utf-8")
    assess(folder / "registers", str(folder / "pack"), folder / "run", None, as_json=False)
    return folder / "run"


@pytest.fixture
def without_archive(db: None, town_run: Path, tmp_path: Path, settings: Settings) -> Callable[[str], Client]:
    """A portal whose city was assessed from a folder; clients by role."""
    settings.ARCHIVE = tmp_path / "nowhere"
    run_publish(town_run)

    def client_of(role: str) -> Client:
        found = Client()
        if role:
            found.force_login(User.objects.create_user(username=role, role=role))
        return found

    return client_of


@pytest.fixture
def town(db: None, town_run: Path, tmp_path: Path, settings: Settings) -> Town:
    """The town: its archive is empty at first; deliveries are judged as of 12 July 2025."""
    run_publish(town_run)
    found = current()
    assert found is not None
    archive = Archive.create(tmp_path / "archive", found.rulebook.region.name)
    settings.ARCHIVE, settings.DAY = archive.path, date(2025, 7, 12)
    return Town(archive, tmp_path)
