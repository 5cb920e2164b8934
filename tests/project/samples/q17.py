"""Q17: the OpenAPI document."""

from ultrafox import API
from ultrafox.openapi import OpenAPIConfig

api = API(
    openapi_config=OpenAPIConfig(
        title="My API",
        version="1.0.0",
    )
)


@api.get("/hello")
async def hello():
    return {"message": "Hello, World!"}
