"""A label as PDF/A of true size, set by typst. Texts reach typst as JSON and are printed letter by letter."""

from collections.abc import Sequence

from asbuilt.exchange.labels.layout import BASELINE, Layout
from asbuilt.exchange.labels.problems import LabelProblem, LabelsMissing
from asbuilt.exchange.labels.svg import svg_of
from asbuilt.exchange.typesetting import TypstMissing, Unprintable, as_input, pdf_set

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


def pdf_of(layouts: Sequence[Layout]) -> bytes:
    """Labels as a PDF/A-2b document, a page each. Raises LabelProblem, LabelsMissing.

    PDF/A demands that every character has its shape in an embedded font; so a text that no font of this machine has
    is refused, not printed as boxes (ISO 19005-2, 6.2.11.8).
    """
    labels = as_input([_values(layout) for layout in layouts])
    try:
        return pdf_set(DOCUMENT, {"labels": labels}, standard="a-2b")
    except TypstMissing as problem:
        raise LabelsMissing("typst") from problem
    except Unprintable as problem:
        raise LabelProblem(str(problem)) from problem


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
