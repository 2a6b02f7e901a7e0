"""The whole list of rules, in the order in which their reasons are given, and the one function that applies them."""

from collections.abc import Callable, Sequence
from typing import Any

from asbuilt.core.events.event import Event
from asbuilt.core.rules import (
    corrections,
    defects,
    definitions,
    genealogy,
    identity,
    inventory,
    lots,
    orders,
    production,
    quality,
    recalls,
    setups,
)
from asbuilt.core.rules.rule import Broken, Rule
from asbuilt.core.states.known import Known

RULES: tuple[Rule, ...] = (
    identity.unit_exists,
    identity.lot_exists,
    identity.serial_is_unique,
    identity.part_is_serialized,
    identity.alias_is_new,
    identity.received_serial_fits_its_format,
    identity.serial_is_unique_in_its_scope,
    identity.serial_is_given_where_mandatory,
    identity.serial_is_taken_here,
    identity.profile_fits_the_tracking,
    identity.range_is_new,
    identity.range_numbers_are_free,
    identity.number_is_used_once,
    identity.serial_is_not_void,
    identity.voided_serial_is_unused,
    identity.unit_is_named_by_its_key,
    identity.marking_is_free,
    identity.marking_is_another,
    identity.question_is_open,
    identity.other_unit_is_named,
    identity.record_stays,
    identity.records_are_two,
    identity.records_agree,
    identity.reprint_has_a_reason,
    definitions.part_is_defined,
    definitions.lot_is_unique,
    definitions.part_is_lot_tracked,
    definitions.specification_is_new,
    definitions.specification_is_defined,
    definitions.values_fit_the_specification,
    definitions.routing_is_new,
    definitions.routing_applies_from_now_on,
    definitions.what_a_routing_asks_for_is_defined,
    definitions.bill_is_new,
    definitions.bill_applies_from_now_on,
    definitions.what_a_bill_lists_is_defined,
    definitions.serial_compares_with_the_bill,
    definitions.setup_list_is_new,
    definitions.what_a_setup_list_names_is_defined,
    definitions.work_center_is_defined,
    definitions.defect_is_in_the_list,
    orders.work_order_is_open,
    orders.work_order_is_new,
    orders.unit_is_of_the_ordered_part,
    orders.work_order_is_not_held,
    orders.work_order_has_room,
    orders.split_leaves_enough,
    orders.units_belong_to_the_order,
    orders.work_order_is_held_once,
    orders.work_order_is_resumed_after_a_hold,
    orders.open_ends_have_a_reason,
    orders.stated_counts_agree,
    orders.number_is_not_kept_for_another_order,
    production.operation_is_on_the_routing,
    production.operations_before_it_have_passed,
    production.rework_follows_a_failure,
    production.operation_has_not_passed,
    production.station_is_allowed,
    production.attempts_are_left,
    production.wait_is_kept,
    production.tool_is_calibrated,
    production.operator_is_qualified,
    production.program_is_the_required_one,
    production.components_are_complete,
    production.characteristics_are_recorded,
    production.panel_position_is_free,
    production.unit_is_on_one_panel,
    production.unit_is_at_that_position,
    production.unit_is_separated,
    production.interlock_speaks_for_itself,
    production.what_the_interlock_did_stands,
    production.override_is_permitted,
    lots.lot_operation_is_on_the_routing,
    lots.quantity_has_come_to_the_operation,
    lots.lot_wait_is_kept,
    lots.order_makes_the_lot,
    lots.what_went_on_is_not_taken_away,
    lots.lot_is_that_large,
    setups.setup_list_is_for_the_station,
    setups.setup_follows_the_one_before_it,
    setups.lot_is_what_the_slot_takes,
    setups.splice_follows_one_load,
    setups.lot_is_at_one_place,
    setups.load_is_counted_as_the_lot,
    setups.setup_is_complete,
    setups.setup_is_for_the_work,
    setups.what_is_fed_may_be_used,
    setups.counted_material_suffices,
    genealogy.component_is_free,
    genealogy.assembly_has_no_cycle,
    genealogy.position_is_free,
    genealogy.component_is_installed_there,
    genealogy.lot_suffices,
    genealogy.slot_is_free,
    genealogy.lot_is_loaded_there,
    genealogy.component_is_fitted_or_alternative,
    genealogy.quantity_is_in_uom_of_lot,
    genealogy.place_is_on_the_bill,
    genealogy.component_is_the_listed_part,
    genealogy.revision_is_the_listed_one,
    genealogy.quantity_is_within_the_bill,
    genealogy.bill_is_complete_at_the_operation,
    inventory.unit_is_in_house,
    inventory.unit_was_shipped,
    inventory.unit_stands_alone,
    inventory.unit_is_not_packed,
    inventory.unit_is_in_that_container,
    inventory.component_is_not_packed,
    inventory.shipped_record_is_complete,
    quality.nothing_used_is_on_hold,
    quality.nothing_used_is_scrapped,
    quality.nothing_used_is_expired,
    quality.hold_is_not_on_it_yet,
    quality.hold_is_on_it,
    defects.defect_number_is_new,
    defects.defect_is_open,
    defects.nothing_used_has_open_defects,
    defects.rework_follows_what_failed,
    defects.retest_is_still_to_be_done,
    defects.retest_follows_repair_and_rework,
    defects.nothing_is_done_with_what_is_to_be_scrapped,
    defects.disposition_is_kept_to,
    defects.repair_is_what_was_decided,
    defects.defects_of_both_records_differ_in_number,
    recalls.recall_is_opened_once,
    recalls.recall_is_open,
    recalls.recalled_things_exist,
    recalls.scope_is_what_was_listed,
    recalls.answer_follows_a_notice,
    recalls.what_is_decided_is_in_the_scope,
    recalls.recall_is_done,
    recalls.what_a_recall_covers_stands,
    recalls.nothing_used_is_recalled,
    recalls.who_signs_gives_a_password,
    corrections.corrected_event_exists,
    corrections.corrected_event_counts,
    corrections.definitions_are_defined_anew,
    corrections.nothing_later_depends_on_it,
)

