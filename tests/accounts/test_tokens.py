import hmac
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from asbuilt.accounts import tokens
from asbuilt.accounts.actors import Actor, ActorKind
from asbuilt.accounts.models import ApiToken
from asbuilt.accounts.problems import AccountProblem
from asbuilt.accounts.roles import Role
from asbuilt.accounts.tokens import create_token, device_with, digest_of, forget_lookups, list_tokens, revoke_token

pytestmark = pytest.mark.usefixtures("accounts")


def now() -> datetime:
    return datetime.now(UTC)


def test_a_token_is_a_device_at_one_site_in_one_role():
    token = create_token("CAL-07", "Lyon", "operator")
    assert device_with(token, now=now()) == Actor(
        name="token:CAL-07", display_name="CAL-07", site="Lyon", role=Role.OPERATOR, kind=ActorKind.DEVICE
    )


def test_a_token_has_32_random_bytes_and_no_two_are_alike():
    made = {create_token(f"CAL-{number}", "Lyon", Role.OPERATOR) for number in range(20)}
    assert len(made) == 20
    assert {(token[:4], len(token)) for token in made} == {("asb_", 4 + 43)}


def test_only_the_digest_of_a_token_is_kept():
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_apitoken")
        kept = " ".join(str(value) for value in cursor.fetchone())
    assert digest_of(token) in kept
    assert token not in kept
    assert token[tokens.PREFIX_LENGTH :] not in kept
    assert list_tokens()[0].prefix == token[:12]


def test_a_token_is_compared_in_constant_time(monkeypatch):
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    compared = []

    def compare_digest(kept, shown):
        compared.append((kept, shown))
        return hmac.compare_digest(kept, shown)

    monkeypatch.setattr(tokens, "hmac", type("Watched", (), {"compare_digest": staticmethod(compare_digest)}))
    device_with(token, now=now())
    assert compared == [(digest_of(token), digest_of(token))]


def test_a_token_with_the_right_beginning_only_is_refused():
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (forged, token[:12], token + "x", "", "asb_", "x" * 10_000, "asb_\x00ü", token + "\n"):
        with pytest.raises(AccountProblem, match="not known here"):
            device_with(wrong, now=now())


def test_a_token_is_refused_from_its_last_moment_on_even_while_its_lookup_is_kept():
    expires_at = now() + timedelta(minutes=5)
    token = create_token("CAL-07", "Lyon", Role.OPERATOR, expires_at=expires_at)
    assert device_with(token, now=expires_at - timedelta(seconds=1))
    with pytest.raises(AccountProblem, match="CAL-07 has expired"):
        device_with(token, now=expires_at)


def test_a_token_that_would_be_expired_from_the_start_is_not_made():
    with pytest.raises(AccountProblem, match="which is past"):
        create_token("CAL-07", "Lyon", Role.OPERATOR, expires_at=now() - timedelta(seconds=1))


def test_a_revoked_token_is_refused_at_once_where_it_was_revoked():
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    device_with(token, now=now())
    revoke_token("cal-07")
    with pytest.raises(AccountProblem, match="CAL-07 was revoked"):
        device_with(token, now=now())


def test_a_token_revoked_elsewhere_is_refused_within_seconds(monkeypatch):
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    device_with(token, now=now())
    ApiToken.objects.update(revoked_at=now())  # by another process: nothing here is told
    device_with(token, now=now())
    clock = tokens.time.monotonic() + tokens.LOOKUP_KEPT_S
    monkeypatch.setattr(tokens.time, "monotonic", lambda: clock)
    with pytest.raises(AccountProblem, match="was revoked"):
        device_with(token, now=now())


def test_the_moment_of_revoking_stays_the_first_one():
    create_token("CAL-07", "Lyon", Role.OPERATOR)
    revoke_token("CAL-07")
    first = list_tokens()[0].revoked_at
    revoke_token("CAL-07")
    assert list_tokens()[0].revoked_at == first
    with pytest.raises(AccountProblem, match="there is no token CAL-08"):
        revoke_token("CAL-08")


def test_a_token_asks_the_database_once_in_a_while_and_not_per_request():
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            device_with(token, now=now())
    assert len(queries) <= 2


def test_the_use_is_noted_at_most_once_a_minute():
    token, start = create_token("CAL-07", "Lyon", Role.OPERATOR), now()
    noted = []
    for seconds in (0, 30, 59, 60, 90, 121):
        forget_lookups()
        device_with(token, now=start + timedelta(seconds=seconds))
        noted.append((list_tokens()[0].last_used_at - start).total_seconds())
    assert noted == [0, 0, 0, 60, 60, 121]


def test_a_database_that_cannot_be_written_does_not_keep_a_device_from_reading(monkeypatch):
    token = create_token("CAL-07", "Lyon", Role.OPERATOR)

    def disk_is_full(_):
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(ApiToken.objects, "filter", _refuse_updates(ApiToken.objects.filter, disk_is_full))
    assert device_with(token, now=now()).name == "token:CAL-07"


def _refuse_updates(real_filter, refuse):
    class Rows:
        def __init__(self, rows):
            self.first = rows.first

        def update(self, **values):
            refuse(values)

    return lambda **criteria: Rows(real_filter(**criteria))


def test_a_flood_of_made_up_tokens_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(tokens, "LOOKUPS_MAX", 10)
    for number in range(50):
        with pytest.raises(AccountProblem):
            device_with(f"asb_{number}", now=now())
    assert len(tokens._lookups) <= 10


def test_a_name_is_never_given_twice_even_after_revoking():
    create_token("CAL-07", "Lyon", Role.OPERATOR)
    revoke_token("CAL-07")
    with pytest.raises(AccountProblem, match="there is or was a token cal-07; choose another name"):
        create_token("cal-07", "Graz", Role.VIEWER)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "CAL\n07"])
def test_a_token_cannot_be_called_anything(name):
    with pytest.raises(AccountProblem):
        create_token(name, "Lyon", Role.OPERATOR)


def test_the_database_itself_refuses_a_token_kept_in_the_clear():
    create_token("CAL-07", "Lyon", Role.OPERATOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.update(digest="asb_in_the_clear")
