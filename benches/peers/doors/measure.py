"""Microseconds per call of what needs no socket: `measure.py --rounds 5 --seconds 0.5`, prints JSON.

`--profile NAME` prints where the time of one case goes instead; its beginning is enough.
"""

import argparse
import asyncio
import cProfile
import gc
import json
import os
import pstats
import sys
import time
import warnings

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django
import uvloop

django.setup()

from cases import Case, cases  # noqa: E402

WHOLE = 0.92  # of the core; a batch that had less of it is repeated


def checked(name: str, case: Case, order: object) -> None:
    status, body = case(2)
    expect = {"path and query": {"id": 42, "q": "hello", "limit": 25}, "1 KB body": order}
    wanted = next((value for part, value in expect.items() if part in name), {"message": "Hello, World!"})
    if status != 200 or json.loads(body) != wanted:
        sys.exit(f"{name}: expected 200 and {str(wanted)[:80]}, got {status} {body[:200]!r}")


def batch(case: Case, count: int) -> tuple[float, float]:
    """Seconds that passed, and those of CPU, of all threads."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    case(count)
    return time.perf_counter() - wall, time.process_time() - cpu


def sized(case: Case, seconds: float) -> int:
    """How many calls take that long; warms up, too."""
    count = 8
    while (took := batch(case, count)[0]) < seconds / 4:
        count *= 2
    return max(int(count * seconds / took), 1)


def measured(case: Case, count: int, retries: int) -> dict[str, float | bool]:
    """The first batch that had the core to itself, else the one that had most of it, marked."""
    tried = []
    for _ in range(retries + 1):
        tried.append(batch(case, count))
        if tried[-1][1] >= WHOLE * tried[-1][0]:
            break
    wall, cpu = max(tried, key=lambda one: one[1] / one[0])
    return {"wall": wall / count * 1e6, "cpu": cpu / count * 1e6, "noisy": cpu < WHOLE * wall}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--retries", type=int, default=4)
    parser.add_argument("--profile")
    args = parser.parse_args()
    # Ninja 1.7 asks asyncio what it will no longer answer in Python 3.16.
    warnings.simplefilter("ignore", DeprecationWarning)
    order = json.loads(os.environ["BENCH_ORDER"]) if "BENCH_ORDER" in os.environ else None
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    found = cases(loop, json.dumps(order, separators=(",", ":")).encode() if order else b"")
    if args.profile:
        return profile(next(case for name, case in found.items() if name.startswith(args.profile)))
    for name, case in found.items():
        checked(name, case, order)
    counts = {name: sized(case, args.seconds) for name, case in found.items()}
    samples: dict[str, list[dict[str, float | bool]]] = {name: [] for name in found}
    for _ in range(args.rounds):
        for name, case in found.items():
            samples[name].append(measured(case, counts[name], args.retries))
    print("RESULT", json.dumps(samples))
    return None


def profile(case: Case) -> None:
    case(2000)
    with cProfile.Profile() as profiler:
        case(5000)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


if __name__ == "__main__":
    main()
