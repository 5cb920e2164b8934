"""What APIs set up before the first request and take down after the last."""

from __future__ import annotations

APIS = {"ULTRAFOX": {"API": ["project.later.api", "project.later.other"]}}


def test_before_the_first_request(shared):
    server = shared(settings=APIS, meant=[r"ERROR ultrafox\.[\w.]+ [\s\S]*on purpose"])
    assert server.json("/state") == {"resource": "open", "given": 7, "same_loop": True, "said": ["enter", "second"]}
    assert server.json("/other/said") == ["enter", "second"], "each once, in order"


def test_after_the_last(serve):
    server = serve(settings=APIS)
    server.json("/state")
    assert "left the lifespan" not in server.stdout.text
    server.stop()
    lines = [line for line in server.stdout.lines if line.startswith("left")]
    assert lines == ["left the second", "left the lifespan"]


def test_one_that_fails_stops_the_start(refused):
    said = refused(settings={"ULTRAFOX": {"API": "project.unready.api"}})
    assert "nothing can be set up, on purpose" in said


def test_in_the_test_client():
    import subprocess
    import sys

    import serving

    code = """
import django
django.setup()
from project.later import api, said
from ultrafox.testing import TestClient
with TestClient(api) as client:
    print(client.get("/state").json())
print(said)
"""
    environment = serving.command_environment({}, {}, None)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=serving.TESTS, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "'resource': 'open'" in done.stdout
    assert "left the lifespan" in done.stdout
