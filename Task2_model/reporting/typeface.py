"""The report's typeface, Source Sans: an installed package, so that a bare container has it too."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import font_source_sans_pro
from fontTools import subset, ttLib

FONTS = Path(font_source_sans_pro.__file__).parent / "files"
FACES = (("Regular", 400, "normal"), ("It", 400, "italic"), ("Semibold", 600, "normal"))


def faces(text: str) -> str:
    """@font-face rules that hold the typeface, cut down to the characters of `text`."""
    return "\n".join(
        f'@font-face {{ font-family: "Source Sans Pro"; font-weight: {weight}; '
        f"font-style: {style}; src: url(data:font/ttf;base64,{_subset(name, text)}); }}"
        for name, weight, style in FACES
    )


def _subset(name: str, text: str) -> str:
    font = ttLib.TTFont(FONTS / f"SourceSansPro-{name}.ttf")
    options = subset.Options(layout_features=["kern", "mark", "lnum", "tnum"], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=text + " 0123456789/•")
    subsetter.subset(font)
    data = io.BytesIO()
    font.save(data)
    return base64.b64encode(data.getvalue()).decode()
