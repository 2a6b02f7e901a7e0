"""Lots that become other lots, and components by hand: what a command records is right, or nothing is."""

import pytest

from tests.cli.events import Events


@pytest.fixture
def floor(cli):
    """A reel, two adhesives, two pumps, boards and a fan."""
    events = Events()
    for part, tracking, uom in (
        ("REEL", "lot", ""),
        ("RESIN", "lot", "g"),
        ("OIL", "lot", "ml"),
        ("GLUE", "lot", "g"),
        ("PCB", "serialized", ""),
        ("PUMP", "serialized", ""),
    ):
        events.add("PartDefined", part=part, tracking=tracking, uom=uom)
    events.add("LotDefined", lot="REEL/1", quantity="5000", supplier="Zellora", supplier_lot="Z-77")
    events.add("LotDefined", lot="RESIN/1", quantity="100", uom="g", expires_on="2031-01-31")
    events.add("LotDefined", lot="OIL/1", quantity="100", uom="ml")
    events.add("LotDefined", lot="RESIN/2", uom="g")
    for unit in ("PUMP/1", "PUMP/2", "PCB/1", "PCB/2", "PCB/3"):
        events.add("UnitCommissioned", unit=unit)
    cli.captures(events)
    return cli


def test_a_reel_is_split_and_one_of_it_repacked(floor):
    assert (
        "2 lots made of REEL/1, 2000 left of it"
        in floor.run("material", "split", "REEL/1", "1A=2000", "1B=1000").stdout
    )
    assert "0 left" in floor.run("material", "repack", "REEL/1B", "TRAY").stdout
    assert floor.json("lot", "REEL/TRAY")["supplier_lot"] == "Z-77"
    assert [one["lot_number"] for one in floor.json("where-used", "REEL/1")["affected"]] == ["1A", "1B", "TRAY"]
    assert "nothing is left" in floor.run("material", "repack", "REEL/1B", "TRAY2", exits=3).stderr


def test_no_more_is_split_off_than_is_left_and_then_nothing_is_recorded(floor):
    assert "GEN-005" in floor.run("material", "split", "REEL/1", "1A=4000", "1B=1001", exits=3).stderr
    floor.run("lot", "REEL/1A", exits=1)
    assert floor.json("lot", "REEL/1")["used"] == "0"
    assert "another part" in floor.run("material", "split", "REEL/1", "RESIN/9=1", exits=2).stderr
    assert "LOT=QUANTITY" in floor.run("material", "split", "REEL/1", "1A=-1", exits=2).stderr
    assert "--quantity" in floor.run("material", "repack", "RESIN/2", "NEW", exits=2).stderr
    floor.run("material", "repack", "RESIN/2", "NEW", "--quantity", "3")


def test_a_mix_says_what_came_out_where_it_cannot_be_summed(floor):
    assert "say with --quantity" in floor.run("material", "mix", "GLUE/1", "RESIN/1=10", "OIL/1=5", exits=2).stderr
    floor.run("material", "mix", "GLUE/1", "RESIN/1=10", "OIL/1=5", "--quantity", "14.5")
    made = floor.json("lot", "GLUE/1")
    assert (made["quantity"], made["expires_on"]) == ("14.5", "2031-01-31")
    floor.run("material", "mix", "GLUE/2", "RESIN/1=10", "--expires-on", "2030-05-01")
    assert floor.json("lot", "GLUE/2")["expires_on"] == "2030-05-01"


def test_a_kit_is_picked_used_and_taken_apart_and_its_components_used_again(floor):
    floor.run("component", "pick", "KIT-1", "PCB/1", "PCB/2")
    assert floor.json("unit", "PCB/1")["container"] == "KIT-1"
    assert "INV-004" in floor.run("component", "pick", "KIT-2", "PCB/3", "PCB/1", exits=3).stderr
    assert floor.json("unit", "PCB/3")["container"] == ""
    assert "2 components of KIT-1" in floor.run("component", "use-kit", "PUMP/1", "KIT-1").stdout
    assert {one["evidence"] for one in floor.json("as-built", "PUMP/1")["components"]} == {"kitted"}
    floor.run("component", "use-kit", "PUMP/1", "KIT-1", exits=1)
    floor.run("component", "disassemble", "PUMP/1", "--reason", "cracked", "--to", "STORE")
    assert (floor.json("unit", "PCB/1")["location"], floor.json("unit", "PCB/1")["status"]) == ("STORE", "issued")
    floor.run("component", "install", "PUMP/2", "PCB/1", "--at", "A1")
    assert [one["unit"][-6:] for one in floor.json("where-used", "PCB/1", "--ever")["affected"]] == ["PUMP/1", "PUMP/2"]
    floor.run("component", "disassemble", "PUMP/1", "--reason", "again", exits=1)


def test_a_swap_keeps_the_place_and_takes_the_new_one_out_of_its_box(floor):
    floor.run("component", "install", "PUMP/1", "PCB/1", "--at", "A1", "--kitted")
    floor.run("component", "pick", "BOX", "PCB/2")
    floor.run("component", "swap", "PUMP/1", "PCB/1", "PCB/2", "--reason", "dead", "--to", "REPAIR")
    (there,) = floor.json("as-built", "PUMP/1")["components"]
    assert (there["serial_number"], there["reference_designator"], there["evidence"]) == ("2", "A1", "scanned")
    assert floor.json("unit", "PCB/1")["location"] == "REPAIR"
    assert "GEN-004" in floor.run("component", "swap", "PUMP/1", "PCB/1", "PCB/3", "--reason", "x", exits=3).stderr
    assert floor.json("unit", "PCB/3")["status"] == "issued"
    floor.run("component", "install", "PUMP/1", "RESIN/1", "--at", "BEAD", "--quantity", "0.5")
    floor.run("component", "remove", "PUMP/1", "PCB/2", "--reason", "dead")
    assert [one["lot_number"] for one in floor.json("as-built", "PUMP/1")["components"]] == ["1"]


def test_the_links_below_a_unit_go_to_another_site(floor, tmp_path):
    floor.run("component", "install", "PCB/1", "RESIN/1", "--at", "BEAD", "--quantity", "0.5")
    floor.run("component", "install", "PUMP/1", "PCB/1", "--at", "A1")
    lines = floor.run("genealogy", "export", "PUMP/1", "--edges").stdout.splitlines()
    assert lines[0].startswith("parent,component,reference_designator,quantity,uom,installed_at,evidence")
    assert sorted(line.split(",")[2:5] for line in lines[1:]) == [["A1", "", ""], ["BEAD", "0.5", "g"]]
    report = floor.run("import", "genealogy", "-", "--json", stdin="\n".join(lines)).stdout
    assert '"already_known": 2' in report
    floor.run("genealogy", "export", "--edges", exits=2)
