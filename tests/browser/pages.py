"""Every kind of page, by a name for it: the path without the language."""

from app.web.languages import SITE_LANGUAGES

PAGES = {
    "home": "/",
    "ecosystem": "/pip",
    "filtered": "/pip?tag=ci&category=dependency",
    "tag": "/tags/ci",
    "category": "/categories/dependency",
    "entry": "/pip/hash-mismatch",
    "reported": "/pip/hash-mismatch?reported=regenerate",
    "symptom": "/pip/subprocess-exited-with-error",
    "search": "/search?q=hash+mismtch",
    "search-form": "/search",
    "search-nothing": "/search?q=zzzzqqq",
    "status": "/status",
    "about": "/about",
    "reference": "/docs",
    "not-found": "/pip/hash-mismathc",
}
LOG = """\x1b[31mERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have
    six==1.16.0 from https://u:secret@example.org/six.whl --hash=sha256:00 (from -r r.txt (line 1)):\x1b[0m
error: subprocess-exited-with-error
"""
PASTES = {"match": LOG, "nothing-known": "zorg\nerror: zorgblat hash failed at 12\n", "empty": ""}
PREFIXES = {one.tag: one.prefix for one in SITE_LANGUAGES}


def path_of(kind: str, language: str) -> str:
    """The path of a page in a language."""
    return PREFIXES[language] + PAGES[kind]
