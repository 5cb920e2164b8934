"""The example project as a newcomer runs it: migrated, loaded with the world, served by `runfox` on a real socket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from serving import PATIENCE, Output, free_port, until

PROJECT = Path(__file__).parents[2] / "examples" / "atlas"

Manage = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(data: Path, **more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ATLAS_", "DJANGO_"))}
    return {**own, "ATLAS_DATA": str(data), "PYTHONUNBUFFERED": "1", **more}


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("atlas")


@pytest.fixture(scope="session")
def manage(data: Path) -> Manage:
    """Runs a management command to its end; its exit code is the caller's to check."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        surroundings = environment(data, **more)
        return subprocess.run(command, cwd=PROJECT, env=surroundings, capture_output=True, text=True, timeout=60)

    return run


@pytest.fixture(scope="session")
def world(manage: Manage) -> str:
    """What `load_world` said about the database it filled."""
    migrated = manage("migrate", "--verbosity", "0")
    assert migrated.returncode == 0, migrated.stderr
    loaded = manage("load_world", "--admin")
    assert loaded.returncode == 0, loaded.stderr
    return loaded.stdout


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
            self.stdout.finish()
            self.stderr.finish()


@pytest.fixture(scope="session")
def atlas(data: Path, world: str) -> Iterator[Atlas]:
    server = Atlas(data)
    yield server
    server.stop()


@pytest.fixture
def client(atlas: Atlas) -> Iterator[httpx.Client]:
    with atlas.client() as client:
        yield client


@pytest.fixture(params=["/api", "/api/sync"], ids=["async", "sync"])
def api(request: pytest.FixtureRequest, atlas: Atlas) -> Iterator[httpx.Client]:
    """A client of the cities, once through asynchronous and once through synchronous handlers."""
    with atlas.client() as client:
        client.base_url = client.base_url.join(request.param)
        yield client
