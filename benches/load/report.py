"""RESULTS.md, from the records alone."""

from collections.abc import Iterator
from statistics import median

from .goals import BOLT, HYPER, cpu_ratio, rps_ratio, verdicts
from .measure import NOISE
from .results import Figures, Results
from .sections import sections
from .tables import table
from .workloads import WORKLOADS, Workload


def times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def share(ratio: float | None) -> str:
    return "" if ratio is None else f"{100 * ratio:.0f} %"


def _goals(results: Results) -> Iterator[str]:
    yield "## Goals"
    yield ""
    yield "A ratio says how often a server answers with the CPU time in which the other answers once."
    yield ""
    head = ("goal", "server", "needed", "reached", "by requests/s", "verdict")
    yield from table(head, ((v.goal, v.server, v.needed, v.reached, v.by_rps, v.word) for v in verdicts(results)))


def _row(results: Results, name: str, workload: Workload, f: Figures) -> tuple[str, ...]:
    key = workload.key
    return (
        name,
        f"{f.rps:,.0f}",
        *(
            (f"{f.rps * workload.parts:,.0f}", f"{workload.parts * 1e6 / max(f.cpu_us, 1e-9):,.0f}")
            if workload.parts
            else ()
        ),
        f"{f.p50:.3f}",
        f"{f.p99:.3f}",
        f"{f.cpu_us:.2f}",
        f"{f.user_us:.2f}",
        share(cpu_ratio(results, key, name, HYPER)),
        share(rps_ratio(results, key, name, HYPER)),
        times(cpu_ratio(results, key, name, BOLT)),
        times(rps_ratio(results, key, name, BOLT)),
        f"{100 * f.spread:.0f} %",
        str(f.errors),
        str(f.noisy),
    )


def _workload(results: Results, workload: Workload) -> Iterator[str]:
    measured = ((name, results.figures(name, workload.key)) for name in results.servers)
    rows = [_row(results, name, workload, f) for name, f in measured if f]
    if not rows:
        return
    sizes = sorted({s.sizes[workload.key] for s in results.servers.values() if workload.key in s.sizes})
    body = " or ".join(f"{size:,}" for size in sizes)
    yield f"### {workload.key}: {workload.title}"
    yield ""
    parts = f" in {workload.parts} parts" if workload.parts else ""
    yield f"`{'POST' if workload.body else 'GET'} {workload.path}`, {body} bytes of answer{parts}"
    yield ""
    rates = ("requests/s", *(("parts/s", "parts per second of CPU") if workload.parts else ()))
    head = ("server", *rates, "p50 ms", "p99 ms", "CPU µs", "of it user", "of hyper by CPU", "by requests/s")
    yield from table((*head, "times bolt by CPU", "by requests/s", "spread", "errors", "noisy rounds"), rows)


def _blocking(results: Results, workload: Workload) -> Iterator[str]:
    rows = []
    for name in results.servers:
        fast, slow = (results.figures(name, key) for key in (workload.key, f"{workload.key}/beside"))
        if fast and slow:
            errors = str(fast.errors + slow.errors)
            own = (f"{fast.rps:,.0f}", f"{fast.p50:.3f}", f"{fast.p99:.3f}")
            blocking = (f"{slow.rps:,.0f}", f"{slow.p50:.2f}", f"{slow.p99:.2f}")
            rows.append((name, *own, *blocking, errors, str(fast.noisy)))
    if not rows:
        return
    yield f"### {workload.key}: {workload.title}"
    yield ""
    yield (
        f"`GET {workload.path}` on {workload.connections} connections while four more ask `{workload.beside}`, "
        "a sync handler that sleeps 5 ms."
    )
    yield ""
    head = ("server", "requests/s", "p50 ms", "p99 ms", "blocking: requests/s", "p50 ms", "p99 ms")
    yield from table((*head, "errors", "noisy rounds"), rows)


def _start_and_memory(results: Results) -> Iterator[str]:
    yield "### W9: start and memory"
    yield ""
    yield "From exec to the first 200; resident memory of all processes, idle and after the workloads above."
    yield ""
    rows = [
        (name, f"{median(s.starts):.3f}", *("" if v is None else f"{v:.0f}" for v in (s.idle, s.loaded)))
        for name, s in results.servers.items()
        if s.starts
    ]
    yield from table(("server", "start s", "idle MiB", "after load MiB"), rows)


def _logs(results: Results) -> Iterator[str]:
    written = [
        (name, key, f"{f.logged:.3f}")
        for name, s in results.servers.items()
        for key in s.samples
        if (f := s.figures(key)) and f.logged and "/" not in key and not WORKLOADS[key].beside
    ]
    if written:
        yield "### Access logs"
        yield ""
        yield "Lines found in the log file per request answered; what the warm-up and unfinished requests add is in it."
        yield ""
        yield from table(("server", "workload", "lines per request"), written)


def _failures(results: Results) -> Iterator[str]:
    failed = [
        (name, key, why.replace("|", "/").replace("\n", " ")[:300])
        for name, s in results.servers.items()
        for key, why in s.failed.items()
    ]
    if failed:
        yield "### Failures"
        yield ""
        yield from table(("server", "workload", "what happened"), failed)


def _setting(results: Results) -> Iterator[str]:
    yield "## Machine and versions"
    yield ""
    yield from table(("", ""), results.machine.items())
    rows = [
        (name, ", ".join(f"{package} {version}" for package, version in s.versions.items()), f"`{s.command}`")
        for name, s in results.servers.items()
    ]
    yield from table(("server", "versions", "command"), rows)


PREFACE = """\
# Results

Written by `{invocation}` on {date}; the raw figures are in `results.json` beside this file.
Medians of {rounds} interleaved rounds of {seconds} s each, `wrk -t1`, 64 connections unless said otherwise.
Each answer was checked before it was measured. CPU µs is what all processes of the server used, user and system,
divided by the requests answered: the figure to judge by, since wrk fills its core before the fastest servers fill
theirs. A run during which anything else used more than {noise:.0%} of a core was repeated; `noisy rounds` counts
those that stayed disturbed. Access logs are off except in the rows named `+log`, which write theirs to a file.
"""


def render(results: Results) -> str:
    own = {key: getattr(results, key) for key in ("invocation", "date", "rounds", "seconds")}
    lines = [PREFACE.format(**own, noise=NOISE), *_goals(results), "## Figures", ""]
    for workload in WORKLOADS.values():
        lines += _blocking(results, workload) if workload.beside else _workload(results, workload)
    lines += [*_start_and_memory(results), *sections(results), *_logs(results), *_failures(results), *_setting(results)]
    return "\n".join(lines).rstrip() + "\n"
