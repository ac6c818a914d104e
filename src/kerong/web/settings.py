"""Settings of the portal; what differs between places comes from the environment.

KERONG_DATA          folder of the database, default ./data
KERONG_DATABASE      address of a PostgreSQL, as postgresql://user:password@host/name; default SQLite in the data folder
KERONG_SECRET_KEY    key that signs sessions; without it the file secret_key in the data folder, else a fresh one
KERONG_HOSTS         names under which the portal answers, separated by commas; default this machine only
KERONG_HTTPS         1: served through TLS (secure cookies, HSTS)
KERONG_DEMO          1: demo log-ins may be made and are shown on the log-in page
KERONG_DEBUG         1: Django's debug pages
KERONG_ORIGINS       origins trusted for forms behind a proxy, separated by commas
KERONG_PROXIES       how many trusted proxies stand in front (for rate limits by address)
KERONG_ARCHIVE       folder of the city's archive of batches, default archive in the data folder; it need not be there
KERONG_DAY           the day by which deliveries are in time, late or missing, as 2025-06-30; default today
KERONG_FILE_MB       the largest file that may be uploaded or pushed, default 512
KERONG_CREDIT_VIEW   1: a firm, and whom it agreed to, sees what a credit card says of it; default off: needs a licence
KERONG_PUSHES        how many files a feed may push within a minute, default 30
KERONG_NIGHT         hour of the day from which the worker does the nightly jobs, default 1
KERONG_SMTP_HOST     mail server; without it no mail is sent. Beside it KERONG_SMTP_PORT (default 25), KERONG_SMTP_USER,
                     KERONG_SMTP_PASSWORD, KERONG_SMTP_TLS (1: STARTTLS) and KERONG_MAIL_FROM
"""

import os
import secrets
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

WEB = Path(__file__).resolve().parent
DATA = Path(os.environ.get("KERONG_DATA", "data")).resolve()


def _switch(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


def _secret_key() -> str:
    kept = DATA / "secret_key"
    if given := os.environ.get("KERONG_SECRET_KEY"):
        return given
    return kept.read_text(encoding="ascii").strip() if kept.is_file() else secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
DEBUG = _switch("KERONG_DEBUG")
DEMO = _switch("KERONG_DEMO")
HTTPS = _switch("KERONG_HTTPS")
ARCHIVE = Path(os.environ.get("KERONG_ARCHIVE") or DATA / "archive").resolve()
DAY = date.fromisoformat(os.environ["KERONG_DAY"]) if os.environ.get("KERONG_DAY") else None
FILE_BYTES = int(os.environ.get("KERONG_FILE_MB", "512")) << 20
INFLATED_BYTES = 16 * FILE_BYTES  # what a gzipped file may hold: real ones shrink to a tenth
PUSHES_PER_MINUTE = int(os.environ.get("KERONG_PUSHES", "30"))
CREDIT_VIEW = _switch("KERONG_CREDIT_VIEW")
PUSH_SECONDS = 900  # a sender slower than that is let go
ALLOWED_HOSTS = os.environ.get("KERONG_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "kerong.web.base",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kerong.web.base.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kerong.web.base.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kerong.web.base.middleware.reader",
    "kerong.web.base.middleware.Gate",
    "kerong.web.base.middleware.OldRun",
]
ROOT_URLCONF = "kerong.web.urls"
WSGI_APPLICATION = "kerong.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kerong.web.base.shell.shell",
            ],
            "builtins": ["kerong.web.base.templatetags.kerong"],
        },
    }
]

WAIT_SECONDS = 20  # for a lock, on both databases


def _sqlite() -> dict[str, Any]:
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": WAIT_SECONDS, "init_command": pragmas}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA / "kerong.sqlite3", "OPTIONS": options}


def _postgresql(address: str) -> dict[str, Any]:
    """The database at an address that libpq reads; an address is told to nobody, it may hold a password."""
    try:
        from psycopg import Error
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise ImproperlyConfigured("KERONG_DATABASE needs psycopg: pip install 'kerong[postgresql]'") from error
    try:
        told: dict[str, Any] = dict(conninfo_to_dict(address))
    except Error:
        raise ImproperlyConfigured("KERONG_DATABASE is no address of a PostgreSQL") from None
    names = (("NAME", "dbname"), ("USER", "user"), ("PASSWORD", "password"), ("HOST", "host"), ("PORT", "port"))
    found = {name: told.pop(key, None) or "" for name, key in names}
    waits = f"-c lock_timeout={WAIT_SECONDS}s -c idle_in_transaction_session_timeout=60s"
    told["options"] = f"{waits} {told.get('options', '')}".strip()
    engine = {"ENGINE": "kerong.web.base.postgresql", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return {**engine, **found, "OPTIONS": told}


def _database() -> dict[str, Any]:
    address = os.environ.get("KERONG_DATABASE", "")
    if address and not address.startswith(("postgresql://", "postgres://")):
        raise ImproperlyConfigured("KERONG_DATABASE begins with postgresql://, or is left out for SQLite")
    return _postgresql(address) if address else _sqlite()


DATABASES = {"default": _database()}
FILE_UPLOAD_HANDLERS = ["kerong.web.base.uploads.ForThoseWhoMay"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
OUTBOX = DATA / "outbox"  # files for others, a folder per channel
NIGHT_HOUR = int(os.environ.get("KERONG_NIGHT", "1"))
EMAIL_HOST = os.environ.get("KERONG_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("KERONG_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("KERONG_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("KERONG_SMTP_PASSWORD", "")
EMAIL_USE_TLS = _switch("KERONG_SMTP_TLS")
EMAIL_TIMEOUT = 20  # less than a row stays with the one who delivers it
DEFAULT_FROM_EMAIL = os.environ.get("KERONG_MAIL_FROM", "kerong@localhost")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "base.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "kerong.web.base.adapter.PortalAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "overview"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/300s/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("KERONG_PROXIES", "0"))

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [WEB / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kerong.web.public.failures.forbidden"
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("KERONG_ORIGINS", "").split(",") if origin]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and ALLAUTH_TRUSTED_PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django_tasks_db": {"level": "ERROR"}},  # that it was told to end is no warning
}
