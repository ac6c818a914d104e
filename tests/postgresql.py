"""A PostgreSQL of our own for tests, and a command run beside it: `python -m tests.postgresql MODULE ARGUMENT …`.

The command finds the address in KERONG_DATABASE; so `python -m tests.postgresql pytest -m database` runs the tests of
the stored part on PostgreSQL.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import lacking

DURABLE = ""
CONNECTIONS = 200
FAST = "-c fsync=off"


@contextmanager
def cluster(options: str = DURABLE) -> Iterator[Path]:
    """The folder of the socket of a fresh server (user kerong, no password); it is gone afterwards.

    Skips the test, or fails it in CI, where no PostgreSQL is installed. The defaults of a server keep what was
    committed; `FAST` does not, for tests that end with the server.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not programs or (os.geteuid() == 0 and not shutil.which("runuser")):
        lacking("no PostgreSQL is installed (Debian: apt-get install postgresql)")
    home = Path(tempfile.mkdtemp(prefix="kerong-pg-"))  # the folders of pytest are closed to others
    own: list[str] = []
    if os.geteuid() == 0:  # a server does not run as root
        shutil.chown(home, "postgres")
        own = ["runuser", "-u", "postgres", "--"]
    control = [*own, str(programs[0] / "pg_ctl"), "-D", str(home / "data"), "-s"]
    subprocess.run([*control, "-o", "-A trust -U kerong -E UTF8 --no-sync", "initdb"], check=True, capture_output=True)
    where = f"-c max_connections={CONNECTIONS} -c listen_addresses='' -c unix_socket_directories='{home}' {options}"
    subprocess.run([*control, "-w", "-l", str(home / "log"), "-o", where, "start"], check=True)
    try:
        yield home
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False)
        shutil.rmtree(home, ignore_errors=True)


def address(home: Path, name: str = "postgres") -> str:
    """The address of a database of the cluster, as KERONG_DATABASE takes it."""
    return f"postgresql://kerong@/{name}?host={home}"


def main(arguments: list[str]) -> int:
    """Runs a module beside a fresh, durable cluster; its exit status. Who ends us ends both."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with cluster() as home:
        environment = os.environ | {"KERONG_DATABASE": address(home)}
        return subprocess.call([sys.executable, "-m", *arguments], env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
