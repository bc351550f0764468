"""Codes and figures of the engines in plain words."""
