"""Writes of cases and of the consultation desk, one transaction each."""
