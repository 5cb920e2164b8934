"""Sets up the Django project that a command works on, as manage.py would."""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import sys
from pathlib import Path
from typing import Final

import django
from django.core.exceptions import ImproperlyConfigured

__all__: list[str] = []

VARIABLE: Final = "DJANGO_SETTINGS_MODULE"
_DEFAULT = re.compile(rf"""setdefault\(\s*["']{VARIABLE}["']\s*,\s*["']([\w.]+)["']""")


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of every command that needs a project."""
    parser.add_argument("--settings", metavar="MODULE", help=f"settings, instead of {VARIABLE} or manage.py's")


def set_up(settings: str | None) -> None:
    """Makes the project's modules importable and Django ready.

    The settings are `--settings`, else the environment's, else those that the manage.py here names. Raises
    ImproperlyConfigured where there are none.
    """
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    module = settings or os.environ.get(VARIABLE) or _of_manage(Path(here, "manage.py"))
    if not module:
        raise ImproperlyConfigured(
            f"expected a Django project, given {here}, which has no manage.py that names its settings."
            f" Go to the folder of manage.py, set {VARIABLE}, or say --settings MODULE."
        )
    if not _exists(module):
        raise ImproperlyConfigured(
            f"expected a settings module, given {module!r}, which cannot be found from {here}."
            " Go to the folder of manage.py, or name another by --settings."
        )
    os.environ[VARIABLE] = module
    django.setup()


def _of_manage(manage: Path) -> str | None:
    if not manage.is_file():
        return None
    found = _DEFAULT.search(manage.read_text(encoding="utf-8", errors="replace"))
    return found[1] if found else None


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
