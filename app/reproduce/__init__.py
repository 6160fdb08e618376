"""Reproductions: recipes that make the real tool fail, and every remedy tried on the failure."""
