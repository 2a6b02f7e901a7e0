"""Documents for tests, as partners would write them."""

from uuid import UUID

MAKER = "BPNL00000000MAKE"
SUPPLIER = "BPNL00000000SUPP"


def item_id(number: int) -> str:
    """The Catena-X id number so and so."""
    return f"urn:uuid:{UUID(int=(0xA1B2C3D4E5F60718 << 64) + number)}"


def serial_part(number, serial=None, *, part="PUMP-200", version=3, maker=MAKER, more_identifiers=(), **changes):
    """A SerialPart; `changes` replace or, when None, remove fields."""
    identifiers = [] if maker is None else [("manufacturerId", maker)]
    if serial is not None:
        identifiers.append(("partInstanceId", serial))
    return _item(number, part, [*identifiers, *more_identifiers], version, is_serial=True, changes=changes)


def batch(number, lot=None, *, part="GLUE-5", version=3, maker=MAKER, more_identifiers=(), **changes):
    identifiers = [] if maker is None else [("manufacturerId", maker)]
    if lot is not None:
        identifiers.append(("batchId", lot))
    return _item(number, part, [*identifiers, *more_identifiers], version, is_serial=False, changes=changes)


def _item(number, part, identifiers, version, *, is_serial, changes):
    information = {"manufacturerPartId": part, "nameAtManufacturer": f"Name of {part}"}
    if version == 4 and is_serial:
        information |= {"customerPartId": "C-1", "nameAtCustomer": "Theirs", "partClassification": []}
    made = {"date": "2025-02-04T14:48:54Z"} if version == 3 else {"productionDate": "2025-02-04"}
    document = {
        _id_key(version): item_id(number) if isinstance(number, int) else number,
        "localIdentifiers": [{"key": key, "value": value} for key, value in identifiers],
        "manufacturingInformation": {**made, "country": "DEU"},
        "partTypeInformation": information,
    }
    return changed(document, changes)


def bom(parent, *children, version=3, **changes):
    """A SingleLevelBomAsBuilt; a child is a number, or what `child` gives."""
    lines = [child(one, version=version) if isinstance(one, int) else one for one in children]
    document = {_id_key(version): item_id(parent) if isinstance(parent, int) else parent, "childItems": lines}
    return changed(document, changes)


def child(number, *, quantity=1, unit="unit:piece", version=3, partner=SUPPLIER, alternatives=False, **changes):
    line = {
        _id_key(version): item_id(number) if isinstance(number, int) else number,
        "quantity": {"value": quantity, "unit": unit},
        "hasAlternatives": alternatives,
        "createdOn": "2025-03-01T08:00:00.000Z",
        "businessPartner": partner,
        "lastModifiedOn": "2025-03-01T08:00:00.000Z",
    }
    return changed(line, changes)


def changed(document, changes):
    """`document` with some fields replaced, or removed where the change is None."""
    document.update({key: value for key, value in changes.items() if value is not None})
    for key in [key for key, value in changes.items() if value is None]:
        document.pop(key)
    return document


def _id_key(version):
    return "catenaXId" if version == 3 else "globalAssetId"


def reasons(findings):
    """What findings are about: (pointer, rule)."""
    return [(one.pointer, one.rule) for one in findings]
