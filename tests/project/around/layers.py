"""Middleware of every sort: each leaves its name in X-Order on the way out, the innermost first."""

from __future__ import annotations

import asyncio

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpResponse
from django.utils.deprecation import MiddlewareMixin

from ultrafox import Middleware


def stamp(response, name):
    before = response.headers.get("X-Order")
    response.headers["X-Order"] = f"{before},{name}" if before else name
    return response


def function(request, call_next):
    return stamp(call_next(request), "function")


async def function_async(request, call_next):
    await asyncio.sleep(0)
    return stamp(await call_next(request), "function_async")


def factory(get_response):
    def around(request):
        return stamp(get_response(request), "factory")

    return around


class Plain:
    def __init__(self, get_response, word="Plain"):
        self.get_response = get_response
        self.word = word

    def __call__(self, request):
        return stamp(self.get_response(request), self.word)


class Own(Middleware):
    def process_request(self, request):
        if request.GET.get("stop") == "own":
            return HttpResponse("stopped", status=418)
        return None

    def process_response(self, request, response):
        return stamp(response, "Own")


class OwnAsync(Middleware):
    async def process_response(self, request, response):
        await asyncio.sleep(0)
        return stamp(response, "OwnAsync")


class Old(MiddlewareMixin):
    def process_request(self, request):
        request.old = "seen"

    def process_response(self, request, response):
        return stamp(response, "Old")


class Both:
    """As Django documents one that serves both ways."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        if iscoroutinefunction(self):
            return self._awaited(request)
        return stamp(self.get_response(request), "Both")

    async def _awaited(self, request):
        return stamp(await self.get_response(request), "Both")


class Hooks:
    """All that Django calls."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.hooks = []
        response = self.get_response(request)
        response.headers["X-Hooks"] = ",".join(request.hooks)
        return response

    def process_view(self, request, view, args, kwargs):
        request.hooks.append(f"view {view.__name__} {sorted(kwargs)}")
        if request.GET.get("stop") == "view":
            return HttpResponse("by process_view", status=418)
        return None

    def process_exception(self, request, exception):
        request.hooks.append(f"exception {type(exception).__name__}")
        if isinstance(exception, LookupError):
            return HttpResponse("by process_exception", status=419)
        return None

    def process_template_response(self, request, response):
        request.hooks.append("template")
        response.context_data = {"title": "changed"}
        return response


class Failing:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        raise RuntimeError("a middleware fails on purpose")


class Nothing:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        self.get_response(request)


class Foreign:
    """For settings.MIDDLEWARE."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.foreign = getattr(request, "foreign", 0) + 1
        response = self.get_response(request)
        response.headers["X-Foreign"] = str(int(response.headers.get("X-Foreign", "0")) + 1)
        return response


class Unwelcome(Foreign):
    """One that the settings skip."""

    def __call__(self, request):
        return stamp(self.get_response(request), "Unwelcome")
