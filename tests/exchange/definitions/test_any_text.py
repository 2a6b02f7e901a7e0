"""No text makes reading do anything but answer, and every fault lies within the text."""

from hypothesis import example, given
from hypothesis import strategies as st

from asbuilt.exchange.definitions.csv_text import table
from asbuilt.exchange.definitions.kinds import KINDS
from asbuilt.exchange.definitions.nodes import Faults
from tests.exchange.definitions.files import PLANT, understood

SNIPPETS = st.sampled_from(
    [*"{}[]:,-'\"|>*&!%@`#?~\t\r\n \0\ufeff\u2028", "\ud800", "---\n", "<<: ", "- ", "? ", "null", "1e999"]
)


@st.composite
def damaged(draw) -> str:
    """The plant with a few places cut out, doubled or written over."""
    text = PLANT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        text = text[:start] + draw(st.one_of(SNIPPETS, st.text(max_size=5), st.just(text[start:end] * 2))) + text[end:]
    return text


def lies_within(text: str, faults) -> bool:
    lines = len(text.splitlines()) + text.count("\r") + 2
    return all(0 <= one.line <= lines and one.reason for one in faults)


@given(damaged() | st.text())
@example('parts: {P: {revision: "\\ud800"}}')
@example("specifications: {S: {characteristics: [{characteristic: c, nominal: 1e999}]}}")
@example("routings: {R: {part: P, operations: [{operation: A, attempts_max: 999999999999999}]}}")
@example("tools: {T: {tool_class: x, due_on: 0000-01-01, event_time: 9999-12-31T23:59:59+23:59}}")
@example("parts: {'a:b:c/d%': {}}")
def test_no_text_makes_reading_raise(text):
    found = understood(text)
    assert lies_within(text, found.faults)


@given(st.text(), st.sampled_from(KINDS))
@example("part\x00,\x00\n\x00", KINDS[0])
@example('routing,part,operation,components\nR,P,A,"[{"\n', KINDS[3])
@example("routing,part,operation,components\nR,P,A,[]\nR,P,A,\n", KINDS[3])
@example("routing,operations.part\nR,P\n", KINDS[3])
def test_no_table_makes_reading_raise(text, kind):
    faults = Faults("x.csv")
    header = ",".join((kind.name, *kind.key))
    for one in (text, f"{header}\n{text}"):
        table(one, kind, faults)
    assert lies_within(f"{text}\n\n", faults.found)
