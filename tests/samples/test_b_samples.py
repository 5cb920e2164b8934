"""The documented samples of the production layer, by their numbers; their imports are ours, their code as printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import httpx
import pytest

import serving

BOTH = pytest.mark.parametrize("way", ["", "/async"])


@pytest.fixture
def sample(request, shared):
    number = request.function.__name__.split("_")[1]
    return shared(settings={"ULTRAFOX": {"API": f"project.samples.{number}.api"}})


@BOTH
def test_b09_title_version_and_namespace(shared, way):
    server = shared(settings={"ROOT_URLCONF": "project.samples.b09", "ULTRAFOX": {"API": []}})
    info = server.json("/shop/openapi.json")["info"]
    assert (info["title"], info["version"]) == ("Bookstore API", "2.0")
    assert server.json(f"/shop{way}/books/3") == {"id": 3, "url": f"/shop{way}/books/3"}


@BOTH
@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/http-error", "GET", 404),
        ("/http404", "GET", 404),
        ("/number/abc", "GET", 422),
        ("/http-error", "DELETE", 405),
        ("/fails", "GET", 500),
    ],
)
def test_b16_one_envelope(sample, way, path, method, status):
    reply = sample.ask(f"/shop{way}{path}", method)
    body = reply.json()
    assert (reply.status, body["ok"], body["code"]) == (status, False, status)
    assert isinstance(body["error"], str) and body["error"]
    assert {"ok", "error", "code"} <= set(body)
    assert "secret-of-the-inside" not in reply.body.decode()
    assert reply.header("content-type") == "application/json"


@BOTH
def test_b16_the_printed_shape(sample, way):
    assert sample.ask(f"/shop{way}/http-error").json() == {"ok": False, "error": "Not found.", "code": 404}
    assert sample.ask(f"/shop{way}/no/such/path").json()["code"] == 404


def test_b31_uvicorn(tmp_path, database):
    """The ASGI application of a project whose URLconf holds an API, under a server that is not ours."""
    port = serving.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "project.asgi:application", "--port", str(port), "--lifespan", "off"],
        cwd=serving.TESTS,
        env=serving.command_environment(
            {"ROOT_URLCONF": "project.samples.b09", "ULTRAFOX": {"API": []}}, dict(os.environ), database
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:

            def answered():
                try:
                    return client.get("/shop/books/3")
                except httpx.TransportError:
                    return None

            reply = serving.until(answered, what="uvicorn answering")
            assert (reply.status_code, reply.json()) == (200, {"id": 3, "url": "/shop/books/3"})
            assert client.get("/shop/async/books/4").json()["id"] == 4
            assert json.loads(client.get("/shop/books/x").content)["status"] == 422
    finally:
        process.kill()
        process.wait(10)
