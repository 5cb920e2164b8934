"""PostgreSQL and Redis for tests: on free loopback ports, in a temporary folder, gone afterwards.

`make services` runs this file and keeps both up until Ctrl-C. Tests ask for the fixtures `postgres` and `redis`; where
the programs are not installed they are skipped, or fail when ULTRAFOX_REQUIRE_SERVICES=1 says that they must be there.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 30.0
HOST = "127.0.0.1"


class Missing(Exception):
    """The program is not installed; the message names the package."""


@dataclass(frozen=True, kw_only=True)
class Service:
    port: int
    url: str
    folder: Path


@contextlib.contextmanager
def running_postgres() -> Iterator[Service]:
    """A new cluster with one database; `url` holds its user and password."""
    programs = postgres_programs()
    with temporary_folder("postgres") as folder:
        user, password = "ultrafox", secrets.token_urlsafe(16)
        data, secret = folder / "data", folder / "password"
        secret.write_text(password)
        secret.chmod(0o644)
        options = ["--username", user, "--pwfile", str(secret), "--encoding=UTF8", "--locale=C", "--no-sync"]
        run([f"{programs}/initdb", "--auth=scram-sha-256", *options, "--pgdata", str(data)])
        with served(lambda port: postgres_command(programs, data, folder, port), folder, signal.SIGINT) as port:
            url = f"postgresql://{user}:{password}@{HOST}:{port}/postgres"
            wait_until(lambda: subprocess.run([f"{programs}/pg_isready", "--quiet", "-d", url]).returncode == 0, folder)
            yield Service(port=port, url=url, folder=folder)


@contextlib.contextmanager
def running_redis() -> Iterator[Service]:
    """An empty Redis that keeps nothing on disk; `url` holds its password."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("redis-server is not installed (Debian: redis-server, macOS: redis)")
    with temporary_folder("redis") as folder:
        password = secrets.token_urlsafe(16)
        options = ["--bind", HOST, "--requirepass", password, "--save", "", "--appendonly", "no", "--dir", str(folder)]
        with served(lambda port: [program, "--port", str(port), *options], folder, signal.SIGTERM) as port:
            wait_until(lambda: answers(port), folder)
            yield Service(port=port, url=f"redis://:{password}@{HOST}:{port}/0", folder=folder)


def postgres_programs() -> str:
    """Debian keeps the server's programs away from PATH."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: float(path.split("/")[-2]), reverse=True)
    if config := shutil.which("pg_config"):
        folders.append(subprocess.check_output([config, "--bindir"], text=True).strip())
    for folder in folders:
        if os.access(f"{folder}/initdb", os.X_OK) and os.access(f"{folder}/postgres", os.X_OK):
            return folder
    raise Missing("PostgreSQL's server is not installed (Debian: postgresql, macOS: postgresql@17)")


def postgres_command(programs: str, data: Path, folder: Path, port: int) -> list[str]:
    settings = {
        "listen_addresses": HOST,
        "port": str(port),
        "unix_socket_directories": str(folder),
        # A test database need not survive a power cut.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    return [f"{programs}/postgres", "-D", str(data), *(f"--{name}={value}" for name, value in settings.items())]


@contextlib.contextmanager
def served(command: Callable[[int], list[str]], folder: Path, stop: signal.Signals) -> Iterator[int]:
    """Runs a server on a free port, and ends it by the signal that it takes for a quick, clean stop."""
    port = free_port()
    with (folder / "log").open("wb") as log:
        # A session of its own: Ctrl-C reaches only us, and we stop it in order.
        process = subprocess.Popen(
            command(port), stdout=log, stderr=log, cwd=folder, start_new_session=True, **unprivileged()
        )
        try:
            yield port
        finally:
            process.send_signal(stop)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; both run as a user that may do nothing."""
    if os.geteuid() != 0:
        return {}
    user = nobody()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def nobody() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@contextlib.contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    # Not under pytest's folder: a path to a Unix socket has about a hundred characters at most.
    folder = Path(tempfile.mkdtemp(prefix=f"ultrafox-{name}-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, nobody().pw_uid, nobody().pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **unprivileged())
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(ready: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            log = (folder / "log").read_text(errors="replace")
            raise RuntimeError(f"not ready within {PATIENCE:.0f} s; its log:\n{log}")
        time.sleep(0.05)


def given(service: contextlib.AbstractContextManager[Service]) -> Iterator[Service]:
    with contextlib.ExitStack() as stack:
        try:
            found = stack.enter_context(service)
        except Missing as missing:
            if os.environ.get("ULTRAFOX_REQUIRE_SERVICES") == "1":
                raise
            pytest.skip(str(missing))
        yield found


@pytest.fixture(scope="session")
def postgres() -> Iterator[Service]:
    yield from given(running_postgres())


@pytest.fixture(scope="session")
def redis() -> Iterator[Service]:
    yield from given(running_redis())


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt), running_postgres() as postgres, running_redis() as redis:
        print(f"PostgreSQL  {postgres.url}\nRedis       {redis.url}\nCtrl-C ends them.", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
