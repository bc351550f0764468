"""Checking whether the register is true: asking, running, what becomes of findings."""
