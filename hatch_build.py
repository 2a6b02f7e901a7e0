"""Build hook: subset the two interface fonts to woff2, so that no font binary lies in the repository.

The fonts come from PyPI as build requirements, the results go to `asbuilt/web/static/asbuilt/fonts/`, together with
their licence texts and a `fonts.css` with the @font-face rules. ASBUILT_SKIP_FONTS=1 leaves out the fonts: `fonts.css`
is then empty and the browser takes the system's.
"""

import os
import shutil
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FONTS = Path("asbuilt", "web", "static", "asbuilt", "fonts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Font:
    """A variable font: the package and file it comes from, the axes it is cut down to and the features it keeps."""

    family: str
    package: str
    file: str
    output: str
    axes: dict[str, float | tuple[float, float]]
    features: tuple[str, ...]

    @property
    def source(self) -> Path:
        return Path(str(files(self.package))) / "files" / self.file

    @property
    def licence(self) -> Path:
        return Path(str(files(self.package))) / "LICENSE"


WEIGHTS = (400, 700)

# Neither font keeps its contextual forms (calt): they would show `->` as an arrow and 10x20 as 10×20, and a record is
# shown as it was written. tnum aligns figures in columns; zero and ss02 tell 0 from O and 1 from l and I.
SPELLING = ("ccmp", "locl", "kern", "mark", "mkmk")
INTER = Font(
    family="Inter",
    package="fontpkg_inter",
    file="Inter[opsz,wght].ttf",
    output="inter",
    axes={"wght": WEIGHTS, "opsz": 14},  # the optical size for running text; the whole axis costs half as much again
    features=(*SPELLING, "tnum", "zero", "ss02", "case"),
)
JETBRAINS_MONO = Font(
    family="JetBrains Mono",
    package="fontpkg_jetbrains_mono",
    file="JetBrainsMono[wght].ttf",
    output="jetbrains-mono",
    axes={"wght": WEIGHTS},
    features=(*SPELLING, "zero"),
)

CHARACTERS = (
    (0x0020, 0x007E),  # Basic Latin
    (0x00A0, 0x017F),  # Latin-1 and Latin Extended-A
    (0x0218, 0x021B),  # Romanian comma letters
    (0x02C6, 0x02DD),  # spacing accents
    (0x0300, 0x0328),  # combining accents, for names that arrive decomposed
    (0x0386, 0x03CE),  # Greek: Ω, µ, Δ and the rest of the alphabet
    (0x1E9E, 0x1E9E),  # capital sharp s
    (0x2002, 0x2044),  # spaces, dashes, quotation marks, per mille, primes
    (0x2070, 0x208E),  # superscripts and subscripts
    (0x20AC, 0x20AC),  # euro
    (0x2103, 0x2126),  # ℃, ℉, №, ™, Ω as the ohm sign
    (0x2150, 0x215E),  # fractions
    (0x2190, 0x21BB),  # arrows
    (0x21D0, 0x21D4),  # double arrows
    (0x21E7, 0x21E7),  # shift key
    (0x2202, 0x22A5),  # mathematical signs
    (0x2300, 0x2300),  # diameter
    (0x2318, 0x2325),  # command and option keys
    (0x232B, 0x232B),  # backspace key
    (0x23CE, 0x23CF),  # return key
    (0x241C, 0x241F),  # pictures of the separators in a scanned code
    (0x25A0, 0x25EF),  # shapes that repeat a status colour
    (0x26A0, 0x26A0),  # warning
    (0x2713, 0x2717),  # ticks and crosses
)

NEEDED = "0AaßÿĀſŐşΩµ€±×°²³·–—‘’“”„…‰′″←↑→↓√∞≈≠≤≥−■●◆"
"""What every page relies on: a font that has lost one of these breaks the build, not the page."""

NAMES = (0, 1, 2, 3, 4, 5, 6, 13, 14)
"""Entries kept of the name table: copyright, family, style, version and, as the licence asks, the licence itself."""

FONT_FACE = """\
@font-face {{
  font-family: "{family}";
  font-style: normal;
  font-weight: {lightest} {heaviest};
  font-display: swap;
  src: url("{output}.woff2") format("woff2");
}}
"""


class FontsHook(BuildHookInterface[Any]):
    """Runs before a wheel or an editable install collects its files."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        folder = Path(self.root) / FONTS
        folder.mkdir(parents=True, exist_ok=True)
        if os.environ.get("ASBUILT_SKIP_FONTS") == "1":
            skip(folder)
        else:
            make(folder, (INTER, JETBRAINS_MONO))


def skip(folder: Path) -> None:
    """Leave the system's fonts to the browser; fonts made earlier stay as they are."""
    stylesheet = folder / "fonts.css"
    if not stylesheet.exists():
        stylesheet.write_text("/* Built with ASBUILT_SKIP_FONTS=1: the system's fonts are used. */\n", encoding="utf-8")


def make(folder: Path, fonts: tuple[Font, ...]) -> None:
    """Write the fonts, their licences and the stylesheet, unless they were already made by this recipe."""
    heading = f"/* Made by hatch_build.py, recipe {recipe(fonts)}. */\n"
    stylesheet = folder / "fonts.css"
    if is_made(stylesheet, heading, fonts):
        return
    stylesheet.unlink(missing_ok=True)
    for font in fonts:
        subset(font, folder / f"{font.output}.woff2")
        shutil.copyfile(font.licence, folder / f"{font.output}-OFL.txt")
    # The stylesheet comes last: while it is missing, an interrupted build is not taken for a finished one.
    stylesheet.write_text(heading + "".join(font_face(font) for font in fonts), encoding="utf-8")


def recipe(fonts: tuple[Font, ...]) -> str:
    """A digest of all that decides the result. File times would not do: build environments are unpacked afresh."""
    ingredients = sha256(Path(__file__).read_bytes())
    for font in fonts:
        ingredients.update(font.source.read_bytes())
        ingredients.update(font.licence.read_bytes())
    return ingredients.hexdigest()[:16]


def is_made(stylesheet: Path, heading: str, fonts: tuple[Font, ...]) -> bool:
    if not stylesheet.exists() or not stylesheet.read_text(encoding="utf-8").startswith(heading):
        return False
    outputs = [f"{font.output}{ending}" for font in fonts for ending in (".woff2", "-OFL.txt")]
    return all((stylesheet.parent / output).exists() for output in outputs)


def font_face(font: Font) -> str:
    lightest, heaviest = WEIGHTS
    return FONT_FACE.format(family=font.family, output=font.output, lightest=lightest, heaviest=heaviest)


def subset(font: Font, output: Path) -> None:
    """Write `font` to `output` as woff2 with our characters, axes and features only."""
    # Imported here, so that a build without fonts needs neither fonttools nor brotli.
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    typeface = TTFont(font.source, recalcTimestamp=False)
    lost = sorted(set(map(ord, NEEDED)) - set(typeface.getBestCmap()))
    if lost:
        raise RuntimeError(f"{font.file} has no glyph for {' '.join(map(chr, lost))}")
    subsetter = Subsetter(Options(layout_features=list(font.features), name_IDs=list(NAMES), hinting=False))
    subsetter.populate(unicodes=[code for first, last in CHARACTERS for code in range(first, last + 1)])
    subsetter.subset(typeface)
    typeface = instantiateVariableFont(typeface, font.axes)
    typeface.flavor = "woff2"
    typeface.save(output)
