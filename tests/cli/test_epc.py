"""`asbuilt epc`: a line for a line."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from asbuilt.cli.epc import LINE_MAX
from asbuilt.cli.main import command

HEX = "3074257BF7194E4000001A85"
TAG = "urn:epc:tag:sgtin-96:3.0614141.812345.6789"
EPC = "urn:epc:id:sgtin:0614141.812345.6789"
MAIN = [sys.executable, "-c", "from asbuilt.cli.main import main; main()", "epc"]


def ran(*arguments, stdin=None, exits=0):
    result = CliRunner().invoke(command, ["epc", *arguments], input=stdin)
    assert result.exit_code == exits, result.output
    return result


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["encode", TAG], HEX),
        (["encode", "--filter", "3", EPC], HEX),
        (["encode", EPC], "3014257BF7194E4000001A85"),
        (["encode", "urn:epc:id:gid:1.2.3", "--filter", "3"], "350000001000002000000003"),
        (["decode", HEX], TAG),
        (["decode", "--identity", HEX.lower()], EPC),
        (["decode", "--raw", "E280"], "urn:epc:raw:16.xE280"),
        (
            ["encode", "https://id.gs1.org/01/79521141123453/21/32a%2Fb", "--filter", "3"],
            "F73795211411234538566CB0AFC4",
        ),
        (["decode", "F73795211411234538566CB0AFC4"], "https://id.gs1.org/01/79521141123453/21/32a%2Fb"),
    ],
)
def test_one_is_answered(arguments, answer):
    shown = ran(*arguments)
    assert (shown.stdout, shown.stderr) == (f"{answer}\n", "")


def test_every_line_is_answered_by_one():
    shown = ran("decode", "-", stdin=f"\ufeff{HEX}\r\n\nzz\n{HEX[:8]} {HEX[8:]}\nE280", exits=1)
    assert shown.stdout == f"{TAG}\n\n\n{TAG}\n\n"
    complaints = shown.stderr.splitlines()
    assert [one.partition(":")[0] for one in complaints] == ["line 2", "line 3", "line 5"]
    assert "zz" in complaints[1]


def test_json_lines():
    shown = ran("encode", "--json", stdin=f"{TAG}\n{EPC}x%41\n", exits=1)
    assert shown.stderr == ""
    right, wrong = map(json.loads, shown.stdout.splitlines())
    assert right == {"input": TAG, "valid": True, "hex": HEX, "tag": TAG, "epc": EPC, "errors": []}
    assert (wrong["valid"], wrong["hex"], wrong["tag"], wrong["epc"]) == (False, None, None, None)
    assert [error["code"] for error in wrong["errors"]] == ["escape"]
    (raw,) = map(json.loads, ran("decode", "--json", "--raw", "E280").stdout.splitlines())
    assert (raw["valid"], raw["tag"], raw["epc"]) == (True, "urn:epc:raw:16.xE280", None)
    (none,) = map(json.loads, ran("decode", "--json", "--raw", "--identity", "E280", exits=1).stdout.splitlines())
    assert none["errors"][0]["code"] == "no-identity"


def test_no_input_no_answer():
    assert ran("encode", stdin="").stdout == ""
    assert ran("encode", stdin="\n", exits=1).stdout == "\n"


def test_bytes_that_are_no_text_and_lines_without_end():
    shown = ran(
        "encode",
        "--json",
        stdin=b"\xff\xfe\n" + b"a" * 300_000 + b"\n" + TAG.encode() + b"\n" + b"b" * 300_000,
        exits=1,
    )
    first, long, right, last = map(json.loads, shown.stdout.splitlines())
    assert (first["input"], long["input"], last["input"]) == ("\ufffd\ufffd", "a" * LINE_MAX, "b" * LINE_MAX)
    assert right["hex"] == HEX


def test_many_lines_in_order():
    urns = [f"urn:epc:tag:sgtin-96:1.0614141.812345.{serial}" for serial in range(5000)]
    written = ran("encode", stdin="\n".join(urns)).stdout
    assert written.count("\n") == len(urns)
    assert ran("decode", stdin=written).stdout.splitlines() == urns


def test_the_filter_value_has_limits():
    ran("encode", "--filter", "64", EPC, exits=2)
    shown = ran("encode", "--filter", "8", EPC, exits=1)
    assert shown.stdout == "\n"
    assert "line 1: the filter value 8" in shown.stderr


def test_a_line_is_answered_before_the_next_is_sent():
    with subprocess.Popen(
        [*MAIN, "decode"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        for _ in range(3):
            running.stdin.write(f"{HEX}\n")
            running.stdin.flush()
            assert running.stdout.readline() == f"{TAG}\n"
        running.stdin.close()
        assert running.wait(timeout=60) == 0


def test_a_reader_who_leaves_is_no_error_to_speak_of():
    with subprocess.Popen(
        [*MAIN, "decode"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        running.stdout.close()
        try:
            running.stdin.write(f"{HEX}\n".encode() * 20_000)
            running.stdin.close()
        except BrokenPipeError:
            pass
        assert running.wait(timeout=60) == 1
        assert running.stderr.read() == b""


def test_it_starts_without_database_and_web():
    code = "import sys, asbuilt.cli.epc; print(sorted({name.partition('.')[0] for name in sys.modules} & {'django', 'psycopg', 'apsw', 'msgspec'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
