"""A made-up supply chain: its documents in every form, and an independent model of what is in what.

The model knows nothing of events, links or SQL: it is a dictionary from each item to what is in it.
"""

import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

PARTNERS = ("BPNL00000000OEM1", "BPNL0000000TIER1", "BPNL0000000TIER2", "BPNL0000000TIER3")
URNS = {
    "SerialPart": "urn:samm:io.catenax.serial_part:{}.0.0#SerialPart",
    "Batch": "urn:samm:io.catenax.batch:{}.0.0#Batch",
    "SingleLevelBomAsBuilt": "urn:samm:io.catenax.single_level_bom_as_built:{}.0.0#SingleLevelBomAsBuilt",
}
UNITS = ("piece", "litre", "kilogram", "metre")
DEPTH = 6


@dataclass
class Item:
    """A unit or lot. level: 0 for what is sold."""

    item_id: str
    is_unit: bool
    level: int
    partner: str
    part_number: str
    number: str
    is_delivered: bool = True
    lines: list[dict] = field(default_factory=list)


@dataclass
class Chain:
    """The items of a supply chain."""

    items: dict[str, Item] = field(default_factory=dict)

    @property
    def delivered(self) -> list[str]:
        return [one for one, item in self.items.items() if item.is_delivered]

    def directly_in(self, item_id: str) -> set[str]:
        """What the record can hold of the contents of a delivered item."""
        return {line["component"] for line in self.items[item_id].lines}

    def below(self, item_id: str) -> set[str]:
        """Everything in an item, as far as what holds it is known."""
        found, waiting = set(), [item_id]
        while waiting:
            one = waiting.pop()
            if not self.items[one].is_delivered:
                continue
            new = self.directly_in(one) - found
            found |= new
            waiting.extend(new)
        return found

    def above(self) -> dict[str, set[str]]:
        """Every delivered item with all delivered items that contain it."""
        found = defaultdict(set)
        for one in self.delivered:
            for component in self.below(one):
                found[component].add(one)
        return found


def supply_chain(seed: int, *, products: int = 40, items_max: int = 760) -> Chain:
    """A chain of some products down to raw material, six levels deep, with everything that makes genealogy hard."""
    chance = random.Random(seed)
    chain = Chain()
    shared: dict[int, list[Item]] = defaultdict(list)
    waiting = [_new(chance, chain, is_unit=True, level=0) for _ in range(products)]
    taken_up: set[str] = set()
    while waiting:
        item = waiting.pop()
        if item.level == DEPTH or (item.level > 1 and chance.random() < 0.2):
            continue
        for _ in range(chance.randint(1, 4)):
            component, alternatives = _component(
                chance, chain, shared, item.level + 1, is_full=len(chain.items) >= items_max
            )
            if component is None or (
                component.is_unit and component.item_id in {one["component"] for one in item.lines}
            ):
                continue
            if component.is_delivered and component.item_id not in taken_up:
                taken_up.add(component.item_id)
                waiting.append(component)
            item.lines.append(_line(chance, component, alternatives=alternatives))
    return chain


def _new(chance, chain, *, is_unit, level) -> Item:
    number = len(chain.items)
    item = Item(
        item_id=str(UUID(int=chance.getrandbits(128), version=4)),
        is_unit=is_unit,
        level=level,
        partner=chance.choice(PARTNERS),
        part_number=f"{'P' if is_unit or chance.random() < 0.1 else 'M'}-{level}{chance.randint(0, 9)}",
        number=f"{'SN' if is_unit else 'LOT'}-{number:05d}",
    )
    chain.items[item.item_id] = item
    return item


def _component(chance, chain, shared, level, *, is_full):
    """A component and whether it is one of several; units belong to one parent unless they are alternatives."""
    kind = chance.random()
    if shared[level] and (kind < 0.3 or is_full):
        item = chance.choice(shared[level])
        return item, item.is_unit or chance.random() < 0.1
    if is_full:
        return None, False
    if kind < 0.8:
        item = _new(chance, chain, is_unit=kind < 0.65, level=level)
        if not item.is_unit:
            shared[level].append(item)
        return item, False
    item = _new(chance, chain, is_unit=kind < 0.9, level=level)
    if kind < 0.85:  # a unit that may be in one of several assemblies
        shared[level].append(item)
        return item, True
    item.is_delivered = False
    if chance.random() < 0.3:  # nobody tells us what it is, but somebody what is in it
        item.lines.append(_line(chance, _new(chance, chain, is_unit=False, level=level + 1), alternatives=False))
    return item, chance.random() < 0.3


def _line(chance, component, *, alternatives) -> dict:
    quantity = 1 if component.is_unit else chance.choice([1, 2.5, 20.0, 0.001, 1234.567891])
    return {
        "component": component.item_id,
        "partner": component.partner,
        "quantity": quantity,
        "unit": "piece" if component.is_unit else chance.choice(UNITS),
        "alternatives": alternatives,
        "second": chance.randrange(86_400),
    }


@dataclass
class Written:
    """A document, what it is and whom it is about."""

    aspect: str
    version: int
    item: Item
    document: dict


