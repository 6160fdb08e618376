"""The picture of an entry that other sites show beside a link to it: its message and its title.

Drawn by Pillow with fonts of this system. Without Pillow, or without a font
that has the characters of a language, there is no picture and no page names one.
"""

import io
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.render import printable
from app.search.chinese import has_han
from app.web.languages import ENGLISH, SiteLanguage

if TYPE_CHECKING:
    from PIL.Image import Image  # type: ignore[import-not-found,unused-ignore]
    from PIL.ImageDraw import ImageDraw  # type: ignore[import-not-found,unused-ignore]
    from PIL.ImageFont import FreeTypeFont  # type: ignore[import-not-found,unused-ignore]

SIZE: Final = (1200, 630)
_MARGIN: Final = 72
_WIDTH: Final = SIZE[0] - 2 * _MARGIN
_PAPER, _INK, _SOFT, _OUT, _DEAD = "#ffffff", "#131816", "#525c57", "#00703c", "#b81d13"
_PRICE, _PRICE_WASH = "#8a4b00", "#fff2dc"

Font = tuple[str, int]
"""A font file, and which of the fonts in it."""

_LATIN: Final[tuple[Font, ...]] = (
    ("/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf", 0),
    ("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf", 0),
    ("/usr/share/fonts/dejavu/DejaVuSans-Bold.ttf", 0),
    ("/System/Library/Fonts/Supplemental/Arial Bold.ttf", 0),
    ("C:/Windows/Fonts/arialbd.ttf", 0),
)
_MONO: Final[tuple[Font, ...]] = (
    ("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf", 0),
    ("/usr/share/fonts/dejavu/DejaVuSansMono-Bold.ttf", 0),
    ("/usr/share/fonts/truetype/noto/NotoSansMono-Bold.ttf", 0),
    ("/System/Library/Fonts/Menlo.ttc", 1),
    ("C:/Windows/Fonts/consolab.ttf", 0),
)
_CHINESE: Final[dict[str, tuple[Font, ...]]] = {
    "zh-Hans": (
        ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),
        ("/usr/share/fonts/noto/NotoSansCJK-Bold.ttc", 2),
        ("/System/Library/Fonts/Hiragino Sans GB.ttc", 2),
        ("C:/Windows/Fonts/msyhbd.ttc", 0),
    ),
    "zh-Hant": (
        ("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 3),
        ("/usr/share/fonts/noto/NotoSansCJK-Bold.ttc", 3),
        ("C:/Windows/Fonts/msjhbd.ttc", 0),
    ),
}

_FINE: Final = 4
_LONGEST: Final = 600
"""Characters of a message; more would not fit, and each has to be measured."""

_PLACEHOLDER = re.compile(r"<[A-Za-z][\w .-]{0,60}>")
_PIECE = re.compile(r"<[A-Za-z][\w .-]{0,60}>|[!-;=-~]+|<|\s+|.")
_drawing = threading.Lock()  # FreeType's fonts are not for several threads at once


def can_draw(language: SiteLanguage) -> bool:
    """Whether there is what a picture in this language needs."""
    return find_spec("PIL") is not None and bool(_first(_MONO) and _first(_fonts_of(language)))


def _fonts_of(language: SiteLanguage) -> tuple[Font, ...]:
    return _LATIN if language is ENGLISH else _CHINESE.get(language.tag, ())


@cache
def _first(fonts: tuple[Font, ...]) -> Font | None:
    return next((font for font in fonts if Path(font[0]).is_file()), None)


@cache
def _font(fonts: tuple[Font, ...], size: int) -> "FreeTypeFont":
    # Loaded when the first picture is wanted.
    from PIL import ImageFont  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    found = _first(fonts)
    assert found  # noqa: S101 - can_draw was asked first
    return ImageFont.truetype(found[0], size, found[1])


def picture(entry_id: str, message: str, title: str, language: SiteLanguage) -> bytes:
    """A PNG of `SIZE` in the look of the site. Only where `can_draw`."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    with _drawing:
        image = Image.new("RGB", SIZE, _PAPER)
        draw = ImageDraw.Draw(image)
        _draw_head(image, draw, entry_id)
        lines, font = _title_lines(title, language)
        # A long title takes the room of the message's last line.
        bottom = _draw_message(draw, message, language, 5 - len(lines))
        for number, pieces in enumerate(lines):
            place = (_MARGIN, bottom + 68 + number * 62)
            draw.text(place, "".join(pieces), _INK, font, anchor="lm")
        image.paste(_smooth((SIZE[0], 60), _draw_route), (0, SIZE[1] - 90))
        encoded = io.BytesIO()
        # Text in few colors: a palette halves the size, and nobody sees it.
        image.quantize(64).save(encoded, "PNG")
    return encoded.getvalue()


@cache
def _smooth(size: tuple[int, int], paint: Callable[["ImageDraw"], None]) -> "Image":
    """Smooth lines, which Pillow has not: drawn large, and shrunk. To be copied from only."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    large = Image.new("RGB", (size[0] * _FINE, size[1] * _FINE), _PAPER)
    paint(ImageDraw.Draw(large))
    return large.resize(size, Image.Resampling.BOX)


