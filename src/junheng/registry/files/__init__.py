"""Formats of files that others have laid down, read from mappings that a bureau may add to."""
