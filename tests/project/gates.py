"""What tests use to hold a handler until they have seen enough: no sleeping, no guessing."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict

_gates: dict[str, threading.Event] = defaultdict(threading.Event)
_async_gates: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
_barriers: dict[str, threading.Barrier] = {}
_lock = threading.Lock()

# What handlers report about themselves, by a key that the test chooses.
told: dict[str, list[str]] = defaultdict(list)


def gate(name: str) -> threading.Event:
    with _lock:
        return _gates[name]


def async_gate(name: str) -> asyncio.Event:
    with _lock:
        return _async_gates[name]


def open_all(name: str) -> None:
    gate(name).set()
    async_gate(name).set()


def barrier(name: str, parties: int) -> threading.Barrier:
    """All parties pass together, or none does within ten seconds."""
    with _lock:
        return _barriers.setdefault(name, threading.Barrier(parties, timeout=10))
