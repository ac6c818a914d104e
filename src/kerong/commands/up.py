"""`kerong up`: a demo city, assessed, published and served on this machine.

What was done stays in the data folder, so a second start only serves: registers-…/, archive/, runs/…, kerong.sqlite3,
secret_key and city.json, which is written last and tells that the city is whole. The files of a synthetic city are
received into the archive on the city's own day, and the run is made from the archive. Once the portal serves, a worker
delivers notices and files and does the nightly jobs, and the systems of other regions are compared on the city, beside
the run.
"""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kerong.commands.packs import open_pack
from kerong.commands.portal import environment, manage, migrate
from kerong.commands.up_archive import open_archive, received, told_archive
from kerong.commands.up_systems import begun
from kerong.commands.up_worker import KeptWorker

HOST = "127.0.0.1"
FIRMS = 3_000
SEED = 1
REGION = "demo"
QUARTERS = 4  # of the index before the run's day, for its trend
START_SECONDS = 60
STOP_SECONDS = 5
LOOK_SECONDS = 1

console = Console(highlight=False)


def up(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="port on 127.0.0.1")] = 8000,
    data_dir: Annotated[Path, typer.Option(help="folder that keeps the city, its runs and the database")] = Path(
        "data"
    ),
    firms: Annotated[int | None, typer.Option(min=1, help=f"size of a new demo city  [default: {FIRMS}]")] = None,
    region: Annotated[str, typer.Option(help="region of the city: a name, or the folder of your own")] = REGION,
    registers: Annotated[
        Path | None, typer.Option(help="the region's own registers, a folder or an archive, not a synthetic city")
    ] = None,
) -> None:
    """Make a demo city, assess it and serve the portal; a second start keeps the data and takes seconds."""
    _refuse_taken(port)
    folder = data_dir.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        environment(folder)
        _city(folder, firms, region, registers)
        open_archive(folder)
        logins = _people()
    except OSError as failure:
        told = "the disk is full" if failure.errno == errno.ENOSPC else str(failure)
        sys.exit(f"kerong up: {told}")
    sys.exit(_serve(port, logins, folder))


def _say(line: str) -> None:
    console.print(f"· {line}", markup=False)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        # without it a port that a server left seconds ago would look taken
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as failure:
            taken = failure.errno == errno.EADDRINUSE
            why = "is taken" if taken else f"cannot be used ({failure.strerror})"
            sys.exit(f"kerong up: port {port} {why}; choose another with --port")


def _city(folder: Path, firms: int | None, region: str, own: Path | None) -> None:
    """Registers, a run and its publication, unless they are there; a start that broke off resumes where it was."""
    migrate()
    from kerong.web.base.selectors.published import current

    told = folder / "city.json"
    if told.exists() or current() is not None:
        kept = json.loads(told.read_text(encoding="utf-8"))["firms"] if told.exists() else None
        was = json.loads(told.read_text(encoding="utf-8"))["region"] if told.exists() else region
        if firms not in (None, kept) or region != was:
            there = f"the city of {kept} firms" if kept else "what is published"
            _say(f"keeping {there} in {folder}; for a new city name another --data-dir or delete that folder")
        return
    wanted = firms or FIRMS
    open_pack(region)
    name = "own" if own else str(wanted)
    source, run = own or folder / f"registers-{wanted}", folder / "runs" / f"{Path(region).name}-{name}"
    if own is None and not source.exists():
        _say(f"making a demo city of {wanted:,} firms")
        beside = folder / f"registers-{wanted}.part"
        _command("synth", str(beside), "--firms", str(wanted), "--seed", str(SEED), "--region", region, "--force")
        beside.rename(source)
    if own is None and not (run / "manifest.json").exists():
        _say("receiving its files into the archive")
        source = received(folder, source, region)
    if not (run / "manifest.json").exists():
        _say("assessing it")
        run.parent.mkdir(exist_ok=True)
        history, granted = ("--history", str(QUARTERS)), ("--data-dir", str(folder))
        _command("assess", str(source), "--region", region, *history, *granted, "--out", str(run))
    _say("publishing the run on the portal")
    manage("publish_run", str(run))
    kept_at = told_archive(folder, own)
    told.write_text(json.dumps({"firms": None if own else wanted, "region": region, "run": run.name, **kept_at}) + "\n")


def _command(*arguments: str) -> None:
    status = subprocess.call([sys.executable, "-m", "kerong", *arguments])
    if status:
        sys.exit(f"kerong up: `kerong {arguments[0]}` ended with status {status}")


def _people() -> list[tuple[str, str, str]]:
    """The demo people, made where they are missing; their role, name and password. None where demo is switched off."""
    from django.conf import settings

    from kerong.web.base.services.people import demo_logins

    if not settings.DEMO:
        return []
    manage("demo_people")
    manage("demo_cases")
    manage("demo_deals")
    return demo_logins()


def _serve(port: int, logins: list[tuple[str, str, str]], folder: Path) -> int:
    """Serves until Ctrl-C or a signal to end; the exit status."""
    options = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--blocking-threads", "4"]
    command = [sys.executable, "-m", "granian", *options, "--log-level", "warning", "kerong.web.wsgi:application"]
    # both by hand: a script that starts this in the background hands SIGINT over as ignored
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    # in a session of its own: Ctrl-C reaches this process alone, which then ends the server once and in order
    server = subprocess.Popen(command, start_new_session=True)
    comparison, worker = None, None
    try:
        if not _answers(server, port):
            return server.poll() or 1
        _greet(port, logins)
        worker = KeptWorker(folder, _say)
        comparison = begun(folder)
        return _waited(server, worker)
    except KeyboardInterrupt:
        return 0
    finally:
        for process in (comparison, worker.process if worker is not None else None):
            if process is not None and process.poll() is None:
                _stop(process)
        _stop(server)


def _waited(server: "subprocess.Popen[bytes]", worker: KeptWorker) -> int:
    """Looks after the worker until the server ends; its status."""
    while True:
        try:
            return server.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            worker.looked_after()


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _answers(server: "subprocess.Popen[bytes]", port: int) -> bool:
    """Waits for the first page, which also fills the caches; False when the server ended or stays silent."""
    for _ in range(START_SECONDS * 5):
        if server.poll() is not None:
            console.print("kerong up: the server ended at once; its words are above", style="red")
            return False
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=START_SECONDS)
        except urllib.error.HTTPError as failure:
            return failure.code < 500
        except OSError:
            time.sleep(0.2)
        else:
            return True
    console.print(f"kerong up: the server does not answer after {START_SECONDS} s", style="red")
    return False


def _greet(port: int, logins: list[tuple[str, str, str]]) -> None:
    table = Table(title="demo log-ins", title_justify="left")
    for heading in ("role", "name", "password"):
        table.add_column(heading)
    for login in logins:
        table.add_row(*login)
    if logins:
        console.print(table)
    console.print(f"Kerong 科融 is served at [bold]http://{HOST}:{port}/[/bold]   (stop with Ctrl-C)")
