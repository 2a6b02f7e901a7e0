"""Print jobs: no label is lost, none is printed twice for want of knowing, and each is recorded once."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest

from asbuilt.accounts.printers import Printer, printer_at
from asbuilt.capture import print_jobs
from asbuilt.capture.capture import capture
from asbuilt.capture.print_jobs import (
    SENDING_MAX,
    TRIES_MAX,
    Fate,
    JobProblem,
    NoSuchJob,
    PrintRefused,
    backoff,
    settle,
)
from asbuilt.capture.ranges import KeyUsed
from asbuilt.core.events.identity import AliasAssigned, LabelPrinted, UnitReidentified, UnitsMerged
from asbuilt.core.identifiers.names import ActorName
from asbuilt.exchange.labels.content import Form, Marking
from asbuilt.exchange.labels.making import thing_to_label
from asbuilt.exchange.labels.printing import Plant, Wish, queue_label, work, work_off
from asbuilt.exchange.labels.sending import Patience
from asbuilt.ledger.database import Unavailable
from asbuilt.queries.print_jobs import jobs_of, print_job
from asbuilt.queries.print_jobs import print_jobs as job_list
from tests.exchange.labels.printers import closes_half_way, free_port, printer

SOON = Patience(connect_s=1, send_s=1, close_s=0.5)


class Floor:
    """A plant whose clock goes on when told to, and its printers."""

    def __init__(self, world) -> None:
        self.world = world
        self.recorded = 0

    @property
    def plant(self) -> Plant:
        return Plant(self.world.database, self.world.site, self.record, lambda: self.world.now, SOON)

    def record(self, submission):
        self.recorded += 1
        (answers,) = capture(self.world.database, self.world.site, [submission], now=self.world.now)
        return answers

    def queue(self, name: str, where: str, **wish) -> int:
        at = where if isinstance(where, Printer) else printer_at(where)
        given = {"key": self.world.new_id(), "template": "unit", "actor": ActorName("anna"), "marking": Marking()}
        plant = self.plant
        with plant.database.reading(plant.site) as reader:
            named = thing_to_label(reader, name, wish.get("template", "unit"))
        return queue_label(plant, named, Wish(printer=at, **{**given, **wish}))

    def prints(self, name: str, where: str, **wish) -> int:
        number = self.queue(name, where, **wish)
        work(self.plant, number)
        return number

    def settles(self, number: int, *, is_printed: bool, reason: str = "") -> None:
        where = (self.world.database, self.world.site)
        settle(*where, number, is_printed=is_printed, actor=ActorName("berta"), reason=reason, now=self.world.now)
        work(self.plant, number)

    def retries(self, number: int, *, address: str = "", reason: str = "") -> None:
        where = (self.world.database, self.world.site)
        print_jobs.retry(*where, number, address=address, reason=reason, now=self.world.now)
        work(self.plant, number)

    def later(self, **time: float) -> None:
        self.world.now += timedelta(**time)

    def job(self, number: int):
        with self.world.database.reading(self.world.site) as reader:
            return print_job(reader, number, now=self.world.now)

    def state(self, number: int) -> tuple[str, bool]:
        job = self.job(number)
        return job.state.value, job.is_recorded

    def labels(self, name: str) -> list[dict]:
        """The prints in the record."""
        return [one.event for one in self.world.history(name) if one.type == "LabelPrinted" and not one.corrected_by]


@pytest.fixture
def floor(world) -> Floor:
    world.units("PUMP-200/1", "PUMP-200/2")
    world.captures(AliasAssigned, "PUMP-200/1", scheme="udi", value="(01)09521234543213(21)1")
    return Floor(world)


def test_a_label_is_printed_and_recorded(floor):
    with printer() as one:
        number = floor.prints("PUMP-200/1", one.url, copies=2, source="STATION-4")
    (zpl,) = one.taken
    assert zpl.startswith(b"^XA")
    assert b"^PQ2\n^XZ" in zpl
    assert floor.state(number) == ("sent", True)
    (event,) = floor.labels("PUMP-200/1")
    assert event["content"] == "(01)09521234543213 (21)1"
    assert (event["printer"], event["copies"], event["job"]) == (one.url, 2, str(number))
    assert (event["template"], event["source"]) == ("unit", "STATION-4")
    assert floor.world.history("PUMP-200/1")[-1].actor == "anna"


def test_a_digital_link_and_a_lot_say_what_they_hold(floor):
    floor.world.lot("CAP/L1")
    with printer() as one:
        floor.prints("PUMP-200/1", one.url, template="unit-link", marking=Marking(stem="https://id.acme.example"))
        floor.prints("CAP/L1", one.url, template="lot", marking=Marking(form=Form.ISO_15434))
        floor.prints("CAP/L1", one.url, template="lot")
    (link,) = floor.labels("PUMP-200/1")
    assert link["content"] == "https://id.acme.example/01/09521234543213/21/1"
    assert [label["content"] for label in floor.labels("CAP/L1")] == ["(1P)CAP (1T)L1"] * 2


def test_a_reprint_is_refused_before_anything_is_sent(floor):
    with printer() as one:
        floor.prints("PUMP-200/1", one.url)
        with pytest.raises(PrintRefused, match="IDN-040"):
            floor.queue("PUMP-200/1", one.url)
        floor.prints("PUMP-200/1", one.url, reason="label torn")
    assert len(one.taken) == 2
    assert [label.get("reason") for label in floor.labels("PUMP-200/1")] == [None, "label torn"]


def test_a_label_on_its_way_is_not_asked_for_again(floor):
    first = floor.queue("PUMP-200/1", f"tcp://127.0.0.1:{free_port()}")
    with pytest.raises(PrintRefused, match=f"is in print job {first}, which is not finished"):
        floor.queue("PUMP-200/1", f"tcp://127.0.0.1:{free_port()}")
    work(floor.plant, first)
    with pytest.raises(PrintRefused, match="not finished"):
        floor.queue("PUMP-200/1", f"tcp://127.0.0.1:{free_port()}")
    floor.settles(first, is_printed=False)
    floor.queue("PUMP-200/1", f"tcp://127.0.0.1:{free_port()}")


def test_the_same_request_is_the_same_job(floor):
    key = UUID(int=7 + (floor.world.site.site_id << 64))
    with printer() as one:
        number = floor.prints("PUMP-200/1", one.url, key=key)
        assert floor.prints("PUMP-200/1", one.url, key=key) == number
        with pytest.raises(KeyUsed):
            floor.queue("PUMP-200/2", one.url, key=key)
    assert len(one.taken) == len(floor.labels("PUMP-200/1")) == 1


def test_a_printer_that_is_off_is_tried_again_by_itself(floor):
    port = free_port()
    number = floor.prints("PUMP-200/1", f"tcp://127.0.0.1:{port}")
    job = floor.job(number)
    assert (job.state, job.attempts) == ("failed", 1)
    assert "refused the connection; check that it is on" in job.problem
    assert job.next_try_at == floor.world.now + timedelta(seconds=5)
    assert work_off(floor.plant) == 0  # it is not its turn yet
    with printer() as one:
        floor.retries(number, address=f"127.0.0.1:{one.port}")
        assert floor.state(number) == ("sent", True)


def test_what_is_due_is_worked_off(floor):
    with printer() as one:
        numbers = [floor.queue(name, one.url) for name in ("PUMP-200/1", "PUMP-200/2")]
        assert work_off(floor.plant) == 0  # whoever queued it goes first
        floor.later(seconds=6)
        assert work_off(floor.plant) == 2
    assert [floor.state(number) for number in numbers] == [("sent", True)] * 2
    assert work_off(floor.plant) == 0


def test_a_printer_that_is_off_does_not_hold_up_another(floor):
    floor.world.unit("PUMP-200/3")
    off = f"tcp://127.0.0.1:{free_port()}"
    with printer() as one:
        waiting = [floor.queue(name, where) for name, where in (("PUMP-200/1", off), ("PUMP-200/2", off))]
        good = floor.queue("PUMP-200/3", one.url)
        floor.later(seconds=6)
        work_off(floor.plant)
    assert [floor.job(number).attempts for number in waiting] == [1, 0]
    assert floor.state(good) == ("sent", True)


def test_waits_grow_and_end(floor):
    assert [backoff(n).seconds for n in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]
    number = floor.prints("PUMP-200/1", f"tcp://127.0.0.1:{free_port()}")
    for _ in range(TRIES_MAX - 1):
        floor.later(minutes=5)
        work_off(floor.plant)
    assert floor.state(number) == ("given_up", False)
    floor.later(days=1)
    assert work_off(floor.plant) == 0
    with printer() as one:
        floor.retries(number, address=f"127.0.0.1:{one.port}")
    assert floor.state(number) == ("sent", True)


def test_an_unknown_fate_waits_for_a_person(floor):
    with printer(closes_half_way) as one:
        number = floor.prints("PUMP-200/1", one.url)
        floor.later(days=1)
        assert work_off(floor.plant) == 0
        with pytest.raises(JobProblem, match="may be printed already; look, and say first whether it was"):
            floor.retries(number)
    assert one.connections == 1
    assert floor.state(number) == ("unknown", False)
    assert "look whether the label came out" in floor.job(number).problem
    assert floor.labels("PUMP-200/1") == []
    floor.settles(number, is_printed=True)
    assert floor.state(number) == ("sent", True)
    assert floor.job(number).settled_by == "berta"
    assert len(floor.labels("PUMP-200/1")) == 1
    with pytest.raises(JobProblem, match="was printed and is recorded; if no label came out, correct that event"):
        floor.settles(number, is_printed=False)


def test_a_label_that_did_not_come_out_can_be_sent_again(floor):
    with printer(closes_half_way) as one:
        number = floor.prints("PUMP-200/1", one.url)
    floor.settles(number, is_printed=False)
    assert floor.state(number) == ("given_up", False)
    with printer() as one:
        floor.retries(number, address=f"127.0.0.1:{one.port}")
    assert len(floor.labels("PUMP-200/1")) == len(one.taken) == 1


def test_a_process_that_dies_while_sending_leaves_a_question(floor):
    with printer() as one:
        number = floor.queue("PUMP-200/1", one.url)
        job = print_jobs.claim(floor.world.database, floor.world.site, number, now=floor.world.now)
        assert floor.state(number) == ("sending", False)
        assert print_jobs.claim(floor.world.database, floor.world.site, number, now=floor.world.now) is None
        with pytest.raises(JobProblem, match="is being sent"):
            floor.settles(number, is_printed=True)
        floor.later(seconds=SENDING_MAX.total_seconds() + 1)
        assert floor.state(number) == ("unknown", False)
        assert "ended on the way" in floor.job(number).problem
        assert work_off(floor.plant) == 0
        assert one.taken == []
        floor.settles(number, is_printed=False)
        # The one taken for dead was only slow: what a person has said stays.
        where = (floor.world.database, floor.world.site)
        print_jobs.finish(*where, job, Fate.TAKEN, "", now=floor.world.now)
        assert floor.state(number) == ("given_up", False)


def test_a_process_that_dies_before_recording_is_made_up_for(floor):
    with printer() as one:
        number = floor.queue("PUMP-200/1", one.url)
        where = (floor.world.database, floor.world.site)
        job = print_jobs.claim(*where, number, now=floor.world.now)
        print_jobs.finish(*where, job, Fate.TAKEN, "", now=floor.world.now)
    assert floor.state(number) == ("sent", False)
    floor.later(minutes=3)
    assert work_off(floor.plant) == 1
    assert floor.state(number) == ("sent", True)
    assert len(floor.labels("PUMP-200/1")) == 1


def test_recording_twice_records_once(floor):
    """A crash between the record and the mark in the job: the event is there, the job does not know."""
    with printer() as one:
        number = floor.prints("PUMP-200/1", one.url)
    with floor.world.database.writing(floor.world.site) as writer:
        writer.run("UPDATE print_job SET recorded = 0 WHERE number = $1 AND site_id = $2", number, writer.site.site_id)
    floor.later(hours=1)
    floor.world.captures(UnitsMerged, "PUMP-200/2", duplicate="PUMP-200/1", reason="plate found")
    before = floor.recorded
    assert work_off(floor.plant) == 1
    assert (floor.recorded - before, floor.state(number)) == (0, ("sent", True))
    assert len(floor.labels("PUMP-200/2")) == 1


def test_a_database_that_is_gone_after_printing_is_made_up_for(floor):
    def gone(submission):
        raise Unavailable("the disk is full")

    plant = Plant(floor.world.database, floor.world.site, gone, lambda: floor.world.now, SOON)
    with printer() as one:
        number = floor.queue("PUMP-200/1", one.url)
        with pytest.raises(Unavailable):
            work(plant, number)
        assert floor.state(number) == ("sent", False)
        work(floor.plant, number)
    assert len(one.taken) == len(floor.labels("PUMP-200/1")) == 1


def test_a_unit_merged_before_its_label_is_sent_is_not_labelled(floor):
    with printer() as one:
        number = floor.queue("PUMP-200/1", one.url)
        floor.world.captures(UnitsMerged, "PUMP-200/2", duplicate="PUMP-200/1", reason="plate found")
        work(floor.plant, number)
    assert one.taken == []
    assert floor.state(number) == ("given_up", False)
    assert "IDN-025" in floor.job(number).problem


def test_a_unit_merged_while_its_label_is_sent_is_recorded_under_the_one_that_stays(floor):
    number = floor.queue("PUMP-200/1", f"tcp://127.0.0.1:{free_port()}")
    where = (floor.world.database, floor.world.site)
    job = print_jobs.claim(*where, number, now=floor.world.now)
    floor.world.captures(UnitsMerged, "PUMP-200/2", duplicate="PUMP-200/1", reason="plate found")
    print_jobs.finish(*where, job, Fate.TAKEN, "", now=floor.world.now)
    work(floor.plant, number)
    assert floor.state(number) == ("sent", True)
    (event,) = floor.labels("PUMP-200/2")
    assert event["unit"] == "ACME:PUMP-200/2"


def test_what_another_program_printed_meanwhile_asks_for_a_reason(floor):
    number = floor.queue("PUMP-200/1", f"tcp://127.0.0.1:{free_port()}")
    where = (floor.world.database, floor.world.site)
    job = print_jobs.claim(*where, number, now=floor.world.now)
    floor.world.captures(LabelPrinted, "PUMP-200/1", template="unit")
    print_jobs.finish(*where, job, Fate.TAKEN, "", now=floor.world.now)
    work(floor.plant, number)
    assert floor.state(number) == ("sent", False)
    assert "printed, but not recorded: IDN-040" in floor.job(number).problem
    assert work_off(floor.plant) == 0  # trying again by itself would change nothing
    floor.settles(number, is_printed=True, reason="printed twice by mistake; one destroyed")
    assert floor.state(number) == ("sent", True)
    assert len(floor.labels("PUMP-200/1")) == 2


def test_the_label_bears_what_the_unit_is_marked_as(floor):
    floor.world.captures(UnitReidentified, "PUMP-200/2", marked_as="PUMP-200/2-A", reason="label torn")
    with printer() as one:
        floor.prints("PUMP-200/2", one.url)
    (event,) = floor.labels("PUMP-200/2")
    assert event["content"] == "(1P)PUMP-200 (S)2-A"
    assert event["unit"] == "ACME:PUMP-200/2"


def test_a_unit_marked_anew_bears_the_gtin_of_its_new_part_and_no_old_udi(floor):
    floor.world.part("PUMP-210", gtin="09521234543220")
    floor.world.captures(UnitReidentified, "PUMP-200/1", marked_as="PUMP-210/77", reason="reworked")
    with printer() as one:
        floor.prints("PUMP-200/1", one.url)
    (event,) = floor.labels("PUMP-200/1")
    assert event["content"] == "(01)09521234543220 (21)77"


def test_many_that_ask_at_once_get_one_label(floor):
    """Whoever comes second is refused; and of those who work off the queue, one sends."""
    asked: list[object] = []

    def ask() -> None:
        try:
            asked.append(floor.queue("PUMP-200/1", one.url))
        except PrintRefused as problem:
            asked.append(problem)

    with printer() as one:
        _at_once(ask, 8)
        (number,) = [got for got in asked if isinstance(got, int)]
        _at_once(lambda: work(floor.plant, number), 8)
        work(floor.plant, number)
    assert len(asked) == 8
    assert len(one.taken) == len(floor.labels("PUMP-200/1")) == 1


def _at_once(act, count: int) -> None:
    threads = [threading.Thread(target=act) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_jobs_are_listed(floor):
    with printer() as one:
        done = floor.prints("PUMP-200/1", one.url)
    waiting = floor.prints("PUMP-200/2", f"tcp://127.0.0.1:{free_port()}")
    with floor.world.database.reading(floor.world.site) as reader:
        now = floor.world.now
        assert [job.job for job in job_list(reader, now=now).print_jobs] == [waiting, done]
        assert [job.job for job in job_list(reader, now=now, is_open=True).print_jobs] == [waiting]
        page = job_list(reader, now=now, limit=1)
        assert [job.job for job in job_list(reader, now=now, before=page.next).print_jobs] == [done]
        named = thing_to_label(reader, "PUMP-200/1", "unit")
        assert [job.job for job in jobs_of(reader, named.subject_id, now=now)] == [done]
        assert print_job(reader, 99, now=now) is None
    with pytest.raises(NoSuchJob, match="there is no print job 99 here"):
        floor.retries(99)
