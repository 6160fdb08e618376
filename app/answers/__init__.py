"""The objects that the API, the command line and MCP answer with, in one language.

They are made here from what the core gives, so that the doors cannot disagree.
Texts are Markdown; whatever is not in the reader's language says so.
"""
