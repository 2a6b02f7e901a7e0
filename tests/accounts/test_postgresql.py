"""The accounts in the schema `accounts` of a plant's PostgreSQL."""

import os
import subprocess
import sys
from textwrap import dedent
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]

SERVER = "postgresql://127.0.0.1:5432"

STORY = dedent("""
    import django
    django.setup()
    from django.db import connection
    from django.test import Client
    from django.utils import timezone
    from asbuilt.accounts.database import migrate_accounts
    from asbuilt.accounts.people import create_user, give_role, list_users
    from asbuilt.accounts.problems import AccountProblem
    from asbuilt.accounts.tokens import create_token, device_with, revoke_token

    migrate_accounts()
    migrate_accounts()
    create_user("anna", "correct horse battery", "Lyon", "quality")
    give_role("anna", "Graz", "viewer")
    token = create_token("CAL-07", "Lyon", "operator")
    print(list_users()[0].roles)
    print(device_with(token, now=timezone.now()).name)
    for repeat in (lambda: create_user("Anna", "correct horse battery", "Lyon", "viewer"),
                   lambda: create_token("cal-07", "Lyon", "viewer")):
        try:
            repeat()
        except AccountProblem as problem:
            print(problem)
    client = Client(SERVER_NAME="localhost")
    print(client.post("/login", {"username": "anna", "password": "correct horse battery"}).status_code)
    print(client.get("/").status_code)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT table_schema FROM information_schema.tables "
                       "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')")
        print(cursor.fetchall())
""")


@pytest.fixture
def database():
    name = f"asbuilt_accounts_{uuid4().hex[:12]}"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{SERVER}/{name}"
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_the_accounts_live_in_their_own_schema_of_the_plants_database(database, tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ASBUILT_")},
        "ASBUILT_HOME": str(tmp_path),
        "ASBUILT_DATABASE_URL": database,
        "ASBUILT_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "asbuilt.site.settings",
    }
    run = subprocess.run([sys.executable, "-c", STORY], env=environment, capture_output=True, text=True, check=False)
    assert run.stderr == ""
    assert run.stdout.splitlines() == [
        "{'Graz': <Role.VIEWER: 'viewer'>, 'Lyon': <Role.QUALITY: 'quality'>}",
        "token:CAL-07",
        "there is a user Anna already; choose another name",
        "there is or was a token cal-07; choose another name, because the record names the device by it",
        "302",
        "200",
        "[('accounts',)]",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_the_servers_own_role_may_use_the_accounts_but_not_change_their_tables(database, tmp_path):
    role = f"asbuilt_test_{uuid4().hex[:12]}"
    story = dedent(f"""
        import django
        django.setup()
        from asbuilt.accounts.database import migrate_accounts
        from asbuilt.accounts.people import create_user
        migrate_accounts(app_role="{role}")
        create_user("anna", "correct horse battery", "Lyon", "quality")
    """)
    environment = {
        **os.environ,
        "ASBUILT_HOME": str(tmp_path),
        "ASBUILT_DATABASE_URL": database,
        "ASBUILT_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "asbuilt.site.settings",
    }
    with psycopg.connect(database, autocommit=True) as server:
        server.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        try:
            subprocess.run([sys.executable, "-c", story], env=environment, check=True)
            server.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            assert server.execute("SELECT username FROM accounts.auth_user").fetchall() == [("anna",)]
            server.execute("UPDATE accounts.accounts_membership SET role = 'viewer'")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                server.execute("ALTER TABLE accounts.accounts_membership DROP CONSTRAINT membership_role_known")
        finally:
            server.execute("RESET ROLE")
            server.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
            server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
