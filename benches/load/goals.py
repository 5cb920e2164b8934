"""The figures Ultrafox is to reach, and whether it did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from .results import Figures, Results

FOX, LOG, HYPER, BOLT, BOLT_LOG = "ultrafox", "ultrafox+log", "hyper", "django-bolt", "django-bolt+log"


@dataclass(frozen=True)
class Share:
    """At least so many times what the other server does with the same CPU."""

    workload: str
    server: str
    against: str
    at_least: float


@dataclass(frozen=True)
class Within:
    """One server's workload at least so many times as often as another of its own with the same CPU."""

    workload: str
    against: str
    server: str
    at_least: float


@dataclass(frozen=True)
class Ceiling:
    what: str
    server: str
    at_most: float
    unit: str
    value: Callable[[Results], float | None]


@dataclass(frozen=True)
class Floor:
    """At least so many times what another row of the same part has."""

    what: str
    server: str
    at_least: float
    value: Callable[[Results], float | None]


@dataclass(frozen=True)
class Verdict:
    goal: str
    server: str
    needed: str
    reached: str
    by_rps: str
    met: bool | None  # None: not measured

    @property
    def word(self) -> str:
        return {True: "pass", False: "**miss**", None: "not measured"}[self.met]


SHARES = (
    Share("W1", FOX, HYPER, 0.82),
    Share("W1", FOX, BOLT, 1.05),
    Share("W1", LOG, HYPER, 0.70),
    Share("W1", LOG, BOLT_LOG, 4.0),
    Share("W1s", FOX, HYPER, 0.72),
    Share("W1s", LOG, HYPER, 0.60),
    Share("W1i", FOX, HYPER, 0.88),
    Share("W1i", LOG, HYPER, 0.75),
    Share("W1a", FOX, HYPER, 0.65),
    Share("W1a", FOX, BOLT, 1.3),
    Share("W1a", LOG, HYPER, 0.55),
    Share("W2", FOX, BOLT, 1.1),
    Share("W2", LOG, BOLT, 0.95),
    Share("W3", FOX, BOLT, 1.0),
    Share("W3", LOG, BOLT, 0.9),
    Share("W8", FOX, BOLT, 1.05),
    Share("W8", LOG, BOLT, 1.05),
    Share("F5", FOX, BOLT, 1.0),
    Share("E", FOX, BOLT, 1.0),
    Share("Ea", FOX, BOLT, 1.0),
    Share("Es", FOX, BOLT, 1.0),
    Share("S", FOX, BOLT, 1.0),
    Share("Ss", FOX, BOLT, 1.0),
)
WITHIN = (Within("F5", "J5", FOX, 0.6),)


def _p99(workload: str) -> Callable[[Results], float | None]:
    def value(results: Results) -> float | None:
        figures = results.figures(FOX, workload)
        return figures.p99 if figures else None

    return value


def _start(results: Results) -> float | None:
    measured = results.servers.get(FOX)
    return median(measured.starts) if measured and measured.starts else None


def _idle(results: Results) -> float | None:
    measured = results.servers.get(FOX)
    return measured.idle if measured else None


def _row(part: str, row: str) -> Callable[[Results], float | None]:
    return lambda results: results.part(part, row)


def _speed(what: str, against: str) -> Callable[[Results], float | None]:
    """How often Ultrafox does `what` with the CPU time in which the other does it once."""

    def value(results: Results) -> float | None:
        own, other = (results.part("doors", f"{what}: {who}/cpu") for who in (FOX, against))
        return other / own if own and other else None

    return value


def _own_part(what: str) -> Callable[[Results], float | None]:
    """µs of CPU beyond those of a plain Django view behind the same handler."""

    def value(results: Results) -> float | None:
        rows = results.parts.get("doors", {})
        own, plain = (rows.get(f"{what}: {who}/cpu", []) for who in (FOX, "django"))
        # Round by round: the machine's drift is several times what is looked for.
        return median(mine - its for mine, its in zip(own, plain, strict=True)) if own and plain else None

    return value


def _dearest_rule(results: Results) -> float | None:
    return max((median(costs) for costs in results.parts.get("rules", {}).values()), default=None)


