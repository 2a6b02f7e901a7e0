"""One part and serial number goes to one unit, whoever asks for it in the same moment."""

from concurrent.futures import ThreadPoolExecutor

from asbuilt.core.events.identity import UnitCommissioned, UnitReidentified
from tests.world import recorded

ROUNDS = 12


def test_a_number_is_marked_or_commissioned_once_by_two_at_once(world):
    world.units("PUMP-200/1", "PUMP-200/2")
    for number in range(ROUNDS):
        wanted = f"PUMP-200/A{number}"
        events = [
            world.event(UnitReidentified, "PUMP-200/1", marked_as=wanted, reason="label torn"),
            world.event(UnitReidentified, "PUMP-200/2", marked_as=wanted, reason="label torn"),
            world.event(UnitCommissioned, wanted),
        ]
        with ThreadPoolExecutor(len(events)) as pool:
            answers = [recorded(answer)[0] for answer in pool.map(world.submit, events)]
        assert answers.count("recorded") == 1, answers
        assert {*answers} <= {"recorded", "IDN-003", "IDN-021"}
