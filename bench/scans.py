"""Reading scans: how many a second and core, against taking the same strings apart by one regular expression."""

import re
from collections.abc import Sequence

from asbuilt.core.identifiers.epc.codec import decode
from asbuilt.core.identifiers.gs1.check_digits import check_digit
from asbuilt.core.identifiers.scan import read
from bench.clocks import Stopwatch
from bench.plants import Plants
from bench.report import Report
from bench.size import Size

TITLE = "scans read, processor time"
GOAL = "≥ 20,000/s"
COUNT = 5_000
ROUNDS = 7

# What a careless reader would do: no check of anything.
_FLOOR = re.compile(r"01(\d{14})17(\d{6})10([^\x1d]{1,20})\x1d21([^\x1d]{1,20})")


def run(report: Report, size: Size, kinds: Sequence[str], plants: Plants) -> None:
    strings = [_element_string(number) for number in range(COUNT)]
    bracketed = [
        f"(01){one[2:16]}(17)271231(10)LOT{number % 90}(21)IPC26-{number:06}" for number, one in enumerate(strings)
    ]
    links = [f"https://id.gs1.org/01/{one[2:16]}/10/LOT7/21/IPC26-{n:06}?17=271231" for n, one in enumerate(strings)]
    tags = [f"3074257BF7194E4000{number:06X}" for number in range(COUNT)]
    watch = Stopwatch()
    for _ in range(ROUNDS):
        watch.measure("floor", lambda: [_FLOOR.fullmatch(one) for one in strings])
        watch.measure("element strings", lambda: _all_valid(strings))
        watch.measure("bracketed", lambda: _all_valid(bracketed))
        watch.measure("Digital Link", lambda: _all_valid(links))
        watch.measure("EPC tags", lambda: [decode(one) for one in tags])
    for what in ("element strings", "bracketed", "Digital Link", "EPC tags"):
        spent = watch.spent[what]
        report.figure(
            f"GS1 {what}" if what != "EPC tags" else what,
            "none",
            ratio=watch.cpu_ratio(what, "floor"),
            value=COUNT / spent.cpu_s,
            unit="scans/s",
            goal=GOAL,
            note=f"the regular expression alone {COUNT / watch.spent['floor'].cpu_s:,.0f}/s",
        )


def _element_string(number: int) -> str:
    digits = f"0952123{number:06}"
    return f"01{digits}{check_digit(digits)}1727123110LOT{number % 90}\x1d21IPC26-{number:06}"


def _all_valid(scans: list[str]) -> None:
    assert all(read(one).is_valid for one in scans), "what is measured is reading, not refusing"
