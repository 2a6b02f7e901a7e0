"""What is kept about people and devices. People are Django's own users; nobody the ledger may name is deleted."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Length, Lower
from django.db.models.lookups import Exact

from asbuilt.accounts.roles import Role
from asbuilt.core.identifiers.text import NAME_MAX

ROLES = [role.value for role in Role]
DIGEST_LENGTH = 64
"""SHA-256 in hexadecimal."""


class Membership(models.Model):
    """A person has one role at a site."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    site = models.CharField(max_length=NAME_MAX, db_comment="name of the site, as in the ledger")
    role = models.CharField(max_length=20, db_comment="what the person is there")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "site"], name="membership_one_role_per_site"),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="membership_role_known"),
            models.CheckConstraint(condition=~models.Q(site=""), name="membership_site_given"),
        ]
        ordering: ClassVar = ["site"]

    def __str__(self) -> str:
        return f"{self.user.get_username()}: {self.role} at {self.site}"


class Badge(models.Model):
    """A person is known at stations by a card, and by a PIN to it. Neither is kept, only what they are checked by."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="badge")
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, db_comment="HMAC-SHA-256 of the code on the card")
    pin = models.CharField(max_length=128, db_comment="hash of the PIN")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Exact(Length("digest"), DIGEST_LENGTH), name="badge_digest_is_sha256"),
        ]

    def __str__(self) -> str:
        return f"badge of {self.user.get_username()}"


class ApiToken(models.Model):
    """A device or system may act at one site in one role. The token itself is not kept, only its digest."""

    name = models.CharField(max_length=100, db_comment="who the device is; never given a second time")
    prefix = models.CharField(max_length=20, unique=True, db_comment="first characters of the token, to find it by")
    digest = models.CharField(max_length=DIGEST_LENGTH, db_comment="SHA-256 of the whole token, hexadecimal")
    site = models.CharField(max_length=NAME_MAX, db_comment="name of the site, as in the ledger")
    role = models.CharField(max_length=20, db_comment="what the device is there")
    created_at = models.DateTimeField(db_comment="when it was made")
    created_by = models.CharField(max_length=150, db_comment="who made it")
    expires_at = models.DateTimeField(null=True, db_comment="from when on it is refused; null: never")
    revoked_at = models.DateTimeField(null=True, db_comment="since when it is refused")
    last_used_at = models.DateTimeField(null=True, db_comment="last use, to the minute")

    class Meta:
        constraints: ClassVar = [
            # The ledger names a device by this name for ever, so a revoked token keeps it.
            models.UniqueConstraint(Lower("name"), name="token_name_never_reused"),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="token_role_known"),
            models.CheckConstraint(condition=~models.Q(site=""), name="token_site_given"),
            models.CheckConstraint(condition=Exact(Length("digest"), DIGEST_LENGTH), name="token_digest_is_sha256"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.role} at {self.site}"
