"""The sections of RESULTS.md for what is measured beside the load."""

from collections.abc import Iterator

from .results import Results
from .tables import table

DOORS = """\
One process on one core asks each in turn, without a socket and without middleware; a figure is the median of the
rounds. Where a clock shows more than the CPU, the threads waited for each other, or for the machine. The rows of
`django` are a plain view of the same project: what is Django's own in the others."""
FILES = """\
100 MB of random bytes, as one file of a form and as a file out of a handler, through a socket. The server is started
anew each time; its peak is the highest resident memory of all its processes beyond what it has when idle."""
RULES = "What the engine checks in a body that msgspec does not: depth, duplicate keys, numbers. The best of many runs."


def sections(results: Results) -> Iterator[str]:
    for key, title, said, rows in (
        ("doors", "Ways in without a socket", DOORS, _doors),
        ("files", "100 MB up and down", FILES, _files),
        ("rules", "JSON rules", RULES, _rules),
    ):
        if results.parts.get(key):
            yield f"### {title}"
            yield ""
            yield said
            yield f"Taken on {results.taken[key]}."
            yield ""
            yield from rows(results)


def _doors(results: Results) -> Iterator[str]:
    rows = []
    for name in (name for name in results.parts["doors"] if "/" not in name):
        what, _, who = name.partition(": ")
        times = results.parts["doors"][name]
        clock, cpu = results.part("doors", name) or 0.0, results.part("doors", f"{name}/cpu") or 0.0
        spread = (max(times) - min(times)) / clock if clock else 0.0
        ratios = (_times(results, what, other, cpu) for other in ("ninja", "django"))
        noisy = sum(results.parts["doors"][f"{name}/noisy"])
        rows.append((what, who, f"{clock:.1f}", f"{cpu:.1f}", *ratios, f"{100 * spread:.0f} %", f"{noisy:.0f}"))
    head = ("what", "server", "µs", "CPU µs", "times ninja", "times django", "spread", "noisy rounds")
    yield from table(head, rows)


def _times(results: Results, what: str, other: str, cpu: float) -> str:
    theirs = results.part("doors", f"{what}: {other}/cpu")
    return f"{theirs / cpu:.2f}" if theirs and cpu else ""


def _files(results: Results) -> Iterator[str]:
    found: dict[tuple[str, str], dict[str, float]] = {}
    for name in results.parts["files"]:
        figure, _, who = name.partition(": ")
        way, _, what = figure.partition(", ")
        found.setdefault((way, who), {})[what] = results.part("files", name) or 0.0
    rows = [
        (way, who, f"{f['MB/s']:,.0f}", f"{f['CPU s']:.2f}", f"{f['MiB above idle']:.1f}")
        for (way, who), f in sorted(found.items(), reverse=True)
    ]
    yield from table(("way", "server", "MB/s", "CPU s", "peak MiB above idle"), rows)


def _rules(results: Results) -> Iterator[str]:
    rows = ((name, f"{results.part('rules', name) or 0:.3f}") for name in results.parts["rules"])
    yield from table(("document", "µs per KB"), rows)
