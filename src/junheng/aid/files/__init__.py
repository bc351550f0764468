"""Policies and facts as files."""
