import os
from pathlib import Path

from asbuilt.accounts.roles import ALLOWED, CAPTURE_ACTION, CAPTURE_ACTION_APART, Action, Role, action_for, may
from asbuilt.core.events.catalogue import EVENT_TYPES, room_of
from asbuilt.core.events.definitions import LotDefined, PartDefined
from asbuilt.core.events.inventory import UnitMoved, UnitShipped

MATRIX = Path(__file__).with_name("role_matrix.txt")


def matrix() -> str:
    """The table role by action, as a person reads it."""
    width = max(len(action) for action in Action)
    head = " " * width + "".join(f"  {role}" for role in Role)
    rows = [
        f"{action:<{width}}" + "".join(f"  {'yes' if may(role, action) else '-':<{len(role)}}" for role in Role)
        for action in Action
    ]
    return "\n".join(line.rstrip() for line in [head, *rows]) + "\n"


def test_the_role_matrix_is_the_one_agreed_on():
    if os.environ.get("WRITE_ROLE_MATRIX") == "1":
        MATRIX.write_text(matrix())
    assert matrix() == MATRIX.read_text(), (
        "Who may do what has changed. If that is meant, run\n"
        "    WRITE_ROLE_MATRIX=1 python -m pytest tests/accounts/test_roles.py\n"
        "and let the change of tests/accounts/role_matrix.txt be reviewed."
    )


def test_every_role_has_its_line_in_the_table():
    assert set(ALLOWED) == set(Role)


def test_every_role_may_read():
    assert all(may(role, Action.READ) for role in Role)


def test_every_event_type_needs_the_capture_action_of_its_room_unless_it_stands_apart():
    for event_type in EVENT_TYPES:
        expected = CAPTURE_ACTION_APART.get(event_type, f"capture_{room_of(event_type)}")
        assert action_for(event_type) == expected


def test_who_handles_units_may_move_them_but_not_ship_them():
    assert may(Role.OPERATOR, action_for(UnitMoved))
    assert not may(Role.OPERATOR, action_for(UnitShipped))


def test_goods_receipt_defines_lots_but_no_parts():
    assert may(Role.WAREHOUSE, action_for(LotDefined))
    assert not may(Role.WAREHOUSE, action_for(PartDefined))


def test_every_capture_action_belongs_to_one_room():
    actions = [action for action in Action if action.startswith("capture_")]
    assert sorted(CAPTURE_ACTION.values()) == sorted(actions)


def test_who_runs_accounts_records_nothing():
    captures = {*CAPTURE_ACTION.values(), *CAPTURE_ACTION_APART.values()} | {Action.ISSUE_SERIALS, Action.IMPORT}
    assert not ALLOWED[Role.ADMINISTRATOR] & captures
    assert [role for role in Role if may(role, Action.MANAGE_ACCOUNTS)] == [Role.ADMINISTRATOR]
