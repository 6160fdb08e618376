"""What readers call the values of an entry's fields, in English, marked for translation.

`pybabel extract` finds them by the calls of `term` (see app/locale/babel.cfg).
"""

from collections.abc import Mapping
from typing import Final


def term(_context: str, text: str) -> str:
    """Mark a text for translation; its context is the kind of value, since short words differ."""
    return text


NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "category": {
        "authentication": term("category", "Authentication"),
        "build": term("category", "Build"),
        "configuration": term("category", "Configuration"),
        "container": term("category", "Container"),
        "data": term("category", "Data"),
        "dependency": term("category", "Dependency"),
        "deployment": term("category", "Deployment"),
        "encoding": term("category", "Encoding"),
        "environment": term("category", "Environment"),
        "import": term("category", "Import"),
        "install": term("category", "Install"),
        "network": term("category", "Network"),
        "permission": term("category", "Permission"),
        "resource": term("category", "Resource"),
        "runtime": term("category", "Runtime"),
        "security": term("category", "Security"),
        "syntax": term("category", "Syntax"),
        "test": term("category", "Test"),
        "type": term("category", "Type"),
        "version-control": term("category", "Version control"),
    },
    "severity": {
        "warning": term("severity", "Warning"),
        "error": term("severity", "Error"),
        "fatal": term("severity", "Fatal"),
    },
    "status": {
        "draft": term("status", "Draft"),
        "reviewed": term("status", "Reviewed"),
        "retired": term("status", "Retired"),
    },
    "risk": {
        "safe": term("risk", "Safe"),
        "weakens-security": term("risk", "Weakens security"),
        "destructive": term("risk", "Destructive"),
    },
    "relation": {
        "leads-to": term("relation", "Leads to"),
        "caused-by": term("relation", "Caused by"),
        "confused-with": term("relation", "Confused with"),
    },
    "basis": {
        "source": term("basis", "the tool's source code"),
        "documentation": term("basis", "official documentation"),
        "reproduction": term("basis", "a reproduction"),
        "experience": term("basis", "experience"),
    },
    "author": {
        "machine": term("author", "a machine"),
        "human": term("author", "a person"),
    },
    "level": {
        "error": term("level", "Error"),
        "warning": term("level", "Warning"),
    },
    "undone": {
        "timestamp": term("undone", "timestamps"),
        "syslog": term("undone", "prefixes of the system log"),
        "build step": term("undone", "numbers of build steps"),
        "container": term("undone", "names of containers"),
        "CI marker": term("undone", "marks of a CI service"),
        "quoting": term("undone", "quotation marks at line starts"),
        "padding": term("undone", "spaces at line ends"),
        "terminal codes": term("undone", "terminal codes"),
        "invisible characters": term("undone", "invisible characters"),
        "control characters": term("undone", "control characters"),
        "curly quotes": term("undone", "curly quotes"),
        "odd spaces": term("undone", "odd spaces"),
        "carriage returns": term("undone", "carriage returns"),
        "redraws": term("undone", "redrawn lines"),
        "backspaces": term("undone", "backspaces"),
        "escaped line breaks": term("undone", "escaped line breaks"),
    },
    "mark": {
        "worked": term("mark", "worked"),
        "at-a-price": term("mark", "ended the message, at a price"),
        "same-message": term("mark", "failed: the same message again"),
        "other-error": term("mark", "failed: another error"),
        "check-failed": term("mark", "failed: no error any more, and still not right"),
        "depends-on-version": term("mark", "depends on the version"),
        "not-meant": term("mark", "not meant for this case"),
        "not-tried": term("mark", "not tried"),
    },
    "list": {
        "ecosystem": term("list", "Ecosystem"),
        "category": term("list", "Category"),
        "tag": term("list", "Tag"),
    },
    "problem": {
        "400": term("problem", "The request cannot be understood"),
        "404": term("problem", "There is no such page"),
        "405": term("problem", "This address does not take that kind of request"),
        "413": term("problem", "The text is too long"),
        "414": term("problem", "The address is too long"),
        "415": term("problem", "This is not a kind of file that can be read"),
        "422": term("problem", "Something in the request cannot be used"),
        "429": term("problem", "Too many requests"),
        "500": term("problem", "Something went wrong on our side"),
    },
}


def name_of(kind: str, value: str) -> str:
    """The English words for a value; the value itself if it has none."""
    return NAMES[kind].get(value, value)
