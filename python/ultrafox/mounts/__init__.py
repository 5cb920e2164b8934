"""Other applications below a prefix of an API: ASGI, a Django view tree, Django Ninja.

Each function here makes a handler `(request) -> response`, to be registered for all methods at a path and at
`path/{rest:path}`, outside the OpenAPI document. What stands behind `rest` is the application's.
"""

from __future__ import annotations

from ultrafox.mounts.asgi import mount_asgi
from ultrafox.mounts.tree import mount_django
from ultrafox.mounts.visitor import is_ninja, mount_ninja

__all__ = ["is_ninja", "mount_asgi", "mount_django", "mount_ninja"]
