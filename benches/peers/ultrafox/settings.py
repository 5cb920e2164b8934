SECRET_KEY = "nothing here is secret"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["ultrafox"]
ROOT_URLCONF = "urls"
ULTRAFOX = {"API": "api.api"}
