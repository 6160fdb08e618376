"""Words to entries: what a reader typed, to a full-text query that cannot fail."""
