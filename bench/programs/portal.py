"""Pages of a served portal, as an official's browser asks for them."""

import atexit
import http.cookiejar
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from bench.claims import Measured, Work
from bench.programs import cities

PAGES = (
    "/",
    "/rules/",
    "/office/",
    "/office/quality/",
    "/enterprises/",
    "/enterprises/?page=400",
    "/enterprises/?q=科技",
)
VISITS = 5
START_SECONDS = 60


def _served(data: Path) -> str:
    """Starts the portal on a free port; its address. It ends with this process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4"]
    command = [sys.executable, "-m", "granian", *options, "--log-level", "critical", "kerong.web.wsgi:application"]
    server = subprocess.Popen(command, env=cities.portal_environment(data), stdout=subprocess.DEVNULL)

    def stop() -> None:
        server.terminate()
        server.wait()

    atexit.register(stop)
    address = f"http://127.0.0.1:{port}"
    for _ in range(START_SECONDS * 10):
        try:
            urllib.request.urlopen(f"{address}/health/").read()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return address
    raise RuntimeError(f"the portal does not answer after {START_SECONDS} s")


class Visitor:
    """A browser that is logged in as the demo official."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.text("/account/login/")
        token = next(cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken")
        fields = {"login": "official", "password": "kerong-demo", "csrfmiddlewaretoken": token}
        form = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(f"{address}/account/login/", form, {"Referer": f"{address}/account/login/"})
        self.opener.open(request).read()
        if not any(cookie.name == "sessionid" for cookie in self.cookies):
            raise RuntimeError("the demo official cannot log in")

    def text(self, path: str) -> str:
        """The page at a path; raises HTTPError for any status but 200."""
        with self.opener.open(self.address + urllib.parse.quote(path, safe="/?=&")) as answer:
            return str(answer.read().decode())


def slowest_page(scratch: Path, firms: str) -> Work:
    """Work that visits every kind of page; its seconds are the median of the slowest page, its answer their number."""
    visitor = Visitor(_served(scratch / f"portal-{firms}"))
    firm = re.search(r'"(/enterprises/[^/"?]+/)"', visitor.text("/enterprises/"))
    rule = re.search(r'"(/rules/[\w-]+/)"', visitor.text("/rules/"))
    if not firm or not rule:
        raise RuntimeError("the lists of enterprises and rules link to no page")
    pages = (*PAGES, firm[1], rule[1])
    for page in pages:
        visitor.text(page)

    def seconds(page: str) -> float:
        taken = []
        for _ in range(VISITS):
            start = time.perf_counter()
            visitor.text(page)
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)

    return lambda: Measured(max(map(seconds, pages)), float(len(pages)))
