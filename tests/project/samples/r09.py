"""R6 to R9 as far as middleware: one for the whole API, one for a route, one skipped by its name."""

from ultrafox import API, middleware, skip_middleware


class Cors:
    name = "cors"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers["Access-Control-Allow-Origin"] = "http://localhost:3000"
        return response


def limited(get_response):
    def around(request):
        response = get_response(request)
        response.headers["X-Limited"] = "yes"
        return response

    return around


# Global middleware
api = API(middleware=[Cors])


# Per-route middleware
@api.get("/limited")
@middleware(limited)
async def limited_endpoint():
    return {"message": "Rate limited to 10 req/s"}


@api.get("/public")
async def public_endpoint():
    return {"message": "Public endpoint with CORS"}


# Skip global middleware
@api.get("/no-cors")
@skip_middleware("cors")
async def no_cors():
    return {"message": "CORS disabled for this route"}


@api.get("/sync/no-cors")
@skip_middleware(Cors)
def no_cors_sync():
    return {"message": "CORS disabled for this route"}
