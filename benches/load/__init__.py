"""Ultrafox and its peers under load, side by side. `python -m load --help`, inside benches/."""
