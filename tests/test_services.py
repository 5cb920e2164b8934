"""The databases that later tests lean on come up, let only us in, answer, and are gone afterwards."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import services
from services import Service

postgres, redis = services.postgres, services.redis


def psql(url: str, query: str) -> subprocess.CompletedProcess[str]:
    program = f"{services.postgres_programs()}/psql"
    return subprocess.run([program, "-d", url, "-Atc", query], capture_output=True, text=True)


def redis_says(service: Service, *commands: str) -> bytes:
    with socket.create_connection((services.HOST, service.port), timeout=5) as connection:
        connection.sendall("".join(f"{command}\r\n" for command in (*commands, "QUIT")).encode())
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_postgres_answers(postgres: Service) -> None:
    assert psql(postgres.url, "select 1").stdout == "1\n"


def test_postgres_refuses_a_wrong_password(postgres: Service) -> None:
    refused = psql(f"postgresql://ultrafox:wrong@{services.HOST}:{postgres.port}/postgres", "select 1")
    assert refused.returncode != 0
    assert "password authentication failed" in refused.stderr


def test_redis_answers(redis: Service) -> None:
    password = urlsplit(redis.url).password
    assert redis_says(redis, f"AUTH {password}", "PING") == b"+OK\r\n+PONG\r\n+OK\r\n"


def test_redis_refuses_a_stranger(redis: Service) -> None:
    assert redis_says(redis, "PING").startswith(b"-NOAUTH")


@pytest.mark.usefixtures("postgres", "redis")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_command_ends_what_it_started(ending: signal.Signals) -> None:
    command = subprocess.Popen([sys.executable, services.__file__], stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    lines = [command.stdout.readline() for _ in range(3)]
    ports = [int(found) for found in re.findall(r":(\d+)/", "".join(lines))]
    assert len(ports) == 2, lines
    assert all(services.answers(port) for port in ports)
    folders = set(Path("/tmp").glob("ultrafox-*"))
    command.send_signal(ending)
    assert command.wait(services.PATIENCE) == 0
    command.stdout.close()
    assert not any(services.answers(port) for port in ports)
    assert len(folders - set(Path("/tmp").glob("ultrafox-*"))) >= 2


def test_missing_programs_skip_or_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("ULTRAFOX_REQUIRE_SERVICES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="redis-server is not installed"):
        next(services.given(services.running_redis()))
    monkeypatch.setenv("ULTRAFOX_REQUIRE_SERVICES", "1")
    with pytest.raises(services.Missing, match="redis-server is not installed"):
        next(services.given(services.running_redis()))


def test_a_server_that_does_not_come_up_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(services, "PATIENCE", 0.1)
    (tmp_path / "log").write_text("port in use")
    started = time.monotonic()
    with pytest.raises(RuntimeError, match="port in use"):
        services.wait_until(lambda: False, tmp_path)
    assert time.monotonic() - started < 5
