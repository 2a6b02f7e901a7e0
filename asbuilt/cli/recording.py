"""Records the events that one command stands for: all of them or none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asbuilt.accounts.event_ids import new_event_id
from asbuilt.capture.answers import Refusal
from asbuilt.capture.capture import WHOLE_OR_NOT, Submission, capture
from asbuilt.cli.exits import Exit, Problem
from asbuilt.cli.opening import Opened, command_line_actor, os_user
from asbuilt.core.events.event import Event, EventProblem
from asbuilt.ledger.codec import Malformed, captured


def said_by(operator: str, moment: datetime) -> dict[str, Any]:
    """What every event of a command has in common. Any: they are fields of different types."""
    return {
        "event_id": new_event_id(),
        "event_time": moment,
        "source": "cli",
        "operator": operator or os_user(),
    }


def record_together(plant: Opened, events: Sequence[Event], *, now: datetime) -> None:
    """Record all events or none. Raises Problem with what stands in the way."""
    try:
        sent = []
        for event in events:
            event.check()
            sent.append(captured(event))
    except (EventProblem, Malformed) as problem:
        raise Problem(str(problem), Exit.USAGE) from None
    submission = Submission(events=tuple(sent), actor=command_line_actor(), atomic=True)
    (answers,) = capture(plant.database, plant.site, [submission], now=now)
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    broken = dict.fromkeys(
        f"{one.rule}: {one.reason}" for answer in refused for one in answer.broken if one.rule != WHOLE_OR_NOT
    )
    if broken:
        raise Problem("\n".join(broken), Exit.REFUSED)