_RULES_FOR: dict[type[Event], tuple[tuple[str, Callable[[Any, Known], str | None]], ...]] = {
    event_type: tuple((rule.number, rule.reason) for rule in RULES if event_type in rule.events)
    for event_type in {event_type for rule in RULES for event_type in rule.events}
}


OVERRIDABLE = frozenset(
    one.number
    for one in (
        production.operation_is_on_the_routing,
        production.operations_before_it_have_passed,
        production.rework_follows_a_failure,
        production.operation_has_not_passed,
        production.station_is_allowed,
        production.attempts_are_left,
        production.wait_is_kept,
        production.tool_is_calibrated,
        production.operator_is_qualified,
        production.program_is_the_required_one,
        production.components_are_complete,
        production.characteristics_are_recorded,
        setups.setup_is_complete,
        setups.setup_is_for_the_work,
        setups.counted_material_suffices,
        lots.lot_operation_is_on_the_routing,
        lots.quantity_has_come_to_the_operation,
        lots.lot_wait_is_kept,
    )
)
"""Rules that ask the routing or the setup list. The others say what a unit is, and whether it may be used: ADR 0034."""


def broken_rules(event: Event, known: Known) -> list[Broken]:
    """Every rule the event would break, given what is known; empty when it may be recorded."""
    broken = []
    for number, judge in _RULES_FOR.get(type(event), ()):
        reason = judge(event, known)
        if reason is not None:
            broken.append(Broken(rule=number, reason=reason))
    return broken


def overridden_rules(event: Event, broken: Sequence[Broken]) -> tuple[list[Broken], list[Broken]]:
    """Of the rules an event breaks, those that stay in the way, and those that it overrides; a permission is judged."""
    if not isinstance(event, production.AnyWork) or not event.override_reason:
        return list(broken), []
    if any(one.rule == production.override_is_permitted.number for one in broken):
        return list(broken), []
    staying = [one for one in broken if one.rule not in OVERRIDABLE]
    return staying, [one for one in broken if one.rule in OVERRIDABLE]
