"""Labels of true size, on which nothing overlaps and nothing is cut off unseen."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from asbuilt.exchange.labels.content import Form, Marking
from asbuilt.exchange.labels.layout import LINE_HEIGHT, layout_of, wrapped
from asbuilt.exchange.labels.pdf import pdf_of
from asbuilt.exchange.labels.problems import LabelProblem
from asbuilt.exchange.labels.svg import svg_of
from asbuilt.exchange.labels.template import LOGISTIC_MODULE_MIN_MM, MODULE_MIN_MM, TEMPLATES, template_named
from tests.exchange.labels.looking import pdf_sizes, pdf_symbols, pdf_texts, svg_symbols
from tests.exchange.labels.things import CHINESE, GTIN, HEBREW, PUMP, SSCC, UDI_PUMP

UNIT = template_named("unit")
LONG = replace(
    PUMP,
    part_number="A-VERY-LONG-PART-NUMBER-4711-0815",
    serial_number="0123456789" * 5,
    description="Infusionspumpensteuerung mit langer Beschreibung, " * 9,
    work_order="WO-" + "7" * 20,
    customer="Universitätsklinikum mit einem langen Namen, Abteilung für Beschaffung, Graz",
)
SIZES = {"unit": (50, 25), "unit-link": (50, 25), "part": (100, 50), "lot": (100, 50), "order": (100, 50)}
SIZES["carton"] = (105, 148)


@pytest.fixture(params=TEMPLATES, ids=lambda one: one.name)
def template(request):
    return request.param


def identifiers(template) -> set[str]:
    return {"unit-link": {"]Q1"}, "order": {"]d1"}, "carton": {"]C1"}}.get(template.name, {"]d2"})


def test_svg_and_pdf_have_true_sizes_and_symbols_that_scan(template):
    layout = layout_of(template, UDI_PUMP, Marking())
    width, height = SIZES[template.name]
    svg, pdf = svg_of(layout), pdf_of([layout])
    assert f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"' in svg
    assert pdf_sizes(pdf) == [(width, height)]
    symbols = pdf_symbols(pdf)
    assert symbols == svg_symbols(svg)
    assert symbols.keys() == identifiers(template)
    assert set(symbols.values()) <= {one.symbol.content.text.encode() for one in layout.symbols}


def test_a_logistic_label_keeps_to_the_sizes_of_gs1():
    layout = layout_of(template_named("carton"), UDI_PUMP, Marking(), dots_per_mm=8)
    content, sscc = layout.symbols
    assert {one.symbol.identifier for one in layout.symbols} == {"]C1"}
    assert (content.symbol.content.text, sscc.symbol.content.text) == (f"02{GTIN}374", f"00{SSCC}")
    for placed in layout.symbols:
        assert placed.module >= LOGISTIC_MODULE_MIN_MM
        assert placed.height >= 31.75
        assert placed.x >= 10 * placed.module
        assert layout.width - placed.x - placed.symbol.width * placed.module >= 10 * placed.module


@pytest.mark.parametrize("facts", [UDI_PUMP, PUMP, LONG], ids=["with GTIN", "without", "long"])
@pytest.mark.parametrize("dots", [0, 8, 12, 24])
def test_nothing_overlaps_and_everything_is_on_the_label(template, facts, dots):
    if template.name == "unit-link":
        facts = replace(facts, gtin=GTIN, gs1_serial="IPC26-000317")
    layout = layout_of(template, facts, Marking(), dots_per_mm=dots)
    boxes = [
        (line.x, line.y - 0.95 * line.size, line.x + _width(line), line.y + 0.2 * line.size - 0.05)
        for line in layout.lines
    ]
    for one in layout.symbols:
        quiet = one.symbol.quiet * one.module
        high = 0 if one.symbol.is_linear else quiet
        right = one.x + one.symbol.width * one.module + quiet
        boxes.append((one.x - quiet, one.y - high, right, one.y + one.height + high))
        assert one.module >= MODULE_MIN_MM
        assert not dots or one.module * dots == pytest.approx(round(one.module * dots))
    for box in boxes:
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= layout.width
        assert box[3] <= layout.height
    for number, one in enumerate(boxes):
        for other in boxes[:number]:
            apart = one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
            assert apart, (one, other)


def _width(line) -> float:
    return 0.602 * line.size * len(line.text)


def test_the_interpretation_says_what_the_symbol_says():
    texts = [line.text for line in layout_of(UNIT, UDI_PUMP, Marking()).lines]
    assert "".join(texts[-2:]).replace(" ", "") == f"(01){GTIN}(17)310131(10)L2619(21)IPC26-000317"


def test_a_serial_number_of_fifty_characters_is_printed_whole():
    layout = layout_of(UNIT, LONG, Marking())
    pdf = pdf_of([layout])
    assert re.sub(r"\s", "", pdf_texts(pdf)).count("0123456789" * 5) == 2
    assert LONG.serial_number.encode() in pdf_symbols(pdf)["]d1"]


def test_a_description_is_cut_off_visibly_and_a_number_never():
    assert any(line.text.endswith("…") for line in layout_of(UNIT, LONG, Marking()).lines)
    with pytest.raises(LabelProblem, match="does not fit"):
        layout_of(UNIT, replace(PUMP, serial_number="7" * 120), Marking())


def test_descriptions_in_other_scripts():
    hebrew = pdf_of([layout_of(UNIT, replace(PUMP, description=HEBREW), Marking())])
    assert "שאבת" in pdf_texts(hebrew) or "תבאש" in pdf_texts(hebrew)
    chinese = layout_of(UNIT, replace(PUMP, description=CHINESE), Marking())
    assert CHINESE in svg_of(chinese)
    try:
        assert CHINESE in pdf_texts(pdf_of([chinese]))
    except LabelProblem as problem:  # where the machine has no such font
        assert "Install a font" in str(problem)  # noqa: PT017


@pytest.mark.parametrize(
    "hostile",
    [
        '</text><script>alert(1)</script>"',
        "#panic() $x$ *a* @b <c> \\",
        "#read(sys.inputs.labels)",
        "]]>&lt;'\"",
        "{x}{",
    ],
)
def test_no_text_of_the_record_becomes_markup(hostile):
    layout = layout_of(UNIT, replace(PUMP, description=hostile, name=f"ACME:{hostile}/1"), Marking())
    svg = svg_of(layout)
    assert "<script" not in svg
    assert svg_symbols(svg)
    shown = re.sub(r"\s", "", pdf_texts(pdf_of([layout])))
    assert hostile.replace(" ", "") in shown


def test_what_a_template_needs_is_asked_for():
    with pytest.raises(LabelProblem, match="no work order"):
        layout_of(template_named("order"), replace(PUMP, work_order=""), Marking())
    with pytest.raises(LabelProblem, match="which is no SSCC"):
        layout_of(template_named("carton"), replace(PUMP, sscc="", container="BOX-7"), Marking())
    with pytest.raises(LabelProblem, match="is not packed"):
        layout_of(template_named("carton"), replace(PUMP, sscc="", container=""), Marking())
    with pytest.raises(LabelProblem, match="there are unit, unit-link"):
        template_named("postcard")
    with pytest.raises(LabelProblem, match="control or invisible"):
        layout_of(UNIT, replace(PUMP, revision="\u202e"), Marking())


def test_a_symbol_too_dense_for_its_place_is_refused():
    dense = replace(PUMP, part_number="P" * 45, serial_number="S" * 45)
    layout_of(UNIT, dense, Marking(), dots_per_mm=24)
    with pytest.raises(LabelProblem, match="use a larger template"):
        layout_of(
            UNIT, replace(UDI_PUMP, gtin=GTIN), Marking(form=Form.DIGITAL_LINK, stem="https://x.example/" + "p" * 400)
        )


def test_lines_break_at_blanks_and_within_words_that_are_longer():
    assert wrapped("one two three", 5) == ("one two", "three")
    assert wrapped("SN 0123456789", 4) == ("SN 012", "345678", "9")
    assert wrapped(CHINESE, 3) == ("输液泵", "控制器")
    assert wrapped("   ", 3) == ()


def test_lines_of_a_text_do_not_touch():
    lines = [line for line in layout_of(UNIT, LONG, Marking()).lines if line.is_bold]
    for above, below in pairwise(lines):
        assert below.y - above.y >= LINE_HEIGHT * below.size - 0.01
