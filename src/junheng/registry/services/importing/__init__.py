"""Schools, classes and zones from workbooks: what is wrong, what would change, and back again."""
