"""CFX messages as machines send them."""

import json
from itertools import count
from typing import Any
from uuid import UUID

_numbers = count(1)
WORK = "2c24590d-39c5-4039-96a5-91900cecedfa"
SMT = "SMTPlus.Model_21232.SN23123"


def message(name: str, body: dict[str, Any], *, minute: int = 0, **envelope: Any) -> dict[str, Any]:
    """A message in its envelope; each has an id of its own."""
    return {
        "MessageName": f"CFX.{name}",
        "Version": "1.7",
        "TimeStamp": f"2026-03-02T08:{minute:02}:00.1234567+01:00",
        "UniqueID": str(UUID(int=next(_numbers))),
        "Source": SMT,
        "Target": None,
        "RequestID": None,
        "MessageBody": body,
        **envelope,
    }


def panel(*positions: int, identifier: str = "PANEL7", **more: Any) -> list[dict[str, Any]]:
    return [{"UnitIdentifier": identifier, "PositionNumber": one, **more} for one in positions]


def alone(*identifiers: str) -> list[dict[str, Any]]:
    """Units that bear identifiers of their own."""
    return [{"UnitIdentifier": one, "PositionNumber": place} for place, one in enumerate(identifiers, start=1)]


def work_started(units, *, minute=0, work=WORK, body=None, **envelope):
    given = {"TransactionID": work, "UnitCount": len(units), "Units": units, **(body or {})}
    return message("Production.WorkStarted", given, minute=minute, **envelope)


def work_completed(*, minute=5, work=WORK, result="Completed", **envelope):
    given = {"TransactionID": work, "Result": result}
    return message("Production.WorkCompleted", given, minute=minute, **envelope)


def numeric(name, value, *, uom="V", expected=None, low=None, high=None, limits_uom=None, result="Passed", **more):
    given = {
        "Value": value,
        "ValueUnits": uom,
        "ExpectedValue": expected,
        "ExpectedValueUnits": limits_uom or uom,
        "MinimumAcceptableValue": low,
        "MaximumAcceptableValue": high,
    }
    return {
        "$type": "CFX.Structures.NumericMeasurement, CFX",
        "MeasurementName": name,
        "MeasuredValue": given,
        "Result": result,
        **more,
    }


def unit_tested(unit, *measurements, result="Passed", position=None, **step):
    test = {"TestName": "ICT", "Result": step.pop("step_result", result), "Measurements": list(measurements), **step}
    return {"UnitIdentifier": unit, "UnitPositionNumber": position, "OverallResult": result, "Tests": [test]}


def units_tested(*units, minute=3, work=WORK, **envelope):
    tester = {"OperatorIdentifier": "BADGE489499", "ActorType": "Human"}
    given = {"TransactionId": work, "Tester": tester, "TestedUnits": list(units)}
    return message("Production.TestAndInspection.UnitsTested", given, minute=minute, **envelope)


def installed(unit, package, part, *designators, quantity=None, position=1, **more):
    return {
        "UnitIdentifier": unit,
        "UnitPositionNumber": position,
        "QuantityInstalled": len(designators) if quantity is None else quantity,
        "Material": {"UniqueIdentifier": package, "InternalPartNumber": part, "Quantity": 887.0},
        "InstalledComponents": [{"ReferenceDesignator": one, "InstallationTime": None} for one in designators],
        **more,
    }


def materials_installed(*materials, minute=2, work=WORK, **envelope):
    given = {"TransactionId": work, "InstalledMaterials": list(materials)}
    return message("Production.Assembly.MaterialsInstalled", given, minute=minute, **envelope)


def location(slot, package, part, **carrier):
    return {
        "LocationIdentifier": f"UID-{slot}",
        "LocationName": slot,
        "MaterialPackage": {"UniqueIdentifier": package, "InternalPartNumber": part, "Quantity": 1000.0},
        "CarrierInformation": carrier or None,
    }


def reading(name, value, **more):
    return {"ReadingIdentifier": name, "Value": value, "ValueUnits": "mm", "Result": "Passed", **more}


def readings(*some, minute=2, work=WORK):
    return message("Production.ReadingsRecorded", {"TransactionId": work, "Readings": list(some)}, minute=minute)


def tools_used(*tools, position=1, minute=2, work=WORK):
    used = [
        {"UnitIdentifier": "PANEL7", "UnitPositionNumber": position, "Tool": {"UniqueIdentifier": one}} for one in tools
    ]
    return message("Production.ToolsUsed", {"TransactionId": work, "UsedTools": used}, minute=minute)


def repaired(unit, *defects, position=None, result="RepairSuccessful", **more):
    repair = {
        "UniqueIdentifier": "R-1",
        "RepairName": "resoldered",
        "RepairEndTime": "2026-03-02T09:00:00+01:00",
        "Comments": "by hand",
        "RelatedDefectIdentifiers": list(defects),
        "Result": result,
        **more,
    }
    unit = {"UnitIdentifier": unit, "UnitPositionNumber": position, "OverallResult": result, "Repairs": [repair]}
    body = {"RepairOperator": {"OperatorIdentifier": "BADGE7"}, "RepairedUnits": [unit]}
    return message("Production.ReworkAndRepair.UnitsRepaired", body, minute=30)


def blocking(*packages):
    body = {"MaterialPackageIdentifiers": list(packages), "Reason": "SuspectedProblem", "Comments": "bent leads"}
    return message("Materials.Management.BlockMaterialsRequest", {**body, "Blocker": {"OperatorIdentifier": "b.otto"}})


def unblocking(*packages, request="RQ-1", result="Success", **more):
    """A request to unblock packages, and its response."""
    given = {"MaterialPackageIdentifiers": list(packages), "Comments": "measured", "Unblocker": None}
    answer = {"Result": {"Result": result, "ResultCode": 0, "Message": "OK"}, **more}
    return (
        message("Materials.Management.UnblockMaterialsRequest", given, minute=10, RequestID=request),
        message("Materials.Management.UnblockMaterialsResponse", answer, minute=11, RequestID=request),
    )


ORDERS = "InformationSystem.WorkOrderManagement"


def order(number, *, batch=None, **more):
    given = {"WorkOrderIdentifier": {"WorkOrderId": number, "Batch": batch}, "Status": "ApprovedAndPending"}
    return {**given, "PartNumber": "BOARD", "Quantity": 220.0, **more}


def lines(*messages) -> str:
    return "\n".join(json.dumps(one) for one in messages)
