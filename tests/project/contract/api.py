"""What every door must answer alike."""

from __future__ import annotations

from project.contract import inputs, outputs, surroundings
from ultrafox import API

api = API(title="Contract", version="9", description="The same through every door.")

api.add_router("/in", inputs.router)
api.add_router("/out", outputs.router)
api.add_router("/around", surroundings.router)
