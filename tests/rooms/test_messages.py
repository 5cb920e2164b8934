"""What a declaration that cannot be served says: file and line, expected, given, and the nearest right name."""

from __future__ import annotations

import os
import runpy

import django
import pytest

import serving

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

HEAD = """\
from __future__ import annotations
import msgspec
from typing import *
from ultrafox import *
from ultrafox import params
api = API()
class Item(msgspec.Struct):
    name: str
"""
LINE = HEAD.count("\n") + 1
# What is written, the line that is named (None: the traceback has it), and words of the message.
CASES = {
    "keyword": ('@api.get("/a", respons=int)\ndef handler(): ...', 0, ["given `respons`", "Did you mean `response`?"]),
    "keyword of a later version": ('@api.get("/a", rate_limit="5/m")\ndef handler(): ...', 0, ["not served by this"]),
    "keyword of API": ('API(titel="x")', None, ["given `titel`", "Did you mean `title`?"]),
    "keyword of Router": ("Router(midleware=[])", None, ["given `midleware`", "Did you mean `middleware`?"]),
    "errors": ('API(errors="bost")', None, ["problem, boost, ninja", "'bost'", "Did you mean `boost`?"]),
    "type": ('@api.get("/a")\ndef handler(x: complex): ...', 0, ["`x`", "expected str, int", "given complex"]),
    "unknown name": ('@api.get("/a")\ndef handler(x: Itm): ...', 0, ["given `Itm`", "Did you mean `Item`?"]),
    "dict of the query": ('@api.get("/a")\ndef handler(x: dict = params.Query()): ...', 0, ["`x`", "given dict"]),
    "generator": ('@api.get("/a")\ndef handler():\n    yield 1', 0, ["given a generator", "StreamingResponse"]),
    "async generator": ('@api.get("/a")\nasync def handler():\n    yield 1', 0, ["given a generator"]),
    "path": ('@api.get("/a/{item_id}")\ndef handler(itemid: int): ...', 0, ["`item_id`", "Did you mean `itemid`?"]),
    "path marked otherwise": (
        '@api.get("/a/{x}")\ndef handler(x: int = params.Query()): ...',
        0,
        ["`x`", "a marker of another place"],
    ),
    "body of GET": ('@api.get("/a")\ndef handler(item: Item): ...', 0, ["`item`", "GET", "given Item"]),
    "form and body": ('@api.post("/a")\ndef handler(i: Item, n: str = params.Form()): ...', 0, ["form", "given both"]),
    "constraint": ('@api.get("/a")\ndef handler(x: str = params.Query(gt=3)): ...', 0, ["`gt`", "given str"]),
    "reply": ('@api.get("/a", response=5)\ndef handler(): ...', 0, ["expected a type", "given 5"]),
    "replies": ('@api.get("/a", response={"200": Item})\ndef handler(): ...', 0, ["statuses", "given '200'"]),
    "status": ('@api.get("/a", status_code=99)\ndef handler(): ...', 0, ["200 to 599", "given 99"]),
    "brace": ('@api.get("/a/{x")\ndef handler(x): ...', None, ["`{name}`", "/a/{x"]),
    "converter": ('@api.get("/a/{inf:x}")\ndef handler(x: int): ...', None, ["given `inf:x`", "Did you mean `int`?"]),
    "no function": ('api.get("/a")(5)', None, ["expected a function", "given 5"]),
    "dependency": (
        '@api.get("/a")\ndef handler(x=Depends(5)): ...',
        None,
        ["a function or a class", "given 5"],
    ),
    "*args": ('@api.get("/a")\ndef handler(*args): ...', 0, ["`args`", "given `*args`"]),
    "middleware": ('@api.get("/a", middleware=["no.such.Thing"])\ndef handler(): ...', 0, ["given 'no.such.Thing'"]),
    "renderer": ('@api.get("/a", renderers=[dict])\ndef handler(): ...', 0, ["expected a Renderer", "dict"]),
    "mount": ('api.add_router("/a", "project.nowhere.router")', None, ["'project.nowhere.router'", "/a"]),
    "router in itself": ('r = Router()\nr.add_router("/x", r)', None, ["tree of routers", "/x"]),
    "inline": ('@api.get("/a", inline=True)\nasync def handler(): ...', 0, ["`inline=True`", "given an `async def`"]),
    "exception handler": ("@api.exception_handler(ValueError)\ndef handler(): ...", 0, ["(request, exc)", "given ()"]),
    "method": ('@api.api_operation(["GTE"], "/a")\ndef handler(): ...', None, ["given GTE", "Did you mean `GET`?"]),
    "lifespan": ("API(lifespan=5)", None, ["async generator", "given 5"]),
    "duplicate": (
        '@api.get("/a/{x}")\ndef first(x: int): ...\n@api.get("/a/{y}")\ndef second(y: int): ...',
        2,
        ["shop.second (GET /a/{y})", "given `shop.first` too", f"shop.py:{LINE}: handler `first`"],
    ),
}


@pytest.fixture
def written(tmp_path):
    django.setup()

    def write(code):
        path = tmp_path / "shop.py"
        path.write_text(HEAD + code + "\n")
        return path

    return write


@pytest.mark.parametrize("name", CASES)
def test_says(written, name):
    from ultrafox.testing import TestClient

    code, line, words = CASES[name]
    path = written(code)
    with pytest.raises((TypeError, ValueError)) as caught:
        TestClient(runpy.run_path(str(path), run_name="shop")["api"]).get("/nowhere")
    said = str(caught.value)
    for word in words:
        assert word in said, said
    if line is not None:
        assert f"{path}:{LINE + line}: handler `" in said
    else:
        assert any(str(entry.path) == str(path) for entry in caught.traceback)


@pytest.mark.parametrize("name", ["keyword", "keyword of API", "converter", "duplicate", "generator"])
def test_when_the_server_starts(written, refused, name):
    """There is no traceback to read: file and line are always in the message."""
    code, _, words = CASES[name]
    path = written(code)
    places = {"PYTHONPATH": os.pathsep.join([str(serving.TESTS), str(path.parent)])}
    said = refused(settings={"ULTRAFOX": {"API": "shop.api"}}, environment=places)
    assert f"{path}:" in said
    assert "Traceback" not in said
    assert words[0] in said
