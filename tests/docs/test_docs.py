"""What documents show is true: their Python runs, their links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from docs.page import OTHERS, blocks
from ultrafox import conf

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = [
    ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
] + sorted((ROOT / "docs").rglob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def runs(path: Path) -> int:
    """How many blocks of a page are to be run."""
    found = blocks(path.read_text(encoding="utf-8"))
    return sum(block.language == "python" and block.reason is None for block in found)


def command(path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")])}
    page = [sys.executable, "-W", "error", str(HERE / "page.py"), str(path)]
    return subprocess.run(page, env=environment, capture_output=True, text=True, timeout=60)


def test_there_is_something_to_run() -> None:
    assert sum(map(runs, PAGES)) > 30


@pytest.mark.parametrize("path", [path for path in PAGES if runs(path)], ids=named)
def test_its_python_runs(path: Path) -> None:
    done = command(path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout.split()[-1]) == runs(path)


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_its_blocks_say_what_they_are(path: Path) -> None:
    for block in blocks(path.read_text(encoding="utf-8")):
        place = f"{named(path)}:{block.line}"
        assert block.language == "python" or block.language in {"", *OTHERS}, f"{place}: {block.language}"
        assert block.reason != "", f'{place}: expected a reason in fragment="…"'


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_its_links_lead_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if not link.startswith(("http://", "https://", "#", "mailto:")):
            target = path.parent / link.partition("#")[0]
            assert target.exists(), f"{named(path)}: there is no {link}"


def test_what_fails_in_a_document_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n```python\nheld = 1\n```\n\nThen:\n\n```python\nassert held == 2\n```\n")
    done = command(page)
    assert done.returncode == 1 and "line 10" in done.stderr, done.stderr
    page.write_text('```python fragment="of a settings file"\nassert False\n```\n')
    assert command(page).stdout.split() == ["0"]


@pytest.mark.parametrize("text", ["```python\n1\n", "```python skip\n1\n```\n"])
def test_a_block_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="xpected"):
        list(blocks(text))


@pytest.mark.parametrize("cls", [conf.Limits, conf.Pool])
def test_every_setting_is_in_the_guide(cls: type) -> None:
    guide = (ROOT / "docs" / "guides" / "settings.md").read_text(encoding="utf-8")
    for field in fields(cls):
        name = field.name.upper()
        assert f"`{name}`" in guide or f'["{name}"]`' in guide, name
