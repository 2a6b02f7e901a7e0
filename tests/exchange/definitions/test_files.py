"""What a file may say, how what is wrong with it is told, and what nobody should send."""

import time

import pytest

from asbuilt.exchange.definitions.reading import FILE_BYTES_MAX
from tests.exchange.definitions.files import COUNT, PLANT, faults, from_files, understood


def only(text: str) -> tuple[int, str, str]:
    (found,) = faults(text)
    return found


def test_texts_stay_what_they_are():
    """`on`, 007, 1e5, 12:30 and 1_000 are part numbers and revisions, not truths, octals, floats and times."""
    text = "parts: {1e5: {revision: on}, 007: {revision: 12:30}, 1_000: {revision: 1.10}, no: {revision: null}, ~: {}}"
    found = understood(text)
    assert not found.faults
    assert [(str(one.event.part), one.event.revision) for one in found.entries] == [
        ("ACME:1e5", "on"),
        ("ACME:007", "12:30"),
        ("ACME:1_000", "1.10"),
        ("ACME:no", ""),
        ("ACME:~", ""),
    ]


def test_a_quoted_null_is_a_text():
    assert understood("parts: {P: {revision: 'null'}}").entries[0].event.revision == "null"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parts:\n  P:\n    descripton: x\n", (3, "parts.P.descripton", "did you mean description?")),
        ("part:\n  P: {}\n", (1, "part", "did you mean parts?")),
        ("parts:\n  P:\n    tracking: serialised\n", (3, "parts.P.tracking", "did you mean serialized?")),
        ("parts:\n  P:\n    gtin: 123\n", (3, "parts.P.gtin", "is no GTIN")),
        ("parts:\n  P: x\n", (2, "parts.P", "is a mapping")),
        ("parts: [P]\n", (1, "parts", "is a mapping")),
        ("parts:\n  P: {}\n  P: {}\n", (3, "parts", "stands here twice, first in line 2")),
        ("parts:\n  P: {}\n  p: {}\n", (3, "parts.p", "is defined already in plant.yaml:2, as P")),
        ("parts:\n  P:\n    revision: A\n    revision: B\n", (4, "parts.P", "stands here twice, first in line 3")),
        ("parts:\n  P:\n    event_id: 1\n", (3, "parts.P.event_id", "there is no field event_id")),
        ("parts:\n  '': {}\n", (2, "parts.", "part number is empty")),
        ("parts:\n  P:\n    revision: [A]\n", (3, "parts.P.revision", "is a text, not several values")),
        ("parts:\n  ? {a: b}\n  : c\n", (2, "parts", "a key is a single text")),
        ("specifications:\n  S:\n    characteristics: []\n", (3, "specifications.S.characteristics", "at least one")),
        ("specifications:\n  S: {}\n", (2, "specifications.S.characteristics", "is missing; give a list")),
        ("tools:\n  T: {due_on: 2026-01-01, tool_class: x}\n", (2, "tools.T.event_time", "is missing")),
        (
            "tools:\n  T:\n    tool_class: x\n    due_on: 31.12.2026\n    event_time: 2026-01-01T00:00:00Z\n",
            (4, "tools.T.due_on", "'31.12.2026' is not a day"),
        ),
        (
            "tools:\n  T:\n    tool_class: x\n    due_on: 2026-12-31\n    event_time: 20260101\n",
            (5, "tools.T.event_time", "'20260101' is not a time with its zone"),
        ),
        (
            "tools:\n  T:\n    tool_class: x\n    due_on: 2026-12-31\n    event_time: 2026-01-01T00:00:00\n",
            (5, "tools.T.event_time", "zone"),
        ),
        (
            "tools:\n  T:\n    tool_class: x\n    due_on: 2026-02-31\n    event_time: 2026-01-01T00:00:00Z\n",
            (4, "tools.T.due_on", "date"),
        ),
    ],
)
def test_a_fault_names_line_and_field(text, expected):
    line, field, reason = only(text)
    assert (line, field) == expected[:2]
    assert expected[2] in reason


