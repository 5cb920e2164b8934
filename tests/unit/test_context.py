"""`ctx`, as a mapping and as attributes."""

from __future__ import annotations

import pytest

from stepping import KINDS, as_kind, serve
from ultrafox import Depends
from ultrafox.context import Context


@KINDS
def test_what_is_always_there(kind):
    def handler(ctx: Context):
        return {**ctx, "same": [ctx.ip == ctx["ip"], ctx.trace_id == ctx["trace_id"]]}

    reply = serve(as_kind(kind, handler)).get("/")
    said = reply.json()
    assert said.pop("trace_id") == reply.headers["x-trace-id"]
    assert said == {"user": None, "ip": "127.0.0.1", "services": {}, "principal": None, "same": [True, True]}


@KINDS
def test_one_for_all_of_a_request(kind):
    def adding(ctx):
        ctx.tenant = "acme"
        ctx["count"] = ctx.get("count", 0) + 1

    def handler(ctx, added=Depends(adding)):
        return [ctx["tenant"], ctx.count, "tenant" in ctx, len(ctx), list(ctx)[-1]]

    client = serve(as_kind(kind, handler))
    for _ in range(2):
        assert client.get("/").json() == ["acme", 1, True, 7, "count"]


def test_what_is_not_there():
    def handler(ctx):
        assert ctx.get("nothing") is None
        with pytest.raises(KeyError):
            ctx["nothing"]
        with pytest.raises(AttributeError, match=r"expected one of user, ip, .* of the context, given 'nothing'"):
            ctx.nothing  # noqa: B018
        del ctx["user"]
        return repr(ctx)

    assert serve(handler, raises=True).get("/").json() == "<Context: ip, trace_id, services, principal>"
