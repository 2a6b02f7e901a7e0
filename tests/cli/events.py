"""Events as a client writes them."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


class Events:
    """Events in the order of their making, a minute apart. first: number of the first event id."""

    def __init__(self, first: int = 1) -> None:
        self._number = first
        self.events: list[dict] = []

    def add(self, kind: str, **fields: object) -> dict:
        event = {
            "type": kind,
            "event_id": str(UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + self._number)),
            "event_time": (START + timedelta(minutes=self._number)).isoformat(),
            **fields,
        }
        self._number += 1
        self.events.append(event)
        return event

    def ndjson(self) -> str:
        return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in self.events)


def pumps() -> Events:
    """Two pumps with a board each, a lot of glue, a test with a failure, a hold, a shipment, and twins."""
    events = Events()
    events.add("PartDefined", part="PUMP-200", description="Pump", revision="B", serial_format="P26-######")
    events.add("PartDefined", part="PCB-10", description="Board")
    events.add("PartDefined", part="GLUE-1", description="Glue", tracking="lot", uom="g")
    events.add("PartDefined", part="OTHER:MOTOR", description="Motor")
    events.add("LotDefined", lot="GLUE-1/L7", quantity="100", uom="g")
    events.add("WorkOrderReleased", work_order="WO-1", part="PUMP-200", quantity=5)
    for number in (1, 2):
        events.add("UnitCommissioned", unit=f"PUMP-200/{number}", work_order="WO-1", location="LINE-1")
        events.add("UnitCommissioned", unit=f"PCB-10/{number}")
        events.add(
            "ComponentInstalled",
            unit=f"PUMP-200/{number}",
            component=f"PCB-10/{number}",
            reference_designator="A1",
            operation="OP20",
        )
        events.add("ComponentInstalled", unit=f"PUMP-200/{number}", lot="GLUE-1/L7", quantity="0.50", uom="g")
    flow = {"characteristic": "flow", "uom": "ml/h", "lower_limit": "9.50", "upper_limit": "10.50"}
    events.add(
        "OperationCompleted",
        unit="PUMP-200/1",
        operation="OP70",
        station="FT-1",
        operator="v.renard",
        measurements=[{**flow, "value": "10.80"}],
    )
    events.add("OperationCompleted", unit="PUMP-200/1", operation="OP70", measurements=[{**flow, "value": "10.0100"}])
    events.add("AliasAssigned", unit="PUMP-200/1", scheme="udi", value="(01)09521234450016(21)1")
    events.add("UnitShipped", unit="PUMP-200/1", customer="Hôpital, Lyon", shipment="SHP-1")
    events.add("HoldPlaced", unit="PUMP-200/2", hold="NCR-1", reason="scratch\non housing")
    events.add("UnitReceived", unit="OTHER:MOTOR/777")
    events.add("UnitCommissioned", unit="PUMP-200/777")
    return events
