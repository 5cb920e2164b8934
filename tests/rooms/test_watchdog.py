"""A handler that blocks the loop is named, with file and line, while or soon after it does."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = "/api/watchdog"
SOURCE = Path(__file__).parents[1] / "project" / "handlers" / "watchdog.py"


def line_of(words):
    lines = SOURCE.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("async", "# line: blocks the loop in a coroutine"),
        ("resumed", "# line: blocks the loop after a suspension"),
        ("inline", "# line: blocks the loop inline"),
    ],
)
def test_who_blocks_is_named(server, path, words):
    start = len(server.stderr.lines)
    assert server.json(f"{ROOT}/{path}") == "late"
    said = server.stderr.wait(lambda line: "watchdog.py" in line and "block" in line.lower(), start=start)
    assert f"watchdog.py:{line_of(words)}" in said or f"line {line_of(words)}" in said
    assert f"blocking_{path}" in said


@pytest.mark.parametrize("path", ["pool", "waiting", "greedy"])
def test_who_only_waits_is_not(server, path):
    start = len(server.stderr.lines)
    assert server.json(f"{ROOT}/{path}") == "late"
    server.json(f"{ROOT}/async")
    server.stderr.wait(lambda line: "blocking_async" in line, start=start)
    said = "\n".join(server.stderr.lines[start:])
    assert "sleeping_in_pool" not in said and "waiting" not in said
    assert "management" not in said, "the command that runs the loop is no handler"
