"""`ultrafox openapi`, run as its users run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openapi_spec_validator import validate

MANAGE = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")
"""
SETTINGS = 'SECRET_KEY = "x"\nROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["ultrafox"]\n'
API = """
from ultrafox import API
api = API(title="Shop", version="3.1")

@api.get("/items")
def list_items() -> list[str]: ...
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose settings only its manage.py names."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "manage.py").write_text(MANAGE.replace("site", "shop"))
    (tmp_path / "shop" / "settings.py").write_text(SETTINGS)
    (tmp_path / "shop" / "urls.py").write_text("urlpatterns = []\n")
    (tmp_path / "shop" / "api.py").write_text(API)
    return tmp_path


def ultrafox(directory: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "ultrafox.cli", *arguments]
    return subprocess.run(command, cwd=directory, env={**own, **more}, capture_output=True, text=True, timeout=60)


class TestOpenapi:
    def test_from_the_folder_of_manage(self, project):
        done = ultrafox(project, "openapi")
        assert (done.returncode, done.stderr) == (0, "")
        found = json.loads(done.stdout)
        validate(found)
        assert found["info"] == {"title": "Shop", "version": "3.1"}
        assert list(found["paths"]) == ["/items"]
        assert done.stdout.startswith('{\n  "openapi"')

    def test_into_a_file_on_one_line(self, project):
        done = ultrafox(project, "openapi", "--output", "shop.json", "--indent", "0", "--api", "shop.api:api")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        text = (project / "shop.json").read_text()
        assert text.count("\n") == 1 and json.loads(text)["info"]["title"] == "Shop"

    def test_settings_by_the_environment_or_the_option(self, project):
        (project / "manage.py").unlink()
        assert ultrafox(project, "openapi", DJANGO_SETTINGS_MODULE="shop.settings").returncode == 0
        assert ultrafox(project, "openapi", "--settings", "shop.settings").returncode == 0

    def test_a_mount_is_before_the_paths(self, project):
        (project / "shop" / "urls.py").write_text(
            "from django.urls import path\nfrom shop.api import api\nurlpatterns = [path('v1/', api.urls)]\n"
        )
        found = json.loads(ultrafox(project, "openapi").stdout)
        assert found["servers"] == [{"url": "/v1"}] and list(found["paths"]) == ["/items"]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--settings", "nowhere"], ["settings module", "nowhere", "--settings"]),
            (["--api", "shop.api:ap"], ["shop.api:ap", "`api`"]),
            (["--output", "no/such/folder"], ["no/such/folder"]),
        ],
    )
    def test_says_what_is_wrong(self, project, arguments, words):
        done = ultrafox(project, "openapi", *arguments)
        assert done.returncode == 1 and "Traceback" not in done.stderr
        assert all(word in done.stderr for word in words), done.stderr

    def test_needs_a_project(self, tmp_path):
        done = ultrafox(tmp_path, "openapi")
        assert done.returncode == 1 and "manage.py" in done.stderr and "DJANGO_SETTINGS_MODULE" in done.stderr

    def test_several_apis_are_named(self, project):
        (project / "shop" / "api.py").write_text(API + 'other = API(title="Other", prefix="/other")\n')
        done = ultrafox(project, "openapi")
        assert done.returncode == 1 and "'Shop'" in done.stderr and "'Other' below /other" in done.stderr
        assert json.loads(ultrafox(project, "openapi", "--api", "shop.api.other").stdout)["info"]["title"] == "Other"


class TestCommands:
    def test_one_that_is_coming(self, tmp_path):
        done = ultrafox(tmp_path, "doctor")
        assert done.returncode == 2 and "later version" in done.stderr

    def test_one_that_is_not_known(self, tmp_path):
        done = ultrafox(tmp_path, "opnapi")
        assert done.returncode == 2 and "Did you mean `openapi`?" in done.stderr

    def test_none(self, tmp_path):
        done = ultrafox(tmp_path)
        assert done.returncode == 2 and "openapi" in done.stdout