ROUTING = """\
routings:
  R/1:
    part: P
    operations:
    - operation: OP-010
    - operation: OP-020
      attempts_max: 2
      wait_max_s: 60
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "reason"),
    [
        ("attempts_max: 2", "attempts_max: two", 7, "operations[1].attempts_max", "'two' is not a whole number"),
        ("attempts_max: 2", "attempts_max: 0", 7, "operations[1].attempts_max", "give at least 1"),
        ("attempts_max: 2", "attempts_max: 2.0", 7, "operations[1].attempts_max", "not a whole number"),
        ("attempts_max: 2", "attempts_mx: 2", 7, "operations[1].attempts_mx", "did you mean attempts_max?"),
        ("attempts_max: 2", "is_optional: yes", 7, "operations[1].is_optional", "'yes' is not true or false"),
        ("attempts_max: 2", "stations: A", 7, "operations[1].stations", "is a list; write [A, B]"),
        ("attempts_max: 2", "stations: ['']", 7, "operations[1].stations", "station is empty"),
        ("attempts_max: 2", "after: [OP-099]", 7, "operations[1].after", "OP-020 is after OP-099"),
        ("attempts_max: 2", "rejoins_at: OP-010", 7, "operations[1].rejoins_at", "only a rework operation"),
        ("- operation: OP-020", "- operations: OP-020", 6, "operations[1].operations", "did you mean operation?"),
        ("    part: P\n", "", 3, "part", "is missing"),
    ],
)
def test_a_fault_inside_a_routing_names_line_and_field(old, new, line, field, reason):
    found = faults(ROUTING.replace(old, new))
    assert (line, f"routings.R/1.{field}") in [one[:2] for one in found]
    assert any(reason in one[2] for one in found)


def test_every_fault_is_told_not_only_the_first():
    text = "parts:\n  P: {trackin: lot, gtim: 1}\n  Q: {tracking: some}\nrouting: {}\n"
    assert [one[1] for one in faults(text)] == ["parts.P.trackin", "parts.P.gtim", "parts.Q.tracking", "routing"]


@pytest.mark.parametrize(
    "text", ["NaN", ".nan", "Infinity", "-.inf", "1_000", "1:30", "0x10", "1,5", "+1", "", "٣", "1e9999"]
)
def test_a_limit_is_a_number(text):
    whole = f"specifications:\n  S:\n    characteristics:\n    - characteristic: c\n      upper_limit: '{text}'\n"
    line, field, _ = only(whole)
    assert (line, field) == (5, "specifications.S.characteristics[0].upper_limit")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("parts: &all {}\n", 1, "&all marks a place"),
        ("parts: {}\nroutings: *all\n", 2, "*all refers to another place"),
        ("parts:\n  P: {<<: *base}\n", 2, "*base refers"),
        ("parts: !!python/object/apply:os.system ['true']\n", 1, "the tag"),
        ("parts:\n  P:\n    revision: !!int 7\n", 3, "the tag"),
        ("parts:\n\tP: {}\n", 2, "indent with blanks, not with a tab"),
        ("parts:\n  P: {uom: %}\n", 2, "a text that begins so stands in quotes"),
        ("parts:\n  P: {\n", 3, "is not YAML"),
        ("parts: {}\n---\nparts: {}\n", 2, "a second document"),
        ("parts:\n  P: {description: a\0b}\n", 2, "a character that no text holds"),
        ("- parts\n", 1, "begins with sections"),
        ("just words\n", 1, "begins with sections"),
        ("", 0, "is empty"),
        ("# nothing yet\n", 0, "is empty"),
        ("[" * 5000, 1, "nested more than 16 deep"),
        ("{a: " * 5000, 1, "nested more than 16 deep"),
        ('parts: {P: {description: "\\ud800"}}\n', 1, ""),
    ],
)
def test_what_nobody_should_send(text, line, reason):
    found = faults(text)
    assert found
    assert found[0][0] == line
    assert reason in found[0][2]


def test_an_alias_bomb_is_small_and_stays_small():
    bomb = "a: &a [x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    started = time.monotonic()
    assert only(bomb)[0] == 1
    assert time.monotonic() - started < 1


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (FILE_BYTES_MAX + 1))
    (fault,) = from_files(large).faults
    assert "10,000,001 bytes" in fault.reason
    assert fault.file == str(large)


@pytest.mark.slow
def test_a_file_of_the_largest_size_is_read(tmp_path):
    large = tmp_path / "large.yaml"
    row = "  PART-{:06d}: {{description: a part of some length to fill the file with, revision: A, uom: pcs}}\n"
    large.write_text("parts:\n" + "".join(row.format(n) for n in range(100_000)))
    assert 9_000_000 < large.stat().st_size <= FILE_BYTES_MAX
    found = from_files(large)
    assert (len(found.entries), found.faults) == (100_000, ())


def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path):
    for name, raw in (
        ("crlf.yaml", PLANT.replace("\n", "\r\n").encode()),
        ("bom.yaml", PLANT.encode("utf-8-sig")),
        ("wide.yaml", PLANT.encode("utf-16")),
    ):
        (tmp_path / name).write_bytes(raw)
        found = from_files(tmp_path / name)
        assert (len(found.entries), found.faults) == (COUNT, ()), name


def test_what_is_no_text_is_told(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("parts: {P: {description: Gehäuse}}".encode("latin-1"))
    (fault,) = from_files(tmp_path / "latin.yaml").faults
    assert "is not UTF-8" in fault.reason
    (fault,) = from_files(tmp_path / "none.yaml").faults
    assert "No such file" in fault.reason


PARTS_CSV = 'part;description;tracking\nPUMP-200;"Pump; small";\nGLUE-1;Leim für Gehäuse;lot\n'
ROUTINGS_CSV = """\
routing,part,operation,stations,attempts_max,is_rework,rejoins_at,components
R/1,PUMP-200,OP-010,ASM-1 | ASM-2,,,,"[{reference_designator: A1, part: GLUE-1}]"
R/1,,OP-020,,2,,,
R/1,,RW-020,,,true,OP-010,
"""


def test_a_folder_of_tables_is_a_plant(tmp_path):
    (tmp_path / "parts.csv").write_bytes(PARTS_CSV.encode("utf-8-sig"))
    (tmp_path / "routings.csv").write_text(ROUTINGS_CSV.replace("\n", "\r\n"), newline="")
    (tmp_path / "rest.yaml").write_text(
        "tools: {T: {event_time: 2026-01-01T00:00:00Z, tool_class: x, due_on: 2026-12-31}}"
    )
    (tmp_path / "readme.txt").write_text("not read")
    found = from_files(tmp_path)
    assert found.faults == ()
    pump, glue, routing, _ = [one.event for one in found.entries]
    assert (pump.description, glue.description, glue.tracking.value) == ("Pump; small", "Leim für Gehäuse", "lot")
    assert [one.operation for one in routing.operations] == ["OP-010", "OP-020", "RW-020"]
    assert [str(one) for one in routing.operations[0].stations] == ["ASM-1", "ASM-2"]
    assert str(routing.operations[0].components[0].part) == "ACME:GLUE-1"
    assert routing.operations[1].attempts_max == 2


@pytest.mark.parametrize(
    ("name", "text", "line", "field", "reason"),
    [
        ("parts.csv", "part,descripton\nP,x\n", 1, "parts.descripton", "did you mean description?"),
        ("parts.csv", "part,part\nP,x\n", 1, "parts.part", "more than one column"),
        ("parts.csv", "description\nx\n", 1, "parts.part", "the column part is missing"),
        ("parts.csv", "part,revision\nP,A,B\n", 2, "parts", "has 3 cells, the header has 2"),
        ("parts.csv", 'part,description\nP,"two\nlines"\nQ,x,y\n', 4, "parts", "has 3 cells"),
        ("parts.csv", "part,tracking\nP,some\n", 2, "parts.P.tracking", "'some' is not known"),
        ("parts.csv", "part,tracking\nP,lot\nP,lot\n", 3, "parts.P", "stands here twice, first in line 2"),
        ("parts.csv", 'part\n"P\n', 2, "parts", "is no table"),
        ("parts.csv", "", 1, "parts.part", "missing"),
        ("part.csv", "part\nP\n", 0, "", "did you mean parts?"),
        ("routings.csv", "routing,part,operation\nR,P,A\nR,Q,B\n", 3, "routings.R.part", "is 'Q' here and 'P' in line 2"),
        ("routings.csv", "routing,part,operation,attempts_max\nR,P,A,\nR,,B,x\n", 3, "routings.R.operations[1].attempts_max", "not a whole number"),
        ("routings.csv", "routing,part,operation,components\nR,P,A,[x\n", 2, "routings.components", "is not YAML"),
    ],
)  # fmt: skip
def test_a_fault_in_a_table_names_line_and_field(tmp_path, name, text, line, field, reason):
    (tmp_path / name).write_text(text)
    found = from_files(tmp_path / name).faults
    assert found[0].line == line
    assert found[0].field == field
    assert reason in found[0].reason


def test_standard_input_is_yaml():
    from pathlib import Path

    assert len(from_files(Path("-"), stdin=PLANT.encode()).entries) == COUNT
