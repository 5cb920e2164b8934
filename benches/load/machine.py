"""The facts that make figures comparable: machine, versions, the tree they were taken from."""

import json
import os
import platform
import re
import subprocess
import tomllib
from pathlib import Path

from .process import LOAD_CORE, SERVER_CORE
from .servers import BENCHES, PEERS, Server, environment, python_of

PROBE = """
import importlib.metadata, json, platform, sys
found = {"Python": platform.python_version()}
for name in sys.argv[1:]:
    try:
        found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found[name] = "absent"
print(json.dumps(found))
"""


def _said(*command: str, env: dict[str, str] | None = None) -> str:
    """What a program says of itself; `wrk -v` says it and fails."""
    try:
        out = subprocess.run(command, cwd=BENCHES, env=env, capture_output=True, text=True, check=False)
    except OSError:
        return "absent"
    return (out.stdout or out.stderr).strip()


def describe() -> dict[str, str]:
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    changed = " with changes" if _said("git", "status", "--porcelain", "--untracked-files=no") else ""
    return {
        "processor": f"{model[1].strip() if model else platform.machine()}, {os.cpu_count()} cores",
        "memory": f"{int(memory[1]) // 2**20 if memory else 0} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "TCP congestion control": Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip(),
        "cores used": f"server on core {SERVER_CORE}, wrk on core {LOAD_CORE}",
        "wrk": _said("wrk", "-v").split("\n")[0].split(" Copyright")[0],
        "rustc": _said("rustc", "--version"),
        "sources": _said("git", "rev-parse", "--short", "HEAD") + changed,
    }


def versions(server: Server) -> dict[str, str]:
    if server.peer == "hyper":
        lock = tomllib.loads((PEERS / "hyper" / "Cargo.lock").read_text())
        found = {package["name"]: package["version"] for package in lock["package"]}
        return {name: found[name] for name in ("hyper", "tokio", "serde_json")}
    own: dict[str, str] = json.loads(
        _said(str(python_of(server)), "-c", PROBE, *server.packages, env=environment(server))
    )
    return own
