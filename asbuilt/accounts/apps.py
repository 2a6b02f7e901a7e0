"""The Django app of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Label `accounts`; on PostgreSQL its tables live in the schema of the same name."""

    name = "asbuilt.accounts"
    label = "accounts"
