"""What is wrong with a signature, in words its author can act on.

Each problem is a clause that follows "the signature …"; the matcher itself
refuses only what does not compile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from app.entry import Signature
from app.matching.information import text_bits, words
from app.matching.probes import choose_anchors
from app.matching.signatures import (
    Placeholder,
    SignatureError,
    Template,
    compile_signature,
    compile_text,
    parse,
)

LEAST_BITS: Final = 16.0
"""A signature that says less than this turns up in logs of anything."""
LEAST_CONTEXT_BITS: Final = 4.0
"""A signal or a required text is only asked about where its entry was found already."""

_PRINTED: Final = frozenset(
    ("module", "stdin", "string", "anonymous", "genexpr", "listcomp", "lambda")
)
"""Names in angle brackets that tools print just so."""
_BRACKETS: Final = re.compile(r"(?<!\\)<([^<>\n]{1,40})>")
_NAME: Final = re.compile(r"\.\.\.|[A-Za-z][\w-]*")


def problems(signature: Signature, *, identifies: bool = True) -> list[str]:
    """What the author must change; empty if nothing.

    `identifies` is False for a signal of a cause, which may say less because
    it is only read where its entry was found.
    """
    try:
        template = compile_signature(signature)
        template.compile()
    except SignatureError as error:
        return [str(error)]
    least = LEAST_BITS if identifies else LEAST_CONTEXT_BITS
    found = list(_too_little(signature, template, least))
    if signature.text is not None:
        found += _odd_placeholders(signature.text)
    for key in ("requires", "unless"):
        for text in getattr(signature, key):
            found += [
                f"has under `{key}` the text {text!r}, which {each}" for each in _context(text)
            ]
    return found


def _context(text: str) -> list[str]:
    try:
        template = compile_text(text)
        template.compile()
    except SignatureError as error:
        return [str(error)]
    return list(_too_little(Signature(text=text), template, LEAST_CONTEXT_BITS))


def _too_little(signature: Signature, template: Template, least: float) -> Iterator[str]:
    literal = " … ".join(template.literals)
    bits = text_bits(template.literals)
    if signature.regex is not None and not choose_anchors(template):
        yield (
            "is a regex without a fixed piece of text outside groups, classes and choices, so it "
            "would have to be tried everywhere; write part of the message plainly, or write "
            "several signatures in place of `a|b`"
        )
    elif not words(literal):
        yield f"has only {literal!r} as literal text; write words that the tool prints beside it"
    elif not re.sub(r"[\d\W_]", "", literal):
        yield f"has only numbers as literal text ({literal!r}); write the words printed around them"
    elif bits < least:
        yield (
            f"has too little literal text ({literal!r} is worth {bits:.0f} of {least:.0f} bits): "
            "it would fire on ordinary logs; write more of the line as the tool prints it, "
            "or the line before or after it"
        )


def _odd_placeholders(text: str) -> Iterator[str]:
    for name in {part.name for part in parse(text) if isinstance(part, Placeholder)}:
        if name in _PRINTED and re.search(rf'(?:in |File "|at )<{name}>', text):
            yield f"has the placeholder <{name}>, which tools print just so; write \\<{name}>"
    for found in _BRACKETS.finditer(text):
        if not _NAME.fullmatch(found[1]) and re.fullmatch(r"[\w -]+", found[1]):
            name = re.sub(r"\W+", "-", found[1].strip()).strip("-")
            yield (
                f"has {found[0]}, which is not a placeholder; write <{name}> for one, "
                f"or \\{found[0]} if the tool prints it so"
            )
    if re.search(r"(?<!^)<\.\.\.>|<\.\.\.>(?!$)", text, re.MULTILINE) and not re.search(
        r"^[ \t]*<\.\.\.>[ \t]*$", text, re.MULTILINE
    ):
        yield "has <...> inside a line; write it on a line of its own to skip lines, or <name> here"
