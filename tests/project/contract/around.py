"""Middleware that leaves a stamp: how often it ran can be read from the reply."""

from __future__ import annotations

from ultrafox.middleware import Middleware


class Foreign:
    """A class of settings.MIDDLEWARE that nobody knows."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.seen_by = [*getattr(request, "seen_by", []), "foreign"]
        response = self.get_response(request)
        response["X-Foreign"] = ",".join([*filter(None, [response.get("X-Foreign")]), "1"])
        return response


class Own(Middleware):
    """A class for `middleware=[…]`."""

    def process_request(self, request):
        request.seen_by = [*getattr(request, "seen_by", []), "own"]

    def process_response(self, request, response):
        response["X-Own"] = "1"
        return response


def function(get_response):
    """A function for `middleware=[…]`."""

    def around(request):
        response = get_response(request)
        response["X-Function"] = request.method
        return response

    return around
