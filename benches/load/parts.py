"""The parts of a run beside the load: each gives rows of figures, one figure per round."""

from collections.abc import Callable
from dataclasses import dataclass

from . import doors, files, rules
from .servers import SERVERS, Server


@dataclass(frozen=True)
class Part:
    key: str
    peers: tuple[str, ...]  # servers whose environments it needs
    measure: Callable[[int, float, int], dict[str, list[float]]]  # rounds, seconds, retries

    def servers(self) -> list[Server]:
        return [SERVERS[name] for name in self.peers]


PARTS = {
    p.key: p
    for p in (
        Part("doors", ("ultrafox", "ninja"), doors.measure),
        Part("files", ("ultrafox", "django-bolt"), files.measure),
        Part("rules", (), rules.measure),
    )
}
LOAD = "load"
NAMES = (LOAD, *PARTS)
