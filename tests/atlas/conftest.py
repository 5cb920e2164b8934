"""The example project as a newcomer runs it: migrated, loaded with the world, served by `runfox` on a real socket."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from atlas_project import PROJECT, Atlas, Manage, environment


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
