"""Every setting, in sections; all of them come from the environment and are safe by default."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL

from config.embedded import Services
from config.environment import Env
from config.sentry import report_errors
from integrations.secrets import load_or_create_key

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- Mode -----------------------------------------------------------------------------------

# Development is what a fresh clone is; production says so and is checked (`config/checks.py`).
IS_PRODUCTION = env.bool("SWITCHBOARD_PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)
HOME = Path(env.str("SWITCHBOARD_HOME", default=str(BASE_DIR / ".switchboard")))

# True: every provider is the sandbox. False: the real ones. Unset: the sandbox while no account
# has a secret (`integrations.accounts.is_sandbox`).
SANDBOX: bool | None = env.bool("SWITCHBOARD_SANDBOX", default=None)
SANDBOX_URL = env.str("SWITCHBOARD_SANDBOX_URL", default="http://127.0.0.1:8014")

# --- Secrets --------------------------------------------------------------------------------

if IS_PRODUCTION:
    SECRET_KEY = env.str("SECRET_KEY", default="")
    SECRET_KEYS = env.list("SWITCHBOARD_SECRET_KEYS", default=[])
else:
    SECRET_KEY = env.str("SECRET_KEY", default="") or load_or_create_key(HOME / "django.key")
    SECRET_KEYS = env.list("SWITCHBOARD_SECRET_KEYS", default=[]) or [
        load_or_create_key(HOME / "secrets.key")
    ]

# --- Services -------------------------------------------------------------------------------

# Without DATABASE_URL and REDIS_URL the project runs its own servers (config/embedded).
NEEDS_POSTGRES = not env.str("DATABASE_URL", default="")
NEEDS_REDIS = not env.str("REDIS_URL", default="")
SERVICES = Services(HOME, postgres=NEEDS_POSTGRES, redis=NEEDS_REDIS)

DATABASES: dict[str, Any] = {
    "default": (
        environ.Env.db_url_config(SERVICES.database_url)
        if NEEDS_POSTGRES
        else env.db("DATABASE_URL")
    )
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 5)

REDIS_URL = SERVICES.redis_url if NEEDS_REDIS else env.str("REDIS_URL")
BROKER_URL = SERVICES.celery_broker_url if NEEDS_REDIS else REDIS_URL

# How long web, worker and beat wait at their start for servers that do not answer yet.
START_PATIENCE_S = env.float("SWITCHBOARD_START_PATIENCE_S", default=20.0)

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

# --- Celery: the doorbell, not the queue ------------------------------------------------------

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # there are none, so that nobody needs to clear them
CELERY_TASK_ACKS_LATE = False  # a lost ring is rung again by the sweep; a ring carries no work
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "switchboard"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 30, "socket_connect_timeout": 5}
CELERY_WORKER_SEND_TASK_EVENTS = True  # Flower shows them
CELERY_TASK_SEND_SENT_EVENT = False
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
CELERY_BEAT_SYNC_EVERY = 1  # each ring is written down at once: its age says whether beat lives
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "enrichment.sweep",
        "schedule": env.float("SWITCHBOARD_SWEEP_S", default=10.0),
        "options": {"expire_seconds": 10},  # the database's schedule drops Celery's "expires"
    },
    "keep_up": {
        "task": "enrichment.keep_up",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "forget_pages": {
        "task": "enrichment.forget_pages",
        "schedule": 6 * 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "count_contacts": {
        "task": "dashboards.count_contacts",
        "schedule": 60.0,
        "options": {"expire_seconds": 60},
    },
    "tidy_search": {
        "task": "contacts.tidy_search",
        "schedule": 60.0,
        "options": {"expire_seconds": 60},
    },
    "tend_leads": {
        "task": "enrichment.tend_leads",
        "schedule": 600.0,
        "options": {"expire_seconds": 600},
    },
    "ask_limits": {
        "task": "integrations.ask_limits",
        "schedule": 600.0,
        "options": {"expire_seconds": 600},
    },
    "sweep_deliveries": {
        "task": "webhooks.sweep",
        "schedule": 10.0,
        "options": {"expire_seconds": 10},
    },
    "forget_deliveries": {
        "task": "webhooks.forget_old",
        "schedule": 3600.0,
        "options": {"expire_seconds": 3600},
    },
    "sweep_parcels": {
        "task": "webhooks.sweep_out",
        "schedule": 5.0,
        "options": {"expire_seconds": 5},
    },
    "sweep_sends": {
        "task": "outreach.sweep",
        "schedule": env.float("SWITCHBOARD_SWEEP_S", default=10.0),
        "options": {"expire_seconds": 10},
    },
    "sweep_syncs": {
        "task": "crm_sync.sweep",
        "schedule": env.float("SWITCHBOARD_SWEEP_S", default=10.0),
        "options": {"expire_seconds": 10},
    },
    "check_mappings": {
        "task": "crm_sync.check",
        "schedule": crontab(hour=4, minute=15),
        "options": {"expire_seconds": 3600},
    },
    "watch": {
        "task": "dashboards.watch",
        "schedule": 30.0,
        "options": {"expire_seconds": 30},
    },
    "clear_old": {
        "task": "dashboards.clear_old",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expire_seconds": 3600},
    },
}

# --- Work -----------------------------------------------------------------------------------

# A process that has not been seen for this long is gone; its claims go to others.
LEASE_S = env.float("SWITCHBOARD_LEASE_S", default=30.0)
WORKER_PROCESSES = env.int("SWITCHBOARD_WORKERS", default=os.cpu_count() or 2)
IN_FLIGHT = env.int("SWITCHBOARD_IN_FLIGHT", default=200)  # contacts a process works on at once
LEADS_RESCAN_DAYS = env.int("SWITCHBOARD_LEADS_RESCAN_DAYS", default=7)  # of companies' domains
CELERY_WORKER_CONCURRENCY = WORKER_PROCESSES
# A message without a final status is asked about after so long; one whose sending nobody knows of
# sooner, and only when Twilio's list has not had it for so long it may go again.
OUTREACH_POLL_S = env.float("SWITCHBOARD_OUTREACH_POLL_S", default=300.0)
OUTREACH_UNKNOWN_S = env.float("SWITCHBOARD_OUTREACH_UNKNOWN_S", default=30.0)
OUTREACH_MISSING_S = env.float("SWITCHBOARD_OUTREACH_MISSING_S", default=300.0)
UPLOADS = Path(env.str("SWITCHBOARD_UPLOADS", default=str(HOME / "uploads")))
EXPORTS = Path(env.str("SWITCHBOARD_EXPORTS", default=str(HOME / "exports")))
# Exports of as many contacts are downloaded at once, of more written by a worker.
EXPORT_DIRECT_ROWS = env.int("SWITCHBOARD_EXPORT_DIRECT_ROWS", default=10_000)
EXPORT_DAYS = env.int("SWITCHBOARD_EXPORT_DAYS", default=7)  # then an export's file is deleted
# How long the office keeps what nobody needs again (`dashboards.clearing`).
WORKER_DAYS = env.int("SWITCHBOARD_WORKER_DAYS", default=30)  # processes that have gone
ALERT_DAYS = env.int("SWITCHBOARD_ALERT_DAYS", default=365)  # alerts that are over
DRAFT_DAYS = env.int("SWITCHBOARD_DRAFT_DAYS", default=30)  # files brought, and never imported
# What is said in deliveries is deleted after so many days (`webhooks.retention`).
DELIVERY_RETENTION_DAYS = env.int("SWITCHBOARD_DELIVERY_RETENTION_DAYS", default=90)
# Requests to /webhooks/ a minute from one address: of senders that do not sign, and without a good
# proof (`webhooks.limits`).
WEBHOOKS_PER_MINUTE = env.int("SWITCHBOARD_WEBHOOKS_PER_MINUTE", default=3000)
WEBHOOKS_WRONG_PER_MINUTE = env.int("SWITCHBOARD_WEBHOOKS_WRONG_PER_MINUTE", default=60)
# An erasure looks once more after so long, for what was in somebody's hands; then it forgets whom.
ERASURE_AGAIN_S = env.float("SWITCHBOARD_ERASURE_AGAIN_S", default=900.0)
DEFAULT_REGION = env.str("SWITCHBOARD_REGION", default="US")
# A file of one's own rules for when people may be reached (`outreach.hours.rules`).
HOURS_FILE = env.str("SWITCHBOARD_HOURS_FILE", default="")

# --- Django ---------------------------------------------------------------------------------

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "import_export",
    "axes",
    "csp",
    "pgtrigger",
    "django_celery_beat",
    "config",
    "contacts",
    "integrations",
    "enrichment",
    "outreach",
    "crm_sync",
    "webhooks",
    "dashboards",
]
MIDDLEWARE = [
    "config.correlation.CorrelationMiddleware",  # first: whatever refuses later has an id
    "django.middleware.security.SecurityMiddleware",
    "config.headers.PermissionsPolicy",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "dashboards.access.middleware.SignedIn",
    "dashboards.addresses.SoundFilters",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],  # ahead of django-unfold's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["integrations.templatetags.words"],  # one way of writing money and errors
        },
    },
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "dashboards.access.backend.Backend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "dashboards.access.passwords.NotTheOldPassword"},
]
LANGUAGE_CODE = "en-us"
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(HOME / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    if IS_PRODUCTION
    else {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
MEDIA_ROOT = UPLOADS
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Sign-in --------------------------------------------------------------------------------

# A session ends so long after it was last used (`dashboards.access.middleware`).
SESSION_COOKIE_AGE = env.int("SWITCHBOARD_IDLE_S", default=8 * 3600)
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "dashboards.access.errors.foreign_form"

# Counted for a name from an address: a stranger elsewhere locks nobody out, an office behind one
# address is not locked out by one of its people.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.int("SWITCHBOARD_SIGN_IN_TRIES", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("SWITCHBOARD_LOCK_MINUTES", default=15))
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the end that was told stays the end
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "dashboards.access.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "dashboards.access.lockout.refuse"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False  # unlocked on the page of the user
AXES_VERBOSE = False

# --- Security -------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=IS_PRODUCTION)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if IS_PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^health(/|$)"]  # asked from beside us, without TLS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Alpine, which django-unfold is built on, evaluates the expressions in its attributes.
        "script-src": [SELF, UNSAFE_EVAL],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Lets monitoring read /health/detailed and /metrics without a person. Empty: nobody without one.
HEALTH_TOKEN = env.str("HEALTH_TOKEN", default="")

# --- Flower -----------------------------------------------------------------------------------

# Where the process of `config.flower` listens, and where the web processes find it. Its password
# follows from SECRET_KEY; people reach it by /flower/.
FLOWER_ADDRESS = env.str("FLOWER_ADDRESS", default="127.0.0.1")
FLOWER_PORT = env.int("FLOWER_PORT", default=5555)
FLOWER_URL = env.str("FLOWER_URL", default="") or f"http://127.0.0.1:{FLOWER_PORT}"

# --- Alerts -----------------------------------------------------------------------------------

# Where the back office is, for the links in messages; without it they have none.
SITE_URL = env.str("SWITCHBOARD_URL", default="")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="switchboard@localhost")
vars().update(env.email("EMAIL_URL", default="dummymail://"))

# --- Webhooks out -----------------------------------------------------------------------------

# For development: hosts of this machine, "localhost:9000", that subscriptions may name.
WEBHOOK_LOOPBACK_HOSTS = [
    host.lower() for host in env.list("SWITCHBOARD_WEBHOOK_LOOPBACK_HOSTS", default=[])
]
WEBHOOK_PLAIN_HTTP = env.bool("SWITCHBOARD_WEBHOOK_PLAIN_HTTP", default=False)
WEBHOOK_PORTS = [
    int(port) for port in env.list("SWITCHBOARD_WEBHOOK_PORTS", default=[443, 4443, 8443, 9443])
]
PARCEL_DAYS = env.int("SWITCHBOARD_PARCEL_DAYS", default=30)  # what was told, and how it went

# --- Look -----------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Switchboard",
    "SITE_HEADER": "Switchboard",
    "SITE_SUBHEADER": "Contact enrichment",
    "SITE_SYMBOL": "switch_access_shortcut",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "dashboards.navigation.favicon"}
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": "dashboards.banner.environment",
    "DASHBOARD_CALLBACK": "dashboards.views.home.home",
    "LOGIN": {"form": "dashboards.access.signing_in.SignInForm"},
    "STYLES": ["dashboards.navigation.colours", "dashboards.navigation.stylesheet"],
    "SCRIPTS": [
        "dashboards.navigation.policy",
        "dashboards.navigation.keyboard",
        "dashboards.navigation.drafts",
    ],
    "GLOBAL_CALLBACK": "dashboards.navigation.without_inline_colours",
    "SIDEBAR": {"show_search": False, "navigation": "dashboards.navigation.navigation"},
}

# --- Logs -------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING_CONFIG = "config.logs.configure"
LOGGING: dict[str, Any] = {"level": LOG_LEVEL, "is_json": IS_PRODUCTION}

# --- Sentry -----------------------------------------------------------------------------------

SENTRY_DSN = env.str("SENTRY_DSN", default="")  # empty: nothing is reported to anybody
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="") or (
    "production" if IS_PRODUCTION else "development"
)
SENTRY_RELEASE = env.str("SENTRY_RELEASE", default="")
SENTRY_TRACES_RATE = env.float("SENTRY_TRACES_RATE", default=0.0)
if SENTRY_DSN:
    report_errors(
        SENTRY_DSN,
        environment=SENTRY_ENVIRONMENT,
        release=SENTRY_RELEASE,
        traces_rate=SENTRY_TRACES_RATE,
    )
