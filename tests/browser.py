"""A Chromium without a window, driven by chromedriver over HTTP as W3C WebDriver says."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx

from serving import PATIENCE, free_port, until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def missing() -> str | None:
    """What is not installed that a browser needs, as the reason to skip; nothing is skipped where services must be."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if browser and driver:
        return None
    gap = "chromedriver" if browser else "chromium"
    reason = f"needs {gap}, which is not installed (Debian's packages chromium and chromium-driver)"
    assert not os.environ.get("ULTRAFOX_REQUIRE_SERVICES"), reason
    return reason


class Browser:
    """One window."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(self, method: str, path: str, **body: Any) -> Any:
        reply = self._client.request(method, path, json=body if method == "POST" else None)
        value = reply.json()["value"]
        assert reply.status_code == 200, value
        return value

    def open(self, url: str) -> None:
        self.ask("POST", "/url", url=url)

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of a script's `return`."""
        return self.ask("POST", "/execute/sync", script=script, args=list(arguments))

    def find(self, css: str) -> str:
        """The first element that fits, as soon as it is there."""

        def found() -> Any:
            elements = self.ask("POST", "/elements", using="css selector", value=css)
            return elements and elements[0][ELEMENT]

        return str(until(found, what=f"an element {css}"))

    def click(self, css: str) -> None:
        element = self.find(css)
        self.run("arguments[0].scrollIntoView({block: 'center'})", {ELEMENT: element})
        self.ask("POST", f"/element/{element}/click")

    def write(self, css: str, text: str) -> None:
        element = self.find(css)
        self.ask("POST", f"/element/{element}/clear")
        self.ask("POST", f"/element/{element}/value", text=text)

    def text(self, css: str) -> str:
        return str(self.ask("GET", f"/element/{self.find(css)}/text"))

    def console(self) -> list[str]:
        """What the console showed since it was last asked: errors, warnings, what a policy refused."""
        return [f"{one['level']} {one['message']}" for one in self.ask("POST", "/se/log", type="browser")]

    def requested(self) -> list[str]:
        """The URLs that the page has loaded."""
        return list(self.run("return performance.getEntriesByType('resource').map((one) => one.name)"))


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Starts a browser, and ends it."""
    port = free_port()
    driver = subprocess.Popen(
        ["chromedriver", f"--port={port}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE * 3, trust_env=False) as client:
            until(lambda: _ready(client), what="chromedriver")
            session = f"http://127.0.0.1:{port}/session/{_session(client)}"
            client.base_url = httpx.URL(session)
            try:
                yield Browser(client)
            finally:
                # The driver's end alone would leave the browser behind.
                assert client.delete(session).status_code == 200
    finally:
        driver.terminate()
        driver.wait(PATIENCE)


def _ready(client: httpx.Client) -> bool:
    try:
        return bool(client.get("/status").json()["value"]["ready"])
    except httpx.TransportError:
        time.sleep(0.05)
        return False


def _session(client: httpx.Client) -> str:
    # Nothing but loopback resolves: a page that wants more fails here as it does offline.
    arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1280,1600",
    ]
    arguments += ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--no-proxy-server"]
    options = {"args": arguments, "binary": next(filter(None, map(shutil.which, BROWSERS)))}
    wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    reply = client.post("/session", json={"capabilities": {"alwaysMatch": wanted}}).json()["value"]
    assert "sessionId" in reply, reply
    return str(reply["sessionId"])
