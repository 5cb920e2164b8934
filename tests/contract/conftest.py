"""Servers and applications for the contract, all over one project."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import serving

SETTINGS = {
    "ROOT_URLCONF": "project.contract.urls",
    "MIDDLEWARE": ["project.contract.around.Foreign"],
    "ALLOWED_HOSTS": ["localhost"],
}

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

COMMANDS = {
    "gunicorn": ["gunicorn", "project.wsgi:application", "--bind", "127.0.0.1:{port}", "--threads", "2"],
    "uvicorn": ["uvicorn", "project.asgi:application", "--host", "127.0.0.1", "--port", "{port}", "--lifespan", "off"],
    "granian-wsgi": ["granian", "project.wsgi:application", "--interface", "wsgi", "--port", "{port}"],
    "granian-asgi": ["granian", "project.asgi:application", "--interface", "asginl", "--port", "{port}"],
}


class Foreign:
    """A server that is not ours, over the same project."""

    def __init__(self, name: str, template: Path, directory: Path) -> None:
        self.port = serving.free_port()
        database = directory / f"{name}.sqlite3"
        shutil.copyfile(template, database)
        command = [part.format(port=self.port) for part in COMMANDS[name]]
        self._log = (directory / f"{name}.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=serving.TESTS,
            env=serving.command_environment(SETTINGS, {}, database),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def ready(self) -> None:
        deadline = time.monotonic() + serving.PATIENCE * 2
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline, Path(self._log.name).read_text()
                time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(serving.PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


@pytest.fixture(scope="session")
def foreign(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], int]]:
    """The port of a server of a name, started when it is first asked for."""
    directory = tmp_path_factory.mktemp("foreign")
    servers: dict[str, Foreign] = {}

    def port(name: str) -> int:
        pytest.importorskip(COMMANDS[name][0])
        if name not in servers:
            servers[name] = Foreign(name, database, directory)
            servers[name].ready()
        return servers[name].port

    yield port
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="session")
def contract_server(shared: Callable[..., Any]) -> Any:
    """The same project under `runfox`."""
    return shared(settings=SETTINGS)


@pytest.fixture(scope="module")
def project(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The project's settings and a database of its own in this process."""
    import django
    from django.test import override_settings

    django.setup()
    from django.db import connections

    copy = tmp_path_factory.mktemp("contract") / "inside.sqlite3"
    shutil.copyfile(database, copy)
    before = connections["default"]
    # Django's ASGI handler makes a thread per request, and leaves the connection of each open that may be kept.
    kept = {**connections.settings["default"]}
    connections.settings["default"].update({"NAME": str(copy), "CONN_MAX_AGE": 0})
    del connections["default"]
    try:
        with override_settings(**SETTINGS):
            yield
    finally:
        connections.close_all()
        connections.settings["default"].update(kept)
        connections["default"] = before
