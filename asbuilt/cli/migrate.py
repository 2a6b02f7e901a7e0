"""`asbuilt migrate`: brings a database up to date."""

import os

import click

from asbuilt.accounts.configuration import make_home, read_environment
from asbuilt.cli.accounts import migrate_accounts
from asbuilt.cli.init import make_ledger


@click.command()
def migrate() -> None:
    """Bring the ledger and the accounts up to date with this version. Events are never touched."""
    settings = read_environment(os.environ)
    make_home(settings)
    applied = make_ledger(settings.ledger_url)
    migrate_accounts()
    click.echo(f"Applied {', '.join(applied)}." if applied else "The ledger was up to date.")
