"""A call has one form in two languages: Python fills its fields, Rust reads them, once, at start."""

from __future__ import annotations

import dataclasses
import re

from house.repository import ROOT, shipped
from ultrafox.dispatch import Call

READS = re.compile(r'(?:\battribute|\bcall\.getattr)\("(\w+)"\)')


def read_by_rust() -> set[str]:
    text = shipped((ROOT / "crates" / "python" / "src" / "call.rs").read_text(encoding="utf-8"))
    return set(READS.findall(text))


def test_rust_reads_every_field_and_no_other():
    assert read_by_rust() == {field.name for field in dataclasses.fields(Call)}
