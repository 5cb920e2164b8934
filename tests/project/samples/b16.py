"""B16: errors in one envelope."""

from django.http import Http404

from ultrafox import API, HttpError, register_exception_handlers

api = API(prefix="/shop", errors="boost")
register_exception_handlers(api)


@api.get("/http-error")
def http_error():
    raise HttpError(404, "Not found.")


@api.get("/async/http-error")
async def http_error_async():
    raise HttpError(404, "Not found.")


@api.get("/http404")
def http404():
    raise Http404("no such book")


@api.get("/async/http404")
async def http404_async():
    raise Http404("no such book")


@api.get("/number/{number}")
def number(number: int):
    return {"number": number}


@api.get("/async/number/{number}")
async def number_async(number: int):
    return {"number": number}


@api.get("/fails")
def fails():
    raise RuntimeError("secret-of-the-inside")


@api.get("/async/fails")
async def fails_async():
    raise RuntimeError("secret-of-the-inside")
