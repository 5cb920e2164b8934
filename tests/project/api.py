"""Found beside ROOT_URLCONF. One router per test module."""

from __future__ import annotations

import os

from project.handlers import (
    attacks,
    attacks_answers,
    body,
    bridge,
    cancellation,
    compression,
    depends,
    forms,
    lease,
    negotiation,
    openapi,
    params,
    pool,
    problems,
    reply,
    reply_models,
    request,
    responses,
    routing,
    server,
    streams,
    uploads,
    watchdog,
)
from ultrafox import API

api = API(title="The tests' API", version="1.2.3", prefix="/api")


@api.get("/ping", inline=True)
def ping(request):
    return {"pong": os.getpid()}


api.add_router("/routing", routing.router)
api.add_router("/params", params.router)
api.add_router("/body", body.router)
api.add_router("/reply", reply.router)
api.add_router("/models", reply_models.router)
api.add_router("/problems", problems.router)
api.add_router("/request", request.router)
api.add_router("/bridge", bridge.router)
api.add_router("/openapi", openapi.router)
api.add_router("/pool", pool.router)
api.add_router("/lease", lease.router)
api.add_router("/cancellation", cancellation.router)
api.add_router("/watchdog", watchdog.router)
api.add_router("/attacks/answers", attacks_answers.router)
api.add_router("/attacks", attacks.router)
api.add_router("/forms", forms.router)
api.add_router("/uploads", uploads.router)
api.add_router("/streams", streams.router)
api.add_router("/responses", responses.router)
api.add_router("/depends", depends.router)
api.add_router("/negotiation", negotiation.router)
api.add_router("/negotiation", negotiation.plain)
api.add_router("/compression", compression.router)
api.include_router(server.router, prefix="/server")
