"""What attacks on bodies are made of."""

from __future__ import annotations

import os
from pathlib import Path

import wire
from serving import Server

ROOT = "/api/attacks"
JSON = "application/json"
BOUNDARY = "zzz"


def post(server: Server, path: str, body: bytes, kind: str | None = JSON, *headers: tuple[str, str]) -> wire.Reply:
    types = [] if kind is None else [("Content-Type", kind)]
    return server.ask(ROOT + path, "POST", headers=[*types, *headers], body=body)


def refused(reply: wire.Reply) -> tuple[int, str]:
    assert reply.header("content-type") == "application/problem+json", reply
    return reply.status, reply.json()["code"]


def part(name: str, data: bytes, *more: str, filename: str | None = None) -> bytes:
    named = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    head = "\r\n".join([f"Content-Disposition: {named}", *more])
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + data + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def post_parts(server: Server, path: str, *parts: bytes) -> wire.Reply:
    return post(server, path, b"".join(parts) + END, MULTIPART)


def cpu(server: Server) -> float:
    """Seconds that the server has worked so far."""
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(server: Server, row: str = "VmRSS") -> int:
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(status.partition(f"{row}:")[2].split()[0]) * 1024


def forget_peak(server: Server) -> None:
    """Lets VmHWM begin anew."""
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")


def temporary(server: Server) -> list[str]:
    """Files without a name that the server has open."""
    found = []
    for link in Path(f"/proc/{server.pid}/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.endswith("(deleted)"):
            found.append(target)
    return found
