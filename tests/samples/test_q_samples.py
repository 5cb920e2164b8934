"""The documented samples of the quick reference, by their numbers; their imports are ours, their code is as printed."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def sample(request, shared):
    number = request.function.__name__.split("_")[1]
    return shared(settings={"ULTRAFOX": {"API": f"project.samples.{number}.api"}})


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


def test_q06_one(sample):
    for way in ("async", "sync"):
        assert sample.json(f"/{way}/users/2") == {"id": 2, "name": "ann"}
        assert sample.ask(f"/{way}/users/99999").status == 404


def test_q06_create_and_list(sample):
    made = post(sample, "/sync/users", {"name": "bob", "email": "bob@example.com"})
    assert made.status == 200
    assert {"id": made.json()["id"], "name": "bob"} in sample.json("/async/users")
    assert {"id": 2, "name": "ann"} in sample.json("/async/users")


def test_q16_errors(sample):
    assert sample.json("/users/2") == {"id": 2, "username": "ann"}
    reply = sample.ask("/users/999")
    assert (reply.status, reply.json()["detail"]) == (404, "User 999 not found")
    assert [sample.ask(target).status for target in ("/bad", "/unknown")] == [400, 401]
