"""`kerong up` as a user meets it: a city, a served page, a clean end, and data that stay."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from kerong.store.archive import Archive

FIRMS = "60"
START_SECONDS = 240


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(
    folder: Path, port: int, *options: str, end: signal.Signals = signal.SIGINT
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A running `kerong up` and what it said until it served; ended by an interrupt, as Ctrl-C does, or as told."""
    command = [sys.executable, "-m", "kerong", "up", "--port", str(port), "--data-dir", str(folder), *options]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KERONG_")}
    log = folder.parent / "up.log"
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT, env=environment, text=True)
    try:
        until = time.monotonic() + START_SECONDS
        while "is served at" not in log.read_text(encoding="utf-8"):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        yield process, log.read_text(encoding="utf-8")
    finally:
        process.send_signal(end)
        process.wait(30)


def worker_of(process: "subprocess.Popen[str]", other: psutil.Process | None = None) -> psutil.Process:
    """The worker beside the server, and no `other`, once it is there."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        for child in psutil.Process(process.pid).children():
            if child != other and "worker" in child.cmdline():
                return child
        time.sleep(0.1)
    raise AssertionError("there is no worker")


@pytest.mark.slow
def test_a_city_is_made_served_and_kept_by_the_second_start(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    with started(folder, port, "--firms", FIRMS) as (process, said):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            assert page.status == 200
        assert "kerong-demo" in said
        archive = Archive.opened(folder / "archive")
        assert {archive.state(batch.id) for batch in archive.batches()} == {"published"}
        manifest = json.loads((folder / "runs" / f"demo-{FIRMS}" / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["archive"]["sequence"] == len(archive.events())
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/registers/") as page:
            assert "最近更新" in page.read().decode()
        assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
        first = worker_of(process)
        first.kill()
        second = worker_of(process, first)
        beside = psutil.Process(process.pid).children(recursive=True)
    assert process.returncode == 0
    assert second in beside
    assert not any(one.is_running() for one in beside)
    made = (folder / "city.json").stat().st_mtime_ns
    with started(folder, port, "--firms", "61", end=signal.SIGTERM) as (process, said):
        assert "keeping the city of 60 firms" in " ".join(said.split())
        assert "making a demo city" not in said
        worker = worker_of(process)
    assert process.returncode == 0
    assert not worker.is_running()
    assert (folder / "city.json").stat().st_mtime_ns == made
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def test_a_taken_port_ends_in_one_line_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        command = [sys.executable, "-m", "kerong", "up", "--port", port, "--data-dir", str(tmp_path / "data")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [f"kerong up: port {port} is taken; choose another with --port"]
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_a_file_ends_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    command = [sys.executable, "-m", "kerong", "up", "--port", str(free_port()), "--data-dir", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
