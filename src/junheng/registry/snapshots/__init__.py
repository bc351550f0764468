"""From the tables to the files that decisions are made from."""
