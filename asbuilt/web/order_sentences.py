"""What happened to work orders, as sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from asbuilt.web.addresses import order_page
from asbuilt.web.telling import Sentence, Told, facts, given, number, say
from asbuilt.web.templatetags.asbuilt import name_link
from asbuilt.web.words import Said, Tone


def work_order_released(told: Told) -> Sentence:
    """An order may be worked on."""
    text = facts(
        told.quantity(),
        given(_("{value} more allowed"), told.said("overrun_max")),
        given(_("for {value}"), number(told.said("sales_order"))),
        given(_("good by {value}"), told.said("last_operation")),
    )
    return Sentence(say(_("Work order {number} released"), number=told.said("work_order")), text)


def work_order_split(told: Told) -> Sentence:
    """Some of an order goes to a new one."""
    into = told.said("into")
    units = len(told.entry.event.get("units", ()))
    new = name_link(order_page(into), into)
    count = say(ngettext("with {count} unit", "with {count} units", units), count=units) if units else ""
    text = facts(
        say(_("{quantity} to {into}"), quantity=told.said("quantity"), into=new),
        count,
        told.said("reason"),
    )
    return Sentence(say(_("Work order {number} split"), number=told.said("work_order")), text)


def work_order_held(told: Told) -> Sentence:
    """An order waits."""
    title = say(_("Work order {number} held"), number=told.said("work_order"))
    return Sentence(title, facts(told.said("reason")), Tone.HOLD, Said(_("On hold"), Tone.HOLD))


def work_order_resumed(told: Told) -> Sentence:
    """An order goes on."""
    return Sentence(say(_("Work order {number} resumed"), number=told.said("work_order")), facts(told.said("reason")))


def work_order_closed(told: Told) -> Sentence:
    """An order is finished or stopped."""
    text = facts(
        told.said("reason"),
        given(_("{value} good stated"), told.said("good")),
        given(_("{value} scrapped stated"), told.said("scrapped")),
    )
    return Sentence(say(_("Work order {number} closed"), number=told.said("work_order")), text)
