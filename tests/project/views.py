"""Plain Django views: what no API claims is theirs."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.csrf import csrf_exempt

from project import gates
from project.library.models import Book


def hello(request: HttpRequest) -> HttpResponse:
    reply = HttpResponse(f"hello, {request.GET.get('name', 'nobody')}; {Book.objects.count()} books")
    reply.set_cookie("first", "1")
    reply.set_cookie("second", "2")
    return reply


async def hello_async(request: HttpRequest) -> HttpResponse:
    await asyncio.sleep(0)
    return HttpResponse(f"async, {await Book.objects.acount()} books")


def stream(request: HttpRequest) -> StreamingHttpResponse:
    """The second part comes only when the client, having read the first, opens the gate."""

    def parts() -> Iterator[bytes]:
        yield b"first;"
        gates.gate("stream").wait(10)
        yield b"second"

    return StreamingHttpResponse(parts(), content_type="text/plain")


async def stream_async(request: HttpRequest) -> StreamingHttpResponse:
    async def parts() -> AsyncIterator[bytes]:
        for number in range(3):
            await asyncio.sleep(0)
            yield b"%d;" % number

    return StreamingHttpResponse(parts(), content_type="text/plain")


async def stream_held(request: HttpRequest) -> StreamingHttpResponse:
    """As `stream`, from an async view."""

    async def parts() -> AsyncIterator[bytes]:
        yield b"first;"
        try:
            await asyncio.wait_for(gates.async_gate("held").wait(), 2)
            yield b"second"
        except TimeoutError:
            yield b"nobody had the first part"

    return StreamingHttpResponse(parts(), content_type="text/plain")


def stream_endless(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """Tells how far it came, and when it was closed."""

    def parts() -> Iterator[bytes]:
        try:
            for number in range(100_000):
                gates.told[name] = [str(number)]
                yield b"x" * 65536
        finally:
            gates.told[name].append("closed")

    return StreamingHttpResponse(parts(), content_type="text/plain")


def stream_broken(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        yield b"first;"
        raise RuntimeError("a stream broke on purpose")

    return StreamingHttpResponse(parts(), content_type="text/plain")


def odd_headers(request: HttpRequest) -> HttpResponse:
    """What belongs to the connection is not for a view to say."""
    reply = HttpResponse("body")
    reply["Connection"] = "upgrade"
    reply["Transfer-Encoding"] = "gzip"
    reply["Keep-Alive"] = "timeout=1"
    reply["X-Trace-Id"] = "mine"
    reply["Content-Length"] = "4000"
    return reply


def bodiless(request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse("no client may take this for a reply", status=status)


def form(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse(f"posted {request.POST['word']}")
    return HttpResponse(get_token(request))


@csrf_exempt
def upload(request: HttpRequest) -> JsonResponse:
    body = request.body
    return JsonResponse({"length": len(body), "sha256": hashlib.sha256(body).hexdigest()})


@csrf_exempt
def file(request: HttpRequest) -> JsonResponse:
    return JsonResponse({name: file.size for name, file in request.FILES.items()})


@csrf_exempt
def echo(request: HttpRequest) -> JsonResponse:
    return JsonResponse(
        {
            "method": request.method,
            "path": request.path,
            "full_path": request.get_full_path(),
            "query": request.GET.dict(),
            "host": request.get_host(),
            "scheme": request.scheme,
            "remote": request.META.get("REMOTE_ADDR"),
            "x_word": request.headers.get("X-Word"),
            "content_type": request.content_type,
            "body": request.body.decode(),
            "cookies": request.COOKIES,
        }
    )


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a Django view broke on purpose: canary-django-view")


def thread(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"main": threading.current_thread() is threading.main_thread()})
