"""An app that listens to Django's request signals; only the tests of signals install it."""

from __future__ import annotations

from django.apps import AppConfig

from project import gates


def started(**_):
    gates.told["signals"].append("started")


def finished(**_):
    gates.told["signals"].append("finished")


class Listening(AppConfig):
    name = "project.listening"

    def ready(self):
        from django.core import signals

        signals.request_started.connect(started, weak=False)
        signals.request_finished.connect(finished, weak=False)
