"""Formats of files: those that others have laid down, and those of the register's own runs."""
