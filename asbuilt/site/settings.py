"""Django's settings. The environment is read here, once; docs/operating lists the variables.

Importing this module writes nothing: tools that only look at the settings (type checks, migrations being made) leave no
folder and no key behind.
"""

import os
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from asbuilt.accounts.configuration import Settings, Tls, read_environment, secret_key_of
from asbuilt.accounts.database import ACCOUNTS_SCHEMA
from asbuilt.site.static_version import STATIC, static_version

ENVIRONMENT = read_environment(os.environ)

DEBUG = ENVIRONMENT.debug
SECRET_KEY = SimpleLazyObject(partial(secret_key_of, ENVIRONMENT))
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)

ROOT_URLCONF = "asbuilt.site.urls"
WSGI_APPLICATION = "asbuilt.site.wsgi.application"
APPEND_SLASH = False
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "lucide",
    "axes",
    "asbuilt.accounts",
    "asbuilt.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "asbuilt.site.headers.PageHeaders",
    "asbuilt.site.compression.PageCompression",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before all that reads cookies, because it takes them away from a request that bears a token.
    "asbuilt.accounts.authentication.DeviceTokens",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "asbuilt.accounts.authentication.FormProtection",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "asbuilt.accounts.authentication.Door",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "asbuilt.web.context.shell",
            ],
        },
    },
]


# Databases: the accounts only. The ledger is not Django's business.


def accounts_database(environment: Settings) -> dict[str, Any]:
    """Django's database: its own SQLite file, or the schema `accounts` in the plant's PostgreSQL."""
    if not environment.is_postgresql:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": environment.accounts_path,
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "timeout": 20,
                # Rollback journal with EXTRA lost nothing over 80 power cuts; with FULL it lost in 3 of them.
                "init_command": "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA",
                # A transaction that begins by reading and then writes is refused at once when another one writes.
                "transaction_mode": "IMMEDIATE",
            },
        }
    given = conninfo_to_dict(environment.ledger_url)
    options = f"{given.pop('options', '')} -c search_path={ACCOUNTS_SCHEMA}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given.pop("dbname"),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**given, "options": options},
    }


# Only PostgreSQL keeps the comments on columns; SQLite does without.
SILENCED_SYSTEM_CHECKS = ["fields.W163"]
DATABASES = {"default": accounts_database(ENVIRONMENT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Logging in, and signing on at stations

LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "web:home"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "asbuilt.accounts.badges.BadgeBackend",
]

PASSWORD_HASHERS = [
    "asbuilt.accounts.hashers.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
# The time to try again that was shown stays true, however often the person tries before.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# By name and address together: stations of a plant share one address, and nobody outside can lock out a name inside.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "asbuilt.accounts.lockout.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

STATION_SIGN_ON = ENVIRONMENT.station_sign_on
STATION_IDLE_S = ENVIRONMENT.station_idle * 60


# Cookies and headers

_with_tls = ENVIRONMENT.tls is not Tls.OFF
# The prefix makes browsers refuse a cookie of this name that another host or plain http has set (RFC 6265bis, 4.1.3.2).
_cookie_prefix = "__Host-" if _with_tls else ""

SESSION_COOKIE_NAME = f"{_cookie_prefix}asbuilt-login"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a long shift, in seconds
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _with_tls

CSRF_COOKIE_NAME = f"{_cookie_prefix}asbuilt-form"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _with_tls
CSRF_FAILURE_VIEW = "asbuilt.site.errors.form_expired"

LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _with_tls

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _with_tls else 0
# Browsers only heed it over https, and say so on the console of every page over http.
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if _with_tls else None
if ENVIRONMENT.tls is Tls.PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


# Languages and times

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [STATIC.parent / "locale"]


# Static files

# The version is part of the path, so that what a module or stylesheet refers to is of the same version as itself.
STATIC_URL = f"/static/{static_version()}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 0 if DEBUG else 365 * 24 * 60 * 60
WHITENOISE_IMMUTABLE_FILE_TEST = "(?!)" if DEBUG else f"^{STATIC_URL}"


# Logging

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"one-line": {"()": "asbuilt.site.logs.OneLine"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "one-line", "level": ENVIRONMENT.log_level},
    },
    "root": {"handlers": ["stderr"], "level": ENVIRONMENT.log_level},
    "loggers": {
        # Django's own handlers would mail or print a second time.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # It tells every login twice over; failures and lock-outs are warnings.
        "axes": {"level": "WARNING"},
    },
}
