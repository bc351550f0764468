"""Engines brought to their files."""
