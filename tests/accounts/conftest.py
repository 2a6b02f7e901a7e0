from tests.accounts.django_plant import accounts, client, django_started, start_django

__all__ = ["accounts", "client", "django_started"]

start_django()
