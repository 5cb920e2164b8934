"""The files of the pages: Swagger UI as its makers publish it (Apache-2.0), and the scripts that start it."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import Final

__all__: list[str] = []

SWAGGER_UI: Final = "5.35.0"
"""The version of npm `swagger-ui-dist` that is in `assets/`."""

TYPES: Final = {
    "docs.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
    "scalar.js": "text/javascript; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}


@cache
def content(name: str) -> bytes:
    """What a file holds; read once."""
    return resources.files("ultrafox.openapi").joinpath("assets", name).read_bytes()


@cache
def version() -> str:
    """A part of the files' URLs that changes with what they hold: they may be kept for ever."""
    digest = hashlib.sha256()
    for name in sorted(TYPES):
        digest.update(content(name))
    return f"{SWAGGER_UI}-{digest.hexdigest()[:12]}"
