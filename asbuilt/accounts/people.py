"""People: users, their passwords and their role at each site. What the command line and the account pages call."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from asbuilt.accounts.actors import Actor, ActorKind
from asbuilt.accounts.models import Membership
from asbuilt.accounts.problems import AccountProblem
from asbuilt.accounts.roles import Role
from asbuilt.core.identifiers.names import ActorName, SiteName
from asbuilt.core.identifiers.text import NameProblem, checked_name

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as listed: roles are by site, in alphabetical order of the sites."""

    username: str
    full_name: str
    is_active: bool
    last_login: datetime | None
    roles: dict[SiteName, Role]


def create_user(username: str, password: str, site: str, role: Role | str, *, full_name: str = "") -> Person:
    """Make a user with one role at one site. Raises AccountProblem (name taken or not allowed, weak password)."""
    place, role = checked_site(site), checked_role(role)
    user = User(username=username.strip(), first_name=full_name.strip())
    _check_password(password, user)
    user.set_password(password)
    if User.objects.filter(username__iexact=user.username).exists():
        raise AccountProblem(f"there is a user {user.username} already; choose another name")
    try:
        user.full_clean()
        with transaction.atomic():
            user.save()
            Membership.objects.create(user=user, site=place, role=role.value)
    except ValidationError as problem:
        raise AccountProblem(f"user {username!r}: {_sentences(problem)}") from problem
    except IntegrityError as problem:
        raise AccountProblem(f"there is a user {user.username} already; choose another name") from problem
    log.info("user %s made: %s at %s", user.username, role, place)
    return _person(user)


def set_password(username: str, password: str) -> None:
    """Set a user's password; who was logged in by the old one is logged out. Raises AccountProblem."""
    user = user_named(username)
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    log.info("password of user %s set", user.username)


def give_role(username: str, site: str, role: Role | str) -> None:
    """Give a user a role at a site, in place of the one held there. Raises AccountProblem."""
    user, place, role = user_named(username), checked_site(site), checked_role(role)
    Membership.objects.update_or_create(user=user, site=place, defaults={"role": role.value})
    log.info("user %s is %s at %s from now on", user.username, role, place)


def withdraw_role(username: str, site: str) -> None:
    """Take away a user's role at a site, effective with the next request. Raises AccountProblem."""
    user = user_named(username)
    withdrawn, _ = Membership.objects.filter(user=user, site=checked_site(site)).delete()
    if not withdrawn:
        raise AccountProblem(f"user {user.username} has no role at {site}")
    log.info("user %s has no role at %s from now on", user.username, site)


def set_active(username: str, *, active: bool) -> None:
    """Let a user log in or not. Nobody is deleted, because the ledger names them. Raises AccountProblem."""
    user = user_named(username)
    user.is_active = active
    user.save(update_fields=["is_active"])
    log.info("user %s is %s from now on", user.username, "active" if active else "not active")


def list_users() -> list[Person]:
    """All users with their roles, by username."""
    return [_person(user) for user in User.objects.prefetch_related("memberships").order_by("username")]


def roles_of(user: User) -> dict[SiteName, Role]:
    """The user's role at each site, in alphabetical order of the sites."""
    return {SiteName(membership.site): Role(membership.role) for membership in user.memberships.all()}


def person_at(user: User, site: SiteName, role: Role) -> Actor:
    """The user as an actor at one of his sites."""
    return Actor(
        name=ActorName(user.get_username()),
        display_name=user.get_full_name() or user.get_username(),
        site=site,
        role=role,
        kind=ActorKind.PERSON,
    )


def checked_site(site: str) -> SiteName:
    """The name of a site, trimmed. Raises AccountProblem."""
    try:
        return SiteName(checked_name(site, what="site"))
    except NameProblem as problem:
        raise AccountProblem(str(problem)) from problem


def checked_role(role: Role | str) -> Role:
    """The role so named. Raises AccountProblem."""
    if role not in set(Role):
        raise AccountProblem(f"there is no role {role!r}; it is one of {', '.join(Role)}")
    return Role(role)


def user_named(username: str) -> User:
    """A user by the name, however it is spelled. Raises AccountProblem."""
    user = User.objects.filter(username__iexact=username.strip()).first()
    if user is None:
        raise AccountProblem(f"there is no user {username}")
    return user


def _person(user: User) -> Person:
    return Person(
        username=user.username,
        full_name=user.get_full_name(),
        is_active=user.is_active,
        last_login=user.last_login,
        roles=roles_of(user),
    )


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise AccountProblem(f"that password is not safe: {_sentences(problem)}") from problem


def _sentences(problem: ValidationError) -> str:
    return " ".join(problem.messages)
