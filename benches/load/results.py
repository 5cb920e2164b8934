"""What a campaign leaves behind: plain records, kept as JSON, and their medians."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Sample:
    """One run of wrk against one server."""

    requests: int
    seconds: float
    p50: float  # milliseconds
    p99: float
    errors: int
    cpu: float  # seconds the server used, user and system
    user: float
    others: float  # share of a core used by neither the server nor wrk
    noisy: bool = False  # others used a core each time it was tried
    lines: int = 0  # of access log

    @property
    def rps(self) -> float:
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        """Server CPU microseconds per request."""
        return self.cpu * 1e6 / max(self.requests, 1)

    @property
    def user_us(self) -> float:
        return self.user * 1e6 / max(self.requests, 1)


@dataclass(frozen=True)
class Figures:
    """The medians of the rounds."""

    rps: float
    spread: float  # (highest - lowest rps) / median
    p50: float
    p99: float
    cpu_us: float
    user_us: float
    errors: int
    noisy: int
    logged: float  # lines of access log per request


def figures(samples: list[Sample]) -> Figures:
    rates = [s.rps for s in samples]
    return Figures(
        rps=median(rates),
        spread=(max(rates) - min(rates)) / median(rates),
        p50=median(s.p50 for s in samples),
        p99=median(s.p99 for s in samples),
        cpu_us=median(s.cpu_us for s in samples),
        user_us=median(s.user_us for s in samples),
        errors=sum(s.errors for s in samples),
        noisy=sum(s.noisy for s in samples),
        logged=sum(s.lines for s in samples) / max(sum(s.requests for s in samples), 1),
    )


@dataclass
class Measured:
    """Everything known of one server. `samples` by workload; HOL's second wrk is kept under `<key>/beside`."""

    command: str
    versions: dict[str, str] = field(default_factory=dict)
    starts: list[float] = field(default_factory=list)  # seconds
    idle: float | None = None  # MiB
    loaded: float | None = None
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)  # bytes of body
    failed: dict[str, str] = field(default_factory=dict)

    def figures(self, workload: str) -> Figures | None:
        samples = self.samples.get(workload)
        return figures(samples) if samples else None


def _lined(key: str, rows: dict[str, object]) -> str:
    """A line for each row, so that a change can be read."""
    lines = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items()]
    return f',\n "{key}": {{\n' + ",\n".join(lines) + "\n}"


@dataclass
class Results:
    date: str
    invocation: str
    rounds: int
    seconds: int
    machine: dict[str, str]
    servers: dict[str, Measured] = field(default_factory=dict)
    # By part and row, a figure per round; and how each part came to be.
    parts: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    def part(self, key: str, row: str) -> float | None:
        """The median of a row."""
        samples = self.parts.get(key, {}).get(row)
        return median(samples) if samples else None

    def figures(self, server: str, workload: str) -> Figures | None:
        measured = self.servers.get(server)
        return measured.figures(workload) if measured else None

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = json.loads(json.dumps(asdict(self)), parse_float=lambda text: round(float(text), 5))
        long = [(key, whole.pop(key)) for key in ("servers", "parts")]
        head = json.dumps(whole, indent=1).removesuffix("\n}")
        path.write_text("".join([head, *(_lined(key, rows) for key, rows in long), "\n}\n"]))

    @classmethod
    def load(cls, path: Path) -> "Results":
        whole = json.loads(path.read_text())
        for name, server in whole["servers"].items():
            server["samples"] = {key: [Sample(**s) for s in samples] for key, samples in server["samples"].items()}
            whole["servers"][name] = Measured(**server)
        return cls(**whole)
