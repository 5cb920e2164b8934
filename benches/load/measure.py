"""A campaign: every server up at once on one core, measured in turn so that a drift of the machine hits all alike."""

import json
import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from statistics import median

from .machine import versions
from .process import LOAD_CORE, Running, StartFailed, running, watched
from .results import Measured, Results, Sample, figures
from .servers import BENCHES, Server, command
from .workloads import Workload, WrongAnswer, check

NOISE = 0.08  # of a core; a run during which others used more is repeated
BESIDE_CONNECTIONS = 4


@dataclass(frozen=True)
class Pace:
    rounds: int
    seconds: int
    retries: int


def wrk_command(port: int, prefix: str, workload: Workload, seconds: int) -> list[str]:
    pinned = ["taskset", "-c", str(LOAD_CORE)]
    load = ["wrk", "-t1", f"-c{workload.connections}", f"-d{seconds}s", "--timeout", "10s"]
    return [*pinned, *load, "-s", str(BENCHES / "load" / "wrk.lua"), f"http://127.0.0.1:{port}{prefix}{workload.path}"]


class Load:
    """wrk at work."""

    def __init__(self, it: Running, workload: Workload, seconds: int) -> None:
        body = {"LOAD_BODY": workload.body, "LOAD_TYPE": workload.body_type} if workload.body else {}
        call = wrk_command(it.port, it.server.prefix, workload, seconds)
        self._process = subprocess.Popen(call, env={**os.environ, **body}, stdout=subprocess.PIPE, text=True)

    def sample(self) -> Sample:
        """What wrk saw; what the server used is still to be filled in."""
        out, _ = self._process.communicate()
        if self._process.returncode or "RESULT" not in out:
            raise WrongAnswer(f"wrk ended with {self._process.returncode}: {out[-500:]}")
        said = json.loads(out.split("RESULT", 1)[1])
        return Sample(said["requests"], said["seconds"], said["p50"], said["p99"], said["errors"], 0.0, 0.0, 0.0)


def take(it: Running, workload: Workload, seconds: int) -> list[Sample]:
    """One run of wrk, and the one beside it where the workload wants one."""
    with watched(it) as use:
        loads = []
        if workload.beside:
            beside = replace(workload, path=workload.beside, connections=BESIDE_CONNECTIONS)
            loads.append(Load(it, beside, seconds + 1))
            time.sleep(0.5)  # the handler is busy before the other route is asked
        loads.insert(0, Load(it, workload, seconds))
        samples = [load.sample() for load in loads]
    lines = it.take_log_lines()
    return [replace(s, cpu=use.cpu, user=use.user, others=use.others, lines=lines) for s in samples]


def quietest(it: Running, workload: Workload, pace: Pace) -> list[Sample]:
    """The first run that nobody disturbed, else the least disturbed one, marked."""
    tried: list[list[Sample]] = []
    for _ in range(pace.retries + 1):
        tried.append(take(it, workload, pace.seconds))
        if tried[-1][0].others <= NOISE:
            return tried[-1]
    return [replace(s, noisy=True) for s in min(tried, key=lambda run: run[0].others)]


def starts(servers: Sequence[Server], results: Results, rounds: int) -> None:
    """W9: exec to the first 200, and the memory a moment later."""
    idle: dict[str, list[float]] = {s.name: [] for s in servers}
    for _ in range(rounds):
        for server in servers:
            measured = results.servers[server.name]
            if "W9" in measured.failed:
                continue
            try:
                with running(server) as it:
                    time.sleep(0.3)
                    idle[server.name].append(it.rss())
            except StartFailed as failure:
                measured.failed["W9"] = str(failure)
            else:
                measured.starts.append(it.start)
    for name, values in idle.items():
        results.servers[name].idle = median(values) if values else None
        if values:
            begun = median(results.servers[name].starts)
            print(f"{name:16} start {begun:.3f} s, idle {median(values):.0f} MiB", flush=True)


def _expect_log(server: Server, sample: Sample) -> None:
    """A line for each request, or next to none: else the row would not be what its name says."""
    if server.logs and sample.lines < 0.99 * sample.requests:
        raise WrongAnswer(f"expected a line of access log for each request, got {sample.lines} for {sample.requests}")
    if not server.logs and sample.lines > 0.01 * sample.requests:
        raise WrongAnswer(f"expected no access log, got {sample.lines} lines for {sample.requests} requests")


def rounds_of(workload: Workload, up: Sequence[Running], results: Results, pace: Pace) -> None:
    takers = []
    for it in up:
        measured = results.servers[it.server.name]
        try:
            measured.sizes[workload.key] = check(it.port, workload, it.server.prefix)
            it.take_log_lines()  # what was said at the start is no access log
            _expect_log(it.server, take(it, workload, 1)[0])  # warms up, too
            takers.append(it)
        except (WrongAnswer, OSError, ValueError) as failure:
            measured.failed[workload.key] = str(failure)
            print(f"{it.server.name:16} {workload.key:4} FAILED {failure}", flush=True)
    for _ in range(pace.rounds):
        for it in takers:
            run = quietest(it, workload, pace)
            for key, sample in zip((workload.key, f"{workload.key}/beside"), run, strict=False):
                results.servers[it.server.name].samples.setdefault(key, []).append(sample)
    for it in takers:
        f = figures(results.servers[it.server.name].samples[workload.key])
        print(
            f"{it.server.name:16} {workload.key:4} {f.rps:>9,.0f}/s  cpu {f.cpu_us:7.2f} µs  user {f.user_us:6.2f}  "
            f"p50 {f.p50:7.3f}  p99 {f.p99:7.3f} ms  errors {f.errors}  noisy {f.noisy}",
            flush=True,
        )


def campaign(servers: Sequence[Server], workloads: Sequence[Workload], results: Results, pace: Pace) -> None:
    """Fills `results` in. What a server fails at is noted there and the rest goes on."""
    for server in servers:
        shown = [part.replace(str(BENCHES.parent), ".") for part in command(server, 8000)]
        results.servers[server.name] = Measured(" ".join(shown), versions(server))
    starts(servers, results, pace.rounds)
    with ExitStack() as stack:
        up = [stack.enter_context(running(s)) for s in servers if not results.servers[s.name].failed]
        # Routes that block make threads: the memory after load is taken before them.
        for blocking in (False, True):
            for workload in (w for w in workloads if bool(w.beside) is blocking):
                rounds_of(workload, [it for it in up if it.server.has(workload.key)], results, pace)
            if not blocking:
                for it in up:
                    results.servers[it.server.name].loaded = it.rss()
