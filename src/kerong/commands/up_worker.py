"""The worker that `kerong up` keeps beside the server: started again when it dies, ended with it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # seconds until one that died is started again, twice as long each time
LIVED = 60.0  # one that lived so long begins with the first pause


class KeptWorker:
    """The process of `kerong worker`, in a session of its own as the server is."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder, self.say = folder, say
        self.pause, self.again = FIRST_PAUSE, 0.0
        self.process, self.begun = self._started(), time.monotonic()

    def looked_after(self) -> None:
        """Starts it again where it is gone, after a pause, and says so."""
        status, now = self.process.poll(), time.monotonic()
        if status is None:
            return
        if not self.again:
            self.pause = FIRST_PAUSE if now - self.begun > LIVED else self.pause
            self.again = now + self.pause
            told = f"后台进程已退出（{status}），{self.pause:.0f} 秒后重新启动"
            self.say(f"{told} / the worker ended ({status}); it is started again in {self.pause:.0f} s")
            self.pause = min(2 * self.pause, LONGEST_PAUSE)
        elif now >= self.again:
            self.process, self.begun, self.again = self._started(), now, 0.0

    def _started(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "kerong", "worker", "--data-dir", str(self.folder)]
        return subprocess.Popen([*command, "--parent", str(os.getpid())], start_new_session=True)
