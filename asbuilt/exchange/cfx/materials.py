"""Materials: loaded and unloaded at stations, installed, applied, and taken out again."""

from collections.abc import Iterator
from decimal import Decimal

from asbuilt.core.events.event import QUANTITY_PLACES, Event, Evidence
from asbuilt.core.events.genealogy import (
    ComponentInstalled,
    ComponentRemoved,
    MaterialConsumed,
    MaterialLoaded,
    MaterialUnloaded,
)
from asbuilt.core.identifiers.names import ReferenceDesignator, Slot, Uom
from asbuilt.core.identifiers.subjects import Lot, Unit
from asbuilt.exchange.cfx.drafting import Drafts, UnitSaid, units_said
from asbuilt.exchange.cfx.envelopes import Message
from asbuilt.exchange.cfx.nodes import Node
from asbuilt.exchange.cfx.work import Transaction
from asbuilt.exchange.intake.findings import Concern, quoted
from asbuilt.exchange.intake.recording import NO_ID
from asbuilt.exchange.intake.values import quantity

NO_UOM = Uom("")
_UOMS = {"gramm": "g", "gram": "g", "grams": "g", "milliliter": "ml", "millilitre": "ml"}


def installed(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """MaterialsInstalled and MaterialsApplied: each component, or the amount, is built into its unit."""
    nodes = message.body.member("InstalledMaterials", "AppliedMaterials").items()
    for said in units_said(nodes, shared=transaction.shared()):
        said.node.kind()
        unit = drafts.unit(message, said)
        material = drafts.material(message, said.node.member("Material"))
        if unit is not None and material is not None:
            _install(message, said, unit, material, drafts)


def _install(message: Message, said: UnitSaid, unit: Unit, material: Unit | Lot, drafts: Drafts) -> None:
    components = said.node.member("InstalledComponents").items()
    amount, uom = _amount(said.node, drafts)
    each = _each(amount, len(components), said.node, drafts)
    evidence = Evidence.SETUP_WINDOW if said.node.member("CarrierLocation") else Evidence.SCANNED
    for component in components or [said.node]:
        designator = component.member("ReferenceDesignator").name()
        event = ComponentInstalled(
            event_id=NO_ID,
            event_time=component.member("InstallationTime").time() or message.at,
            unit=unit,
            component=material if isinstance(material, Unit) else None,
            lot=material if isinstance(material, Lot) else None,
            reference_designator=ReferenceDesignator(designator),
            quantity=None if isinstance(material, Unit) else each,
            uom=NO_UOM if isinstance(material, Unit) else uom,
            evidence=evidence,
        )
        drafts.add(message, event, component.place, about=_where(message, component))


def _where(message: Message, node: Node) -> str:
    """Where something stands within its message, wherever the message stands."""
    return node.place.pointer.removeprefix(message.root.place.pointer)


def _amount(node: Node, drafts: Drafts) -> tuple[Decimal | None, Uom]:
    """How much went in, or came out, in all; None when the message says none, or nothing that can be."""
    applied = node.member("QuantityApplied")
    value = applied.member("Value") if applied else node.member("QuantityInstalled", "QuantityUninstalled")
    given = value.number()
    if not given:
        return None, NO_UOM
    found = quantity(given)
    if isinstance(found, str):
        drafts.findings.warn(value.place, Concern.QUANTITY, f"{quoted(given)} {found}; recorded without a quantity")
        return None, NO_UOM
    if found.assumed:
        drafts.findings.warn(value.place, Concern.QUANTITY, f"{quoted(given)} was {found.assumed}")
    unit = applied.member("ValueUnits").name() if applied else ""
    return found.value, Uom(_UOMS.get(unit.lower(), unit))


def _each(amount: Decimal | None, count: int, node: Node, drafts: Drafts) -> Decimal | None:
    """The share of each component in the amount that is told for all of them."""
    if amount is None or count <= 1:
        return amount
    share = amount / count
    rounded = share.quantize(Decimal(1).scaleb(-QUANTITY_PLACES))
    if rounded * count != amount:
        reason = f"{amount} does not divide among {count} components; recorded as one each"
        drafts.findings.warn(node.place, Concern.QUANTITY, reason)
        return None
    return Decimal(int(rounded)) if rounded == int(rounded) else rounded.normalize()


def uninstalled(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """MaterialsUninstalled and MaterialsUnapplied: each component is taken out of its unit."""
    nodes = message.body.member("UninstalledMaterials", "UnappliedMaterials").items()
    for said in units_said(nodes, shared=transaction.shared()):
        unit = drafts.unit(message, said)
        material = drafts.material(message, said.node.member("Material"))
        if unit is None or material is None:
            continue
        reason = said.node.member("Reason").text() or "no reason given"
        for component in said.node.member("UninstalledComponents").items() or [said.node]:
            event = ComponentRemoved(
                event_id=NO_ID,
                event_time=message.at,
                unit=unit,
                component=material if isinstance(material, Unit) else None,
                lot=material if isinstance(material, Lot) else None,
                reference_designator=ReferenceDesignator(component.member("ReferenceDesignator").name()),
                reason=reason,
            )
            drafts.add(message, event, component.place, about=_where(message, component))


def loaded(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """MaterialsLoaded: each package feeds its slot from now on."""
    for node in message.body.member("Materials").items():
        lot = _lot(message, node, drafts)
        slot = _slot(node)
        if lot is None:
            continue
        if not slot:
            drafts.findings.refuse(node.place, Concern.COMPONENT, "names no location; nothing says which slot it feeds")
            continue
        event = MaterialLoaded(event_id=NO_ID, event_time=message.at, lot=lot, station=message.station, slot=slot)
        drafts.add(message, event, node.place, about=f"{slot}\n{lot}")


def unloaded(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """MaterialsUnloaded and MaterialsEmpty: each package feeds its slot no more."""
    empty = message.body.member("EmptyMaterials").items()
    for node in [*message.body.member("Materials").items(), *empty]:
        lot = _lot(message, node, drafts)
        if lot is not None:
            _unload(message, node, lot, drafts, slot=_slot(node), reason="empty" if node in empty else "")
    for node in message.body.member("MaterialPackageIdentifiers").items():
        package = Node({"UniqueIdentifier": node.value}, node.place, node.taken)
        material = drafts.material(message, package)
        node.text()
        if isinstance(material, Lot):
            _unload(message, node, material, drafts)


def spliced(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """SplicePointDetected: one package is used up, and the next one feeds its slot."""
    depleted, active = message.body.member("DepletedMaterial"), message.body.member("NewlyActiveMaterial")
    lot = _lot(message, depleted, drafts) if depleted else None
    if lot is not None:
        _unload(message, depleted, lot, drafts, slot=_slot(depleted), reason="spliced")
    lot = _lot(message, active, drafts) if active else None
    slot = _slot(active)
    if lot is not None and slot:
        event = MaterialLoaded(event_id=NO_ID, event_time=message.at, lot=lot, station=message.station, slot=slot)
        drafts.add(message, event, active.place, about=f"{slot}\n{lot}")


def _unload(
    message: Message, node: Node, lot: Lot, drafts: Drafts, *, slot: Slot | None = None, reason: str = ""
) -> None:
    """Without a slot, from where it is known to be; the record knows only what was loaded there."""
    for place in [slot] if slot else list(_slots_fed(message, lot, drafts)):
        event = MaterialUnloaded(
            event_id=NO_ID, event_time=message.at, lot=lot, station=message.station, slot=place, reason=reason
        )
        drafts.add(message, event, node.place, about=f"{place}\n{lot}")
        return
    drafts.findings.warn(node.place, Concern.DIFFERENCE, f"{lot} is in no slot of {message.station} by the record")


def _slots_fed(message: Message, lot: Lot, drafts: Drafts) -> Iterator[Slot]:
    """Where the lot is by the record, and by the messages before this one."""
    by_event: dict[tuple[str, str], Event] = {}
    for pending in drafts.pending:
        event = pending.captured.event
        if isinstance(event, MaterialLoaded | MaterialUnloaded) and event.lot == lot:
            by_event[event.station.key, event.slot] = event
    for slot, station in drafts.lookup.slots(lot):
        if station == message.station and not isinstance(by_event.get((station.key, slot)), MaterialUnloaded):
            yield slot
    for (station_key, _), event in by_event.items():
        if station_key == message.station.key and isinstance(event, MaterialLoaded):
            yield event.slot


def _lot(message: Message, node: Node, drafts: Drafts) -> Lot | None:
    material = drafts.material(message, node.member("MaterialPackage"))
    if isinstance(material, Unit):
        drafts.findings.warn(node.place, Concern.COMPONENT, f"{material} is a unit; only lots are fed from slots")
        return None
    return material


def _slot(node: Node) -> Slot:
    """The name of the location, with the lane of the feeder: two lanes of one feeder have one location."""
    name = node.member("LocationName").name() or node.member("LocationIdentifier").name()
    lane = node.member("CarrierInformation").member("LaneNumber").number()
    return Slot(f"{name}.{lane}" if name and lane else name)


def initialized(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """MaterialsInitialized: packages of material become known."""
    for node in message.body.member("Materials").items():
        if drafts.material(message, node) is not None:
            drafts.joined.add(message.identity)


def split(message: Message, transaction: Transaction, drafts: Drafts) -> None:
    """MaterialsSplit: some of a package goes into a new one, so that what is found of the one is found of the other."""
    body = message.body
    source = _named(body, "SourceMaterialPackageIdentifier", "OriginalMaterialPackage")
    new = _named(body, "NewMaterialPackageIdentifier", "NewMaterialPackage")
    lot = drafts.material(message, source)
    if not isinstance(lot, Lot):
        return
    output = drafts.material(message, _of_part(new, lot))
    if not isinstance(output, Lot) or output == lot:
        return
    given = body.member("NewMaterialPackageQuantity") or new.member("Quantity")
    found = quantity(given.number()) if given else "is not given"
    state = drafts.lookup.lot(lot)
    if isinstance(found, str):
        drafts.findings.warn(given.place, Concern.QUANTITY, f"the quantity {found}; recorded without one")
    event = MaterialConsumed(
        event_id=NO_ID,
        event_time=message.at,
        output_lot=output,
        lot=lot,
        quantity=None if isinstance(found, str) else found.value,
        uom=NO_UOM if isinstance(found, str) or state is None else state.uom,
    )
    drafts.add(message, event, body.place, about=f"{output}\n{lot}")


def _named(body: Node, identifier: str, package: str) -> Node:
    """A package by its data, or by its identifier alone."""
    node = body.member(identifier)
    node.name()
    return Node({"UniqueIdentifier": node.value}, node.place, node.taken) if node else body.member(package)


def _of_part(package: Node, lot: Lot) -> Node:
    """A package as of the part of a lot, when that is not said."""
    said = package.value if isinstance(package.value, dict) else {}
    return Node({**said, "InternalPartNumber": lot.part.part_number}, package.place, package.taken)
