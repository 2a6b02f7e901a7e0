"""`asbuilt recall`: from what is suspected to what became of each unit."""

import pytest

from tests.cli.events import Events


@pytest.fixture
def plant(cli):
    """Lot L1 is in pumps 1 to 3; 1 and 2 are shipped, to a customer each."""
    return built(cli)


def built(cli):
    events = Events()
    events.add("PartDefined", part="PUMP")
    events.add("PartDefined", part="CAP", tracking="lot")
    events.add("LotDefined", lot="CAP/L1", quantity="10")
    for n in (1, 2, 3, 4):
        events.add("UnitCommissioned", unit=f"PUMP/{n}")
    cli.captures(events)
    fitted(cli, 100, 1, 2, 3)
    shipped = Events(first=200)
    shipped.add("UnitShipped", unit="PUMP/1", customer="St. Anna")
    shipped.add("UnitShipped", unit="PUMP/2", customer="St. Bernhard")
    cli.captures(shipped)
    return cli


def fitted(cli, first, *pumps):
    events = Events(first=first)
    for n in pumps:
        events.add("ComponentInstalled", unit=f"PUMP/{n}", lot="CAP/L1", quantity="1", reference_designator="C1")
    cli.captures(events)


def holds(cli, pump):
    return cli.json("unit", f"PUMP/{pump}")["open_holds"]


def test_a_recall_from_its_opening_to_its_report(plant):
    told = plant.run("recall", "simulate", "--seed", "lot=CAP/L1", "--by", "custody,customer")
    assert "4 units and lots, all of them certainly" in told.stderr
    assert [line.split() for line in told.stdout.splitlines()[1:]] == [
        ["in_house", "(none)", "2"],
        ["shipped", "St.", "Anna", "1"],
        ["shipped", "St.", "Bernhard", "1"],
    ]
    plant.run("recall", "open", "RC-1", "--seed", "lot=CAP/L1", "--reason", "cracked")
    frozen = plant.run("recall", "freeze", "RC-1", "--hold")
    assert "recall RC-1 covers 3 units and 1 lots, 4 of them certainly; digest " in frozen.stdout
    assert "4 units and lots are held for recall RC-1" in frozen.stdout
    assert "0 units and lots are held" in plant.run("recall", "hold", "RC-1").stdout, "nothing is held twice"
    refused = plant.run("recall", "close", "RC-1", exits=3)
    assert "REC-007: 4 units and lots have no disposition" in refused.stderr
    plant.run("recall", "notice", "RC-1", "St. Anna", "--reference", "FSN-1", "--medium", "letter")
    plant.run("recall", "answer", "RC-1", "St. Anna", "--note", "in use")
    back = Events(first=300)
    back.add("UnitReturned", unit="PUMP/1", reason="recall RC-1")
    plant.captures(back)
    plant.run("recall", "disposition", "RC-1", "returned", "PUMP/1", "--reference", "RMA-1")
    plant.run("recall", "disposition", "RC-1", "lost", "PUMP/2")
    plant.run("recall", "disposition", "RC-1", "cleared", "PUMP/3")
    plant.run("recall", "disposition", "RC-1", "destroyed", "CAP/L1")
    assert holds(plant, 3) == [], "what is cleared may be used again"
    assert holds(plant, 1) == ["RC-1"]
    plant.run("recall", "close", "RC-1")
    reported(plant)


def reported(plant):
    """The report of the story above."""
    report = plant.json("recall", "report", "RC-1")
    assert report["status"] == "closed"
    assert (report["units"], report["lots"], report["certain"], report["undecided"]) == (3, 1, 4, 0)
    assert report["effectiveness"] == "0.5"
    assert report["digest_holds"] is True
    assert report["returned"] == 1
    assert report["dispositions"] == {"cleared": 1, "destroyed": 1, "lost": 1, "returned": 1}
    customers = {one["customer"]: one for one in report["customers"]}
    assert (customers["St. Anna"]["accounted"], customers["St. Bernhard"]["lost"]) == (1, 1)
    assert customers["St. Anna"]["answered_at"] is not None
    assert customers["St. Bernhard"]["noticed_at"] is None
    steps = [one["step"] for one in report["milestones"]]
    assert steps == [
        "opened",
        "scope settled",
        "first notice",
        "last notice",
        "all notices answered",
        "first disposition",
        "last disposition",
        "closed",
    ]
    told = plant.run("recall", "report", "RC-1").stdout
    assert "50.00% of what customers had" in told
    assert "lot=ACME:CAP/L1" in told
    assert "closed" in plant.run("recall", "list").stdout


def test_a_scope_is_extended_by_freezing_it_again(plant):
    plant.run("recall", "open", "RC-1", "--seed", "lot=CAP/L1", "--reason", "cracked", "--drill")
    first = plant.run("recall", "freeze", "RC-1").stdout
    fitted(plant, 400, 4)
    second = plant.run("recall", "freeze", "RC-1", "--meaning", "extended after the finding at line 2").stdout
    assert "covers 3 units" in first
    assert "covers 4 units" in second
    names = {one["name"] for one in plant.json("recall", "members", "RC-1")["members"]}
    assert names == {"ACME:CAP/L1", *(f"ACME:PUMP/{n}" for n in (1, 2, 3, 4))}
    assert "is a drill; it holds nothing" in plant.run("recall", "hold", "RC-1", exits=3).stderr
    assert holds(plant, 3) == []


def test_mistakes_say_what_to_do(plant):
    assert "a seed names nothing" in plant.run("recall", "open", "RC-1", "--seed", "", "--reason", "x", exits=2).stderr
    assert (
        "no lot 'ACME:CAP/L9' is known here" in plant.run("recall", "simulate", "--seed", "lot=CAP/L9", exits=1).stderr
    )
    assert "no recall 'RC-9' is known here" in plant.run("recall", "report", "RC-9", exits=1).stderr
    plant.run("recall", "open", "RC-1", "--seed", "lot=CAP/L1", "--reason", "cracked")
    twice = plant.run("recall", "open", "RC-1", "--seed", "lot=CAP/L1", "--reason", "cracked", exits=3)
    assert "REC-001: recall RC-1 was opened on" in twice.stderr
    outside = plant.run("recall", "disposition", "RC-1", "lost", "PUMP/4", exits=3)
    assert "REC-006: ACME:PUMP/4 is not in the scope of recall RC-1" in outside.stderr


@pytest.mark.slow
def test_the_scope_is_signed_with_a_password(alone):
    plant = built(alone)
    plant.real("migrate")
    plant.real("user", "add", "anna", "--role", "quality", stdin="correct horse battery")
    plant.run("recall", "open", "RC-1", "--seed", "lot=CAP/L1", "--reason", "cracks")
    wrong = plant.real("recall", "freeze", "RC-1", "--sign-as", "anna", stdin="not hers", exits=1)
    assert "the password is wrong; nothing is signed" in wrong.stderr
    assert plant.json("recall", "report", "RC-1")["status"] == "open"
    frozen = plant.real("recall", "freeze", "RC-1", "--sign-as", "anna", stdin="correct horse battery")
    assert "signed by anna: approved" in frozen.stdout
    assert plant.json("recall", "report", "RC-1")["signed_by"] == "anna"
