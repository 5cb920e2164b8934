"""The test clients where people use them: in Django's test cases and under pytest-django."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import serving

HERE = Path(__file__).parent


def test_in_every_kind_of_test():
    pytest.importorskip("pytest_django")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-c", "/dev/null", "--rootdir", str(HERE), "-W", "error", str(HERE / "in_database.py")),
        ],
        cwd=serving.TESTS,
        env=serving.command_environment({}, {}, None),
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "16 passed" in done.stdout, done.stdout
