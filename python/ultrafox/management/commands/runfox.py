"""`manage.py runfox`: serves the whole project."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ultrafox.banner import banner
from ultrafox.origin import told
from ultrafox.plan import compile_project
from ultrafox.serve import Options, Server


class Command(BaseCommand):
    """Serves APIs from Rust and every other path from Django."""

    help = "Serves the project: APIs from Rust, every other path from Django."
    requires_system_checks = ()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._began = time.perf_counter()

    def add_arguments(self, parser: CommandParser) -> None:
        """The command line."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on, 0 for any that is free (8000)")
        parser.add_argument("--processes", type=int, default=1, help="worker processes; this version has one")
        parser.add_argument("--threads", type=int, help="pool threads for sync handlers (ULTRAFOX['POOL']['THREADS'])")
        parser.add_argument(
            "--access-log", choices=("json", "text", "off"), default="text", help="form of the access log"
        )
        parser.add_argument(
            "--drain", type=float, default=30.0, metavar="SECONDS", help="wait for requests when stopping (30)"
        )

    def handle(self, *_: object, **options: Any) -> None:
        """Serves until SIGINT or SIGTERM."""
        if options["processes"] != 1:
            message = (
                f"expected --processes 1, the only number that this version serves with, given {options['processes']}"
            )
            raise CommandError(message)
        if options["threads"] is not None and options["threads"] < 1:
            raise CommandError(f"expected --threads of 1 or more, given {options['threads']}")
        try:
            compiled = compile_project()
            threads = options["threads"] or compiled.settings.pool.threads
            server = Server(
                compiled,
                compiled.settings,
                Options(
                    host=options["host"],
                    port=options["port"],
                    threads=threads,
                    access_log=options["access_log"],
                    drain=options["drain"],
                ),
            )
        except (ImproperlyConfigured, TypeError, ValueError, OSError) as error:
            raise CommandError(told(error)) from error

        def ready() -> None:
            # The access log has standard output for itself.
            self.stderr.write(
                banner(compiled, server.address, threads, time.perf_counter() - self._began), self.style.NOTICE
            )

        server.run(ready)
        if server.left_behind:
            # A thread that wakes while the interpreter ends would take the process down by a signal.
            logging.shutdown()
            self.stdout.flush()
            self.stderr.flush()
            os._exit(0)
