"""`asbuilt scan decode`: an object for a line."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from asbuilt.cli.main import command

MAIN = [sys.executable, "-c", "from asbuilt.cli.main import main; main()", "scan", "decode"]
SCAN = "(01)09521234543213(21)ABC123"
ANSWER = {
    "input": SCAN,
    "valid": True,
    "scheme": "gs1",
    "elements": [{"id": "01", "value": "09521234543213"}, {"id": "21", "value": "ABC123"}],
    "digital_link": "https://id.gs1.org/01/09521234543213/21/ABC123",
    "epc": None,
    "errors": [],
}


def ran(*arguments, stdin=None, exits=0):
    result = CliRunner().invoke(command, ["scan", "decode", *arguments], input=stdin)
    assert result.exit_code == exits, result.output
    return result.stdout


def test_a_scan_is_decoded():
    assert json.loads(ran("--json", SCAN)) == ANSWER


def test_a_scan_is_shown_to_people():
    shown = ran(SCAN)
    assert "09521234543213" in shown
    assert "https://id.gs1.org/01/09521234543213/21/ABC123" in shown


def test_the_code_of_a_key_needs_the_length_of_the_company_prefix():
    answer = json.loads(ran("--json", "--company-prefix-length", "7", "(01)80614141123458(21)6789"))
    assert answer["epc"] == "urn:epc:id:sgtin:0614141.812345.6789"


def test_what_is_wrong_ends_with_1_and_says_what():
    answer = json.loads(ran("--json", "0109521234543214", exits=1))
    assert answer["valid"] is False
    assert [error["code"] for error in answer["errors"]] == ["check-digit"]
    assert "not valid" in ran("0109521234543214", exits=1)


@pytest.mark.parametrize("arguments", [(), ("-",), ("--json", "-")])
def test_every_line_gets_its_object(arguments):
    lines = [SCAN, "", "0109521234543214", "SN-1", "010952123454321310L\x1d21S", "\N{SNOWMAN}", "x" * 40_000]
    answers = [json.loads(line) for line in ran(*arguments, stdin="\n".join(lines) + "\n").splitlines()]
    assert [answer["valid"] for answer in answers] == [True, False, False, True, True, True, False]
    assert answers[0] == ANSWER
    assert [answer["input"] for answer in answers[:6]] == lines[:6]


def test_bytes_that_are_no_text_are_answered_too():
    done = subprocess.run(MAIN, input=b"\xff\xfe\n" + SCAN.encode() + b"\r\n", capture_output=True, check=True)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert second == ANSWER
    assert first["scheme"] == "plain"


def test_an_answer_comes_before_the_next_question():
    with subprocess.Popen(MAIN, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as asked:
        for number in range(3):
            asked.stdin.write(f"SN-{number}\n")
            asked.stdin.flush()
            assert json.loads(asked.stdout.readline())["input"] == f"SN-{number}"
        asked.stdin.close()