def documents(chain: Chain, seed: int) -> list[Written]:
    """All documents of a chain, in both versions and every spelling, some of them twice or in two parts."""
    chance = random.Random(seed + 1)
    written = []
    for item in chain.items.values():
        if item.is_delivered:
            written.extend(_item_document(chance, item) for _ in range(2 if chance.random() < 0.05 else 1))
        if item.lines:
            parts = [item.lines]
            if len(item.lines) > 1 and chance.random() < 0.1:
                components = sorted({line["component"] for line in item.lines})
                half = set(components[: len(components) // 2])
                parts = [
                    [line for line in item.lines if (line["component"] in half) is first] for first in (True, False)
                ]
            written.extend(_bom_document(chance, item, lines) for lines in parts if lines)
            if chance.random() < 0.05:
                written.append(_bom_document(chance, item, item.lines if len(parts) == 1 else parts[0]))
    chance.shuffle(written)
    return written


def spelled(chance, item_id: str) -> str:
    return chance.choice(["urn:uuid:{}", "{}", "urn:uuid:{}"]).format(
        chance.choice([item_id, item_id.upper(), item_id.title()])
    )


def _item_document(chance, item) -> Written:
    version = chance.choice([3, 4])
    aspect = "SerialPart" if item.is_unit else "Batch"
    identifiers = [{"key": "manufacturerId", "value": item.partner}]
    identifiers.append({"key": "partInstanceId" if item.is_unit else "batchId", "value": item.number})
    if item.is_unit and item.level == 0:
        identifiers.append({"key": "van", "value": f"VAN{item.number}"})
    chance.shuffle(identifiers)
    part = {"manufacturerPartId": item.part_number, "nameAtManufacturer": f"Part {item.part_number}"}
    if version == 4 and item.is_unit:
        part |= {"customerPartId": f"C{item.part_number}", "nameAtCustomer": "x", "partClassification": []}
    made = {"date": "2024-05-06T07:08:09.000Z"} if version == 3 else {"productionDate": "2024-05-06"}
    document = {
        "catenaXId" if version == 3 else "globalAssetId": spelled(chance, item.item_id),
        "localIdentifiers": identifiers,
        "manufacturingInformation": made,
        "partTypeInformation": part,
    }
    return Written(aspect, version, item, document)


def _bom_document(chance, item, lines) -> Written:
    version = chance.choice([3, 4])
    key = "catenaXId" if version == 3 else "globalAssetId"
    children = []
    for line in lines:
        hour, rest = divmod(line["second"], 3600)
        clock = f"{rest // 60:02d}:{rest % 60:02d}"
        at = (
            f"2024-06-01T{hour:02d}:{clock}Z"
            if hour > 20 or chance.random() < 0.7
            else f"2024-06-01T{hour + 2:02d}:{clock}.000+02:00"
        )
        children.append(
            {
                key: spelled(chance, line["component"]),
                "quantity": {"value": line["quantity"], "unit": f"unit:{line['unit']}"},
                "hasAlternatives": line["alternatives"],
                "createdOn": at,
                "businessPartner": line["partner"],
            }
        )
    chance.shuffle(children)
    return Written("SingleLevelBomAsBuilt", version, item, {key: spelled(chance, item.item_id), "childItems": children})


def lay_out(written: list[Written], folder: Path, seed: int) -> None:
    """Write documents to files of every layout, some in folders of folders."""
    chance = random.Random(seed + 2)
    waiting, number = list(written), 0
    while waiting:
        some = [waiting.pop() for _ in range(min(len(waiting), chance.choice([1, 1, 2, 10, 60])))]
        layout = (
            _alone if len(some) == 1 else chance.choice([_array, _in_a_row, _test_data_container, _assets, _aspects])
        )
        path = folder / chance.choice(["", "a", "b/c"]) / f"{chance.randrange(10**6):06d}-{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(layout(chance, some), encoding="utf-8")
        number += 1


def _alone(chance, some):
    return json.dumps(some[0].document, indent=chance.choice([None, 1]))


def _array(chance, some):
    return json.dumps([one.document for one in some])


def _in_a_row(chance, some):
    return "\n".join(json.dumps(one.document) for one in some)


def _urn(one):
    return URNS[one.aspect].format(one.version)


def _test_data_container(chance, some):
    entries = [
        {"catenaXId": "urn:uuid:0fed587c-7ab4-4597-9841-1718e9693003", "PlainObject": [{"CREATION_DATE": "2022-09-26"}]}
    ]
    for item in {one.item.item_id: one.item for one in some}.values():
        entry = {"catenaXId": spelled(chance, item.item_id), "bpnl": item.partner}
        for one in some:
            if one.item is item:
                entry.setdefault(_urn(one), []).append(one.document)
        entry["urn:samm:io.catenax.single_level_usage_as_built:3.0.0#SingleLevelUsageAsBuilt"] = [{"parentItems": []}]
        entries.append(entry)
    return json.dumps({"policies": {"p": {"x": []}}, "https://catenax.io/schema/TestDataContainer/1.0.0": entries})


def _assets(chance, some):
    assets = [
        {
            "assetMetaInfo": {"catenaXId": spelled(chance, one.item.item_id)},
            "submodels": [{"aspectType": _urn(one), "payload": one.document}],
        }
        for one in some
    ]
    return json.dumps({"assets": assets})


def _aspects(chance, some):
    entries = []
    for one in some:
        held = chance.choice(
            [
                {one.aspect: one.document},
                {_urn(one): [one.document]},
                [{"aspectType": _urn(one), "payload": one.document}],
            ]
        )
        entries.append({"catenaXId": spelled(chance, one.item.item_id), chance.choice(["aspects", "submodels"]): held})
    return json.dumps(entries)
