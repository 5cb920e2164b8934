"""What users import is named in `__all__`, sorted and complete."""

from __future__ import annotations

import importlib
import types

import pytest

PUBLIC = [
    "ultrafox",
    "ultrafox.exceptions",
    "ultrafox.middleware",
    "ultrafox.openapi",
    "ultrafox.params",
    "ultrafox.responses",
    "ultrafox.testing",
]


@pytest.mark.parametrize("name", PUBLIC)
def test_all_is_sorted_and_true(name):
    module = importlib.import_module(name)
    exported = list(module.__all__)
    assert exported == sorted(exported, key=_ruff_order)
    assert len(set(exported)) == len(exported)
    for one in exported:
        assert getattr(module, one) is not None


@pytest.mark.parametrize("name", PUBLIC)
def test_all_is_complete(name):
    """Whatever of ours a module shows without an underscore is either meant for users or named otherwise."""
    module = importlib.import_module(name)
    shown = {
        key
        for key, value in vars(module).items()
        if not key.startswith("_")
        and not isinstance(value, types.ModuleType)
        and getattr(value, "__module__", "").startswith("ultrafox")
    }
    assert shown - set(module.__all__) == set()


def test_the_root_shows_what_the_documents_name():
    import ultrafox

    named = {"API", "Router", "Request", "HttpError", "HTTPException", "NotFound", "BadRequest", "Conflict"}
    named |= {"Path", "Query", "Header", "Cookie", "Body"}
    assert named <= set(ultrafox.__all__)


def test_versions_agree():
    from importlib.metadata import version

    import ultrafox
    from ultrafox import _core

    assert ultrafox.__version__ == _core.VERSION == version("ultrafox") == "0.1.0"


def _ruff_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: the order that the linter keeps."""
    if name.isupper() and len(name) > 1:
        return (0, name)
    return (1 if name[:1].isupper() else 2, name)
