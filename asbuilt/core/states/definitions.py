"""Parts, lots, specifications, routings and bills of materials come to be known."""

from decimal import Decimal

from asbuilt.core.events.definitions import (
    BillOfMaterialsDefined,
    LotDefined,
    PartDefined,
    RoutingDefined,
    SpecificationDefined,
)
from asbuilt.core.states.known import Known
from asbuilt.core.states.records.bills import BillState
from asbuilt.core.states.records.definitions import LotState, PartState, SpecificationState
from asbuilt.core.states.records.routings import RoutingState

GTIN_DIGITS = 14


def fold_part_defined(known: Known, event: PartDefined, sequence: int) -> None:
    known.parts.put(
        event.part,
        PartState(
            part=event.part,
            description=event.description,
            revision=event.revision,
            tracking=event.tracking,
            uom=event.uom,
            serial_format=event.serial_format,
            gtin=event.gtin and event.gtin.zfill(GTIN_DIGITS),
            component_record=event.component_record,
            process_record=event.process_record,
            is_complete_to_ship=event.is_complete_to_ship,
        ),
    )


def fold_lot_defined(known: Known, event: LotDefined, sequence: int) -> None:
    known.lots.put(
        event.lot,
        LotState(
            lot=event.lot,
            quantity=event.quantity,
            used=Decimal(0),
            scrapped=Decimal(0),
            uom=event.uom,
            supplier=event.supplier,
            supplier_lot=event.supplier_lot,
            purchase_order=event.purchase_order,
            manufactured_on=event.manufactured_on,
            expires_on=event.expires_on,
            open_holds=(),
            defined_at=event.event_time,
        ),
    )


def undo_lot_defined(known: Known, event: LotDefined, sequence: int) -> None:
    known.lots.take_out(event.lot)


def fold_specification_defined(known: Known, event: SpecificationDefined, sequence: int) -> None:
    known.specifications.put(
        event.specification,
        SpecificationState(specification=event.specification, characteristics=event.characteristics),
    )


def fold_routing_defined(known: Known, event: RoutingDefined, sequence: int) -> None:
    known.add_routing(
        RoutingState(
            routing=event.routing,
            part=event.part,
            effective_from=event.applies_from,
            operations=event.operations,
        )
    )


def fold_bill_of_materials_defined(known: Known, event: BillOfMaterialsDefined, sequence: int) -> None:
    known.add_bill(
        BillState(
            bill=event.bill_of_materials,
            part=event.part,
            effective_from=event.applies_from,
            lines=event.lines,
        )
    )
