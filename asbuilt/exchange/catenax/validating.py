"""Checks documents against the JSON schemas of their aspect models."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import jsonschema_rs

from asbuilt.exchange.catenax.aspects import Aspect

VERSIONS = ("3.0.0", "4.0.0")


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """A departure from a schema: the path of the value within the document, and what is wrong with it."""

    path: tuple[str | int, ...]
    message: str


@cache
def _validator(aspect: Aspect, version: str) -> jsonschema_rs.Draft4Validator:
    text = (files(__package__) / "schemas" / f"{aspect}-{version}.json").read_text("utf-8")
    return jsonschema_rs.Draft4Validator(text, validate_formats=True)


@cache
def units_of_measure() -> frozenset[str]:
    """The units of measure the standard knows, without their prefix `unit:`."""
    text = (files(__package__) / "schemas" / f"{Aspect.BOM}-{VERSIONS[-1]}.json").read_text("utf-8")
    units = json.loads(text)["components"]["schemas"]["ItemUnitEnumeration"]["enum"]
    return frozenset(unit.removeprefix("unit:") for unit in units)


def version_checked(said: str, payload: Mapping[str, object]) -> str:
    """The version whose schema a document is held against: the one it says, else the one whose fields it has."""
    if said in VERSIONS:
        return said
    return "4.0.0" if _has_fields_of_4(payload) else "3.0.0"


def _has_fields_of_4(payload: Mapping[str, object]) -> bool:
    if "globalAssetId" in payload:
        return True
    children = payload.get("childItems")
    first = children[0] if isinstance(children, list) and children else None
    made = payload.get("manufacturingInformation")
    if "catenaXId" in payload:
        return False
    return (isinstance(first, dict) and "globalAssetId" in first) or (
        isinstance(made, dict) and "productionDate" in made
    )


def schema_problems(aspect: Aspect, payload: Mapping[str, object], *, said: str) -> Iterator[SchemaProblem]:
    """Every departure of a document from the schema of its aspect. said: the version it calls itself, or ''."""
    version = version_checked(said, payload)
    if said and said != version:
        yield SchemaProblem((), f"{aspect} {said} is not one of the versions known here; read and checked as {version}")
    try:
        for error in _validator(aspect, version).iter_errors(payload):
            yield SchemaProblem(tuple(error.instance_path), error.message)
    except UnicodeEncodeError:
        yield SchemaProblem((), "holds half a surrogate pair, which is no character; it cannot be checked further")
    except ValueError as problem:
        yield SchemaProblem((), f"cannot be checked against its schema: {problem}")
