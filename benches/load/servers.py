"""The servers held side by side: how each is started, and where what it needs is kept."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

BENCHES = Path(__file__).resolve().parents[1]
PEERS = BENCHES / "peers"
SCRATCH = BENCHES.parent / ".build" / "bench"
CARGO_TARGET = SCRATCH / "target"

FOX_PACKAGES = ("ultrafox", "django", "msgspec", "uvloop")
BOLT_PACKAGES = ("django-bolt", "django", "msgspec")
DJANGO = {"DJANGO_SETTINGS_MODULE": "settings"}
FOX = "{python} -m django runfox --host 127.0.0.1 --port {port} --access-log "
BOLT = "{python} -m django runbolt --host 127.0.0.1 --port {port} --processes 1 --no-admin"
UVICORN = (
    "{python} -m uvicorn --host 127.0.0.1 --port {port} --loop uvloop --http httptools"
    " --no-access-log --log-level warning api:app"
)
GRANIAN = (
    "{python} -m granian --host 127.0.0.1 --port {port} --interface asgi --loop uvloop --workers 1"
    " --no-ws --no-access-log --log-level warning entry:app"
)


@dataclass(frozen=True)
class Server:
    name: str
    peer: str  # its folder in peers/, and the name of its environment
    command: str
    packages: tuple[str, ...] = ()  # whose versions the report names
    env: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()  # workloads it has no answer to
    logs: bool = False  # its output is an access log: a line per request
    python_from: tuple[int, int] = (3, 11)


SERVERS = {
    s.name: s
    for s in (
        Server("hyper", "hyper", "{binary} {port}", without=frozenset({"HOL", "HOLs"})),
        Server("ultrafox", "ultrafox", FOX + "off", FOX_PACKAGES, DJANGO),
        Server("ultrafox+log", "ultrafox", FOX + "json", FOX_PACKAGES, DJANGO, logs=True),
        Server(
            "django-bolt",
            "bolt",
            BOLT,
            BOLT_PACKAGES,
            DJANGO,
            without=frozenset({"W1i"}),
            python_from=(3, 12),
        ),
        Server(
            "django-bolt+log",
            "bolt",
            BOLT,
            BOLT_PACKAGES,
            {**DJANGO, "BENCH_ACCESS_LOG": "1"},
            without=frozenset({"W1i"}),
            logs=True,
            python_from=(3, 12),
        ),
        Server(
            "fastapi",
            "fastapi",
            UVICORN,
            ("fastapi", "pydantic", "uvicorn", "uvloop", "httptools"),
            without=frozenset({"W1i"}),
        ),
        Server(
            "ninja",
            "ninja",
            GRANIAN,
            ("django-ninja", "django", "pydantic", "granian", "uvloop"),
            DJANGO,
            without=frozenset({"W1i"}),
        ),
    )
}


def peers_python() -> str:
    """The interpreter the peers' environments are made with: PYTHON, else the one below this one."""
    return os.environ.get("PYTHON") or str(getattr(sys, "_base_executable", sys.executable))


def python_of(server: Server) -> Path:
    if server.peer == "ultrafox":
        return Path(os.environ.get("ULTRAFOX_PYTHON", SCRATCH / "ULTRAFOX_PYTHON-is-not-set"))
    return SCRATCH / "venvs" / server.peer / "bin" / "python"


def binary() -> Path:
    return CARGO_TARGET / "release" / "hyper-peer"


def command(server: Server, port: int) -> list[str]:
    return [part.format(python=python_of(server), binary=binary(), port=port) for part in server.command.split()]


def lacking(server: Server) -> str | None:
    """Why this server cannot be started, in words for whoever started the driver."""
    if server.peer == "ultrafox" and "ULTRAFOX_PYTHON" not in os.environ:
        return "ULTRAFOX_PYTHON must name a Python that has a release build of ultrafox, and uvloop"
    executable = binary() if server.peer == "hyper" else python_of(server)
    if not executable.exists():
        return f"{executable} is not there: run `python -m load setup`" + (
            "" if server.python_from < (3, 12) else " with PYTHON naming a Python 3.12 or newer"
        )
    return None
