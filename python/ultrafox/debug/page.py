"""The page about an error: one HTML document without scripts, images or anything from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from django.utils.html import escape

from ultrafox.debug.facts import Facts, Frame, Link

__all__ = ["POLICY", "render"]

_STYLE = """
:root { color-scheme: light dark; --soft: #8883; --mark: #f5a62344; --red: #c0392b; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; color: var(--red); } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .3rem; } p { margin: .3rem 0; }
pre, code, td, summary { font-family: ui-monospace, monospace; font-size: 13px; }
pre { background: var(--soft); border-radius: 6px; margin: .4rem 0; overflow: auto; padding: .6rem; }
pre.wrap, td { overflow-wrap: anywhere; white-space: pre-wrap; }
pre.copy { user-select: all; -webkit-user-select: all; }
details { border-left: 3px solid var(--soft); margin: .3rem 0; padding-left: .7rem; }
summary { cursor: pointer; overflow-wrap: anywhere; }
.here { background: var(--mark); display: inline-block; min-width: 100%; }
table { border-collapse: collapse; width: 100%; }
td { border-top: 1px solid var(--soft); padding: .2rem .6rem; vertical-align: top; }
td:first-child { width: 14rem; } .quiet { opacity: .7; }
"""
POLICY = (
    "default-src 'none'; style-src 'sha256-"
    + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy under which the page works."""


def render(facts: Facts) -> str:
    """The page. Every text of the facts is escaped here."""
    first = facts.chain[0]
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">',
        f"<title>{escape(first.kind)}</title><style>{_STYLE}</style></head><body>",
        f'<h1>{escape(first.kind)}</h1><pre class="wrap">{escape(first.message)}</pre>',
        f"<p>{escape(facts.method)} {escape(facts.url)}</p>",
        f'<p class="quiet">{escape(facts.handler)}</p>',
        f'<p class="quiet">Trace {escape(facts.trace_id)}</p>' if facts.trace_id else "",
        "<h2>Traceback</h2>",
        *(_link(link) for link in facts.chain),
        "<h2>Handler</h2>",
        _table(facts.parameters),
        *_request(facts),
        "<h2>SQL</h2>",
        _table((f"{query.alias}, {query.time} s", query.sql) for query in facts.queries),
        '<p class="quiet">This page is shown because settings.DEBUG is on.</p></body></html>',
    ]
    return "\n".join(part for part in parts if part)


def _request(facts: Facts) -> Iterable[str]:
    asked = facts.asked
    if asked is None:
        return
    yield "<h2>Request</h2>"
    yield _table(asked.headers)
    if asked.body:
        yield f'<pre class="wrap">{escape(asked.body)}</pre>'
    yield "<h3>The same again</h3>"
    yield f'<pre class="wrap copy">{escape(asked.curl)}</pre>'


def _link(link: Link) -> str:
    head = f"<h3>{escape(link.kind)}: {escape(link.message)} ({escape(link.how)})</h3>" if link.how else ""
    left_out = f'<p class="quiet">{link.omitted} calls left out</p>' if link.omitted else ""
    last = len(link.frames) - 1
    return head + left_out + "".join(_frame(frame, place == last) for place, frame in enumerate(link.frames))


def _frame(frame: Frame, is_open: bool) -> str:
    lines = "\n".join(
        f'<span class="here">{number:>5}  {escape(text)}</span>'
        if number == frame.line
        else f"{number:>5}  {escape(text)}"
        for number, text in frame.source
    )
    place = f"{escape(frame.file)}:{frame.line} in {escape(frame.name)}"
    return (
        f"<details{' open' if is_open else ''}><summary>{place}</summary>"
        + (f"<pre>{lines}</pre>" if lines else "")
        + (_table(frame.values) if frame.values else "")
        + "</details>"
    )


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(text)}</td></tr>" for name, text in rows)
    return f"<table>{cells}</table>" if cells else '<p class="quiet">None.</p>'
