"""Representations by Accept and by Content-Type."""

from __future__ import annotations

import csv
import datetime
import io
import uuid

import msgspec

from ultrafox import JSONParser, JSONRenderer, MsgpackParser, MsgpackRenderer, Parser, Renderer, Router

router = Router(renderers=[JSONRenderer, MsgpackRenderer], parsers=[JSONParser, MsgpackParser])
plain = Router()


class Row(msgspec.Struct):
    id: int
    name: str
    made: datetime.date = datetime.date(2026, 11, 21)


class CSV(Renderer):
    media_type = "text/csv"

    def render(self, data, *, request, status):
        out = io.StringIO()
        writer = csv.DictWriter(out, fieldnames=list(data[0]))
        writer.writeheader()
        writer.writerows(data)
        return out.getvalue()


class Lines(Parser):
    media_type = "text/x-lines"

    def parse(self, body, *, content_type):
        if not body:
            raise ValueError("no lines")
        return dict(line.split("=", 1) for line in body.decode().splitlines())


class Broken(Renderer):
    media_type = "text/x-broken"

    def render(self, data, *, request, status):
        raise RuntimeError("a renderer fails on purpose")


@router.get("/rows", response=list[Row])
async def rows():
    return [Row(1, "a"), Row(2, "ä")]


@router.get("/sync/rows", response=list[Row])
def rows_sync():
    return [Row(1, "a"), Row(2, "ä")]


@router.get("/csv", response=list[Row], renderers=[JSONRenderer, CSV])
async def as_csv():
    return [Row(1, "a"), Row(2, "ä")]


@router.get("/sync/csv", response=list[Row], renderers=[CSV])
def csv_only():
    return [Row(1, "a")]


@router.get("/broken", renderers=[JSONRenderer, Broken])
async def broken():
    return 1


@router.post("/row", response=Row)
async def row(row: Row):
    return row


@router.post("/sync/row", response=Row)
def row_sync(row: Row):
    return row


class Named(msgspec.Struct):
    a: int
    b: str


@router.post("/lines", parsers=[JSONParser(), Lines()])
async def lines(named: Named):
    return {"a": named.a, "b": named.b}


@router.post("/sync/lines", parsers=[Lines])
def lines_sync(named: Named):
    return {"a": named.a, "b": named.b}


@router.get("/uuid")
async def odd_values():
    return {"id": uuid.UUID(int=1), "when": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), "none": None}


@plain.get("/plain")
async def without():
    return {"a": 1}
