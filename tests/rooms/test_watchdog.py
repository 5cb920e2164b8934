"""A handler that blocks the loop is named, with file and line, while or soon after it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from serving import until

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

    def said():
        """Asked again where a busy machine held the loop up before the handler did."""
        assert server.json(f"{ROOT}/{path}") == "late"
        return next((line for line in server.stderr.lines[start:] if f"blocking_{path}" in line), None)

    line = until(said, what="the warning")
    assert f"watchdog.py:{line_of(words)}" in line
    assert "blocks the event loop" in line


@pytest.mark.parametrize("path", ["pool", "waiting", "greedy"])
def test_who_only_waits_is_not(server, path):
    start = len(server.stderr.lines)
    assert server.json(f"{ROOT}/{path}") == "late"
    server.json(f"{ROOT}/async")
    server.stderr.wait(lambda line: "blocking_async" in line, start=start)
    said = "\n".join(server.stderr.lines[start:])
    assert "sleeping_in_pool" not in said and "waiting" not in said
    assert "management" not in said, "the command that runs the loop is no handler"
