SECRET_KEY = "nothing here is secret"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
INSTALLED_APPS = ["ultrafox"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "urls"
ULTRAFOX = {"API": "fox.api"}
