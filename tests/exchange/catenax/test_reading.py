import json
import os
import threading
from decimal import Decimal

import pytest

from asbuilt.exchange.catenax.findings import Findings
from asbuilt.exchange.catenax.reading import pieces
from asbuilt.exchange.intake.sources import Source, sources


def read(path):
    findings = Findings()
    return [(one.place.pointer, one.value) for one in pieces(Source(path, path.name), findings)], findings.refusals


@pytest.fixture
def written(tmp_path):
    def write(text, name="x.json"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_an_array_is_read_element_by_element(written):
    assert read(written(' [1, {"a": [2]}, "x"] ')) == ([("/0", 1), ("/1", {"a": [2]}), ("/2", "x")], [])
    assert read(written("[]")) == ([], [])


def test_an_object_is_one_piece_except_for_the_items_of_a_container(written):
    assert read(written('{"a": 1, "b": {}}')) == ([("", {"a": 1, "b": {}})], [])
    assert read(written("{}")) == ([("", {})], [])
    container = {
        "policies": {"p": 1},
        "https://catenax.io/schema/TestDataContainer/1.0.0": [{"x": 1}, {"y": 2}],
        "v": 1,
    }
    found, refusals = read(written(json.dumps(container)))
    key = "https:~1~1catenax.io~1schema~1TestDataContainer~11.0.0"
    assert found == [(f"/{key}/0", {"x": 1}), (f"/{key}/1", {"y": 2}), ("", {"policies": {"p": 1}, "v": 1})]
    assert refusals == []
    assert read(written('{"assets": [{"x": 1}], "version": 2}'))[0] == [("/assets/0", {"x": 1})]


def test_numbers_are_read_exactly(written):
    found, _ = read(written(f"[0.1, 20.0, {'9' * 5000}, NaN, -Infinity, 1e999999999999999999999999]"))
    values = [value for _, value in found]
    assert values[:2] == [Decimal("0.1"), Decimal("20.0")]
    assert values[2] == Decimal("9" * 5000)
    assert not any(value.is_finite() for value in values[3:])


def test_several_texts_in_a_row_are_all_read(written):
    findings = Findings()
    found = list(pieces(Source(written('{"a": 1}\n{"b": 2}\n[3]\n'), "many"), findings))
    assert [(one.place.file, one.place.pointer, one.value) for one in found] == [
        ("many", "", {"a": 1}),
        ("many (document 2)", "", {"b": 2}),
        ("many (document 3)", "/0", 3),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks_are_understood(written, encoding):
    assert read(written('{"name": "Türe"}'.encode(encoding)))[0] == [("", {"name": "Türe"})]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1 column 1"),
        ("   ", "Expecting value"),
        ("{", "expected a key"),
        ('{"a" 1}', "expected :"),
        ('{"a": 1 "b": 2}', "line 1 column 9"),
        ("[1, 2", "expected ]"),
        ("[1 2]", "expected ]"),
        ("[1]\n  x", "line 2 column 3"),
        ("hello", "Expecting value"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"a": "\xe4"}', "UTF-8"),
        (b"PK\x03\x04", "Expecting value"),
        ("[" * 100_000, "too deeply"),
        ('{"a": 1, "a": 2}', "'a' stands twice"),
        ('[{"a": {"b": 1, "b": 2}}]', "'b' stands twice"),
    ],
)
def test_what_is_not_json_is_refused_with_a_reason(written, text, reason):
    found, refusals = read(written(text))
    assert [one.rule for one in refusals] == ["file"]
    assert reason in refusals[0].reason
    assert len(found) <= 2


def test_elements_before_a_fault_are_read_and_those_beside_a_doubled_key_too(written):
    assert read(written('[{"a": 1}, {"b": 1, "b": 2}, {"c": 3}, oops'))[0] == [("/0", {"a": 1}), ("/2", {"c": 3})]


def test_folders_stand_for_their_json_files_in_a_fixed_order(tmp_path):
    for name in ("b.json", "a.json", "sub/z.JSON", "sub/y.json", "notes.txt", "sub/deeper/x.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("[]")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    findings = Findings()
    with sources([tmp_path, tmp_path / "a.json"], stdin=None, findings=findings) as found:
        names = [str(one.path.relative_to(tmp_path)) for one in found]
    assert names == ["a.json", "b.json", "sub/y.json", "sub/z.JSON", "sub/deeper/x.json"]
    assert findings.refusals == []


def test_what_is_not_there_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    findings = Findings()
    with sources([tmp_path / "none.json", tmp_path / "empty", "a\0b"], stdin=None, findings=findings) as found:
        for one in found:
            list(pieces(one, findings))
    assert [one.rule for one in findings.refusals] == ["file", "file", "file"]


def test_a_pipe_is_read_though_it_can_be_read_only_once(tmp_path, plant):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text('{"a": 1}'))
    writer.start()
    findings = Findings()
    with sources([pipe], stdin=None, findings=findings) as found:
        for _ in range(2):
            assert [one.value for source in found for one in pieces(source, findings)] == [{"a": 1}]
    writer.join()
