"""What is asked of every server, and what it must answer before it is measured."""

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

HELLO = {"message": "Hello, World!"}
ADDRESS = {"street": "1 Long Example Street", "city": "Springfield", "postcode": "12345-6789", "country": "US"}
ORDER = {
    "number": "ORD-2026-000042",
    "customer": {"name": "Ada Example", "email": "ada@example.com", "phone": "+1-555-0100"},
    "shipping": ADDRESS,
    "billing": {**ADDRESS, "street": "2 Other Example Street"},
    "lines": [
        {"sku": f"SKU-{i:05d}", "name": f"Product {i}", "quantity": i + 1, "price": 9.5 + i, "tags": ["new", "sale"]}
        for i in range(6)
    ],
    "currency": "EUR",
    "paid": False,
    "notes": "Please leave the parcel with the neighbour if nobody is at home.",
}
BIG = [
    {
        "id": i,
        "name": f"item-{i:04d}",
        "price": i * 1.25,
        "active": i % 2 == 0,
        "tags": ["red", "blue"],
        "note": "the quick brown fox",
    }
    for i in range(1000)
]

PERSON = {"name": "Ada Example", "email": "ada@example.com", "age": 36, "height": 1.68, "member": True}
FORM = urlencode({name: json.dumps(value).strip('"') for name, value in PERSON.items()})
URLENCODED = "application/x-www-form-urlencoded"
PARTS = 100
EVENTS = [{"count": count} for count in range(PARTS)]
LINES = "".join(f"line {count:03d} of a stream\n" for count in range(PARTS))


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def events_of(body: bytes) -> list[object]:
    """The data of server-sent events, whatever else the server says beside it."""
    return [json.loads(line[5:]) for line in body.decode().splitlines() if line.startswith("data:")]


@dataclass(frozen=True)
class Workload:
    key: str
    title: str
    path: str
    expect: object
    body: str | None = None
    body_type: str = "application/json"
    read: Callable[[bytes], object] = json.loads  # what `expect` is compared with, out of the answer's body
    parts: int = 0  # events or chunks in one answer
    connections: int = 64
    beside: str | None = None  # a path that four more connections ask for meanwhile
    refuse: tuple[str, str | None] | None = None  # (path, body) a server that really checks answers with 4xx


SLOW = "/slow"
WORKLOADS = {
    w.key: w
    for w in (
        Workload("W1", "async handler, JSON", "/json", HELLO),
        Workload("W1s", "sync handler, JSON", "/json-sync", HELLO),
        Workload("W1i", "sync handler marked inline, JSON", "/json-inline", HELLO),
        Workload("W1a", "async handler that suspends once", "/json-await", HELLO),
        Workload(
            "W2",
            "typed path and query",
            "/items/42?q=hello&limit=25",
            {"id": 42, "q": "hello", "limit": 25},
            refuse=("/items/42?q=hello&limit=many", None),
        ),
        Workload(
            "W3",
            "1 KB nested body, validated and echoed",
            "/orders",
            ORDER,
            compact(ORDER),
            refuse=("/orders", compact({**ORDER, "shipping": {**ADDRESS, "country": "USA"}})),
        ),
        Workload("W8", "100 KB list, built on each request", "/big", BIG),
        Workload(
            "J5",
            "five fields as JSON",
            "/person",
            PERSON,
            compact(PERSON),
            refuse=("/person", compact({**PERSON, "age": 151})),
        ),
        Workload(
            "F5",
            "the same five as a form",
            "/form",
            PERSON,
            FORM,
            URLENCODED,
            refuse=("/form", FORM.replace("36", "151")),
        ),
        Workload("E", "server-sent events, async generator", "/events", EVENTS, read=events_of, parts=PARTS),
        Workload(
            "Ea",
            "server-sent events, async generator that suspends between them",
            "/events-await",
            EVENTS,
            read=events_of,
            parts=PARTS,
        ),
        Workload("Es", "server-sent events, sync generator", "/events-sync", EVENTS, read=events_of, parts=PARTS),
        Workload("S", "stream of lines, async generator", "/lines", LINES, read=bytes.decode, parts=PARTS),
        Workload("Ss", "stream of lines, sync generator", "/lines-sync", LINES, read=bytes.decode, parts=PARTS),
        Workload("HOL", "async route beside a blocking handler", "/json", HELLO, connections=16, beside=SLOW),
        Workload("HOLs", "sync route beside a blocking handler", "/json-sync", HELLO, connections=16, beside=SLOW),
    )
}


class WrongAnswer(Exception):
    pass


def ask(port: int, path: str, body: str | None = None, kind: str = "application/json") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"Content-Type": kind} if body else {}
        connection.request("POST" if body else "GET", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def check(port: int, workload: Workload, prefix: str = "") -> int:
    """The size of the body, once it is known to be the right one."""
    status, body = ask(port, prefix + workload.path, workload.body, workload.body_type)
    if status != 200 or workload.read(body) != workload.expect:
        raise WrongAnswer(f"{workload.path}: expected 200 and the body of {workload.key}, got {status} {body[:200]!r}")
    size = len(body)
    if workload.beside:
        check(port, replace(workload, path=workload.beside, beside=None), prefix)
    if workload.refuse:
        status, body = ask(port, prefix + workload.refuse[0], workload.refuse[1], workload.body_type)
        if not 400 <= status < 500:
            raise WrongAnswer(f"{workload.refuse[0]}: expected bad input to be refused, got {status} {body[:200]!r}")
    return size
