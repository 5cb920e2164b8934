"""A middleware class that Ultrafox does not know."""

from __future__ import annotations


class ThirdParty:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["X-Third-Party"] = "was here"
        return response
