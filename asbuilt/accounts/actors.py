"""Who answers for a request."""

from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from asbuilt.accounts.roles import Role
from asbuilt.core.identifiers.names import ActorName, SiteName
from asbuilt.ledger.database import Reader


class ActorKind(StrEnum):
    """A person came by the login, a device by its token."""

    PERSON = "person"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who answers for what is captured or read, at one site and in one role.

    name: what the ledger keeps: the username of a person, `token:NAME` of a device.
    display_name: what a page shows.
    """

    name: ActorName
    display_name: str
    site: SiteName
    role: Role
    kind: ActorKind


class VisitorRequest(HttpRequest):
    """A request at the door: `actor` is None until somebody is recognised."""

    actor: Actor | None
    sites: tuple[SiteName, ...]


class ActorRequest(HttpRequest):
    """A request that was let in: what every view gets, except the few open ones.

    sites: where the actor may work, in alphabetical order; a device has one. open_reader: with what it reads at the
    moment.
    """

    actor: Actor
    sites: tuple[SiteName, ...]
    htmx: HtmxDetails
    open_reader: Reader | None
