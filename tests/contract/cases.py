"""The table: what is asked, and what status must come. What else comes must be the same through every door."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from contract.asking import Ask
from ultrafox.testing.multipart import encode

JSON = ("content-type", "application/json")
FORM = ("content-type", "application/x-www-form-urlencoded")
ITEM = b'{"name":"pen","price":"1.50","tags":["a","b"],"made":"2026-11-21"}'


def get(path: str, **headers: str) -> Ask:
    return Ask("GET", path, tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def post(path: str, body: bytes = b"", *headers: tuple[str, str], method: str = "POST") -> Ask:
    return Ask(method, path, headers, body)


def multipart(path: str, fields: list[tuple[str, str]], *files: tuple[str, tuple[object, ...]]) -> Ask:
    body, kind = encode(fields, files, "contract-boundary")
    return post(path, body, ("content-type", kind))


def _parameters() -> Iterator[tuple[int, Ask]]:
    yield 200, get("/in/path/3/red")
    yield 422, get("/in/path/x/green")
    yield 200, get("/in/path/-7/blue")
    yield 200, get("/in/rest/a/b/c.txt")
    yield 200, get("/in/rest/a%20b/%C3%BC")
    yield 200, get("/in/uuid/7b3c1c1e-6f0e-4f63-9a3d-0f1f4f0c6f11")
    yield 404, get("/in/uuid/no-uuid")
    yield 200, get("/in/text/a%2Fb")
    yield 200, get("/in/text/%C3%BC%20+%25")
    yield 200, get("/in/text/a;b=c,d")
    yield 200, get("/in/query?a=1")
    every = {
        "a": "-1", "b": "1e3", "c": "true", "d": "ä +&=", "f": "blue", "g": "y", "h": "2026-01-31",
        "i": "2026-01-31T10:00:00Z", "j": "1.10", "k": "PT1H", "m": "9", "n": "abc",
    }  # fmt: skip
    yield 200, get(f"/in/query?{urlencode(every)}&e=1&e=2")
    yield 422, get("/in/query")
    yield 422, get("/in/query?a=x&b=y&c=z&e=1&e=q&f=green&g=z&h=1&i=2&j=3x&k=4&m=10&n=A")
    yield 200, get("/in/query?a=1&unknown=2")
    yield 200, get("/in/query?a=1&d=")
    yield 422, get("/in/query?a=%FF")
    yield 200, get("/in/page?number=2&words=a&words=b")
    yield 422, get("/in/page?size=101")
    yield 200, get("/in/headers", x_token="t", cookie="session=s1; other=2", x_many="a, b")
    yield 422, get("/in/headers")
    yield 200, get("/in/constrained/11")
    yield 422, get("/in/constrained/10")


def _bodies() -> Iterator[tuple[int, Ask]]:
    yield 200, post("/in/item", ITEM, JSON)
    yield 200, post("/in/item", ITEM, ("content-type", "application/json; charset=utf-8"))
    yield 400, post("/in/item", b'{"name":', JSON)
    yield 422, post("/in/item", b'{"name":3,"price":"x"}', JSON)
    yield 400, post("/in/item", b"", JSON)
    yield 415, post("/in/item", ITEM, ("content-type", "text/plain"))
    yield 400, post("/in/item", b'{"name":"a","name":"b","price":"1"}', JSON)
    yield 400, post("/in/item", b"[" * 1000 + b"]" * 1000, JSON)
    yield 400, post("/in/item", b'{"name":"\xff","price":"1"}', JSON)
    yield 200, post("/in/item?id=4", ITEM, JSON, method="PUT")
    yield 422, post("/in/item?id=x", ITEM, JSON, method="PUT")
    yield 200, post("/in/two", b'{"item":' + ITEM + b',"color":"red"}', JSON)
    yield 422, post("/in/two", b'{"item":' + ITEM + b',"color":"green"}', JSON)
    yield 200, post("/in/maybe", ITEM, JSON)
    yield 200, post("/in/maybe")
    yield 200, post("/in/form", b"name=Ada&age=36&tags=a&tags=b", FORM)
    yield 200, post("/in/form", b"name=%C3%A4+b", FORM)
    yield 422, post("/in/form", b"age=-1", FORM)
    yield 200, multipart("/in/form", [("name", "Ada"), ("tags", "a"), ("tags", "b")])
    yield 200, multipart("/in/upload", [("title", "T")], ("file", ("n.txt", b"hello", "text/plain")))
    yield 200, multipart("/in/upload", [], ("file", ("../../etc/pass wd", b"\x00" * 70_000, None)))
    yield 422, multipart("/in/upload", [("title", "T")])
    yield 200, multipart("/in/uploads", [], ("files", ("a", b"1")), ("files", ("b", b"2")))
    yield 400, post("/in/upload", b"--wrong", ("content-type", "multipart/form-data; boundary=x"))
    yield 200, post("/in/raw", b"a=1&b=2", FORM)
    yield 200, post("/in/raw", "ä".encode(), ("content-type", "text/plain"))
    yield 200, post("/in/raw")
    yield 200, post("/in/limited", b"0123456789", ("content-type", "text/plain"))
    yield 413, post("/in/limited", b"01234567890", ("content-type", "text/plain"))
    yield 413, post("/in/raw", b"x" * 3_000_000, ("content-type", "text/plain"))
    yield 200, get("/in/request?a=1&a=2&b=", user_agent="me", x_custom="c", cookie="k=v")


def _outputs() -> Iterator[tuple[int, Ask]]:
    for path, status in (
        ("nothing", 204), ("text", 200), ("bytes", 200), ("list", 200), ("statuses/200", 200), ("statuses/404", 404),
        ("statuses/202", 202), ("statuses/418", 500), ("html", 200), ("plain", 202), ("json", 203), ("cookies", 200),
        ("django", 207), ("redirect/307", 307), ("redirect/303", 303), ("file", 200), ("big", 200), ("stream", 200),
        ("stream/async", 206), ("stream/django", 200), ("events", 200), ("unencodable", 500), ("wrong", 500),
    ):  # fmt: skip
        yield status, get(f"/out/{path}")
    yield 201, post("/out/created")
    for name, status in (
        ("not_found", 404), ("conflict", 409), ("http", 418), ("later", 429), ("http404", 404), ("denied", 403),
        ("suspicious", 400), ("invalid", 422), ("unknown", 500),
    ):  # fmt: skip
        yield status, get(f"/out/error/{name}")
        yield status, get(f"/out/error/async/{name}")
    yield 200, get("/out/big", accept_encoding="gzip")
    yield 200, get("/out/big", accept_encoding="br")
    yield 200, get("/out/big", accept_encoding="zstd, gzip;q=0.5")
    yield 200, get("/out/big", accept_encoding="identity")
    yield 200, get("/out/big/plain", accept_encoding="gzip")
    yield 200, get("/out/stream/big", accept_encoding="gzip")
    yield 200, get("/out/list", accept="application/msgpack")
    yield 406, get("/out/list", accept="text/csv")
    yield 200, get("/out/list", accept="text/html, application/json;q=0.5")


def _surroundings() -> Iterator[tuple[int, Ask]]:
    for path in (
        "depends", "depends/async", "context", "layered", "layered/async", "skipped", "database",
        "database/async", "slash/", "no-slash",
    ):  # fmt: skip
        yield 200, get(f"/around/{path}")
    yield 200, get("/around/depends", x_number="4")
    yield 422, get("/around/depends", x_number="x")
    yield 200, post("/around/methods", method="PATCH")
    yield 200, post("/around/methods", method="DELETE")
    yield 204, Ask("HEAD", "/around/own-head")


def _routing() -> Iterator[tuple[int, Ask]]:
    yield 404, get("/nothing/here")
    yield 404, get("/")
    yield 405, post("/out/text")
    yield 405, get("/around/methods")
    yield 200, Ask("HEAD", "/out/text")
    yield 200, Ask("HEAD", "/out/big")
    yield 200, Ask("HEAD", "/out/stream")
    yield 404, Ask("HEAD", "/nothing/here")
    yield 204, Ask("OPTIONS", "/out/text")
    yield 204, Ask("OPTIONS", "/around/methods")
    yield 404, Ask("OPTIONS", "/nothing/here")
    yield 308, get("/around/slash")
    yield 308, get("/around/no-slash/")
    yield 308, get("/around/slash?a=1")
    yield 400, get("/out/text", host="elsewhere.example")
    yield 200, get("/openapi.json")
    yield 200, get("/docs")


TABLE: list[tuple[int, Ask]] = [
    *_parameters(), *_bodies(), *_outputs(), *_surroundings(), *_routing(),
]  # fmt: skip

REFUSED = frozenset(
    one
    for group in (_parameters, _bodies, _surroundings, _routing)
    for status, one in group()
    if 300 <= status < 500 or one.method == "OPTIONS"
) | {get("/out/list", accept="text/csv")}
"""What the engine answers by itself, before anything of the project runs."""

UNKNOWN = frozenset(one for status, one in (*_parameters(), *_routing()) if status == 404)
"""Paths that no operation has."""

MISTAKES = frozenset({get("/out/statuses/418"), get("/out/wrong")})
"""Replies that their operation's schemas do not fit."""

SLASHED = frozenset({get("/in/text/a%2Fb")})
"""Paths with a slash that is no border."""


LATIN = frozenset({get("/in/rest/a%20b/%C3%BC"), get("/in/text/%C3%BC%20+%25")})
"""Paths that are not ASCII."""


def name_of(one: Ask) -> str:
    """A case in a line."""
    said = ", ".join(f"{name}={value}" for name, value in one.headers if name != "content-type")
    return f"{one.method} {one.path[:60]} {said} {one.body[:24]!r}".strip()
