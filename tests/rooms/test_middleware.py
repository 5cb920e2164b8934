"""Middleware: own functions and classes, Django's with all its hooks, and those of settings.MIDDLEWARE."""

from __future__ import annotations

import os
import subprocess
import sys

import httpx
import pytest

import serving

BOTH = pytest.mark.parametrize("way", ["sync", "async"])
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

FOREIGN = [
    "django.middleware.security.SecurityMiddleware",
    "project.around.layers.Foreign",
    "project.around.layers.Unwelcome",
]
SETTINGS = {
    "ROOT_URLCONF": "project.around.api",
    "MIDDLEWARE": FOREIGN,
    "ULTRAFOX": {"API": "project.around.api.api", "MIDDLEWARE": {"SKIP": ["project.around.layers.Unwelcome"]}},
}


@pytest.fixture
def around(shared):
    return shared(settings=SETTINGS)


def order(reply):
    assert reply.status == 200, reply.body
    return (reply.header("x-order") or "").split(",")


class TestOwn:
    @BOTH
    def test_of_the_api(self, around, way):
        assert order(around.ask(f"/api/{way}/plain")) == ["Plain", "function"]

    @BOTH
    def test_from_the_operation_outwards(self, around, way):
        reply = around.ask(f"/api/inner/{way}/3")
        assert reply.json() == {"id": 3, "old": "seen"}
        seen = order(reply)
        assert sorted(seen[:2]) == ["Both", "Old"]
        assert seen[2:] == ["factory", "Own", "Plain", "function"]

    @BOTH
    def test_every_sort_together(self, around, way):
        reply = around.ask(f"/api/{way}/mixed")
        assert reply.json() == "seen"
        assert order(reply) == ["Old", "Word", "Both", "OwnAsync", "function_async", "Plain", "function"]

    def test_skipped(self, around):
        assert order(around.ask("/api/sync/skipped")) == ["function"]
        assert order(around.ask("/api/async/skipped")) == [""]

    @BOTH
    def test_one_that_answers_itself(self, around, way):
        reply = around.ask(f"/api/inner/{way}/3?stop=own")
        assert (reply.status, reply.body) == (418, b"stopped")
        assert reply.header("x-order").split(",")[-2:] == ["Plain", "function"]

    @BOTH
    def test_one_that_fails(self, around, way):
        reply = around.ask(f"/api/{way}/failing")
        assert (reply.status, reply.json()["code"]) == (500, "internal_error")
        assert b"on purpose" not in reply.body
        assert reply.header("x-order") == "Plain,function", "those outside go on with the answer"

    def test_one_that_gives_nothing_back(self, around):
        start = len(around.stderr.lines)
        assert around.ask("/api/sync/nothing").status == 500
        around.stderr.wait(lambda line: "Nothing" in line, start=start)

    @BOTH
    def test_parameters_that_do_not_fit(self, around, way):
        assert around.ask(f"/api/inner/{way}/x").status == 422


class TestDjangosHooks:
    @BOTH
    def test_process_view(self, around, way):
        reply = around.ask(f"/api/hooked/{way}/3")
        assert (reply.json(), "['id']" in reply.header("x-hooks")) == (3, True)
        assert reply.header("x-hooks").startswith("view one")
        stopped = around.ask(f"/api/hooked/{way}/3?stop=view")
        assert (stopped.status, stopped.body) == (418, b"by process_view")

    @BOTH
    def test_process_exception(self, around, way):
        reply = around.ask(f"/api/hooked/{way}/raises/lookup")
        assert (reply.status, reply.body) == (419, b"by process_exception")
        assert reply.header("x-hooks").endswith("exception LookupError")
        reply = around.ask(f"/api/hooked/{way}/raises/runtime")
        assert (reply.status, reply.json()["code"]) == (500, "internal_error")
        assert reply.header("x-hooks").endswith("exception RuntimeError")
        assert around.ask(f"/api/hooked/{way}/raises/not-found").status == 404

    @BOTH
    def test_process_template_response(self, around, way):
        reply = around.ask(f"/api/hooked/{way}/template")
        assert reply.status == 200
        assert reply.header("x-hooks").endswith("template")
        assert reply.body == b"<p>changed</p>"

    def test_around_a_stream(self, around):
        reply = around.ask("/api/sync/stream")
        assert (reply.body, reply.header("x-hooks")[:4]) == (b"012", "view")


class TestOfTheSettings:
    @BOTH
    def test_once_around_an_operation(self, around, way):
        reply = around.ask(f"/api/{way}/plain")
        assert (reply.json(), reply.header("x-foreign")) == ({"foreign": 1}, "1")

    def test_once_around_djangos_views(self, around):
        reply = around.ask("/django/")
        assert (reply.body, reply.header("x-foreign")) == (b"1", "1")
        assert reply.header("x-order") == "Unwelcome"

    @BOTH
    def test_not_those_that_are_skipped(self, around, way):
        assert "Unwelcome" not in around.ask(f"/api/{way}/plain").header("x-order")

    def test_the_banner_tells(self, around):
        """Which classes run around API operations, before any request pays for them."""
        line = around.stderr.wait(lambda line: "settings.MIDDLEWARE" in line)
        assert "project.around.layers.Foreign" in line
        assert "Unwelcome" not in line
        assert "SecurityMiddleware" not in line

    @pytest.mark.parametrize(
        "command",
        [
            ["uvicorn", "project.asgi:application", "--lifespan", "off", "--port"],
            ["gunicorn", "project.wsgi:application", "--threads", "2", "-b"],
        ],
        ids=["asgi", "wsgi"],
    )
    def test_once_at_djangos_doors(self, database, command):
        port = serving.free_port()
        place = f"127.0.0.1:{port}" if command[-1] == "-b" else str(port)
        process = subprocess.Popen(
            [sys.executable, "-m", *command, place],
            cwd=serving.TESTS,
            env=serving.command_environment(
                {**SETTINGS, "ROOT_URLCONF": "project.around.urls_mounted"}, dict(os.environ), database
            ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:

                def answered():
                    try:
                        return client.get("/shop/api/sync/plain")
                    except httpx.TransportError:
                        return None

                for reply in (serving.until(answered), client.get("/shop/api/async/plain"), client.get("/django/")):
                    assert (reply.status_code, reply.headers["x-foreign"]) == (200, "1")
                reply = client.get("/shop/api/hooked/async/raises/lookup")
                assert (reply.status_code, reply.text) == (419, "by process_exception")
        finally:
            process.kill()
            process.wait(10)

    @BOTH
    def test_once_in_the_test_client(self, way):
        import django

        django.setup()
        from django.test import override_settings

        from project.around.api import api
        from ultrafox.testing import TestClient

        with override_settings(MIDDLEWARE=FOREIGN, ULTRAFOX=SETTINGS["ULTRAFOX"]):
            reply = TestClient(api).get(f"/api/{way}/plain")
        assert (reply.json(), reply.headers["x-foreign"]) == ({"foreign": 1}, "1")
        assert "Unwelcome" not in reply.headers["x-order"]

    def test_one_that_cannot_be_imported(self, refused):
        said = refused(settings={**SETTINGS, "MIDDLEWARE": ["project.around.layers.Nowhere"]})
        assert "Nowhere" in said

    def test_beside_an_inline_handler(self, refused):
        """The project's own API has one: which class is in its way, and how to take it out of it."""
        said = refused(settings={"MIDDLEWARE": FOREIGN})
        assert "`inline=True`" in said
        assert "project.around.layers.Foreign" in said
        assert "SKIP" in said
