"""The colors of both themes against each other, by WCAG 2.2: 4.5:1 for text, 3:1 for controls."""

import re

import pytest

from app.config import own_folder

VARIABLES = (own_folder("static") / "css" / "variables.css").read_text()
CODE = ("code-string", "code-number", "code-name", "code-comment")
TEXT = [
    *(
        (text, on)
        for text in ("ink", "soft", "out", "dead", "price", *CODE)
        for on in ("paper", "wash")
    ),
    ("on-sign", "sign"),
    ("paper", "ink"),
    ("paper", "price"),
    ("price", "price-wash"),
    ("out", "out-wash"),
    ("ink", "out-wash"),
    ("ink", "price-wash"),
    ("ink", "mark"),
]
CONTROLS = [
    (line, on) for line in ("edge", "focus", "sign", "out", "dead") for on in ("paper", "wash")
]


def _colors(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


_, _LIGHT, _REST = re.split(r":root \{", VARIABLES.replace("@media", ":root {", 1))
THEMES = {
    "light": _colors(_LIGHT),
    "dark as the system": _colors(_REST.split("/*")[0]),
    "dark by choice": _colors(_REST.split("/*")[1]),
}


def _luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(digit * 2 for digit in color[1:])
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("pairs", "least"), [(TEXT, 4.5), (CONTROLS, 3.0)], ids=["text", "controls"]
)
def test_colors_stand_out(theme, pairs, least):
    colors = THEMES[theme]
    low = {pair: contrast(colors[pair[0]], colors[pair[1]]) for pair in pairs}
    assert {pair: round(ratio, 2) for pair, ratio in low.items() if ratio < least} == {}


def test_the_dark_theme_is_the_same_by_choice_and_by_system():
    assert THEMES["dark by choice"] == THEMES["dark as the system"]
