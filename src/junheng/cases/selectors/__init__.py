"""Reads of cases and of the consultation desk, frozen rows back."""
