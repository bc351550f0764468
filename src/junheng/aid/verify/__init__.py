"""Entitlements decided once more in plain Python, by code that does not know the engine."""
