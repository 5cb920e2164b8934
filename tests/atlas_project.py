"""The example project: where it is, in which surroundings it runs, and its running server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx

from serving import PATIENCE, Output, free_port, until

PROJECT = Path(__file__).parents[1] / "examples" / "atlas"

Manage = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(data: Path, **more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ATLAS_", "DJANGO_"))}
    return {**own, "ATLAS_DATA": str(data), "PYTHONUNBUFFERED": "1", **more}


class Atlas:
    """A running server of the example."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "runfox", "--port", str(self.port), "--access-log", "json"],
            cwd=PROJECT,
            env=environment(data),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdout is not None and self.process.stderr is not None
        self.stdout, self.stderr = Output(self.process.stdout), Output(self.process.stderr)
        until(self.answers, what="the first answer")

    def answers(self) -> bool:
        assert self.process.poll() is None, f"the server ended:\n{self.stdout.text}\n{self.stderr.text}"
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/api/ping", trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE, trust_env=False)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            assert self.process.wait(PATIENCE) == 0, self.stderr.text
        finally:
            self.process.kill()
            for output, pipe in ((self.stdout, self.process.stdout), (self.stderr, self.process.stderr)):
                output.finish()
                if pipe is not None:
                    pipe.close()
