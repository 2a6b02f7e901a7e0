"""The demo plant's login and token. They are made once and kept in its home, readable by its owner only."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from asbuilt.cli.accounts import accounts, migrate_accounts

FILE = "demo-login.json"
USER = "demo"


@dataclass(frozen=True, slots=True)
class Login:
    """How to come in: a person's name and password, and a token for programs."""

    user: str
    password: str
    token: str


def login(home: Path, site: str) -> Login:
    """The login kept in `home`, if it is still good; a new one otherwise."""
    migrate_accounts()
    path = home / FILE
    with accounts():
        kept = _kept(path)
        if kept is not None:
            return kept
        made = _made(site)
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(made), indent=2) + "\n", encoding="ascii")
    return made


def _kept(path: Path) -> Login | None:
    from asbuilt.accounts.people import list_users
    from asbuilt.accounts.tokens import list_tokens

    if not path.exists():
        return None
    kept = Login(**json.loads(path.read_text(encoding="ascii")))
    is_user = any(person.username == kept.user for person in list_users())
    is_token = any(kept.token.startswith(token.prefix) and token.revoked_at is None for token in list_tokens())
    return kept if is_user and is_token else None


def _made(site: str) -> Login:
    from asbuilt.accounts.people import create_user, list_users, set_password
    from asbuilt.accounts.roles import Role
    from asbuilt.accounts.tokens import create_token, list_tokens

    password = secrets.token_urlsafe(12)
    if any(person.username == USER for person in list_users()):
        set_password(USER, password)
    else:
        create_user(USER, password, site, Role.SUPERVISOR, full_name="Demo")
    # A token's name is never given twice, because the record names the device by it.
    token = create_token(f"demo-{len(list_tokens()) + 1}", site, Role.INTEGRATOR, created_by="demo")
    return Login(USER, password, token)
