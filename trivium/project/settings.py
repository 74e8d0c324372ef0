"""Django's settings, all from the environment. Importing this file starts nothing.

Every name read here is listed in docs/reference/settings.md.
"""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from trivium.core.languages import languages_in
from trivium.project import signing_in
from trivium.project.embedded import DATABASE, data_dir


def _flag(name: str, default: bool) -> bool:
    given = os.environ.get(name, "").strip().lower()
    return given in {"1", "true", "yes", "on"} if given else default


def _number(name: str, default: int) -> int:
    given = os.environ.get(name) or str(default)
    if not given.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {given!r}")
    return int(given)


def _choice(name: str, default: str, *others: str) -> str:
    given = os.environ.get(name) or default
    if given not in (default, *others):
        raise ImproperlyConfigured(f"{name} must be one of: {', '.join((default, *others))}")
    return given


def _names(name: str, default: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


django_stubs_ext.monkeypatch()  # lets fields and managers name their types: BigIntegerField[int, int]

DATA_DIR = data_dir()
PACKAGE = Path(__file__).resolve().parent.parent
DEBUG = _flag("TRIVIUM_DEBUG", False)


def _secret(name: str) -> str:
    """A secret from the environment, else this installation's own, made on first use.

    Several machines that serve one site must share it by the environment. The file appears whole or not at
    all, so that two processes starting together read the same secret.
    """
    if given := os.environ.get(f"TRIVIUM_{name.upper()}"):
        return given
    kept = DATA_DIR / name
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        made = DATA_DIR / f"{name}.{os.getpid()}"
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(made, kept)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return kept.read_text().strip()


SECRET_KEY = _secret("secret_key")


def _keys(name: str) -> str | Path:
    """Keys of the vault (`core.vault`), the newest first: from the environment, else this installation's own file.

    The file is read again whenever it has changed, so that `trivium rotate-keys` can add a key while all run.
    """
    if given := os.environ.get(f"TRIVIUM_{name.upper()}"):
        return given
    _secret(name)
    return DATA_DIR / name


VAULT_KEYS = _keys("vault_keys")
SEARCH_KEYS = _keys("search_keys")
ALLOWED_HOSTS = _names("TRIVIUM_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _names("TRIVIUM_TRUSTED_ORIGINS", "")

# -- database -------------------------------------------------------------------------------------------


def _database(address: str) -> dict[str, Any]:
    """Django's description of a libpq address; what Django has no name for goes to libpq as it is."""
    parts: dict[str, Any] = dict(conninfo_to_dict(address))
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": 5, "connect_timeout": 10}
    described = {
        "ENGINE": "trivium.core.postgres",
        "NAME": parts.pop("dbname", DATABASE),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_MAX_AGE": None,  # a thread keeps its connection
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": options | parts,
    }
    if test_name := os.environ.get("TRIVIUM_TEST_DATABASE"):
        described["TEST"] = {"NAME": test_name}
    return described


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", f"postgresql:///{DATABASE}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {  # what processes share for a while: how often a password was tried
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},  # beyond it, entries in force would be dropped
    }
}

# -- applications ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "trivium.connectors.dingtalk",
    "trivium.connectors.wecom",
    "allauth.usersessions",
    "allauth.account",  # never "allauth" itself: its templates and words are not ours
    "csp",
    "procrastinate.contrib.django",
    "trivium.core",
    "trivium.ledger",
    "trivium.parties",
    "trivium.catalog",
    "trivium.pricing",
    "trivium.inventory",
    "trivium.ordering",
    "trivium.fulfilment",
    "trivium.service",
    "trivium.settlement",
    "trivium.notices",
    "trivium.integration",
    "trivium.web",
    "trivium.api",
    "trivium.connectors.invoices",
    "trivium.connectors.sheets",
]
SANDBOX = _flag("TRIVIUM_SANDBOX", DEBUG)  # a payment gateway that moves no money: never where real goods leave
if SANDBOX:
    SANDBOX_SECRET = _secret("sandbox_secret")
    INSTALLED_APPS += ["trivium.connectors.sandbox", "trivium.connectors.texts"]
AUTH_USER_MODEL = "parties.User"

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # each context's apps.py imports its own jobs

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "trivium.web.shared.pages.PageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
PAGE_MIDDLEWARE = [  # around pages alone: a program has a key and no session
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "trivium.web.shared.live.LiveMiddleware",
    "trivium.web.shared.workspace.WorkspaceMiddleware",
]

ROOT_URLCONF = "trivium.project.urls"
WSGI_APPLICATION = "trivium.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "trivium.web.shared.environment.Templates",
        "DIRS": sorted((PACKAGE / "web").glob("*/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "trivium.web.shared.environment.environment",
            "context_processors": [
                "django.template.context_processors.i18n",
                "trivium.web.shared.workspace.shell",
                "trivium.web.shared.live.live",
            ],
        },
    }
]

# -- language and time ----------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"  # what is stored; people see TRIVIUM["LOCAL_TIME_ZONE"]
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGES = languages_in(LOCALE_PATHS[0])

# -- static files ---------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("TRIVIUM_STATIC_ROOT") or DATA_DIR / "static")  # filled by `trivium serve`
_COLLECTED = not DEBUG and (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not _COLLECTED
WHITENOISE_KEEP_ONLY_HASHED_FILES = False  # the page for a broken server names its stylesheet without asking anybody
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = Path(os.environ.get("TRIVIUM_FILES_DIR") or DATA_DIR / "files")
MEDIA_URL = "files/"

# -- mail -----------------------------------------------------------------------------------------------


def _mail(address: str) -> dict[str, Any]:
    """Django's description of where mails go: smtp://user:password@host:port, smtps://…, or file:///folder."""
    parts = urlsplit(address)
    if parts.scheme == "file":
        return {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "FILE_PATH": unquote(parts.path)}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("TRIVIUM_MAIL_URL must begin with smtp://, smtps:// or file://")
    is_secret = parts.scheme == "smtps"
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "HOST": parts.hostname,
        "PORT": parts.port or (465 if is_secret else 587),
        "HOST_USER": unquote(parts.username or ""),
        "HOST_PASSWORD": unquote(parts.password or ""),
        "USE_SSL": is_secret,
        "USE_TLS": not is_secret and "starttls=no" not in parts.query,
    }


