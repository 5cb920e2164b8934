"""`python -m ultrafox.cli`, where the script is not on PATH."""

from __future__ import annotations

import sys

from ultrafox.cli import main

if __name__ == "__main__":
    sys.exit(main())
