"""All settings, read from the environment; the defaults run on SQLite with no environment at all."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from dangjian.people.password_profile import PASSWORD_PROFILES, PasswordProfile

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("DANGJIAN_VAR", ROOT / "var"))
BUILD = ROOT / "build"


def env_bool(name: str, default: bool) -> bool:
    """1/true/yes/on and 0/false/no/off; anything else stops the start rather than being guessed."""
    value = os.environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if value:
        raise ImproperlyConfigured(f"{name}={value!r}: 只能写 1/0、true/false、yes/no、on/off")
    return default


def env_list(name: str, default: list[str]) -> list[str]:
    """Comma-separated values."""
    value = os.environ.get(name)
    return default if value is None else [item.strip() for item in value.split(",") if item.strip()]


def database(url: str) -> dict[str, Any]:
    """Django's database settings for ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST:PORT/NAME``.

    SQLite runs with WAL, ``synchronous=FULL`` and IMMEDIATE transactions: an acknowledged write
    survives a killed process, and two writers queue instead of failing.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path.removeprefix("/")) or str(VAR / "dangjian.sqlite3"),
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 3, **dict(parse_qsl(parts.query))},
        }
    raise ImproperlyConfigured(f"DATABASE_URL: 不认识的数据库 {parts.scheme!r}，可用 sqlite 或 postgresql")


def password_profile(name: str) -> PasswordProfile:
    """The password profile of the installation by its name."""
    if name not in PASSWORD_PROFILES:
        raise ImproperlyConfigured(f"DANGJIAN_PASSWORD_PROFILE={name!r}: 只能写 {'、'.join(PASSWORD_PROFILES)}")
    return PASSWORD_PROFILES[name]


DEMO = env_bool("DANGJIAN_DEMO", False)
DEBUG = env_bool("DANGJIAN_DEBUG", False)
SECRET_KEY = os.environ.get("DANGJIAN_SECRET_KEY", "")
if not SECRET_KEY:
    # A key of this installation's own, made once and kept beside its data; never a constant in the source.
    _key_file = VAR / "secret-key"
    if not _key_file.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        _key_file.touch(mode=0o600)
        _key_file.write_text(os.urandom(48).hex())
    SECRET_KEY = _key_file.read_text()
# Keys of before: what they sealed opens still. Set them while a new key is being introduced.
SECRET_KEY_FALLBACKS = env_list("DANGJIAN_OLD_SECRET_KEYS", [])
ALLOWED_HOSTS = env_list("DANGJIAN_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("DANGJIAN_ORIGINS", [])
HTTPS = env_bool("DANGJIAN_HTTPS", False)

# 试用: a page outside the sign-in where a ledger may be dropped and looked at; nothing of it is kept.
TRIAL = env_bool("DANGJIAN_TRIAL", True)

# 演示日期: only the demo's start script names this file; without it the clock cannot be moved.
DEMO_CLOCK_FILE = VAR / "demo-clock" if DEMO else None
EVIDENCE_ROOT = VAR / "evidence"
DOWNLOAD_ROOT = VAR / "downloads"
# Keys of the internal electronic confirmation, sealed by the passphrase where one is set; or the device that holds them,
# by PKCS#11, with the authority that certified them where it is not our own.
SIGNING_ROOT = VAR / "signing"
SIGNING_PASSPHRASE = os.environ.get("DANGJIAN_SIGNING_PASSPHRASE", "")
SIGNING_CA = os.environ.get("DANGJIAN_SIGNING_CA", "")
SIGNING_DEVICE = (
    {
        "module": os.environ["DANGJIAN_SIGNING_MODULE"],
        "token": os.environ.get("DANGJIAN_SIGNING_TOKEN", ""),
        "pin": os.environ.get("DANGJIAN_SIGNING_PIN", ""),
    }
    if "DANGJIAN_SIGNING_MODULE" in os.environ
    else None
)
# The program that turns a paper of a replaced template into PDF; without it the PDF keeps the built-in form.
LIBREOFFICE = os.environ.get("DANGJIAN_LIBREOFFICE", "")
FONT_DIRS = [Path(p) for p in env_list("DANGJIAN_FONT_DIRS", [])]

INSTALLED_APPS = [
    "dangjian",
    "dangjian.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dangjian.web.middleware.who_is_asking",
    "dangjian.web.middleware.button_only",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "dangjian.urls"
WSGI_APPLICATION = "dangjian.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["dangjian.web.templatetags.dangjian"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dangjian.web.shell.shell",
            ],
        },
    },
]

DATABASES = {"default": database(os.environ.get("DATABASE_URL", "sqlite:///"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "dangjian.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Length, classes, age and lockout of passwords, all in people/password_profile.py.
PASSWORD_PROFILE = password_profile(os.environ.get("DANGJIAN_PASSWORD_PROFILE", "standard"))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "sign-in"

# So many failures of one account from one address lock that pair for a while: a stranger elsewhere
# cannot lock the account's owner out (research/reliability.md §4).
AXES_FAILURE_LIMIT = PASSWORD_PROFILE.failures
AXES_COOLOFF_TIME = PASSWORD_PROFILE.locked / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "dangjian.web.views.accounts.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

SESSION_ENGINE = "dangjian.people.session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "dangjian.web.views.faults.forged"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BUILD / "static"
STATICFILES_DIRS = [BUILD / "vendor"] if (BUILD / "vendor").exists() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000  # a hundred projects of a ledger, each with all its cells to be mended
DATA_UPLOAD_MAX_NUMBER_FILES = 220  # a pile of photos is at most 200 pages; the form says so itself
FILE_UPLOAD_PERMISSIONS = 0o600

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}},
}
