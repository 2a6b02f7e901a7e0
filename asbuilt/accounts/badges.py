"""Badges: a card that says who stands at a station, and a PIN that only that person knows."""

import logging
import re

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from asbuilt.accounts.lockout import authenticated
from asbuilt.accounts.models import Badge
from asbuilt.accounts.people import user_named
from asbuilt.accounts.problems import AccountProblem
from asbuilt.core.identifiers.scan import split_symbology

log = logging.getLogger(__name__)

CODE_MIN = 6
"""Shortest code of a badge, in characters: a shorter one is a part of too many serial numbers."""

_PIN = re.compile(r"[0-9]{4,12}")
_LOGIN = "badge:"
"""Before the name under which wrong PINs are counted: guessing them locks nobody out of the login by password."""


class BadgeBackend(BaseBackend):
    """Knows people by their PIN, once their badge has said who they are."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, pin: str | None = None, **_other: object
    ) -> User | None:
        """The person whose PIN it is; None for nobody, and for who may not log in any more."""
        if username is None or pin is None or not username.startswith(_LOGIN):
            return None
        badge = Badge.objects.select_related("user").filter(user__username=username.removeprefix(_LOGIN)).first()
        if badge is None:
            make_password(pin)  # takes as long as looking at a PIN does
            return None
        return badge.user if check_password(pin, badge.pin) and badge.user.is_active else None


def give_badge(username: str, code: str, pin: str) -> str:
    """Give a person a badge in place of the one before; gives the name. Raises AccountProblem."""
    user, code = user_named(username), _read(code)
    if len(code) < CODE_MIN:
        raise AccountProblem(f"a badge has {CODE_MIN} characters or more; scan the code of the card")
    if not _PIN.fullmatch(pin):
        raise AccountProblem("a PIN has 4 to 12 digits and nothing else; choose another")
    if len(set(pin)) == 1 or pin in "01234567890123456789":
        raise AccountProblem("a PIN that is one digit repeated, or digits in a row, is guessed at once; choose another")
    try:
        with transaction.atomic():
            Badge.objects.update_or_create(user=user, defaults={"digest": _digest(code), "pin": make_password(pin)})
    except IntegrityError as problem:
        raise AccountProblem("this badge is somebody else's; withdraw it there first") from problem
    log.info("user %s has a badge from now on", user.username)
    return str(user.username)


def withdraw_badge(username: str) -> str:
    """Take away a person's badge; gives the name. Raises AccountProblem when there is none."""
    user = user_named(username)
    withdrawn, _ = Badge.objects.filter(user=user).delete()
    if not withdrawn:
        raise AccountProblem(f"user {user.username} has no badge")
    log.info("user %s has no badge from now on", user.username)
    return str(user.username)


def bearer_of(code: str) -> User | None:
    """Whose badge was scanned; None when it is nobody's."""
    read = _read(code)
    if len(read) < CODE_MIN:
        return None
    badge = Badge.objects.select_related("user").filter(digest=_digest(read)).first()
    return None if badge is None else badge.user


def signed_on(username: str, pin: str, *, request: HttpRequest) -> User | None:
    """The person, when the PIN is right. Raises LockedOut after too many wrong ones."""
    return authenticated(request, username=f"{_LOGIN}{username}", pin=pin)


def _read(code: str) -> str:
    return split_symbology(code.strip())[1]


def _digest(code: str) -> str:
    """By which a badge is found. Keyed, so that the table does not give away the codes on the cards."""
    return salted_hmac("asbuilt.accounts.badges", code, algorithm="sha256").hexdigest()
