"""Who gets which page: one file per room, each with `ROWS` and, where needed, `furnish`."""
