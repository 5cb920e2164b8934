import payload
from django.http import HttpRequest, JsonResponse


async def hello(request: HttpRequest) -> JsonResponse:
    return JsonResponse(payload.hello())


def hello_sync(request: HttpRequest) -> JsonResponse:
    return JsonResponse(payload.hello())
