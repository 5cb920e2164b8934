"""What is said when a handler blocks the event loop."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import traceback
from types import FrameType

logger = logging.getLogger("ultrafox.watchdog")

_SERVE = os.path.join(os.path.dirname(__file__), "serve.py")
_OWN = (os.path.dirname(__file__) + os.sep, os.path.dirname(asyncio.__file__) + os.sep)


def report(thread: int, label: str | None, milliseconds: int) -> None:
    """Names the handler and the line that hold the loop's thread. Called by Rust, from a thread of its own."""
    frame = sys._current_frames().get(thread)  # pyright: ignore[reportPrivateUsage]
    stack = traceback.extract_stack(frame) if isinstance(frame, FrameType) else []
    # What is below belongs to the start of the server.
    start = max((depth for depth, entry in enumerate(stack, 1) if entry.filename == _SERVE), default=0)
    stack = [entry for entry in stack[start:] if not entry.filename.startswith(("<", *_OWN))]
    handler = [entry for entry in stack if _is_project(entry.filename)]
    entry = handler[-1] if handler else stack[-1] if stack else None
    if entry is None and label is None:
        logger.warning(
            "The event loop was held up for more than %d ms, by no handler that runs on it: "
            "other threads held the interpreter, or the machine is busy.",
            milliseconds,
        )
        return
    place = f"{entry.filename}:{entry.lineno} in {entry.name}" if entry else "code without a Python line"
    logger.warning(
        "Handler %s blocks the event loop for more than %d ms at %s. "
        "Other requests wait: use a plain `def`, `await` an async call, or wrap the call in `sync_to_async`.",
        label or (handler[0].name if handler else place),
        milliseconds,
        place,
    )


def _is_project(filename: str) -> bool:
    return "site-packages" not in filename and not filename.startswith(os.path.dirname(os.__file__))