def _stroke(draw: "ImageDraw", color: str, width: float, *points: tuple[float, float]) -> None:
    scaled = [(x * _FINE, y * _FINE) for x, y in points]
    draw.line(scaled, color, round(width * _FINE), "curve")


def _draw_logo(draw: "ImageDraw") -> None:
    """As in templates/_logo.html, twice as large."""
    _stroke(draw, _OUT, 7, (24, 62), (24, 34), (26, 29), (32, 26), (52, 26))
    _stroke(draw, _OUT, 7, (42, 14), (54, 26), (42, 38))
    _stroke(draw, _INK, 7, (24, 44), (24, 9))
    _stroke(draw, _INK, 7, (10, 9), (38, 9))


def _draw_route(draw: "ImageDraw") -> None:
    """Dead ends, and the way out."""
    y, end = 32, SIZE[0] - _MARGIN
    for x in (_MARGIN + 150, _MARGIN + 330, _MARGIN + 510):
        _stroke(draw, _DEAD, 7, (x, y), (x, y - 24))
        _stroke(draw, _DEAD, 7, (x - 14, y - 25), (x + 14, y - 25))
    _stroke(draw, _INK, 7, (_MARGIN, y), (end - 300, y))
    _stroke(draw, _OUT, 7, (end - 300, y), (end - 3, y))
    _stroke(draw, _OUT, 7, (end - 24, y - 21), (end - 3, y), (end - 24, y + 21))


def _draw_head(image: "Image", draw: "ImageDraw", entry_id: str) -> None:
    image.paste(_smooth((64, 64), _draw_logo), (_MARGIN - 8, 58))
    draw.text((_MARGIN + 68, 90), "Wayout", _INK, _font(_brand(), 44), anchor="lm")
    shown = entry_id if len(entry_id) <= 40 else f"{entry_id[:39]}…"
    draw.text((SIZE[0] - _MARGIN, 90), shown, _SOFT, _font(_MONO, 26), anchor="rm")


def _brand() -> tuple[Font, ...]:
    """Fonts for Latin words; those for Chinese have them, too."""
    return (*_LATIN, *_CHINESE["zh-Hans"])


def _draw_message(draw: "ImageDraw", message: str, language: SiteLanguage, most: int) -> int:
    """The message behind its rule, with placeholders told apart; where it ends is returned."""
    chinese = _CHINESE["zh-Hans" if language is ENGLISH else language.tag]
    font = _font(chinese if has_han(message) and _first(chinese) else _MONO, 34)
    top, height = 172, 50
    lines = _lines(message, font, _WIDTH - 40, most)
    for number, pieces in enumerate(lines):
        x, y = float(_MARGIN + 40), top + number * height
        for piece in pieces:
            width = font.getlength(piece)
            if _PLACEHOLDER.fullmatch(piece):
                draw.rectangle([(x - 2, y + 2), (x + width + 2, y + height - 6)], _PRICE_WASH)
            color = _PRICE if _PLACEHOLDER.fullmatch(piece) else _INK
            draw.text((x, y + height / 2 - 2), piece, color, font, anchor="lm")
            x += width
    bottom = top + len(lines) * height
    draw.rectangle([(_MARGIN, top), (_MARGIN + 7, bottom)], _INK)
    return bottom


def _title_lines(title: str, language: SiteLanguage) -> tuple[list[list[str]], "FreeTypeFont"]:
    """The title in one line, if need be a little smaller, or in two."""
    for size in (48, 44, 40):
        font = _font(_fonts_of(language), size)
        if len(lines := _lines(title, font, _WIDTH, 2)) == 1:
            return lines, font
    font = _font(_fonts_of(language), 48)
    return _lines(title, font, _WIDTH, 2), font


def _lines(text: str, font: "FreeTypeFont", width: int, most: int) -> list[list[str]]:
    """The text in at most so many lines, each in pieces; an ellipsis where it was cut."""
    shown = " ".join(printable(text[:_LONGEST]).split())
    lines: list[list[str]] = [[]]
    room = float(width)
    for piece in _short_pieces(_PIECE.findall(shown), font, width):
        length = font.getlength(piece)
        if length > room and piece.strip():
            if len(lines) == most:
                lines[-1] = _cut(lines[-1], font, width)
                return lines
            lines.append([])
            room = width
        if piece.strip() or lines[-1]:
            lines[-1].append(piece)
            room -= length
    return lines


def _short_pieces(pieces: Iterable[str], font: "FreeTypeFont", width: int) -> Iterable[str]:
    for piece in pieces:
        if font.getlength(piece) <= width:
            yield piece
        else:
            yield from piece


def _cut(pieces: Sequence[str], font: "FreeTypeFont", width: int) -> list[str]:
    line = "".join(pieces).rstrip()
    while line and font.getlength(f"{line}…") > width:
        line = line[:-1].rstrip()
    return [*_PIECE.findall(line.rstrip(".,;:，。；：")), "…"]
