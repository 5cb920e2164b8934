import os

SECRET_KEY = "nothing here is secret"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django_bolt"]
ROOT_URLCONF = "urls"
BOLT_API = ["api:api"]
BOLT_MAX_UPLOAD_SIZE = 200_000_000

# Bolt asks the logger `django.server` whether to write a line per request, whatever `enable_logging` says.
# Silent without any configuration; when wanted, a plain stream handler, which costs it less than its own queue.
LOGGING_CONFIG = None
if os.environ.get("BENCH_ACCESS_LOG"):
    LOGGING_CONFIG = "logging.config.dictConfig"
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(levelname)s - %(asctime)s - %(name)s - %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "loggers": {"django.server": {"level": "INFO", "handlers": ["stderr"], "propagate": False}},
    }