FLOORS = tuple(
    Floor(f"WSGI, {what}, against ninja in the same project", FOX, 1.25, _speed(f"WSGI, {what}", "ninja"))
    for what in ("sync handler", "path and query", "1 KB body")
)
CEILINGS = (
    Ceiling("test client, sync handler", FOX, 60.0, "µs", _row("doors", f"test client, sync handler: {FOX}")),
    Ceiling("test client, async handler", FOX, 60.0, "µs", _row("doors", f"test client, async handler: {FOX}")),
    Ceiling("ASGI, async handler: our own part", FOX, 60.0, "µs", _own_part("ASGI, async handler")),
    Ceiling("WSGI, sync handler: our own part", FOX, 60.0, "µs", _own_part("WSGI, sync handler")),
    Ceiling("upload of 100 MB: memory above idle", FOX, 20.0, "MiB", _row("files", f"upload, MiB above idle: {FOX}")),
    Ceiling(
        "download of 100 MB: memory above idle", FOX, 20.0, "MiB", _row("files", f"download, MiB above idle: {FOX}")
    ),
    Ceiling("JSON rules: the dearest document", "engine", 1.0, "µs/KB", _dearest_rule),
    Ceiling("HOL: p99 of an async route, 16 connections", FOX, 1.0, "ms", _p99("HOL")),
    Ceiling("HOLs: p99 of a sync route, 16 connections", FOX, 1.0, "ms", _p99("HOLs")),
    Ceiling("W9: start to first 200", FOX, 0.6, "s", _start),
    Ceiling("W9: memory of an idle worker", FOX, 75.0, "MiB", _idle),
)


def cpu_ratio(results: Results, workload: str, server: str, against: str) -> float | None:
    """How often `server` answers with the CPU time in which `against` answers once."""
    own, other = results.figures(server, workload), results.figures(against, workload)
    return other.cpu_us / own.cpu_us if own and other and own.cpu_us else None


def rps_ratio(results: Results, workload: str, server: str, against: str) -> float | None:
    own, other = results.figures(server, workload), results.figures(against, workload)
    return own.rps / other.rps if own and other and other.rps else None


def _within(results: Results, goal: Within, rate: Callable[[Figures], float]) -> float | None:
    own, other = results.figures(goal.server, goal.workload), results.figures(goal.server, goal.against)
    return rate(own) / rate(other) if own and other and own.cpu_us and other.cpu_us else None


def verdicts(results: Results) -> Iterator[Verdict]:
    for goal in SHARES:
        ratio = cpu_ratio(results, goal.workload, goal.server, goal.against)
        rate = rps_ratio(results, goal.workload, goal.server, goal.against)
        yield Verdict(
            f"{goal.workload} against {goal.against}",
            goal.server,
            f"≥ {goal.at_least:.2f}",
            "" if ratio is None else f"{ratio:.2f}",
            "" if rate is None else f"{rate:.2f}",
            None if ratio is None else ratio >= goal.at_least,
        )
    for inner in WITHIN:
        ratio = _within(results, inner, lambda f: 1 / f.cpu_us)
        rate = _within(results, inner, lambda f: f.rps)
        yield Verdict(
            f"{inner.workload} against {inner.against}",
            inner.server,
            f"≥ {inner.at_least:.2f}",
            "" if ratio is None else f"{ratio:.2f}",
            "" if rate is None else f"{rate:.2f}",
            None if ratio is None else ratio >= inner.at_least,
        )
    for floor in FLOORS:
        value = floor.value(results)
        yield Verdict(
            floor.what,
            floor.server,
            f"≥ {floor.at_least:.2f}",
            "" if value is None else f"{value:.2f}",
            "",
            None if value is None else value >= floor.at_least,
        )
    for ceiling in CEILINGS:
        value = ceiling.value(results)
        yield Verdict(
            ceiling.what,
            ceiling.server,
            f"≤ {ceiling.at_most:g} {ceiling.unit}",
            "" if value is None else f"{value:.2f} {ceiling.unit}",
            "",
            None if value is None else value <= ceiling.at_most,
        )
