"""The JSON rules that msgspec does not have: what checking a body costs, by the engine's own example."""

import re
import subprocess

from .process import SERVER_CORE
from .servers import BENCHES

LINE = re.compile(r"\s*([\d.]+) µs/KB\s+(.+)")


def measure(rounds: int, _: float, __: int) -> dict[str, list[float]]:
    """µs per KB of each document."""
    root = BENCHES.parent
    call = ["cargo", "build", "--release", "--quiet", "--package", "ultrafox-engine", "--example", "json_cost"]
    subprocess.run([*call, "--target-dir", str(root / "target")], cwd=root, check=True)
    binary = str(root / "target" / "release" / "examples" / "json_cost")
    rows: dict[str, list[float]] = {}
    for _round in range(rounds):
        said = subprocess.run(["taskset", "-c", str(SERVER_CORE), binary], capture_output=True, text=True, check=True)
        for cost, document in LINE.findall(said.stdout):
            rows.setdefault(document.strip(), []).append(float(cost))
    return rows
