"""The example behind other servers, its own tests, and its news through a socket."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from atlas_project import PROJECT, Atlas, Manage, environment
from serving import PATIENCE, free_port, until

SERVERS = {
    "gunicorn": ["gunicorn", "atlas.wsgi", "--bind", "127.0.0.1:{port}"],
    "uvicorn": ["uvicorn", "atlas.asgi:application", "--port", "{port}", "--log-level", "warning"],
}
PARIS = 2988507


@pytest.fixture(params=SERVERS)
def other(request: pytest.FixtureRequest, data: Path, world: str) -> Iterator[httpx.Client]:
    """A client of the example behind a server that is not ours."""
    port = free_port()
    command = [sys.executable, "-m", *(word.format(port=port) for word in SERVERS[request.param])]
    process = subprocess.Popen(command, cwd=PROJECT, env=environment(data), stderr=subprocess.PIPE)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False)

    def answers() -> bool:
        assert process.poll() is None, process.stderr and process.stderr.read().decode()
        try:
            return client.get("/api/ping").status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(answers, what="the first answer")
        yield client
    finally:
        client.close()
        process.terminate()
        process.communicate(timeout=PATIENCE)


def test_other_servers_give_the_same_answers(other: httpx.Client, client: httpx.Client) -> None:
    paths = [f"/api/cities/{PARIS}", "/api/sync/cities?limit=3", "/api/countries?continent=EU", "/api/cities.csv"]
    for path in (*paths, "/api/openapi.json", "/api/docs"):
        ours, theirs = client.get(path), other.get(path)
        assert (theirs.status_code, theirs.content) == (200, ours.content), path
    for path in ("/api/cities?limit=0", "/api/cities/1", "/api/countries?continent=XX"):
        ours, theirs = client.get(path), other.get(path)
        assert (theirs.status_code, theirs.json()["code"]) == (ours.status_code, ours.json()["code"]), path
    assert "Atlas" in other.get("/").text


def test_its_own_tests_pass(manage: Manage) -> None:
    done = manage("test")
    assert done.returncode == 0 and "Ran 10 tests" in done.stderr, done.stderr


def test_news_come_through_the_socket(client: httpx.Client, atlas: Atlas) -> None:
    with atlas.client() as listening, listening.stream("GET", "/api/news?seconds=20") as news:
        lines = news.iter_lines()
        assert next(lines) == ": listening"
        assert client.patch(f"/api/cities/{PARIS}", json={"admin1": "11"}).status_code == 200
        found = [next(lines) for _ in range(3)]
    assert found == ["", "event: changed", f'data: {{"city":{PARIS}}}']
