"""`multipart/form-data` (RFC 7578), as a browser sends it."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any, TypeAlias, cast
from urllib.parse import quote

__all__ = ["Files", "encode"]

File: TypeAlias = Any
"""Bytes, text, an open file, or `(name, content)`, `(name, content, type)`, `(name, content, type, headers)`."""
Files: TypeAlias = Mapping[str, File | list[File]] | Iterable[tuple[str, File]]


def encode(fields: Iterable[tuple[str, str]], files: Files, boundary: str | None = None) -> tuple[bytes, str]:
    """Body and content type. Open files are read to their end."""
    boundary = boundary or os.urandom(16).hex()
    body: list[bytes] = []
    for name, value in fields:
        body += _part(boundary, f'form-data; name="{_escaped(name)}"', [], value.encode())
    for name, file in _listed(files):
        filename, content, kind, headers = _file(name, file)
        disposition = f'form-data; name="{_escaped(name)}"'
        if filename is not None:
            disposition += f'; filename="{_escaped(filename)}"'
        body += _part(boundary, disposition, [("Content-Type", kind), *headers] if kind else headers, content)
    body.append(f"--{boundary}--\r\n".encode())
    return b"".join(body), f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, disposition: str, headers: Iterable[tuple[str, str]], content: bytes) -> list[bytes]:
    lines = [f"--{boundary}", f"Content-Disposition: {disposition}", *(f"{name}: {value}" for name, value in headers)]
    return ["\r\n".join([*lines, "", ""]).encode(), content, b"\r\n"]


def _listed(files: Files) -> list[tuple[str, File]]:
    pairs: Iterable[tuple[str, Any]] = cast("Any", files).items() if isinstance(files, Mapping) else files
    return [(name, one) for name, file in pairs for one in (file if isinstance(file, list) else [file])]


def _file(field: str, file: File) -> tuple[str | None, bytes, str | None, list[tuple[str, str]]]:
    """Name, content, type and further header fields of a file."""
    name: str | None
    kind: str | None = None
    headers: Any = None
    if isinstance(file, tuple):
        if not 2 <= len(file) <= 4:
            expected = "(name, content), (name, content, type) or (name, content, type, headers)"
            raise TypeError(f"files: expected {expected} for {field!r}, given {len(file)} parts.")
        name, content, kind, headers = (*file, None, None)[:4]
    else:
        content = file
        named = getattr(file, "name", None)
        name = PurePath(named).name if isinstance(named, str) else "upload"
    if kind is None and name is not None:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    pairs = headers.items() if isinstance(headers, Mapping) else headers or ()
    return name, _content(field, content), kind, list(pairs)


def _content(field: str, content: Any) -> bytes:
    if hasattr(content, "read"):
        content = content.read()
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    raise TypeError(f"files: expected bytes, text or an open file for {field!r}, given a {type(content).__name__}.")


def _escaped(name: str) -> str:
    """A name in quotation marks, as browsers write it (WHATWG, form data)."""
    return quote(name, safe="".join(map(chr, [*range(32, 34), *range(35, 127)]))) if _odd(name) else name


def _odd(name: str) -> bool:
    return any(character in name for character in '"\r\n')
