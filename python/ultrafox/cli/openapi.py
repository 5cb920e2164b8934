"""`ultrafox openapi`: writes the OpenAPI document of an API."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.core.exceptions import ImproperlyConfigured

from ultrafox.cli import project

if TYPE_CHECKING:
    from ultrafox.discovery import Mounted

__all__: list[str] = []

HELP: Final = "Write the OpenAPI document of an API, to standard output or a file."


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--api", metavar="PATH", help="the API, as in shop.api:api; needed where there are several")
    parser.add_argument("--output", metavar="FILE", type=Path, help="write it there")
    parser.add_argument("--indent", metavar="N", type=_indent, default=2, help="spaces per level, 0 for one line (2)")
    project.declare(parser)


def run(options: argparse.Namespace) -> None:
    """Writes the document. Raises ImproperlyConfigured where it is not clear whose."""
    project.set_up(options.settings)
    # Both import models, which need a project that is set up.
    from ultrafox.encoding import encode
    from ultrafox.openapi import document

    mounted = _mounted(options.api)
    plain = json.loads(encode(document(mounted.api, servers_url=mounted.prefix or None)))
    text = json.dumps(plain, indent=options.indent or None, ensure_ascii=False) + "\n"
    if options.output is None:
        sys.stdout.write(text)
    else:
        options.output.write_text(text, encoding="utf-8")


def _mounted(path: str | None) -> Mounted:
    """The API that is named, or the project's only one; of several mounts of it the first."""
    from ultrafox import conf, discovery

    found = discovery.find(conf.named_apis())
    if path:
        api = discovery.named(path)
        return next((one for one in found if one.api is api), discovery.Mounted(api, "", False))
    if len({id(one.api) for one in found}) == 1:
        return found[0]
    if not found:
        raise ImproperlyConfigured(
            "expected an API in the project, found none. Name it by --api, as in --api shop.api:api, or put it into"
            " api.py beside ROOT_URLCONF."
        )
    given = ", ".join(f"{one.api.title!r} below {one.prefix + one.api.prefix or '/'}" for one in found)
    raise ImproperlyConfigured(f"expected one API, found {len(found)}: {given}. Name one by --api shop.api:api.")


def _indent(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 16:
        raise argparse.ArgumentTypeError(f"expected 0 to 16, given {text}")
    return number
