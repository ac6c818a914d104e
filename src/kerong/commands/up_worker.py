"""The worker that `kerong up` keeps beside the server: started again when it dies, ended with it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

AGAIN_SECONDS = 5.0  # a worker that dies at once is not started more often than so


class KeptWorker:
    """The process of `kerong worker`, in a session of its own as the server is."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder, self.say = folder, say
        self.process, self.begun = self._started(), time.monotonic()

    def looked_after(self) -> None:
        """Starts it again where it is gone, and says so."""
        status = self.process.poll()
        if status is not None and time.monotonic() - self.begun >= AGAIN_SECONDS:
            self.say(
                f"后台进程已退出（{status}），重新启动 / the worker ended with status {status}; it is started again"
            )
            self.process, self.begun = self._started(), time.monotonic()

    def _started(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "kerong", "worker", "--data-dir", str(self.folder)]
        return subprocess.Popen([*command, "--parent", str(os.getpid())], start_new_session=True)
