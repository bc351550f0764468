"""Settings of the site: the environment decides, with defaults that suit one box.

Every variable that is read begins with `JUNHENG_`; docs/operations lists them.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from junheng.commons import trigger_registry
from junheng.site.keys import KeyRing
from junheng.site.postgres import APP, OWNER, embedded
from junheng.site.watch.logs import logging_config

trigger_registry.install()  # before the first model
env = environ.Env()
PACKAGE = Path(__file__).resolve().parents[1]
PROJECT = PACKAGE.parents[1]

# Where things lie
VAR = Path(env.str("JUNHENG_VAR", default=str(Path.cwd() / "var"))).absolute()
STORAGE_ROOT = VAR / "files"
NODE_MODULES = Path(env.str("JUNHENG_NODE_MODULES", default=str(PROJECT / "node_modules")))
KEYS = KeyRing(Path(env.str("JUNHENG_KEYS_FILE", default=str(VAR / "keys.json"))))

# What kind of installation this is
DEMO = env.bool("JUNHENG_DEMO", default=False)
DEBUG = env.bool("JUNHENG_DEBUG", default=False)
BUREAU_NAME = env.str("JUNHENG_BUREAU", default="")
MAP_APPROVAL = env.str("JUNHENG_MAP_APPROVAL", default="")
FONTS = env.str("JUNHENG_FONTS", default="")  # a folder of the bureau's own, for papers
SECRET_KEY = KEYS["django"]
SECRET_KEY_FALLBACKS = KEYS.get("django_old", [])
ALLOWED_HOSTS = env.list("JUNHENG_HOSTS", default=["127.0.0.1", "localhost"])
SECURE = env.bool("JUNHENG_HTTPS", default=False)
_address = f"{'https' if SECURE else 'http'}://{next(iter(ALLOWED_HOSTS), 'localhost')}"
ADDRESS = env.str("JUNHENG_ADDRESS", default=_address).rstrip("/")  # QR codes on paper lead there
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if SECURE else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None

INSTALLED_APPS = [
    "junheng.portal",
    "junheng.admissions",
    "junheng.aid",
    "junheng.registry",
    "junheng.evidence",
    "junheng.cases",
    "junheng.accounts",
    "junheng.places",
    "junheng.commons",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "junheng.site.watch.requests.RequestWatch",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "junheng.commons.web.policy.OnePolicy",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "junheng.commons.web.kept.KeptPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "junheng.commons.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "junheng.commons.history.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "junheng.accounts.web.middleware.IdleLogout",
    "junheng.accounts.web.middleware.FirstThings",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "junheng.site.urls"
WSGI_APPLICATION = "junheng.site.wsgi.application"

# Database: the embedded server unless another one is named. The site works under a role that
# owns nothing; only migrations (`junheng prepare`) connect as the owner. On a server of the
# bureau's own that needs two addresses, one for each role.
SERVER = embedded(VAR)
AS_OWNER = env.bool("JUNHENG_AS_OWNER", default=False)
_site_url = env.str("JUNHENG_DATABASE_URL", default="")
_owner_url = env.str("JUNHENG_DATABASE_OWNER_URL", default="") or _site_url
EXTERNAL_DATABASE = bool(_site_url)
SITE_ROLE = str(env.db_url_config(_site_url)["USER"]) if _site_url else APP
OWNER_ROLE = str(env.db_url_config(_owner_url)["USER"]) if _site_url else OWNER
_url = _owner_url if AS_OWNER else _site_url
_server: dict[str, Any] = (
    dict(env.db_url_config(_url)) if _url else {**SERVER.database(OWNER if AS_OWNER else APP)}
)
_pool = {"min_size": 1, "max_size": 8, "timeout": 5}
_asked: dict[str, Any] = _server.get("OPTIONS", {})  # behind the ? of an address
_options = {**_asked, "pool": _pool}
DATABASES = {"default": {**_server, "CONN_HEALTH_CHECKS": True, "OPTIONS": _options}}
CACHES = {  # shared by all processes: what one has counted the next one knows
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # beyond them brakes would be forgotten
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People: a name and a password for all, a second factor for staff (docs/operations).
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "junheng.accounts.services.backends.Accounts",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "junheng.accounts.services.passwords.ThreeKinds"},
    {"NAME": "junheng.accounts.services.passwords.NotRecent"},
]
PASSWORD_DAYS = env.int("JUNHENG_PASSWORD_DAYS", default=90)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
FAMILY_REDIRECT_URL = "/apply/"  # where a family goes that asked for no page
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "junheng.accounts.web.adapters.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # our own: services/signing_in.py
MFA_ADAPTER = "junheng.accounts.web.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "junheng.accounts.web.code_forms.SetUpForm",
    "authenticate": "junheng.accounts.web.code_forms.SecondFactorForm",
    "reauthenticate": "junheng.accounts.web.code_forms.ConfirmForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # telephones are up to half a minute wrong

# Sessions: over at the end of a working day, for staff also after a while without use.
SESSION_ENGINE = "junheng.accounts.services.sessions"  # families' lie in their browsers
SESSION_COOKIE_AGE = 12 * 3600
IDLE_MINUTES = env.int("JUNHENG_IDLE_MINUTES", default=30)

# Wrong passwords lock one name at one address for a while: a school shares one address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("JUNHENG_PROXIES", default=0)
AXES_CLIENT_IP_CALLABLE = "junheng.accounts.services.signing_in.address_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "junheng.accounts.web.locked.locked"
AXES_DISABLE_ACCESS_LOG = True  # ours is accounts.SignIn
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "login", "ip_address"]
AXES_VERBOSE = False

# History: who and why is written into the session of the database
PGHISTORY_JSON_ENCODER = "junheng.commons.history.ContextEncoder"

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [env.str("JUNHENG_LOCALE", default=str(PACKAGE / "locale"))]
FORMAT_MODULE_PATH = ["junheng.site.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# Pages
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(PACKAGE.glob("*/web/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "junheng.commons.furniture.furniture",
            ],
            "libraries": {"round_tabs": "junheng.admissions.web.round_tabs"},
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5-responsive.html"
COTTON_DIR = "cotton"
COTTON_ISOLATE_BY_DEFAULT = True
CSRF_FAILURE_VIEW = "junheng.commons.web.errors.forged"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
# Ours alone: libraries ship much that no page asks for.
STATICFILES_DIRS = sorted(PACKAGE.glob("*/static"))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "junheng.commons.static_files.NpmFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "junheng.commons.static_files.HashedStorage"},
}
# Before `collectstatic` has run (tests, a contributor's machine) files come from where they lie.
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "ttf", "gz", "br"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}

# Uploads: nothing above this is read at all; rooms set lower limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
CLAMD = env.str("JUNHENG_CLAMD", default="")  # a scanner of files: a socket's path, or host:port

APP_NAME = _("Junheng")

# Hosts with port that may be asked as registers of other departments, "10.0.0.5:8080"
REGISTER_HOSTS = env.list("JUNHENG_REGISTER_HOSTS", default=[])

# A bureau's own mapping of the national register's columns (TOML), beside ours
NATIONAL_REGISTER = env.str("JUNHENG_NATIONAL_REGISTER", default="")

# Messages to telephones: without a gateway they wait; a demonstration writes them where its
# worker runs.
JOURNEYS_PER_SECOND = env.float("JUNHENG_JOURNEYS_PER_SECOND", default=0.0)  # 0: nobody waits
SMS_URL = env.str("JUNHENG_SMS_URL", default="")
SMS_KEY = env.str("JUNHENG_SMS_KEY", default="")
SMS_SECRET = env.str("JUNHENG_SMS_SECRET", default="")
SMS_SIGN = env.str("JUNHENG_SMS_SIGN", default=BUREAU_NAME)
SMS_SECONDS = env.float("JUNHENG_SMS_SECONDS", default=5.0)
SMS_TEMPLATES = env.dict("JUNHENG_SMS_TEMPLATES", default={})  # our key=the gateway's
CODES_PER_DAY = env.int("JUNHENG_CODES_PER_DAY", default=10)  # for one telephone
CODES_PER_ADDRESS = env.int("JUNHENG_CODES_PER_ADDRESS", default=500)  # unused ones in an hour

# Logs: a line of JSON each, without people; plain lines where a person looks at them. In a
# demonstration only what fails is told.
LOGGING = logging_config(plain=DEBUG or DEMO, requests=not DEMO)

# Who may read /metrics and the parts of /health/ready
METRICS_FROM = env.list("JUNHENG_METRICS_FROM", default=["127.0.0.0/8", "::1"])
