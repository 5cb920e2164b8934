"""The documented samples of the quick reference, by their numbers; their imports are ours, their code is as printed."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path

import brotli
import pytest

BOTH = pytest.mark.parametrize("way", ["", "/sync"])
SAMPLE_FILE = Path(__file__).parents[1] / "serving.py"


@pytest.fixture
def sample(request, shared):
    number = request.function.__name__.split("_")[1]
    return shared(
        settings={"ULTRAFOX": {"API": f"project.samples.{number}.api"}}, environment={"SAMPLE_FILE": str(SAMPLE_FILE)}
    )


def post(server, target, body):
    return server.ask(target, "POST", headers=[("Content-Type", "application/json")], body=json.dumps(body).encode())


def test_q02_basic_api(sample):
    assert sample.json("/hello") == {"message": "Hello, World!"}
    assert sample.json("/compute") == {"result": 42}


def test_q03_path_parameters(sample):
    assert sample.json("/users/5") == {"id": 5}
    reply = sample.ask("/users/abc")
    assert (reply.status, reply.json()["errors"][0]["loc"]) == (422, ["path", "user_id"])


def test_q03_query_parameters(sample):
    assert sample.json("/search?q=fox") == {"query": "fox", "page": 1}
    assert sample.json("/search?q=fox&page=2") == {"query": "fox", "page": 2}
    assert sample.ask("/search").status == 422


def test_q03_headers(sample):
    assert sample.json("/protected", headers=[("X-API-Key", "k")]) == {"key": "k"}
    assert sample.ask("/protected").status == 422


@BOTH
def test_q04_a_serializer(sample, way):
    name = f"eve{way.strip('/')}"
    made = post(sample, f"{way}/users", {"username": name, "email": "Eve@Example.COM"})
    assert (made.status, set(made.json()), made.json()["username"]) == (200, {"id", "username"}, name)
    bad = post(sample, f"{way}/users", {"username": "x", "email": "nothing"})
    assert (bad.status, bad.json()["errors"][0]["loc"]) == (422, ["body", "email"])
    assert "Invalid email" in bad.json()["errors"][0]["message"]


def test_q04_the_response_model_filters(sample):
    assert sample.json("/users/2") == {"id": 2, "username": "ann"}
    assert sample.ask("/users/0").status == 422


@BOTH
def test_q04_fields_against_each_other(sample, way):
    assert post(sample, f"{way}/passwords", {"password": "abc", "again": "abc"}).json() == {"length": 3}
    bad = post(sample, f"{way}/passwords", {"password": "abc", "again": "abd"})
    assert bad.status == 422
    assert "Passwords differ" in bad.json()["errors"][0]["message"]


def test_q04_before_the_database():
    """`to_dict` and `from_model` without a server."""
    from ultrafox import Serializer

    class Point(Serializer):
        x: int
        y: int = 0

    assert Point(x=1).to_dict() == {"x": 1, "y": 0}
    assert Point.from_model(type("Model", (), {"x": 3, "y": 4})()) == Point(x=3, y=4)


@BOTH
def test_q05_response_types(sample, way):
    text = sample.ask(f"{way}/text")
    assert (text.status, text.body, text.header("content-type")) == (200, b"Hello", "text/plain; charset=utf-8")
    file = sample.ask(f"{way}/download")
    assert file.body == SAMPLE_FILE.read_bytes()
    assert file.header("content-length") == str(len(file.body))
    assert file.header("content-type").startswith("text/x-python")
    events = sample.ask(f"{way}/events")
    assert events.header("content-type").startswith("text/event-stream")
    assert events.body.decode() == "".join(f"data: Event {i}\n\n" for i in range(10))


def test_q05_further_types(sample):
    html = sample.ask("/html")
    assert (html.body, html.header("content-type")) == (b"<p>Hello</p>", "text/html; charset=utf-8")
    reply = sample.ask("/redirect")
    assert (reply.status in (302, 307), reply.header("location")) == (True, "/text")


def test_q06_one(sample):
    for way in ("async", "sync"):
        assert sample.json(f"/{way}/users/2") == {"id": 2, "name": "ann"}
        assert sample.ask(f"/{way}/users/99999").status == 404


def test_q06_create_and_list(sample):
    made = post(sample, "/sync/users", {"name": "bob", "email": "bob@example.com"})
    assert made.status == 200
    assert {"id": made.json()["id"], "name": "bob"} in sample.json("/async/users")
    assert {"id": 2, "name": "ann"} in sample.json("/async/users")


@BOTH
def test_q12_compression(sample, way):
    def big(coding):
        return sample.ask(f"{way}/big", headers=[("Accept-Encoding", coding)])

    plain = sample.json(f"{way}/big")
    reply = big("gzip, deflate, br")
    assert (reply.header("content-encoding"), json.loads(brotli.decompress(reply.body))) == ("br", plain)
    reply = big("gzip, deflate")
    assert (reply.header("content-encoding"), json.loads(gzip.decompress(reply.body))) == ("gzip", plain)


@pytest.mark.parametrize("path", ["/stream", "/sync/plain", "/small"])
def test_q12_not_compressed(sample, path):
    reply = sample.ask(path, headers=[("Accept-Encoding", "gzip, br")])
    assert reply.header("content-encoding") is None
    assert b"compressible" in reply.body


def test_q13_dependencies(sample):
    first, second = sample.json("/items"), sample.json("/items")
    assert (first["query"], second["session"]) == ("items", first["session"] + 1)
    assert sample.json("/sync/items")["session"] == second["session"] + 1


def test_q13_once_in_a_request(sample):
    before = sample.json("/items")["session"]
    assert sample.json("/once") == {"one": True}
    assert sample.json("/items")["session"] == before + 2


def test_q16_errors(sample):
    assert sample.json("/users/2") == {"id": 2, "username": "ann"}
    reply = sample.ask("/users/999")
    assert (reply.status, reply.json()["detail"]) == (404, "User 999 not found")
    assert [sample.ask(target).status for target in ("/bad", "/unknown")] == [400, 401]


def test_q17_the_document(sample):
    schema = sample.ask("/schema")
    assert schema.status == 200
    document = sample.json("/openapi.json")
    assert (document["info"]["title"], document["info"]["version"]) == ("My API", "1.0.0")
    assert "/hello" in document["paths"]


def test_q18_the_test_client(django_here):
    from project.samples.q02 import api
    from ultrafox.testing import TestClient

    with TestClient(api) as client:
        response = client.get("/hello")
        assert response.status_code == 200
        assert response.json() == {"message": "Hello, World!"}


@BOTH
def test_q18_a_stream(django_here, way):
    from project.samples.q22 import api
    from ultrafox.testing import TestClient

    with TestClient(api, use_http_layer=True) as client:
        response = client.get(f"{way}/events", stream=True)
        chunks = [chunk for chunk in response.iter_content(chunk_size=64, decode_unicode=True) if chunk]
        assert "".join(chunks) == "".join(f"data: Event {i}\n\n" for i in range(10))
        assert all(isinstance(chunk, str) for chunk in chunks)


def test_q20_the_command(serve):
    """`runbolt --host --port --processes` as far as `runfox` has it: one process."""
    server = serve(options=["--processes", "1"])
    assert server.json("/api/ping") == {"pong": server.pid}


@BOTH
def test_q22_paced_events(sample, way):
    """Each event arrives when it is made: ten over a second, none held back for the next."""
    came = []
    with sample.client() as client, client.stream("GET", f"{way}/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        came += [(time.monotonic(), line) for line in response.iter_lines() if line]
    assert [line for _, line in came] == [f"data: Event {i}" for i in range(10)]
    assert came[4][0] - came[0][0] > 0.2 and came[9][0] - came[4][0] > 0.2, [moment - came[0][0] for moment, _ in came]
