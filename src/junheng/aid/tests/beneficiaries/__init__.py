"""Tests of people outside grades 1 to 9."""
