"""Entries as hypothesis makes them up: hostile texts in every field."""

from hypothesis import strategies as st
from pydantic import ValidationError

from app.entry import Entry
from tests.samples import make_entry

_LETTERS = st.characters(
    blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\ufffe\uffff"
)
_NASTY = st.sampled_from(
    [
        "# ",
        "## x",
        "### y {#z}",
        "---",
        "```",
        "~~~~",
        "\n",
        "\n\n",
        ": ",
        " #",
        "{code 1}",
        "<a>",
        "'",
        '"',
        "- ",
        "\\",
        "{#id}",
        "{#id of=1}",
        "```yaml meta\na: 1\n```",
        "| ",
        "\t",
        "@",
        "%",
        "*x*",
        "&a",
        "*a",
        "no",
        "1e3",
    ]
)
texts = st.lists(st.one_of(_NASTY, st.text(_LETTERS, max_size=12)), min_size=1, max_size=8).map(
    "".join
)
lines = texts.map(lambda text: " ".join(text.split())).filter(bool)


def _valid(changes: dict[str, object]) -> Entry | None:
    try:
        return make_entry(**changes)
    except ValidationError:
        return None


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """An entry that passes the types, with generated texts in some of its fields."""
    items = {
        name: draw(
            st.lists(
                st.fixed_dictionaries({"title": lines, "explanation": texts}),
                min_size=1,
                max_size=3,
            )
        )
        for name in ("causes", "workarounds", "dead_ends")
    }
    for name, found in items.items():
        for number, item in enumerate(found):
            item["id"] = f"{name.replace('_', '-')}-{number}"
    changes: dict[str, object] = {**items, "examples": None}
    for name in ("title", "message", "summary", "meaning", "diagnose", "verify"):
        changes[name] = draw(lines if name == "title" else texts)
    entry = _valid(changes)
    if entry is None:
        # Fall back on the fields that hold by themselves, so that most examples are of use.
        entry = make_entry(
            title=draw(lines.filter(lambda line: _valid({"title": line}) is not None))
        )
    return entry
