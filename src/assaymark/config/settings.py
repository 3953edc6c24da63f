"""Settings: one file, nothing required for a local run. Every name read from the environment is documented in
docs/reference/settings.md (a test compares).

Two profiles: `local` (default) and `production` (ASSAYMARK_PROFILE=production), which `assaymark check` guards.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent

HOME = Path(os.environ.get("ASSAYMARK_HOME") or CHECKOUT / "var").resolve()
PROFILE = os.environ.get("ASSAYMARK_PROFILE", "local")
PRODUCTION = PROFILE == "production"
DEBUG = os.environ.get("ASSAYMARK_DEBUG", "") == "1"
HOME.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """From the environment, or a file in the home that only its owner reads (made at the first start)."""
    if value := os.environ.get("ASSAYMARK_SECRET_KEY"):
        return value
    path = HOME / "secret-key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [h for h in os.environ.get("ASSAYMARK_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if h]
# Where certificates point to: the address under which the public reaches this installation.
PUBLIC_URL = os.environ.get("ASSAYMARK_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
# How an organisation is named when it first attests or is accredited: "key" (did:key, where the key is the identifier)
# or "webvh" (did:webvh, a log under the public address, whose keys can be replaced).
IDENTIFIERS = os.environ.get("ASSAYMARK_IDENTIFIERS", "key")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
# How many proxies of one's own stand in front. Rate limits count by the address that the outermost of them saw; with 0
# nothing that a client says about its address counts.
PROXIES = int(os.environ.get("ASSAYMARK_PROXIES", "0"))
ALLAUTH_TRUSTED_PROXY_COUNT = NINJA_NUM_PROXIES = PROXIES

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_tasks",
    "django_tasks_db",
    "assaymark.records.parties",
    "assaymark.records.journal",
    "assaymark.records.identifiers",
    "assaymark.records.standards",
    "assaymark.records.search",
    "assaymark.records.documents",
    "assaymark.records.evidence",
    "assaymark.records.registers",
    "assaymark.records.work",
    "assaymark.records.assessments",
    "assaymark.records.findings",
    "assaymark.records.attestations",
    "assaymark.records.archive",
    "assaymark.records.register",
    "assaymark.records.witness",
    "assaymark.records.watch",
    "assaymark.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "assaymark.web.refusals.RefusalMiddleware",
]

# In the memory of each worker. "pages" holds answers of the public register for a minute, so it has its own bound.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

ROOT_URLCONF = "assaymark.config.urls"
WSGI_APPLICATION = "assaymark.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],  # before allauth's own pages
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.static",
                "assaymark.web.templatetags.assaymark",
                "assaymark.web.templatetags.registers",
                "assaymark.web.templatetags.watch",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "assaymark.web.frame.frame",
            ],
        },
    }
]
COTTON_DIR = "components"
FORM_RENDERER = "assaymark.web.renderer.HouseRenderer"


def _databases() -> dict[str, dict[str, object]]:
    """PostgreSQL or SQLite by DATABASE_URL (postgresql://user:password@host:port/name, sqlite:////a/file), else SQLite
    in the home."""
    url = os.environ.get("DATABASE_URL", "")
    if not url or url.startswith("sqlite:///"):
        return {
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": Path(url.removeprefix("sqlite:///")) if url else HOME / "assaymark.sqlite3",
                "CONN_MAX_AGE": None,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 20,
                    "init_command": (
                        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                        " PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728"
                    ),
                },
                "TEST": {"NAME": None},
            }
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SystemExit(f"DATABASE_URL starts with {parts.scheme}://; use postgresql://user:password@host:port/name")
    return {
        "default": {
            "ENGINE": "assaymark.config.database.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"options": "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"},
        }
    }


DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_ADAPTER = "assaymark.web.account.adapter.InvitationOnlyAdapter"
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Assaymark"
# Accounts come by invitation to the address, so nobody can lock a stranger's address with a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION

EMAIL_BACKEND = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}[os.environ.get("ASSAYMARK_MAIL", "file")]
EMAIL_FILE_PATH = HOME / "mail"
EMAIL_HOST = os.environ.get("ASSAYMARK_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("ASSAYMARK_SMTP_PORT", "25"))
DEFAULT_FROM_EMAIL = os.environ.get("ASSAYMARK_MAIL_FROM", "assaymark@localhost")

# Timestamps for certificates' PDFs (RFC 3161): whom to ask, whose roots to believe, how long before the end to renew.
TSA_URL = os.environ.get("ASSAYMARK_TSA_URL", "")
TSA_ROOTS = os.environ.get("ASSAYMARK_TSA_ROOTS", "")
TSA_RENEW_DAYS = int(os.environ.get("ASSAYMARK_TSA_RENEW_DAYS", "90"))

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
DATE_FORMAT = "j M Y"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600 if PRODUCTION else 60
BLOBS = HOME / "blobs"
KEYS = HOME / "keys"

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
MAX_UPLOAD_BYTES = 50 * 1024 * 1024

if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = os.environ.get("ASSAYMARK_SSL_REDIRECT", "1") == "1"
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SILENCED_SYSTEM_CHECKS = ["security.W021"]  # preloading binds the whole domain: its owner's decision, not ours
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
