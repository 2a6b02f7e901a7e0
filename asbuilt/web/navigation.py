"""The navigation on the left: only what exists, and only what the role may use."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from asbuilt.accounts.roles import Action, Role, may


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place to go to. views: the names of the views that belong there, so that it is marked as the current one.

    is_counted: how many questions wait there is said beside it.
    """

    word: Promise
    icon: str
    view: str
    views: frozenset[str]
    action: Action
    is_counted: bool = False


NAVIGATION = (
    Entry(
        word=_("Find"),
        icon="scan-search",
        view="web:home",
        views=frozenset({"web:home", "web:find", "web:scanner"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Board"),
        icon="layout-dashboard",
        view="web:board",
        views=frozenset({"web:board"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Stations"),
        icon="monitor-check",
        view="web:stations",
        views=frozenset({"web:stations", "web:station"}),
        action=Action.CAPTURE_PRODUCTION,
    ),
    Entry(
        word=_("Units"),
        icon="box",
        view="web:units",
        views=frozenset({"web:units", "web:unit", "web:components", "web:lot", "web:unit-label", "web:lot-label"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Lists"),
        icon="list",
        view="web:lots",
        views=frozenset({"web:lots", "web:operations", "web:equipment", "web:stuck"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Work orders"),
        icon="clipboard-list",
        view="web:work-orders",
        views=frozenset(
            {
                "web:work-orders",
                "web:work-order",
                "web:new-order",
                "web:release-order",
                "web:split-order",
                "web:hold-order",
                "web:resume-order",
                "web:close-order",
            }
        ),
        action=Action.READ,
    ),
    Entry(
        word=_("Setups"),
        icon="layers",
        view="web:setups",
        views=frozenset(
            {
                "web:setups",
                "web:setup",
                "web:activate-setup",
                "web:end-setup",
                "web:load-slot",
                "web:unload-slot",
            }
        ),
        action=Action.READ,
    ),
    Entry(
        word=_("Parts"),
        icon="shapes",
        view="web:parts",
        views=frozenset(
            {
                "web:parts",
                "web:part",
                "web:issue-serials",
                "web:issued-serials",
                "web:reserve-range",
                "web:void-serials",
            }
        ),
        action=Action.READ,
    ),
    Entry(
        word=_("Defects"),
        icon="bug",
        view="web:defects",
        views=frozenset({"web:defects", "web:defect", "web:decide-defect", "web:repair-defect"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Process control"),
        icon="chart-line",
        view="web:charts",
        views=frozenset({"web:charts", "web:tests"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Commonality"),
        icon="git-compare",
        view="web:commonality",
        views=frozenset({"web:commonality"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Recalls"),
        icon="megaphone",
        view="web:recalls",
        views=frozenset({"web:recalls", "web:recall", "web:recall-scope", "web:open-recall"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Interlock"),
        icon="shield-alert",
        view="web:refusals",
        views=frozenset({"web:refusals"}),
        action=Action.READ,
    ),
    Entry(
        word=_("Duplicates"),
        icon="copy",
        view="web:duplicates",
        views=frozenset({"web:duplicates", "web:duplicate", "web:decide-duplicate"}),
        action=Action.READ,
        is_counted=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry as the template draws it."""

    word: Promise
    icon: str
    path: str
    is_current: bool
    is_counted: bool


def links_for(role: Role, view_name: str) -> list[Link]:
    """The entries `role` may use, in order; the one that `view_name` belongs to is current."""
    return [
        Link(
            word=entry.word,
            icon=entry.icon,
            path=reverse(entry.view),
            is_current=view_name in entry.views,
            is_counted=entry.is_counted,
        )
        for entry in NAVIGATION
        if may(role, entry.action)
    ]
