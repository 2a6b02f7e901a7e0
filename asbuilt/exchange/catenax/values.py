"""What single values of a Catena-X document mean: ids and units of measure."""

import re
from typing import NewType

from asbuilt.core.identifiers.names import Uom
from asbuilt.exchange.intake.values import name_in

CatenaXId = NewType("CatenaXId", str)
"""The global id of a unit or lot (catenaXId, globalAssetId): `urn:uuid:` and a UUID in lower case."""

_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE | re.ASCII)


def catenax_id(value: object) -> CatenaXId | None:
    """The id a value spells, with or without `urn:uuid:`, in any case; None when it is no UUID."""
    found = _UUID.fullmatch(value.strip()) if isinstance(value, str) else None
    return CatenaXId(f"urn:uuid:{found[1].lower()}") if found else None


def uom(value: object) -> Uom | None:
    """The unit of measure of `unit:piece`, without its prefix; None when it names none."""
    if not isinstance(value, str):
        return None
    name = name_in(value.strip().removeprefix("unit:"))
    return None if name is None else Uom(name)
