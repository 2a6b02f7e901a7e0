"""The aspect models we read, by the many names they go under."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Aspect(StrEnum):
    """The aspect models that are imported."""

    SERIAL_PART = "SerialPart"
    BATCH = "Batch"
    BOM = "SingleLevelBomAsBuilt"


@dataclass(frozen=True, slots=True)
class AspectName:
    """What a document calls itself. aspect: None for a model that is not imported. version: '' when not said."""

    name: str
    aspect: Aspect | None
    version: str = ""


_IMPORTED = {
    "serialpart": Aspect.SERIAL_PART,
    "serialparttypization": Aspect.SERIAL_PART,  # its name until 2023
    "batch": Aspect.BATCH,
    "singlelevelbomasbuilt": Aspect.BOM,
    "assemblypartrelationship": Aspect.BOM,  # its name until 2023
}
_NOT_IMPORTED = {
    name.lower(): name
    for name in (
        "JustInSequencePart",
        "PartAsPlanned",
        "PartAsSpecified",
        "PartSiteInformationAsPlanned",
        "PartTypeInformation",
        "SingleLevelBomAsPlanned",
        "SingleLevelBomAsSpecified",
        "SingleLevelUsageAsBuilt",
        "SingleLevelUsageAsPlanned",
        "TractionBatteryCode",
    )
}
_URN = re.compile(r"urn:(?:samm|bamm):(?P<space>[\w.]+):(?P<version>\d+\.\d+\.\d+)(?:#(?P<name>\w+))?", re.ASCII)
_URL = re.compile(r"https?://catenax\.io/schema/(?P<name>\w+)/(?P<version>[\d.]+)", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,60}", re.ASCII)


def aspect_named(text: object) -> AspectName | None:
    """The aspect model a text names: by its URN (samm or bamm), by its schema URL, or plainly (`serialPart`)."""
    if not isinstance(text, str):
        return None
    found = _URN.fullmatch(text)
    if found:
        return _named(found["name"] or found["space"].rpartition(".")[2], found["version"])
    found = _URL.fullmatch(text)
    if found and "TestDataContainer" not in found["name"]:
        return _named(found["name"], found["version"])
    if _WORD.fullmatch(text):
        named = _named(text)
        return named if _key(text) in _IMPORTED or _key(text) in _NOT_IMPORTED else None
    return None


def _named(name: str, version: str = "") -> AspectName:
    aspect = _IMPORTED.get(_key(name))
    return AspectName(aspect.value if aspect else _NOT_IMPORTED.get(_key(name), name), aspect, version)


def _key(name: str) -> str:
    return name.replace("_", "").lower()


def shapes_of(value: dict[str, object], *, file_name: str) -> Iterator[AspectName]:
    """The aspects whose fields an object has. An object may be several at once, when somebody laid them together."""
    if "childItems" in value or "childParts" in value:
        yield _named("SingleLevelBomAsPlanned" if _is_planned(value) else Aspect.BOM)
    if "parentItems" in value or "parentParts" in value:
        yield _named("SingleLevelUsageAsBuilt")
    if "partTypeInformation" in value or "localIdentifiers" in value:
        yield _named(_part_shape(value, file_name))


def _is_planned(value: dict[str, object]) -> bool:
    """A BOM as planned says when its lines are valid, and not whether they have alternatives."""
    children = value.get("childItems", value.get("childParts"))
    lines = [line for line in children if isinstance(line, dict)] if isinstance(children, list) else []
    return any("validityPeriod" in line and "hasAlternatives" not in line for line in lines)


def _part_shape(value: dict[str, object], file_name: str) -> str:
    """SerialPart and Batch have the same fields; what tells them apart is what identifies them."""
    if "validityPeriod" in value or "partSitesInformationAsPlanned" in value:
        return "PartAsPlanned"
    if "localIdentifiers" not in value and "manufacturingInformation" not in value:
        return "PartTypeInformation"
    keys = {key for key, _ in local_identifiers(value)}
    part = value.get("partTypeInformation")
    says_customer = isinstance(part, dict) and ("customerPartId" in part or "nameAtCustomer" in part)
    evidence = (
        (bool(keys & {"partInstanceId", "van"}), Aspect.SERIAL_PART.value),
        ("jisNumber" in keys, "JustInSequencePart"),
        ("batchId" in keys, Aspect.BATCH.value),
        (says_customer, Aspect.SERIAL_PART.value),  # fields a Batch has not
        ("batch" in file_name.lower(), Aspect.BATCH.value),
        ("globalAssetId" in value, Aspect.BATCH.value),  # a SerialPart 4.0.0 must say customerPartId
    )
    return next((name for holds, name in evidence if holds), Aspect.SERIAL_PART.value)


_KEYS = {
    key.lower(): key
    for key in (
        "manufacturerId",
        "manufacturerPartId",
        "customerPartId",
        "partInstanceId",
        "batchId",
        "van",
        "intrinsicId",
        "jisNumber",
        "jisCallDate",
        "parentOrderNumber",
    )
}


def local_identifiers(value: dict[str, object]) -> list[tuple[str, object]]:
    """The (key, value) pairs of `localIdentifiers`, keys as version 4 spells them; what is no pair is left out."""
    listed = value.get("localIdentifiers")
    if not isinstance(listed, list):
        return []
    pairs = [(one.get("key"), one.get("value")) for one in listed if isinstance(one, dict)]
    return [(_KEYS.get(key.lower(), key), value) for key, value in pairs if isinstance(key, str)]
