"""A server on its core: start it, watch what it and everything else uses, stop it."""

import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from .servers import PEERS, SCRATCH, Server, command, environment
from .workloads import ask

SERVER_CORE, LOAD_CORE = 0, 1
TICK = os.sysconf("SC_CLK_TCK")
PATIENCE = 30.0


class StartFailed(Exception):
    pass


@dataclass
class Running:
    server: Server
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    start: float = 0.0  # seconds from exec to the first 200
    _read: int = 0  # bytes of log seen

    def rss(self) -> float:
        """MiB, over all its processes."""
        total = 0
        for pid in tree(self.process.pid):
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                total += int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
        return total / 1024

    def cpu(self) -> float:
        """Seconds of CPU so far, user and system, over all its processes."""
        return sum(_process_seconds(self.process.pid))

    def take_log_lines(self) -> int:
        """Lines written since the last call. An access log is emptied: a run writes hundreds of megabytes."""
        if self.server.logs:
            self._settle()
        with self.log.open("rb") as file:
            file.seek(self._read)
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
            self._read = file.tell()
        if self.server.logs:
            os.truncate(self.log, 0)
            self._read = 0
        return lines

    def _settle(self) -> None:
        """A writer thread lags behind the answers: wait until the log has stopped growing."""
        size, tries = -1, 0
        while size != self.log.stat().st_size and tries < 15:
            size, tries = self.log.stat().st_size, tries + 1
            time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(server: Server, further: Mapping[str, str] | None = None) -> Iterator[Running]:
    folder, log = PEERS / server.peer, SCRATCH / "logs" / f"{server.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    env = {**environment(server), **(further or {})}
    full = ["taskset", "-c", str(SERVER_CORE), *command(server, port)]
    log.write_bytes(b"")
    with log.open("ab") as output:
        began = time.perf_counter()
        process = subprocess.Popen(full, cwd=folder, env=env, stdout=output, stderr=output, start_new_session=True)
    it = Running(server, port, process, log)
    try:
        _wait(it, began)
        yield it
    finally:
        _stop(process)


def _wait(it: Running, began: float) -> None:
    while time.perf_counter() - began < PATIENCE and it.process.poll() is None:
        with suppress(OSError):
            if ask(it.port, it.server.prefix + "/json")[0] == 200:
                it.start = time.perf_counter() - began
                return
        time.sleep(0.005)
    raise StartFailed(f"{it.server.name} gave no 200 for /json; its output: {it.log.read_text()[-1500:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    members = tree(process.pid)
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in members[1:]:  # children that outlived their parent
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    found, queue = [], [pid]
    while queue:
        found.append(pid := queue.pop())
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                queue += map(int, (task / "children").read_text().split())
    return found


@dataclass
class Use:
    """Seconds of CPU; `others` is the share of a core that went to neither the server nor wrk."""

    cpu: float = 0.0
    user: float = 0.0
    others: float = 0.0


def _process_seconds(pid: int) -> tuple[float, float]:
    user = system = 0
    for member in tree(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
            user, system = user + int(fields[11]), system + int(fields[12])
    return user / TICK, system / TICK


def _core_seconds(core: int) -> float:
    """Busy seconds whoever was busy, time stolen by the host included."""
    lines = Path("/proc/stat").read_text().splitlines()
    fields = next(line for line in lines if line.startswith(f"cpu{core} ")).split()
    return sum(int(fields[i]) for i in (1, 2, 3, 6, 7, 8)) / TICK


@contextmanager
def watched(it: Running) -> Iterator[Use]:
    """What was used while the block ran; wrk must have ended in it, only then its time is known."""

    def clocks() -> tuple[float, ...]:
        user, system = _process_seconds(it.process.pid)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        load = ended.ru_utime + ended.ru_stime
        return time.perf_counter(), user, system, _core_seconds(SERVER_CORE), load, _core_seconds(LOAD_CORE)

    use, before = Use(), clocks()
    yield use
    took, user, system, core, load, load_core = (after - then for after, then in zip(clocks(), before, strict=True))
    use.cpu, use.user = user + system, user
    use.others = max(core - use.cpu, load_core - load) / took
