"""Reads the command line and gives it to the command that it names."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from ultrafox.cli import openapi
from ultrafox.exceptions import DeclarationError
from ultrafox.nearest import did_you_mean
from ultrafox.origin import told

__all__: list[str] = []

COMMANDS: Final = {"openapi": openapi}
COMING: Final = ("client", "config", "doctor", "explain", "migrate", "routes", "startapp", "startproject", "token")
FAILED: Final = 1
MISUSED: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code is 0, 1 where the project is at fault, 2 where the command line is."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given and not given[0].startswith("-") and given[0] not in COMMANDS:
        return _unknown(given[0])
    options = _parser().parse_args(given)
    if options.command is None:
        _parser().print_help()
        return MISUSED
    try:
        COMMANDS[options.command].run(options)
    except (ImproperlyConfigured, DeclarationError, OSError) as error:
        return _fail(told(error), FAILED)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ultrafox", description="Django APIs, served from Rust.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        command.declare(commands.add_parser(name, help=command.HELP, description=command.HELP))
    return parser


def _unknown(name: str) -> int:
    if name in COMING:
        return _fail(f"`ultrafox {name}` comes with a later version; this one has {', '.join(COMMANDS)}.", MISUSED)
    cure = did_you_mean(name, (*COMMANDS, *COMING))
    return _fail(f"expected a command out of {', '.join(COMMANDS)}, given `{name}`.{cure}", MISUSED)


def _fail(words: str, code: int) -> int:
    sys.stderr.write(f"ultrafox: {words}\n")
    return code
