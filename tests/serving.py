"""Runs the test project under `runfox`, and watches what it prints."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import httpx

import wire

TESTS = Path(__file__).parent
PATIENCE = 20.0

# A failing handler or view is logged with its traceback, and tests look at the reply; no other record may have one.
MEANT = (
    r"ERROR ultrafox\.request project\.",
    r"ERROR ultrafox\.request django (failed|broke its stream off): RuntimeError\n[\s\S]*on purpose",
    r"ERROR django\.request Internal Server Error",
    r"ERROR django\.security\.\w+ ",
    r"ERROR ultrafox\.server A handler tried to end the process",
)
NEVER = ("panicked at", "Exception ignored in", "never awaited", "Fatal Python error")
RECORD = re.compile(r"^(?=(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) [\w.]+ )", re.MULTILINE)
TRACEBACK = re.compile(r"^Traceback \(most recent call last\):", re.MULTILINE)
CHAINED = re.compile(
    r"^(?:The above exception was the direct cause|During handling of the above exception)", re.MULTILINE
)


class Output:
    """Lines of a running process, readable while they come."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.lines: list[str] = []
        self._came = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            with self._came:
                self.lines.append(line.decode("utf-8", "backslashreplace").rstrip("\n"))
                self._came.notify_all()
        stream.close()
        with self._came:
            self._ended = True
            self._came.notify_all()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def finish(self) -> None:
        self._thread.join(PATIENCE)

    def wait(self, wanted: Callable[[str], Any], *, start: int = 0, timeout: float = PATIENCE) -> str:
        """The first line from `start` on that is wanted."""
        deadline = time.monotonic() + timeout
        place = start
        with self._came:
            while True:
                for line in self.lines[place:]:
                    if wanted(line):
                        return line
                place = len(self.lines)
                if self._ended or not self._came.wait(max(0.0, deadline - time.monotonic())):
                    raise AssertionError("the line did not come; these did:\n" + "\n".join(self.lines[start:][-40:]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def command_environment(
    settings: Mapping[str, Any], environment: Mapping[str, str], database: Path | None
) -> dict[str, str]:
    """The surroundings of any `python -m django` command over the test project."""
    paths = [str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "PROJECT_SETTINGS": json.dumps(settings),
        "PROJECT_DATABASE": str(database or ""),
        **environment,
    }


class Server:
    """One `runfox` process over the test project."""

    def __init__(
        self,
        template: Path,
        directory: Path,
        *,
        settings: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        options: Iterable[str] = (),
        access_log: str | None = "json",
        meant: Iterable[str] = (),
        wait: bool = True,
        stdout: int = subprocess.PIPE,
    ) -> None:
        self.meant = [*MEANT, *meant]
        self.port = free_port()
        database = directory / f"db-{self.port}-{time.monotonic_ns()}.sqlite3"
        shutil.copyfile(template, database)
        log = () if access_log is None else ("--access-log", access_log)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "django", "runfox", "--host", "127.0.0.1", "--port", str(self.port), *log, *options],
            cwd=TESTS,
            env=command_environment(settings or {}, environment or {}, database),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
        assert self.process.stderr is not None
        self.stdout = Output(self.process.stdout or open(os.devnull, "rb"))  # noqa: SIM115, its reader closes it
        self.stderr = Output(self.process.stderr)
        if wait:
            self.ready()

    def ready(self) -> None:
        """Until a connection is taken: nothing is sent over it."""
        deadline = time.monotonic() + PATIENCE * 2
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.kill()
                    raise AssertionError(f"the server did not start:\n{self.said()}") from None
                time.sleep(0.02)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: Any) -> httpx.Client:
        """A real client; environment proxies do not concern it."""
        return httpx.Client(base_url=self.address, timeout=PATIENCE, trust_env=False, **options)

    def wire(self, **options: Any) -> wire.Wire:
        return wire.Wire(self.port, **options)

    def ask(self, target: str, method: str = "GET", **parts: Any) -> wire.Reply:
        """One request on a connection of its own."""
        data = wire.request(target, method, **parts)
        return wire.once(self.port, data, head=method == "HEAD", timeout=PATIENCE)

    def json(self, target: str, method: str = "GET", **parts: Any) -> Any:
        """The body of a 200."""
        reply = self.ask(target, method, **parts)
        assert reply.status == 200, (reply.status, reply.body)
        return reply.json()

    def alive(self) -> None:
        """The process that was started still serves."""
        assert self.process.poll() is None, f"the server ended:\n{self.said()}"
        assert self.json("/api/ping") == {"pong": self.pid}

    def records(self) -> list[dict[str, Any]]:
        """The access log so far."""
        return [json.loads(line) for line in self.stdout.lines if line.startswith("{")]

    def record(self, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The first line of the access log that is wanted, as soon as it is written."""
        found: dict[str, Any] = json.loads(
            self.stdout.wait(lambda line: line.startswith("{") and wanted(json.loads(line)))
        )
        return found

    def said(self) -> str:
        return f"--- stdout\n{self.stdout.text[-6000:]}\n--- stderr\n{self.stderr.text[-6000:]}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)
        self.stdout.finish()
        self.stderr.finish()

    def exit(self) -> int:
        """Waits for the end; the code."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not end:\n{self.said()}") from None
        self.stdout.finish()
        self.stderr.finish()
        return code

    def stop(self, by: signal.Signals = signal.SIGTERM) -> None:
        """Ends the server and looks back over all it said: exit code 0, nothing unmeant."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        code = self.exit()
        assert code == 0, f"exit code {code}:\n{self.said()}"
        self.check_stderr()

    def check_stderr(self) -> None:
        text = self.stderr.text
        for words in NEVER:
            assert words not in text, f"{words}:\n{text[-8000:]}"
        for record in RECORD.split(text):
            extra = len(TRACEBACK.findall(record)) - len(CHAINED.findall(record))
            meant = any(re.match(form, record) for form in self.meant)
            assert meant or not re.match(r"\w+ asyncio ", record), record
            assert extra <= (1 if meant else 0), f"an unmeant traceback:\n{record[-4000:]}"


def until(condition: Callable[[], Any], *, timeout: float = PATIENCE, what: str = "the condition") -> Any:
    """Waits for a condition that nothing announces."""
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true within {timeout} s"
        time.sleep(0.01)
    return result
