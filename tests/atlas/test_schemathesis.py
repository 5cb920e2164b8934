"""The example keeps what its document says, whatever it is sent: no unplanned 5xx, no reply beside its schema."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from atlas_project import Atlas

HERE = Path(__file__).parent
# `/slow` and `/news` take as long as they are told, `/fail` fails on purpose.
LEFT_OUT = r"/(slow|fail|news)$"
EXAMPLES = os.environ.get("ULTRAFOX_EXAMPLES", "15")


@pytest.fixture
def apart(data: Path, world: str, tmp_path: Path) -> Iterator[Atlas]:
    """A server over a copy of the world, for what is sent to it deletes cities."""
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    server = Atlas(copy)
    yield server
    server.stop()


@pytest.mark.timeout(180)
def test_the_server_keeps_to_its_document(apart: Atlas, tmp_path: Path) -> None:
    """`ULTRAFOX_EXAMPLES=500` looks longer."""
    address = f"http://127.0.0.1:{apart.port}/api/openapi.json"
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(HERE / "schemathesis.toml"),
        "run",
        address,
    ]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "20261121"]
    command += ["--exclude-path-regex", LEFT_OUT, "--no-color"]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "msgpack_hooks",
        "PYTHONPATH": f"{HERE}:{os.environ.get('PYTHONPATH', '')}",
    }
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=170)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    # It would end well, too, if it had found nothing to test.
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated and int(generated[1]) > 300, done.stdout[-2000:]
    assert httpx.get(f"http://127.0.0.1:{apart.port}/api/ping", trust_env=False).json() == {"pong": True}
