"""The secret key of a demo: one per checkout, so none is ever published, and log-ins outlive a restart."""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def demo_secret(folder: Path) -> str:
    file = folder / "secret_key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(handle, "w") as opened:
        opened.write(get_random_secret_key())
    return file.read_text()
