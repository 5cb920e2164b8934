from __future__ import annotations

from ultrafox import Request, Router

router = Router()


def described(request):
    return {
        "method": request.method,
        "path": request.path,
        "query_string": request.query_string,
        "scheme": request.scheme,
        "secure": request.is_secure(),
        "trace_id": request.trace_id,
        "peer": request.peer,
        "content_type": request.content_type,
        "body": request.body.decode("latin-1"),
        "get": {key: request.GET.getlist(key) for key in request.GET},
        "cookies": request.COOKIES,
        "headers": {name: request.headers[name] for name in request.headers},
        "word": [
            request.headers.get("X-Word"),
            request.headers.get("x-word"),
            request.headers.get("absent", "default"),
        ],
        "meta": {
            name: request.META.get(name)
            for name in (
                "REQUEST_METHOD",
                "QUERY_STRING",
                "PATH_INFO",
                "REMOTE_ADDR",
                "HTTP_X_WORD",
                "HTTP_HOST",
                "CONTENT_TYPE",
                "CONTENT_LENGTH",
                "SERVER_NAME",
            )
        },
        "host": request.get_host(),
        "full_path": request.get_full_path(),
        "absolute": request.build_absolute_uri(),
        "absolute_of": request.build_absolute_uri("/other?x=1"),
        "absolute_foreign": request.build_absolute_uri("https://elsewhere.example.org/x"),
    }


@router.api_operation(["GET", "POST"], "/describe/{text}")
async def describe(request, text: str):
    return described(request)


@router.api_operation(["GET", "POST"], "/describe-sync/{text}")
def describe_sync(request, text: str):
    return described(request)


@router.get("/by-annotation")
async def by_annotation(q: str, asked: Request):
    return {"q": q, "path": asked.path}


@router.get("/state")
async def state(request):
    before = dict(request.state)
    request.state["seen"] = True
    return {
        "before": before,
        "after": request.state["seen"],
        "get": request.get("seen"),
        "absent": request.get("no", 5),
    }


@router.get("/headers-missing")
async def headers_missing(request):
    try:
        request.headers["X-Absent"]
    except KeyError:
        return "KeyError"
    return "nothing raised"


@router.get("/frozen")
async def frozen(request):
    try:
        request.method = "POST"
    except (AttributeError, TypeError):
        return "frozen"
    return "changed"


kept = []


@router.get("/keep")
async def keep(request):
    """A request that outlives its reply stays readable."""
    kept.append(request)
    return len(kept)


@router.get("/kept")
async def read_kept(request):
    return [[one.path, one.headers.get("X-Word"), one.GET.get("q")] for one in kept]
