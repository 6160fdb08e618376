"""The outline of an authored Markdown file: front matter, `##` sections, `###` items.

It knows lines and headings, not what they mean; `app.content.markdown` does.
"""

import re
from dataclasses import dataclass, field

from app.content.located import Located, LocatedError, load_yaml
from app.entry import META, fenced_code

_HEADING = re.compile(r"^(?P<marks>#{1,3})[ \t]+(?P<rest>.*?)[ \t]*$")
_OPENS_ANOTHER = re.compile(r"^[ \t]*```[ \t]*\w[^`\n]*$", re.MULTILINE)
_ATTRIBUTES = re.compile(r"(?P<title>.*?)[ \t]*\{#(?P<id>[^\s{}]+)(?:[ \t]+of=(?P<of>[^\s{}]*))?\}")


@dataclass
class Block:
    """A heading with what stands below it, up to the next heading of its rank.

    `line` is the heading's own; `text_line` that of the first line of `text`.
    """

    title: str
    id: str | None
    of: str | None
    line: int
    meta: Located = field(default_factory=lambda: Located({}))
    text: str = ""
    text_line: int = 0
    items: list["Block"] = field(default_factory=list)


@dataclass
class Outline:
    """A whole file."""

    front: Located
    sections: list[Block]


def read_outline(text: str) -> Outline:
    """Split a file with Unix line ends. Raises LocatedError where the outline itself is broken."""
    lines = text.split("\n")
    end = _front_matter_end(lines)
    front = load_yaml("\n".join(lines[1:end]) + "\n", first_line=2)
    if front.value in (None, ""):
        front.value = {}
    if not isinstance(front.value, dict):
        raise LocatedError(2, 1, "the front matter is not a mapping", "write `key: value` lines")
    front.places[()] = (1, 1)
    return Outline(front, _sections(lines, end + 1))


def _front_matter_end(lines: list[str]) -> int:
    if lines[0].rstrip() != "---":
        raise LocatedError(1, 1, "no front matter", "begin the file with a line `---`")
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return number
    raise LocatedError(1, 1, "the front matter has no end", "close it with a line `---`")


def _sections(lines: list[str], first: int) -> list[Block]:
    """The sections from the 0-based line `first` on."""
    fenced: set[int] = set()
    for code in fenced_code("\n".join(lines[first:])):
        if first + code.last >= len(lines):
            raise LocatedError(
                first + code.first + 1, 1, "a fenced block without an end", "close it"
            )
        if (opened := _OPENS_ANOTHER.search(code.text)) and "````" not in lines[first + code.first]:
            what = f"a fenced block without an end before `{opened[0].strip()}`"
            raise LocatedError(first + code.first + 1, 1, what, "close it")
        fenced.update(range(first + code.first, first + code.last + 1))
    headings = [
        (number, match)
        for number, line in enumerate(lines)
        if number >= first and number not in fenced and (match := _HEADING.match(line))
    ]
    ends = [*(number for number, _ in headings), len(lines)][1:] if headings else []
    sections: list[Block] = []
    for (number, match), following in zip(headings, ends, strict=True):
        block = _block(match, number, lines[number + 1 : following])
        rank = len(match["marks"])
        if rank == 1:
            raise LocatedError(number + 1, 1, "a heading of level 1", "put it into `title` above")
        if rank == 2:
            sections.append(block)
        elif sections:
            sections[-1].items.append(block)
        else:
            raise LocatedError(
                number + 1, 1, "an item before the first section", "begin with `## `"
            )
    for number in range(first, headings[0][0] if headings else len(lines)):
        if lines[number].strip():
            raise LocatedError(
                number + 1, 1, "text before the first section", "put `## Summary` above"
            )
    return sections


def _block(match: re.Match[str], number: int, body: list[str]) -> Block:
    attributes = _ATTRIBUTES.fullmatch(match["rest"])
    title = attributes["title"] if attributes else match["rest"]
    block = Block(
        title, attributes and attributes["id"], attributes and attributes["of"], number + 1
    )
    skipped = 0
    while body and not body[0].strip():
        body, skipped = body[1:], skipped + 1
    blocks = fenced_code("\n".join(body))
    if blocks and blocks[0].first == 0 and blocks[0].info == META:
        line = number + skipped + 3
        block.meta = load_yaml(blocks[0].text + "\n", first_line=line)
        if not isinstance(block.meta.value, dict):
            raise LocatedError(
                line, 1, f"the `{META}` block is not a mapping", "write `key: value` lines"
            )
        body, skipped = body[blocks[0].last + 1 :], skipped + blocks[0].last + 1
    block.text, block.text_line = "\n".join(body).strip("\n"), number + skipped + 2
    return block
