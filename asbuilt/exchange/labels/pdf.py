"""A label as PDF/A of true size, set by typst. Texts reach typst as JSON and are printed letter by letter."""

import json
import re
from collections.abc import Sequence

from asbuilt.exchange.labels.layout import BASELINE, Layout
from asbuilt.exchange.labels.problems import LabelProblem, LabelsMissing
from asbuilt.exchange.labels.svg import svg_of

# A page a label: symbols and rules as a drawing, the texts above it. typst embeds the fonts it needs.
DOCUMENT = """
#let labels = json(bytes(sys.inputs.labels))
#set document(title: labels.first().title)
#set text(font: "DejaVu Sans Mono", fallback: true, hyphenate: false, ligatures: false)
#for label in labels {
  page(width: label.width * 1mm, height: label.height * 1mm, margin: 0mm, {
    place(image(bytes(label.drawing), format: "svg", width: 100%, height: 100%, alt: label.title))
    for line in label.lines {
      place(dx: line.x * 1mm, dy: line.top * 1mm, text(
        size: line.size * 1mm,
        weight: if line.bold { "bold" } else { "regular" },
        top-edge: BASELINE * 1em,
        bottom-edge: 0em,
        line.text,
      ))
    }
  })
}
""".replace("BASELINE", str(BASELINE))

_NO_FONT = re.compile(r"could not be displayed|no font|missing glyph|not be displayed", re.IGNORECASE)


def pdf_of(layouts: Sequence[Layout]) -> bytes:
    """Labels as a PDF/A-2b document, a page each. Raises LabelProblem, LabelsMissing.

    PDF/A demands that every character has its shape in an embedded font; so a text that no font of this machine has
    is refused, not printed as boxes (ISO 19005-2, 6.2.11.8).
    """
    try:
        import typst  # noqa: PLC0415 - an optional package
    except ImportError as problem:
        raise LabelsMissing("typst") from problem
    labels = json.dumps([_values(layout) for layout in layouts], ensure_ascii=False)
    try:
        made = typst.compile(
            DOCUMENT.encode(), format="pdf", sys_inputs={"labels": labels}, pdf_standards="a-2b", timestamp=0
        )
    except typst.TypstError as problem:
        raise LabelProblem(f"the PDF could not be made: {_why(problem)}") from problem
    assert isinstance(made, bytes), "one PDF, whatever the number of pages"
    return made


def _values(layout: Layout) -> dict[str, object]:
    return {
        "title": layout.title,
        "width": layout.width,
        "height": layout.height,
        "drawing": svg_of(layout, with_texts=False),
        "lines": [
            {
                "x": line.x,
                "top": line.y - BASELINE * line.size,
                "size": line.size,
                "bold": line.is_bold,
                "text": line.text,
            }
            for line in layout.lines
        ],
    }


def _why(problem: Exception) -> str:
    text = " ".join(str(problem).split())
    if _NO_FONT.search(text):
        return f"{text}. Install a font that has these characters, such as fonts-noto-cjk on Debian"
    return text