_MAILS = _mail(os.environ.get("TRIVIUM_MAIL_URL") or f"file://{quote(str(DATA_DIR / 'mail'))}")
EMAIL_BACKEND = _MAILS["BACKEND"]
EMAIL_FILE_PATH = _MAILS.get("FILE_PATH")
EMAIL_HOST, EMAIL_PORT = _MAILS.get("HOST", ""), _MAILS.get("PORT", 0)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAILS.get("HOST_USER", ""), _MAILS.get("HOST_PASSWORD", "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAILS.get("USE_SSL", False), _MAILS.get("USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("TRIVIUM_MAIL_FROM") or "Trivium <trivium@localhost>"

# -- safety ---------------------------------------------------------------------------------------------

HTTPS = _flag("TRIVIUM_HTTPS", not DEBUG)
SESSION_ENGINE = "trivium.core.sessions"
AUTHENTICATION_BACKENDS = ["trivium.web.account.backend.Backend"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
BEHIND_PROXY = _flag("TRIVIUM_BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# -- signing in (django-allauth; what it asks of us: trivium/web/account/adapter.py) ---------------------------------

LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "web:root"
PASSWORD_RESET_TIMEOUT = 3 * 3600
ACCOUNT_ADAPTER = "trivium.web.account.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_FORMS = {
    "login": "trivium.web.account.forms.SignInForm",
    "request_login_code": "trivium.web.account.forms.CodeForm",
    "signup": "trivium.web.account.forms.SignUpForm",
    "change_password": "trivium.web.account.forms.ChangePasswordForm",
    "set_password": "trivium.web.account.forms.SetPasswordForm",
    "reset_password_from_key": "trivium.web.account.forms.ResetPasswordForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_ADAPTER = "trivium.web.account.elsewhere.Services"
SOCIALACCOUNT_EMAIL_REQUIRED = SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_QUERY_EMAIL = False
SOCIALACCOUNT_PROVIDERS, SIGN_IN_ORIGINS = signing_in.services()
SERVICE_MESSAGES = signing_in.messages()  # from whom we hear of members who leave
MFA_ADAPTER = "trivium.web.account.adapter.SecondFactors"
MFA_FORMS = {
    "add_webauthn": "trivium.web.account.forms.AddPasskeyForm",
    "authenticate_webauthn": "trivium.web.account.forms.SecondByPasskeyForm",
    "login_webauthn": "trivium.web.account.forms.SignInByPasskeyForm",
    "reauthenticate_webauthn": "trivium.web.account.forms.AgainByPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Trivium"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
ACCOUNT_RATE_LIMITS = signing_in.rate_limits(_number("TRIVIUM_SIGN_IN_FAILURES", 10))

# -- the trade's own defaults (docs/words.md); TRIVIUM_<NAME> in the environment overrides each -------------

TRIVIUM: dict[str, Any] = {
    "CONFIRM_HOURS": _number("TRIVIUM_CONFIRM_HOURS", 48),
    "PAY_HOURS_PREPAID": _number("TRIVIUM_PAY_HOURS_PREPAID", 24),
    "PAY_BUSINESS_DAYS_TRANSFER": _number("TRIVIUM_PAY_BUSINESS_DAYS_TRANSFER", 3),
    "APPROVE_HOURS": _number("TRIVIUM_APPROVE_HOURS", 168),
    "RETURN_WINDOW_DAYS": _number("TRIVIUM_RETURN_WINDOW_DAYS", 7),
    "STATEMENT_CONFIRM_DAYS": _number("TRIVIUM_STATEMENT_CONFIRM_DAYS", 5),
    "SUPPLIER_SILENCE": _choice("TRIVIUM_SUPPLIER_SILENCE", "cancel", "confirm"),
    "PARTNER_SILENCE": _choice("TRIVIUM_PARTNER_SILENCE", "confirm", "cancel"),
    "BEHIND_PROXY": BEHIND_PROXY,
    "API_PER_MINUTE": _number("TRIVIUM_API_PER_MINUTE", 6_000),
    "API_FAILURES_PER_MINUTE": _number("TRIVIUM_API_FAILURES_PER_MINUTE", 60),
    "IMPORT_MEGABYTES": _number("TRIVIUM_IMPORT_MEGABYTES", 64),
    "PAPER_MEGABYTES": _number("TRIVIUM_PAPER_MEGABYTES", 10),
    "PICTURE_MEGABYTES": _number("TRIVIUM_PICTURE_MEGABYTES", 10),
    "PICTURE_MEGAPIXELS": _number("TRIVIUM_PICTURE_MEGAPIXELS", 50),
    "SITE_URL": (os.environ.get("TRIVIUM_SITE_URL") or "http://localhost:8000").rstrip("/"),
    "TEXTS_DIR": DATA_DIR / "texts",
    "LIVE_URL": os.environ.get("TRIVIUM_LIVE_URL", ""),
    "LOCAL_TIME_ZONE": os.environ.get("TRIVIUM_LOCAL_TIME_ZONE") or "Asia/Shanghai",
}

# -- logging --------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("TRIVIUM_LOG_LEVEL", "WARNING")},
}
