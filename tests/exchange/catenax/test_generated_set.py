"""Over a thousand documents of a made-up supply chain: every closure agrees with an independent model."""

import random
import time

import pytest

from asbuilt.exchange.catenax.values import catenax_id
from asbuilt.queries.as_built import as_built, flattened
from asbuilt.queries.naming import unit_or_lot_meant
from asbuilt.queries.where_used import where_used
from tests.exchange.catenax.generated import DEPTH, documents, lay_out, supply_chain

pytestmark = pytest.mark.slow

SEED = 20260301


@pytest.fixture(scope="module")
def chain():
    return supply_chain(SEED)


@pytest.fixture(scope="module")
def written(chain):
    made = documents(chain, SEED)
    assert len(made) >= 1_000
    assert any(item.level == DEPTH and item.is_delivered for item in chain.items.values())
    return made


def closures(plant, chain):
    """What the record says is below and above every item the documents delivered, by plain ids."""
    below, above = {}, {}
    with plant.database.reading(plant.site) as reader:
        meant = {one: unit_or_lot_meant(reader, one) for one in chain.delivered}
        ids = {named.name: one for one, named in meant.items()}
        for one, named in meant.items():
            names = [component.name for component in flattened(as_built(reader, named))]
            below[one] = {ids.get(name) or (catenax_id(name) or name).removeprefix("urn:uuid:") for name in names}
            found = where_used(reader, named)
            above[one] = {ids[each.unit or f"{each.issuer}:{each.part_number}/{each.lot_number}"] for each in found}
    return below, above


def assert_agrees(plant, chain):
    below, above = closures(plant, chain)
    expected = chain.above()
    assert len(below) == len(chain.delivered)
    assert {one: found for one, found in below.items() if found != chain.below(one)} == {}
    assert {one: found for one, found in above.items() if found != expected[one]} == {}


def test_every_closure_agrees_with_the_model(any_plant, chain, written, tmp_path):
    folder = tmp_path / "in"
    lay_out(written, folder, SEED)
    begun = time.perf_counter()
    report = any_plant.reads(folder)
    took = time.perf_counter() - begun
    print(
        f"seed {SEED}: {len(written)} documents, {report.recorded} events in {took:.1f} s: {len(written) / took:.0f} documents/s"
    )
    assert (report.refusals, report.warnings) == ((), ())
    assert sum(report.documents.values()) == len(written)
    assert report.units + report.lots == len(chain.delivered)
    undelivered = {one for one, item in chain.items.items() if not item.is_delivered}
    assert {one.component.removeprefix("urn:uuid:") for one in report.not_delivered} == {
        line["component"]
        for one in chain.delivered
        for line in chain.items[one].lines
        if line["component"] in undelivered
    }
    assert {one.parent.removeprefix("urn:uuid:") for one in report.unknown_parents} == {
        one for one in undelivered if chain.items[one].lines
    }
    assert set(report.not_read) == {"PlainObject", "SingleLevelUsageAsBuilt", "policies"}
    assert_agrees(any_plant, chain)
    again = any_plant.reads(folder)
    assert (again.recorded, again.refusals, again.warnings) == (0, (), ())
    assert again.repeated == report.recorded + report.repeated
    assert (again.units, again.lots, again.links) == (report.units, report.lots, report.links)


def test_direct_components_are_there_with_their_quantities(plant, chain, written, tmp_path):
    lay_out(written, tmp_path / "in", SEED)
    plant.reads(tmp_path / "in")
    with plant.database.reading(plant.site) as reader:
        for one in chain.delivered:
            record = as_built(reader, unit_or_lot_meant(reader, one))
            found = sorted(
                (str(each.quantity), each.uom, each.evidence == "alternative")
                for each in record.components
                if each.kind != "declared"
            )
            lines = [line for line in chain.items[one].lines if chain.items[line["component"]].is_delivered]
            expected = {
                (
                    line["component"],
                    str(line["quantity"]).removesuffix(".0"),
                    line["unit"],
                    line["alternatives"],
                    line["second"],
                )
                for line in lines
            }
            assert found == sorted((quantity, unit, alternatives) for _, quantity, unit, alternatives, _ in expected)


@pytest.mark.parametrize("seed", [1, 2])
def test_deliveries_in_parts_end_the_same(plant, chain, written, tmp_path, seed):
    chance = random.Random(seed)
    parts = [[], [], []]
    for one in written:
        chance.choice(parts).append(one)
    for number, part in enumerate(parts):
        lay_out(part, tmp_path / f"in{number}", seed)
        report = plant.reads(tmp_path / f"in{number}")
        assert report.refusals == ()
    # BOMs that came before the item they are of are sent again.
    lay_out([one for one in written if one.aspect == "SingleLevelBomAsBuilt"], tmp_path / "boms", seed)
    assert plant.reads(tmp_path / "boms").refusals == ()
    assert_agrees(plant, chain)


def test_the_order_of_files_makes_no_other_events(plant, other_plant, written, tmp_path):
    lay_out(written, tmp_path / "one", 1)
    lay_out(written[::-1], tmp_path / "two", 2)
    plant.reads(tmp_path / "one")
    other_plant.reads(tmp_path / "two")
    assert plant.events() == other_plant.events()
