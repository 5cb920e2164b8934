from __future__ import annotations

import uuid

from ultrafox import Router

router = Router()


@router.get("/static")
async def static(request):
    return "static"


@router.get("/items/special")
async def special(request):
    return "special"


@router.get("/items/{id}")
async def item(request, id: int):
    return {"id": id}


@router.get("/items/{id}/parts/{part}")
async def part(request, id: int, part: str):
    return {"id": id, "part": part}


@router.get("/echo/{text}")
async def echo(request, text: str):
    return {"text": text, "path": request.path}


@router.get("/files/{rest:path}")
async def files(request, rest: str):
    return {"rest": rest}


@router.get("/int/{int:number}")
async def convert_int(request, number: int):
    return {"number": number}


@router.get("/slug/{slug:name}")
async def convert_slug(request, name: str):
    return {"name": name}


@router.get("/uuid/{uuid:key}")
async def convert_uuid(request, key: uuid.UUID):
    return {"key": str(key), "type": type(key).__name__}


@router.get("/str/{str:name}")
async def convert_str(request, name: str):
    return {"name": name}


@router.get("/tree/{path:rest}")
async def convert_path(request, rest: str):
    return {"rest": rest}


@router.get("/both")
async def both_get(request):
    return "get"


@router.post("/both")
async def both_post(request):
    return "post"


@router.put("/verbs")
async def verb_put(request):
    return "put"


@router.patch("/verbs")
async def verb_patch(request):
    return "patch"


@router.delete("/verbs")
async def verb_delete(request):
    return "delete"


@router.query("/verbs")
async def verb_query(request):
    return "query"


@router.get("/own")
async def own_get(request):
    return "own"


@router.head("/own")
async def own_head(request):
    return "head"


@router.options("/own")
async def own_options(request):
    return {"mine": True}


@router.api_operation(["GET", "POST"], "/several")
async def several(request):
    return request.method


@router.get("/slashed/")
async def slashed(request):
    return "slashed"


deep = Router()


@deep.get("/{leaf}")
async def deep_leaf(request, branch: str, leaf: str):
    return [branch, leaf]


router.add_router("/deep/{branch}", deep)
router.include_router(deep, prefix="/again/{branch}")
