"""The samples the standard publishes, with their known faults."""

import json
from importlib.resources import files

import pytest

from asbuilt.exchange.catenax.aspects import Aspect
from asbuilt.exchange.catenax.validating import VERSIONS, schema_problems
from tests.exchange.catenax.made import batch, serial_part

FOLDERS = {Aspect.SERIAL_PART: "serial_part", Aspect.BATCH: "batch", Aspect.BOM: "single_level_bom_as_built"}


def sample(standards, aspect, version):
    path = standards / f"io.catenax.{FOLDERS[aspect]}" / version / "gen" / f"{aspect.value}.json"
    return path, json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("aspect", list(Aspect))
def test_our_schemas_are_those_published(standards, aspect, version):
    published = standards / f"io.catenax.{FOLDERS[aspect]}" / version / "gen" / f"{aspect.value}-schema.json"
    ours = files("asbuilt.exchange.catenax") / "schemas" / f"{aspect.value}-{version}.json"
    assert json.loads(ours.read_text("utf-8")) == json.loads(published.read_text("utf-8"))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("aspect", list(Aspect))
def test_the_samples_depart_from_their_schemas_only_where_known(standards, aspect, version):
    _, document = sample(standards, aspect, version)
    found = [problem.path for problem in schema_problems(aspect, document, said=version)]
    faulty = version == "3.0.0" and aspect is not Aspect.BOM
    assert found == ([("manufacturingInformation", "date")] if faulty else [])


def test_the_samples_are_read(plant, standards):
    paths = [sample(standards, aspect, version)[0] for aspect in Aspect for version in VERSIONS]
    report = plant.reads(*paths)
    assert report.documents == {"SerialPart": 2, "Batch": 2, "SingleLevelBomAsBuilt": 2}
    assert (report.units, report.lots, report.refusals) == (2, 2, ())
    # Dates without a zone, and one catenaXId for a SerialPart and a Batch.
    assert sorted(one.rule for one in report.warnings) == ["identity", "schema", "schema", "time", "time"]
    # The BOMs are about items of which no sample tells.
    assert len(report.unknown_parents) == 2
    assert plant.reads(*paths).recorded == 0


def test_the_sample_bom_that_names_its_parent_as_its_child_is_refused_by_rule(plant, standards):
    path, document = sample(standards, Aspect.BOM, "3.0.0")
    plant.imports(serial_part(document["catenaXId"], "7"))
    report = plant.reads(path)
    assert [(one.pointer, one.rule) for one in report.refusals] == [("/childItems/0", "GEN-002")]


def test_the_sample_bom_4_is_linked_once_its_items_are_known(plant, standards):
    path, document = sample(standards, Aspect.BOM, "4.0.0")
    plant.imports(serial_part(document["globalAssetId"], "7"), batch(document["childItems"][0]["globalAssetId"], "L"))
    report = plant.reads(path)
    assert (report.links, report.refusals, report.warnings) == (1, (), ())
    assert plant.as_built("7").components[0].quantity == 20


def test_strictly_read_the_faulty_samples_are_refused(plant, standards):
    paths = [sample(standards, aspect, version)[0] for aspect in Aspect for version in VERSIONS]
    report = plant.reads(*paths, strict=True)
    assert (report.units, report.lots) == (1, 1)
    assert [(one.pointer, one.rule) for one in report.refusals] == [("/manufacturingInformation/date", "schema")] * 2
