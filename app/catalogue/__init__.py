"""The catalogue: one SQLite file, built from the content and then only read."""
