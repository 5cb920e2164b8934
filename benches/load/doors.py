"""What needs no socket: the test clients, and an API in a URLconf under WSGI and ASGI. One process measures all."""

import json
import subprocess

from .process import SERVER_CORE
from .servers import PEERS, SERVERS, Unfit, environment, lacking, python_of
from .workloads import ORDER, compact


def command(rounds: int, seconds: float, retries: int) -> tuple[list[str], dict[str, str]]:
    """The call, and its environment: Ultrafox's Python, which also finds what Ninja's environment has."""
    server = SERVERS["ultrafox@wsgi"]
    if missing := lacking(server):
        raise Unfit(missing)
    settings = [f"--rounds={rounds}", f"--seconds={seconds}", f"--retries={retries}"]
    call = ["taskset", "-c", str(SERVER_CORE), str(python_of(server)), "measure.py", *settings]
    return call, {**environment(server), "BENCH_ORDER": compact(ORDER)}


def measure(rounds: int, seconds: float, retries: int) -> dict[str, list[float]]:
    """µs per call, by the clock and of CPU, under `<name>` and `<name>/cpu`; `/noisy` is 1 where others disturbed."""
    call, env = command(rounds, min(seconds, 0.5), retries)
    done = subprocess.run(call, cwd=PEERS / "doors", env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode or "RESULT" not in done.stdout:
        raise Unfit(f"measure.py ended with {done.returncode}: {done.stdout[-500:]}")
    rows: dict[str, list[float]] = {}
    for name, samples in json.loads(done.stdout.split("RESULT", 1)[1]).items():
        rows[name] = [sample["wall"] for sample in samples]
        rows[f"{name}/cpu"] = [sample["cpu"] for sample in samples]
        rows[f"{name}/noisy"] = [float(sample["noisy"]) for sample in samples]
    return rows
