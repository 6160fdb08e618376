"""Wayout, an error knowledge base: every error has dead ends, and a way out."""

__version__ = "0.1.0"
