"""Settings, from the environment, with safe local defaults; README.md lists the variables."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from kombu import Queue
from redis.backoff import NoBackoff
from redis.retry import Retry

from bzpeer import environment as env
from bzpeer.embedded import addresses, places
from bzpeer.kit.api.defaults import REST_FRAMEWORK as REST_FRAMEWORK

# The place and the process
BASE_DIR = places.CHECKOUT
DATA_DIR = places.data_dir()
PROCESS = env.text("PROCESS", "command")  # web (set by bzpeer.wsgi), or anything else
DEMO = (DATA_DIR / "invented").exists()  # the corpus is invented (bzpeer.demo); pages say so
DEBUG = env.flag("DEBUG")
PORT = env.number("PORT", 8000, least=1, most=65535)
BASE_URL = env.site("BASE_URL", f"http://localhost:{PORT}")
SECURE = BASE_URL.startswith("https://")
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", BASE_URL)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, least=0, most=9)  # of ours, before us, which set X-Forwarded-For

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "profiles.orcid",
    "csp",
    "bzpeer",
    "bzpeer.kit",
    "publications",
    "graph",
    "profiles",
    *env.words("EXTRA_APPS"),  # tools of a developer: django_migration_linter
]

MIDDLEWARE = [
    "bzpeer.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "bzpeer.strangers.StrangerMiddleware",
    "profiles.fediverse.middleware.ActorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "profiles.account.visits.VisitMiddleware",
    "bzpeer.busy.BusyMiddleware",
    "bzpeer.rates.RateMiddleware",
]

ROOT_URLCONF = "bzpeer.urls"
WSGI_APPLICATION = "bzpeer.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bzpeer.context_processors.site",
            ],
        },
    },
]

# PostgreSQL, the cache, the broker: from the environment, else the embedded ones
ADDRESSES = addresses.current()
env.require_valkey(ADDRESSES)
DATABASES = {"default": env.database(ADDRESSES["DATABASE_URL"], process=PROCESS)}
REDIS_CACHE: dict[str, Any] = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",  # raises when it is unreachable
    "LOCATION": ADDRESSES["REDIS_URL"],
    "KEY_PREFIX": "bzpeer",
    # One retry, for a connection that a restart left behind; a server that hangs costs a second.
    "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "retry": Retry(NoBackoff(), 1)},
}
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "profiles.account.limit_cache.LimitCache"},  # what signing in counts: in the database
    "valkey": REDIS_CACHE,
    "pages": {**REDIS_CACHE, "BACKEND": "bzpeer.kit.cache.ForgivingCache"},  # what only saves work
}

# Tasks: delivered at least once, committed idempotently (docs/architecture.md)
TASK_TIME_LIMIT = 20 * 60
CELERY_BROKER_URL = ADDRESSES["BROKER_URL"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * TASK_TIME_LIMIT + 60,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 0.5 if PROCESS == "web" else 5,  # readers do not wait for a broker that hangs
    "socket_connect_timeout": 0.5 if PROCESS == "web" else 1,
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
# What waits for other servers has a queue of its own (docs/fediverse.md). A worker without --queues takes all.
CELERY_TASK_QUEUES = [Queue("celery"), Queue("fediverse")]
CELERY_TASK_ROUTES = {f"profiles.tasks.{name}": "fediverse" for name in ("check_fediverse", "deliver_to_fediverse")}
CELERY_TASK_TIME_LIMIT = TASK_TIME_LIMIT
CELERY_TASK_SOFT_TIME_LIMIT = TASK_TIME_LIMIT - 60
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "assess-due": {"task": "profiles.tasks.assess_due", "schedule": 60.0},
    "warm-slices": {"task": "graph.tasks.warm_slices", "schedule": 300.0},
    "deliver-news": {"task": "profiles.tasks.deliver_news", "schedule": 60.0},
    "send-mails": {"task": "profiles.tasks.send_mails", "schedule": 60.0},
    "sweep-claims": {"task": "profiles.tasks.sweep_claims", "schedule": 60.0},
    "check-fediverse": {"task": "profiles.tasks.check_fediverse", "schedule": 60.0},
    "deliver-to-fediverse": {"task": "profiles.tasks.deliver_to_fediverse", "schedule": 60.0},
    "sweep-fediverse": {"task": "profiles.tasks.sweep_fediverse", "schedule": 60.0},
    "nightly": {"task": "profiles.tasks.nightly", "schedule": crontab(hour=3, minute=17)},
}

# Accounts: by e-mail and password, the address confirmed by mail
AUTH_USER_MODEL = "profiles.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_ADAPTER = "profiles.account.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "profiles.account.forms.SignupForm",
    "reset_password": "profiles.account.forms.ResetPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[bzpeer] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one replaces it once it is confirmed
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of changes to an account, to the address it had
ACCOUNT_EMAIL_CONFIRMATION_AUTHENTICATED_REDIRECT_URL = "settings"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "profiles.account.sign_in.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "profiles.account.forms.CodeForm",
    "reauthenticate": "profiles.account.forms.CodeAgainForm",
    "activate_totp": "profiles.account.forms.AppForm",
    "add_webauthn": "profiles.account.forms.PasskeyForm",
    "edit_webauthn": "profiles.account.forms.PasskeyNameForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # of a new address: nobody is logged in who has not confirmed one
# ORCID: signing in, and proofs by the public record and the arXiv author page of an iD
ORCID_URL = env.text("ORCID_URL", "https://orcid.org").rstrip("/")
ORCID_API_URL = env.text("ORCID_API_URL", "https://pub.orcid.org/v3.0").rstrip("/")
ORCID_CLIENT_ID = env.text("ORCID_CLIENT_ID")
ORCID_CLIENT_SECRET = env.text("ORCID_CLIENT_SECRET")
env.require_both(ORCID_CLIENT_ID=ORCID_CLIENT_ID, ORCID_CLIENT_SECRET=ORCID_CLIENT_SECRET)
ARXIV_URL = env.text("ARXIV_URL", "https://arxiv.org").rstrip("/")
ORCID_STAND_IN = env.flag("ORCID_STAND_IN")  # set by the demonstration for its stand-in (bzpeer.standins)
env.require_genuine(ORCID_URL, ORCID_API_URL, ARXIV_URL, secure=SECURE, demo=DEMO, stand_in=ORCID_STAND_IN)
SOCIALACCOUNT_ADAPTER = "profiles.orcid.adapter.SocialAdapter"
SOCIALACCOUNT_FORMS = {"signup": "profiles.orcid.forms.SignupForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # ORCID gives no address: it is asked for, and confirmed
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Mail: files locally, SMTP where EMAIL_URL names a server
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.address("EMAIL_FROM", f"bzpeer <noreply@{urlsplit(BASE_URL).hostname}>")
CONTACT_EMAIL = env.address("CONTACT_EMAIL")  # shown on /about/: where corrections and removals are asked for
MAIL_DIR = DATA_DIR / "mail"
EMAIL_BACKEND = "bzpeer.mail.EmlBackend"
if EMAIL_URL := env.text("EMAIL_URL"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    globals().update(env.mail(EMAIL_URL))

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "bzpeer.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: our own, and named files of npm packages and wheels
STATIC_URL = "/static/"
STATIC_ROOT = places.static_root()
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "bzpeer.static_files.PackageFinder",
]
STATIC_MANIFEST = env.flag("STATIC_MANIFEST", default=not DEBUG)
MANIFEST_STORAGE = "bzpeer.static_files.ManifestStorage"
PLAIN_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": MANIFEST_STORAGE if STATIC_MANIFEST else PLAIN_STORAGE},
}
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
WHITENOISE_AUTOREFRESH = not STATIC_MANIFEST

# Pages: nothing inline, nothing from elsewhere
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *([ORCID_URL] if ORCID_CLIENT_ID else [])],  # a form of ours leads to its sign-in
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
if SECURE:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

# The Fediverse: other servers fetch and are fetched over https only
FEDIVERSE = env.flag("FEDIVERSE", default=SECURE)

# The API: (calls, seconds) or None, by bzpeer.rates
API_RATE_ANONYMOUS = env.rate("API_RATE_ANONYMOUS", "60/min")
API_RATE_TOKEN = env.rate("API_RATE_TOKEN", "600/min")
PAGE_RATE = env.rate("PAGE_RATE", "600/min")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.level("LOG_LEVEL", "WARNING")},
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
