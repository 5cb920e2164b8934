"""Where a declaration that was refused stands, for refusals that do not know it by themselves."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from pathlib import Path

from ultrafox.exceptions import DeclarationError

__all__: list[str] = []

_OWN = str(Path(__file__).parent)


def told(error: Exception) -> str:
    """The error's text, for one of a declaration after the file and line of the user's that it came from."""
    text = str(error)
    if not isinstance(error, DeclarationError):
        return text
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((_OWN, "<frozen ")) and "/importlib/" not in frame.filename
    ]
    # Commands come through Django's own; a declaration that was refused later names its function.
    if not frames or "/django/" in frames[-1].filename or re.match(r".+:\d+: ", text):
        return text
    return f"{frames[-1].filename}:{frames[-1].lineno}: {text}"


def with_places(error: ValueError, places: Mapping[str, str]) -> ValueError:
    """The engine's refusal of a plan, which names operations by their labels, and where their functions stand."""
    text = str(error)
    named = [place for label, place in places.items() if re.search(rf"(?<![\w.]){re.escape(label)}(?![\w.])", text)]
    return ValueError(f"{text} ({', '.join(named)})") if named else error
