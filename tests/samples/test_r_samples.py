"""The documented samples of the README, by their numbers; their imports are ours, their code is as printed."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def sample(request, shared):
    number = request.function.__name__.split("_")[1]
    return shared(settings={"ULTRAFOX": {"API": f"project.samples.{number}.api"}})


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
