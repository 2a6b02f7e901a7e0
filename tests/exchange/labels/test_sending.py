"""A label is sent to real sockets: what became of it is known, or said to be unknown."""

import pytest

from asbuilt.exchange.labels.sending import FateUnknown, NotSent, Patience, send
from tests.exchange.labels.printers import (
    chatters,
    closes_half_way,
    free_port,
    printer,
    reads_all,
    reads_slowly,
    resets,
)

LABEL = b"^XA^FO10,10^FDPUMP-200/1^FS^XZ\n" * 40
LARGE = b"^XA" + b"0" * 20_000_000 + b"^XZ"
"""More than the buffers on the way hold, so that a printer which does not read stops us."""

SOON = Patience(connect_s=1, send_s=1, close_s=0.5)


@pytest.mark.parametrize("conduct", [reads_all, reads_slowly, chatters])
def test_a_printer_that_reads_to_the_end_has_it(conduct):
    with printer(conduct) as one:
        send("127.0.0.1", one.port, LABEL, patience=SOON)
    assert one.taken == [LABEL]


def test_a_large_label_arrives_whole():
    with printer() as one:
        send("127.0.0.1", one.port, LARGE, patience=Patience(send_s=30, close_s=30))
    assert one.taken == [LARGE]


def test_a_printer_that_is_off_got_nothing():
    with pytest.raises(NotSent, match="refused the connection; check that it is on"):
        send("127.0.0.1", free_port(), LABEL, patience=SOON)


def test_a_name_that_nobody_knows():
    with pytest.raises(NotSent, match=r"printer printer\.invalid:9100: the name is not known"):
        send("printer.invalid", 9100, LABEL, patience=SOON)


@pytest.mark.parametrize("data", [LABEL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("conduct", [resets, closes_half_way])
def test_nobody_knows_what_a_printer_does_that_breaks_off(conduct, data):
    with printer(conduct) as one, pytest.raises(FateUnknown, match="broke off"):
        send("127.0.0.1", one.port, data, patience=SOON)


def test_nobody_knows_what_a_printer_does_that_hangs():
    with printer(None) as one:
        with pytest.raises(FateUnknown, match=r"was sent 1240 bytes, and did not close the connection in 0\.5 s"):
            send("127.0.0.1", one.port, LABEL, patience=SOON)
        with pytest.raises(FateUnknown, match=r"stopped reading within \d+ of 20000006 bytes"):
            send("127.0.0.1", one.port, LARGE, patience=SOON)
