"""The documented samples of the README, by their numbers; their imports are ours, their code is as printed."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import pytest

BOTH = pytest.mark.parametrize("way", ["", "/sync"])
SAMPLE_FILE = Path(__file__).parents[1] / "serving.py"


@pytest.fixture
def sample(request, shared):
    number = request.function.__name__.split("_")[1]
    return shared(
        settings={"ULTRAFOX": {"API": f"project.samples.{number}.api"}}, environment={"SAMPLE_FILE": str(SAMPLE_FILE)}
    )


def test_r01_a_number_becomes_the_declared_text(sample):
    assert sample.json("/users/2") == {"id": "2", "username": "ann"}
    assert sample.ask("/users/999").status == 404


def test_r01_the_query_set(sample):
    assert sample.json("/users") == [{"id": "1", "username": "admin"}, {"id": "2", "username": "ann"}]


def test_r03_basic_routes(sample):
    assert sample.json("/hello") == {"message": "Hello, World!"}
    assert sample.json("/users/7") == {"user_id": 7}
    assert sample.json("/search?q=a") == {"query": "a", "limit": 10}


def test_r03_the_body(sample):
    def post(body):
        return sample.ask(
            "/users", "POST", headers=[("Content-Type", "application/json")], body=json.dumps(body).encode()
        )

    user = {"username": "ann", "email": "ann@example.com", "age": 30}
    assert post({**user, "more": 1}).json() == user
    reply = post({**user, "age": "thirty"})
    assert (reply.status, reply.json()["errors"][0]["loc"]) == (422, ["body", "age"])


def test_r10_async_orm(sample):
    assert sample.json("/users/2") == {"id": 2, "username": "ann", "email": "ann@example.com"}


def test_r09_middleware(sample):
    limited, public = sample.ask("/limited"), sample.ask("/public")
    assert limited.json() == {"message": "Rate limited to 10 req/s"}
    assert (limited.header("x-limited"), public.header("x-limited")) == ("yes", None)
    for reply in (limited, public):
        assert reply.header("access-control-allow-origin") == "http://localhost:3000"


@BOTH
def test_r09_skipped(sample, way):
    reply = sample.ask(f"{way}/no-cors")
    assert reply.json() == {"message": "CORS disabled for this route"}
    assert reply.header("access-control-allow-origin") is None


@BOTH
def test_r12_response_types(sample, way):
    text, html = sample.ask(f"{way}/text"), sample.ask(f"{way}/html")
    assert (text.body, text.header("content-type")) == (b"Hello, World!", "text/plain; charset=utf-8")
    assert (html.body, html.header("content-type")) == (b"<h1>Hello</h1>", "text/html; charset=utf-8")
    redirect = sample.ask(f"{way}/redirect")
    assert (redirect.status in (302, 307), redirect.header("location")) == (True, "/new-location")
    file = sample.ask(f"{way}/download")
    assert file.body == SAMPLE_FILE.read_bytes()
    assert file.header("content-disposition") == 'attachment; filename="document.pdf"'
    assert file.header("content-type") == "application/pdf"


@BOTH
def test_r13_the_first_before_the_last(sample, way):
    with sample.client() as client, client.stream("GET", f"{way}/stream") as response:
        lines = (line for line in response.iter_lines() if line)
        begun = time.monotonic()
        assert next(lines) == "data: 0"
        first = time.monotonic() - begun
        assert list(lines) == [f"data: {i}" for i in range(1, 100)]
        assert first < (time.monotonic() - begun) / 4


def test_r14_make_targets():
    """What the documents' developers type does something."""
    root = Path(__file__).parents[2]
    said = subprocess.run(["make", "-qp"], cwd=root, capture_output=True, text=True, check=False).stdout
    targets = set(re.findall(r"^([a-z][\w-]*):", said, re.MULTILINE))
    assert {"build", "test", "bench"} <= targets


@BOTH
def test_r15_markers(sample, way):
    with sample.client(cookies={"session": "s1"}) as client:
        sent = client.post(f"{way}/sent", data={"name": "ann"}, files={"file": ("a.txt", b"12345", "text/plain")})
        assert sent.json() == {"name": "ann", "file": "a.txt", "size": 5, "session": "s1"}
        assert client.post(f"{way}/sent", data={"name": "ann"}).status_code == 422


def test_r15_found_beside_the_project_and_in_every_app(server):
    assert server.ask("/api/ping").status == 200
    assert server.ask("/library/shelves").status == 200
