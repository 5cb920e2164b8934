"""Makes what the peers need: an environment each, and the hyper binary."""

import os
import shutil
import subprocess
import sys
from collections.abc import Collection

from .servers import CARGO_TARGET, OWN, PEERS, SERVERS, Server, peers_python, python_of, too_old


def require_wrk() -> None:
    if not shutil.which("wrk"):
        sys.exit("wrk, the load generator, is not installed; for example: apt-get install wrk")
    if not sys.platform.startswith("linux") or (os.cpu_count() or 1) < 2:
        sys.exit("Linux with two cores or more is needed: one for the server, one for wrk, and /proc to read from")


def set_up(servers: Collection[Server]) -> None:
    wanted = [*servers, *(SERVERS[s.borrows] for s in servers if s.borrows)]
    for server in {s.peer: s for s in wanted}.values():
        if server.peer == "hyper":
            _build()
        elif server.peer not in OWN and not too_old(server):
            _environment(server, peers_python())


def _build() -> None:
    env = {**os.environ, "CARGO_TARGET_DIR": str(CARGO_TARGET)}
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=PEERS / "hyper", env=env, check=True)


def _environment(server: Server, python: str) -> None:
    """Made anew when the requirements or the interpreter have changed, else left as it is."""
    requirements = PEERS / server.peer / "requirements.txt"
    own = python_of(server)
    root = own.parent.parent
    stamp = root / "made-from.txt"
    made_from = f"{python}\n{requirements.read_text()}"
    if stamp.exists() and stamp.read_text() == made_from:
        return
    print(f"making the environment of {server.peer} with {python}", flush=True)
    subprocess.run([python, "-m", "venv", "--clear", str(root)], check=True)
    subprocess.run([str(own), "-m", "pip", "install", "--quiet", "-r", str(requirements)], check=True)
    stamp.write_text(made_from)
