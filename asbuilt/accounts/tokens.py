"""Device tokens: high-entropy, shown once, kept only as a digest, bound to one site and one role.

A token is looked up in the accounts database at most once in LOOKUP_KEPT_S seconds by each process, so that a line
that posts a thousand events a second does not ask a thousand times. A revoked token is therefore refused at once by the
process that revoked it and within LOOKUP_KEPT_S seconds by every other; an expired one is refused to the second.
"""

import hashlib
import hmac
import logging
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from asbuilt.accounts.actors import Actor, ActorKind
from asbuilt.accounts.models import ApiToken
from asbuilt.accounts.people import checked_role, checked_site
from asbuilt.accounts.problems import AccountProblem
from asbuilt.accounts.roles import Role
from asbuilt.core.identifiers.names import ActorName, SiteName
from asbuilt.core.identifiers.text import NameProblem, checked_name

log = logging.getLogger(__name__)

TOKEN_START = "asb_"  # noqa: S105 - where a token begins, not one
"""Every token begins so, for people and secret scanners to know one when they see it."""
TOKEN_BYTES = 32
PREFIX_LENGTH = len(TOKEN_START) + 8
"""Characters of the token that are kept in the clear to find it by; 26 random bytes stay secret."""
TOKEN = re.compile(TOKEN_START + r"[A-Za-z0-9_-]{43}")
"""What a token looks like; nothing else is looked up."""
TOKEN_NAME_MAX = 100

LOOKUP_KEPT_S = 5.0
LOOKUPS_MAX = 4096
"""Lookups kept per process; a flood of made-up tokens pushes out the oldest."""
USE_NOTED_EVERY = timedelta(minutes=1)
"""`last_used_at` is written at most this often, so that reading does not become writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenListing:
    """A token as listed; the token itself is not known any more."""

    name: str
    prefix: str
    site: SiteName
    role: Role
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lookup:
    """What the database said about a token; `actor` is None when it knows no such token."""

    actor: Actor | None
    expires_at: datetime | None
    revoked_at: datetime | None
    kept_until: float


_lookups: dict[str, _Lookup] = {}
_lookups_lock = Lock()


def create_token(
    name: str, site: str, role: Role | str, *, expires_at: datetime | None = None, created_by: str = "command line"
) -> str:
    """Make a token and return it; it cannot be shown again. Raises AccountProblem (name taken, time in the past)."""
    name, place, role, now = _checked_token_name(name), checked_site(site), checked_role(role), timezone.now()
    if expires_at is not None and expires_at <= now:
        raise AccountProblem(f"token {name} would expire at {expires_at.isoformat()}, which is past")
    token = TOKEN_START + secrets.token_urlsafe(TOKEN_BYTES)
    try:
        with transaction.atomic():
            ApiToken.objects.create(
                name=name,
                prefix=token[:PREFIX_LENGTH],
                digest=digest_of(token),
                site=place,
                role=role.value,
                created_at=now,
                created_by=created_by,
                expires_at=expires_at,
            )
    except IntegrityError as problem:
        raise AccountProblem(
            f"there is or was a token {name}; choose another name, because the record names the device by it"
        ) from problem
    log.info("token %s made by %s: %s at %s", name, created_by, role, place)
    return token


def revoke_token(name: str) -> None:
    """Refuse a token from now on, by name; doing it again changes nothing. Raises AccountProblem."""
    token = ApiToken.objects.filter(name__iexact=name.strip()).first()
    if token is None:
        raise AccountProblem(f"there is no token {name}")
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    forget_lookups()
    log.info("token %s revoked", token.name)


def list_tokens() -> list[TokenListing]:
    """All tokens ever made, by name."""
    return [
        TokenListing(
            name=token.name,
            prefix=token.prefix,
            site=SiteName(token.site),
            role=Role(token.role),
            created_at=token.created_at,
            created_by=token.created_by,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
            last_used_at=token.last_used_at,
        )
        for token in ApiToken.objects.order_by("name")
    ]


def device_with(token: str, *, now: datetime) -> Actor:
    """The device that shows this token. Raises AccountProblem when it is unknown, expired or revoked."""
    lookup = _looked_up(token, now)
    if lookup.actor is None:
        raise AccountProblem("This token is not known here; check that it was copied whole.")
    if lookup.revoked_at is not None:
        raise AccountProblem(f"The token {lookup.actor.display_name} was revoked; ask an administrator for a new one.")
    if lookup.expires_at is not None and lookup.expires_at <= now:
        raise AccountProblem(f"The token {lookup.actor.display_name} has expired; ask an administrator for a new one.")
    return lookup.actor


def digest_of(token: str) -> str:
    """SHA-256, hexadecimal. A token holds 32 random bytes, so no slow hash is needed (NIST SP 800-63B, 3.1.2)."""
    return hashlib.sha256(token.encode()).hexdigest()


def forget_lookups() -> None:
    """Ask the database anew about every token, in this process."""
    with _lookups_lock:
        _lookups.clear()


def _looked_up(token: str, now: datetime) -> _Lookup:
    digest = digest_of(token)
    kept = _lookups.get(digest)
    if kept is not None and kept.kept_until > time.monotonic():
        return kept
    lookup = _ask_database(token, digest, now)
    with _lookups_lock:
        _lookups.pop(digest, None)
        if len(_lookups) >= LOOKUPS_MAX:
            del _lookups[next(iter(_lookups))]
        _lookups[digest] = lookup
    return lookup


def _ask_database(token: str, digest: str, now: datetime) -> _Lookup:
    kept_until = time.monotonic() + LOOKUP_KEPT_S
    row = None
    if TOKEN.fullmatch(token):
        row = ApiToken.objects.filter(prefix=token[:PREFIX_LENGTH]).first()
    if row is None or not hmac.compare_digest(row.digest, digest):
        return _Lookup(actor=None, expires_at=None, revoked_at=None, kept_until=kept_until)
    _note_use(row, now)
    actor = Actor(
        name=ActorName(f"token:{row.name}"),
        display_name=row.name,
        site=SiteName(row.site),
        role=Role(row.role),
        kind=ActorKind.DEVICE,
    )
    return _Lookup(actor=actor, expires_at=row.expires_at, revoked_at=row.revoked_at, kept_until=kept_until)


def _note_use(row: ApiToken, now: datetime) -> None:
    if row.revoked_at is not None or (row.last_used_at is not None and now - row.last_used_at < USE_NOTED_EVERY):
        return
    try:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    except DatabaseError as problem:
        # A full disk or a locked file must not keep a station from reading; the time of use is only for information.
        log.warning("the use of token %s could not be noted: %s", row.name, problem)


def _checked_token_name(name: str) -> str:
    try:
        name = checked_name(name, what="token name")
    except NameProblem as problem:
        raise AccountProblem(str(problem)) from problem
    if len(name) > TOKEN_NAME_MAX:
        raise AccountProblem(f"token name is {len(name)} characters long; at most {TOKEN_NAME_MAX} are accepted")
    return name
