"""Authors' files: read to entries, checked, and written back."""
