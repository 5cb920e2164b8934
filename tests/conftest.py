"""Servers for the tests: one that most share, others by configuration, fresh ones for tests that end them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import serving
from serving import Server

Serve = Callable[..., Server]


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test project's database with its rows; every server gets a copy."""
    path = tmp_path_factory.mktemp("database") / "template.sqlite3"
    subprocess.run(
        [sys.executable, "-m", "project.seed"],
        cwd=serving.TESTS,
        env=serving.command_environment({}, {}, path),
        check=True,
    )
    return path


@pytest.fixture(scope="session")
def shared(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Gives the one server of a configuration, started when it is first asked for."""
    directory = tmp_path_factory.mktemp("shared")
    servers: dict[str, Server] = {}

    def give(**configuration: Any) -> Server:
        key = json.dumps(configuration, sort_keys=True)
        if key not in servers:
            servers[key] = Server(database, directory, **configuration)
        return servers[key]

    yield give
    faults = []
    for server in servers.values():
        try:
            server.stop()
        except AssertionError as fault:
            faults.append(str(fault))
    assert not faults, "\n\n".join(faults)


@pytest.fixture(scope="session")
def server(shared: Serve) -> Server:
    """The test project with its settings as they are."""
    # A task that ends by one of these while it is being made is lost to whoever would ask for its outcome.
    return shared(
        meant=[r"ERROR asyncio Task exception was never retrieved[\s\S]*\n(SystemExit|KeyboardInterrupt): on purpose"]
    )


@pytest.fixture(scope="session")
def api(server: Server) -> Iterator[Any]:
    """A real client of the shared server, keeping its connections."""
    with server.client() as client:
        yield client


@pytest.fixture
def serve(database: Path, tmp_path: Path) -> Iterator[Serve]:
    """Starts servers that belong to one test; those still running at its end are stopped and checked."""
    servers: list[Server] = []

    def start(**configuration: Any) -> Server:
        one = Server(database, tmp_path, **configuration)
        servers.append(one)
        return one

    yield start
    for one in servers:
        if one.process.poll() is None:
            one.stop()


@pytest.fixture
def refused(database: Path, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts a server that must refuse to start; what it said."""
    servers: list[Server] = []

    def start(**configuration: Any) -> str:
        one = Server(database, tmp_path, wait=False, **configuration)
        servers.append(one)
        assert one.exit() not in (0, -9, -11), one.said()
        assert "panicked at" not in one.stderr.text, one.said()
        return one.stderr.text + one.stdout.text

    yield start
    for one in servers:
        if one.process.poll() is None:
            one.kill()
