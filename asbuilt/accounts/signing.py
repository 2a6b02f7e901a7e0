"""Signing: whoever answers for a record gives his password again, for just that record."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from asbuilt.accounts.lockout import LockedOut, authenticated
from asbuilt.accounts.people import roles_of
from asbuilt.accounts.problems import AccountProblem
from asbuilt.accounts.roles import Action, may
from asbuilt.core.identifiers.names import ActorName, SiteName


class NotSigned(AccountProblem):
    """Nobody signed: the name or the password is wrong, tried too often, or may not do this."""


def signed(
    username: str, password: str, *, site: SiteName, action: Action, request: HttpRequest | None = None
) -> ActorName:
    """The name of the person who signs with this password, as it is recorded.

    Wrong passwords count as at the login (lockout.py). request: with which it was sent; None: on the command line.
    Raises NotSigned. Source: 21 CFR 11.200(a)(1), 11.300(d).
    """
    try:
        user = authenticated(request, username=username.strip(), password=password)
    except LockedOut:
        text = _("Too many wrong passwords; nothing is signed. Wait a quarter of an hour, and sign again.")
        raise NotSigned(text) from None
    if user is None:
        raise NotSigned(_("The name or the password is wrong; nothing is signed. Give them again."))
    role = roles_of(user).get(site)
    if role is None or not may(role, action):
        text = _("%(name)s may not do this at %(site)s (%(action)s); let somebody sign who may.")
        raise NotSigned(text % {"name": user.get_username(), "site": site, "action": action})
    return ActorName(user.get_username())
