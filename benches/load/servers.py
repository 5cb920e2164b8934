"""The servers held side by side: how each is started, and where what it needs is kept."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
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
    "{python} -m granian --host 127.0.0.1 --port {port} --interface asginl --loop uvloop --workers 1"
    " --no-ws --no-access-log --log-level warning entry:app"
)


MOUNTED = "{python} -m granian --host 127.0.0.1 --port {port} --workers 1 --no-ws --no-access-log --log-level warning "
MOUNTED_PACKAGES = ("ultrafox", "django-ninja", "django", "granian")


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
    prefix: str = ""  # of its paths
    borrows: str | None = None  # the server whose environment it finds packages in, too

    def has(self, workload: str) -> bool:
        return workload not in self.without


# Workloads that only Ultrafox and django-bolt have; Ultrafox and it are what they compare.
SINCE = frozenset({"J5", "F5", "E", "Ea", "Es", "S", "Ss"})
# What the doors under granian have no answer to, or what would measure something else there.
UNMOUNTED = SINCE | {"W1i", "W1a", "W8", "HOL", "HOLs"}
SERVERS = {
    s.name: s
    for s in (
        Server("hyper", "hyper", "{binary} {port}", without=frozenset({"HOL", "HOLs"}) | SINCE),
        Server("ultrafox", "ultrafox", FOX + "off", FOX_PACKAGES, DJANGO),
        Server("ultrafox+log", "ultrafox", FOX + "json", FOX_PACKAGES, DJANGO, SINCE, logs=True),
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
            without=frozenset({"W1i"}) | SINCE,
            logs=True,
            python_from=(3, 12),
        ),
        Server(
            "fastapi",
            "fastapi",
            UVICORN,
            ("fastapi", "pydantic", "uvicorn", "uvloop", "httptools"),
            without=frozenset({"W1i"}) | SINCE,
        ),
        Server(
            "ninja",
            "ninja",
            GRANIAN,
            ("django-ninja", "django", "pydantic", "granian", "uvloop"),
            DJANGO,
            without=frozenset({"W1i"}) | SINCE,
        ),
        *(
            Server(
                f"{who}@{kind}",
                "doors",
                MOUNTED + f"--interface {interface} entry:{kind}",
                MOUNTED_PACKAGES,
                DJANGO,
                # An async handler under WSGI is the test client's way: `doors` has it.
                without=UNMOUNTED | ({"W1"} if kind == "wsgi" else set()),
                prefix=f"/{at}",
                borrows="ninja",
            )
            for kind, interface in (("wsgi", "wsgi"), ("asgi", "asginl --loop uvloop"))
            for who, at in (("ultrafox", "fox"), ("ninja", "ninja"))
        ),
    )
}
# Both come with Ultrafox's own Python.
OWN = ("ultrafox", "doors")


class Unfit(Exception):
    """Something cannot be measured here; says why."""


def peers_python() -> str:
    """The interpreter the peers' environments are made with: PYTHON, else the one below this one."""
    return os.environ.get("PYTHON") or str(getattr(sys, "_base_executable", sys.executable))


@cache
def version_of(python: str) -> tuple[int, int]:
    script = "import sys; print(*sys.version_info[:2])"
    major, minor = subprocess.run([python, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    return int(major), int(minor)


def python_of(server: Server) -> Path:
    if server.peer in OWN:
        # Not resolved: a link is what makes an environment's Python know its environment.
        return Path(os.environ.get("ULTRAFOX_PYTHON", "")).absolute()
    version = "{}.{}".format(*version_of(peers_python()))
    return SCRATCH / "venvs" / version / server.peer / "bin" / "python"


def environment(server: Server) -> dict[str, str]:
    """What its process has beside the driver's own environment. Raises Unfit where two Pythons do not go together."""
    path = [PEERS / server.peer, PEERS / "shared"]
    if server.borrows:
        lender = python_of(SERVERS[server.borrows])
        own, other = (version_of(str(one)) for one in (python_of(server), lender))
        if own != other:
            raise Unfit(f"Expected one Python for Ultrafox and {server.borrows}, given {own} and {other}")
        path += (lender.parent.parent / "lib").glob("python*/site-packages")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), **server.env}


def binary() -> Path:
    return CARGO_TARGET / "release" / "hyper-peer"


def command(server: Server, port: int) -> list[str]:
    python = "" if server.peer == "hyper" else python_of(server)
    return [part.format(python=python, binary=binary(), port=port) for part in server.command.split()]


def too_old(server: Server) -> str | None:
    python = peers_python()
    if server.peer in ("hyper", *OWN) or version_of(python) >= server.python_from:
        return None
    needed, given = (".".join(map(str, version)) for version in (server.python_from, version_of(python)))
    return f"needs Python {needed} or newer, given {python}, which is {given}; PYTHON names another"


def lacking(server: Server) -> str | None:
    """Why this server cannot be started, in words for whoever started the driver."""
    if server.borrows and (missing := lacking(SERVERS[server.borrows])):
        return missing
    if server.peer in OWN:
        if python_of(server).is_file():
            return None
        given = os.environ.get("ULTRAFOX_PYTHON", "nothing")
        return f"ULTRAFOX_PYTHON must name a Python with a release build of ultrafox, and uvloop; given {given}"
    executable = binary() if server.peer == "hyper" else python_of(server)
    missing = None if executable.is_file() else f"{executable} is not there; `python -m load setup` makes it"
    return too_old(server) or missing
