"""A file that outgrows its readers hides a second idea."""

from __future__ import annotations

import pytest

from house.repository import files, named

LIMIT = 500


@pytest.mark.parametrize("path", files(".rs", ".py", ".pyi", ".toml"), ids=named)
def test_no_file_is_longer_than_500_lines(path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LIMIT, f"{named(path)} has {lines} lines: find its second idea and give that a file of its own"
