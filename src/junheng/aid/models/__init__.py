"""The tables of aid."""
