"""python -m load [setup | run | check | report | all]"""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from .machine import describe
from .measure import Pace, campaign
from .parts import LOAD, NAMES, PARTS
from .process import LOAD_CORE, StartFailed, running
from .report import render
from .results import Results
from .servers import BENCHES, SCRATCH, SERVERS, Server, Unfit, lacking
from .setup import require_wrk, set_up
from .workloads import WORKLOADS, Workload, WrongAnswer, check

T = TypeVar("T")

EPILOG = """\
setup   makes the peers' environments (PYTHON names the interpreter) and builds the hyper peer
run     measures and prints; what it writes stays in .build/bench
check   starts each server and checks its answers
report  writes RESULTS.md anew from results.json
all     setup, then run, written to benches/RESULTS.md and benches/results.json
"""


def arguments() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m load", epilog=EPILOG, formatter_class=form)
    parser.add_argument("do", nargs="?", default="run", choices=("setup", "run", "check", "report", "all"))
    parser.add_argument("--servers", help=f"comma-separated, of {', '.join(SERVERS)}")
    parser.add_argument("--workloads", help=f"comma-separated, of {', '.join(WORKLOADS)}; W9 is always measured")
    parser.add_argument("--only", help=f"comma-separated, of {', '.join(NAMES)}; the other parts stay as they were")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="length of one run of wrk")
    parser.add_argument("--quick", action="store_true", help="one round of one second, disturbed or not")
    parser.add_argument("--out", type=Path, help="where RESULTS.md and results.json go")
    return parser.parse_args()


def chosen(names: str | None, known: dict[str, T]) -> list[T]:
    wanted = names.split(",") if names else list(known)
    if unknown := [name for name in wanted if name not in known]:
        sys.exit(f"Expected names out of {', '.join(known)}; given {', '.join(unknown)}")
    return [known[name] for name in wanted]


def needed(args: argparse.Namespace, servers: list[Server]) -> list[Server]:
    """The servers whose environments are to be made."""
    parts = parts_of(args)
    peers = [server for key in parts if key != LOAD for server in PARTS[key].servers()]
    return [*(servers if LOAD in parts else ()), *peers]


def able(servers: list[Server]) -> list[Server]:
    for server in servers:
        if reason := lacking(server):
            print(f"left out: {server.name}: {reason}")
    return [server for server in servers if not lacking(server)]


def check_all(servers: list[Server], workloads: list[Workload]) -> bool:
    good = True
    for server in servers:
        with ExitStack() as stack:
            try:
                it = stack.enter_context(running(server))
            except StartFailed as failure:
                good = bool(print(failure))
                continue
            for workload in (w for w in workloads if server.has(w.key)):
                try:
                    print(f"{server.name:16} {workload.key:4} {check(it.port, workload, server.prefix)} bytes")
                except (WrongAnswer, OSError, ValueError) as failure:
                    good = bool(print(f"{server.name:16} {workload.key:4} FAILED {failure}"))
    return good


def parts_of(args: argparse.Namespace) -> list[str]:
    if args.only is None and (args.servers or args.workloads):
        return [LOAD]
    return chosen(args.only, {name: name for name in NAMES})


def measure(args: argparse.Namespace, servers: list[Server], workloads: list[Workload], out: Path) -> Results:
    pace = Pace(1, 1, 0) if args.quick else Pace(args.rounds, args.seconds, 4)
    invocation = shlex.join(["python", "-m", "load", *sys.argv[1:]])
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts, fresh = parts_of(args), Results(date, invocation, pace.rounds, pace.seconds, describe())
    results = continued(fresh, parts, out / "results.json")
    os.sched_setaffinity(0, {LOAD_CORE})
    if LOAD in parts:
        campaign(servers, workloads, results, pace)
    for part in (PARTS[key] for key in parts if key != LOAD):
        try:
            results.parts[part.key] = part.measure(pace.rounds, 0.1 if args.quick else pace.seconds, pace.retries)
        except (Unfit, OSError, subprocess.CalledProcessError) as failure:
            print(f"left out: {part.key}: {failure}", flush=True)
        else:
            sources = fresh.machine["sources"]
            results.taken[part.key] = f"{date} by `{invocation}` from {sources}, {pace.rounds} rounds"
    return results


def continued(fresh: Results, parts: list[str], earlier: Path) -> Results:
    """The results to fill in: what is not measured anew stays."""
    if not earlier.is_file() or set(parts) == set(NAMES):
        return fresh
    old = Results.load(earlier)
    fresh.parts, fresh.taken = old.parts, old.taken
    return fresh if LOAD in parts else old


def write(results: Results, folder: Path) -> None:
    results.save(folder / "results.json")
    (folder / "RESULTS.md").write_text(render(results))
    print(f"written: {folder / 'RESULTS.md'}")


def main() -> None:
    args = arguments()
    out: Path = args.out or (BENCHES if args.do in ("all", "report") else SCRATCH)
    if args.do == "report":
        return write(Results.load(out / "results.json"), out)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped as well
    servers, workloads = chosen(args.servers, SERVERS), chosen(args.workloads, WORKLOADS)
    require_wrk()
    if args.do in ("setup", "all"):
        set_up(needed(args, servers))
    if args.do == "setup":
        able(needed(args, servers))
        return None
    if LOAD in parts_of(args) or args.do == "check":
        servers = able(servers)
        if args.do == "all" and not any(server.peer == "ultrafox" for server in servers):
            sys.exit("Without Ultrafox there are no results to write")
        if not servers:
            sys.exit("No server is left to measure")
    if args.do == "check":
        sys.exit(not check_all(servers, workloads))
    return write(measure(args, servers, workloads, out), out)


if __name__ == "__main__":
    main()
