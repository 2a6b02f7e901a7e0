"""GET /api/v1/units/…/completeness and work-orders/…/completeness."""

from tests.api.talk import event, problem

PUMP = "PUMP-200/1"


def test_what_is_missing_in_a_unit_and_in_an_order_and_that_it_is_not_shipped(api):
    line = {"item": "10", "part": "PCB-10", "reference_designators": ["A1", "A2"], "quantity": "2"}
    api.captures(
        event("PartDefined", part="PCB-10"),
        event("PartDefined", part="PUMP-200", component_record="read", is_complete_to_ship=True),
        event("BillOfMaterialsDefined", bill_of_materials="BOM/1", part="PUMP-200", lines=[line]),
        event("WorkOrderReleased", work_order="WO-1", part="PUMP-200", quantity=1),
        event("UnitCommissioned", unit=PUMP, work_order="WO-1"),
        event("UnitCommissioned", unit="PCB-10/7"),
        event("ComponentInstalled", unit=PUMP, component="PCB-10/7", reference_designator="A1"),
    )
    for path in (f"units/{PUMP}/completeness", "work-orders/WO-1/completeness"):
        found = api.json(path)
        assert (found["recorded_count"], found["required_count"]) == (1, 2)
        (missing,) = found["missing"]
        assert (missing["unit"], missing["place"], missing["what"]) == (f"ACME:{PUMP}", "A2", "ACME:PCB-10")
        assert api.rows(path) == [missing]
    assert "component_record" in problem(api.get("units/PCB-10/7/completeness"), 404)["detail"]
    assert "no work order" in problem(api.get("work-orders/WO-2/completeness"), 404)["detail"]
    assert api.refusals(event("UnitShipped", unit=PUMP, customer="Lyon")) == ["INV-007"]
