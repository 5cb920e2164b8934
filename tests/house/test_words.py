"""Names that say nothing, Rust that may stop a worker, and dependencies that point the wrong way."""

from __future__ import annotations

import re
import tomllib

import pytest

from house.repository import ROOT, files, named, rust_modules, shipped

NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "stuff", "various"}
CRATES = ["engine", "server", "python"]
PANICS = re.compile(r"\.unwrap\(\)|\.expect\(|\bpanic!|\bunreachable!|\btodo!|\bunimplemented!|\bdbg!")
ABROAD = re.compile(r"(/home/\w|/root/|/tmp/\w|/work/)")

# What no file of the core names: each is a feature with a place of its own.
ROOMS = ["rate_limit", "idempotency", "idempotent", "audit_log", "webhook", "websocket", "pagination", "cors", "csrf"]
CORE = ["api.py", "router.py", "operation.py", "plan.py", "dispatch.py", "signature.py"]


def test_the_walk_finds_the_sources():
    """Else every other test here would pass for nothing."""
    names = {named(path) for path in files(".rs", ".py")}
    assert {"crates/engine/src/plan.rs", "python/ultrafox/plan.py", "tests/house/test_words.py"} <= names
    assert all(rust_modules(crate) for crate in CRATES)


@pytest.mark.parametrize("path", files(".rs", ".py", ".pyi"), ids=named)
def test_names_say_what_is_inside(path):
    words = {word for part in path.relative_to(ROOT).parts for word in re.split(r"[_.\-]", part.lower())}
    assert not words & NAMELESS


@pytest.mark.parametrize("path", [path for crate in CRATES for path in rust_modules(crate)], ids=named)
def test_nothing_in_rust_stops_a_worker(path):
    found = PANICS.findall(shipped(path.read_text(encoding="utf-8")))
    assert not found, f"{named(path)}: {found}; answer with an error instead"


@pytest.mark.parametrize(
    "path", files(".rs", ".py", ".toml", ".md", under=("crates", "python", "docs", "examples")), ids=named
)
def test_no_path_of_somebodys_machine(path):
    assert not ABROAD.search(path.read_text(encoding="utf-8"))


class TestDependencies:
    """python → server → engine, and only `crates/python` sees PyO3."""

    FORBIDDEN = {
        "engine": {"pyo3", "tokio", "hyper", "mio", "socket2", "ultrafox-server", "ultrafox-python"},
        "server": {"pyo3", "tokio", "ultrafox-python"},
        "testkit": {"pyo3", "tokio", "hyper", "ultrafox-server", "ultrafox-python"},
    }

    @pytest.mark.parametrize("crate", FORBIDDEN)
    def test_manifests(self, crate):
        manifest = tomllib.loads((ROOT / "crates" / crate / "Cargo.toml").read_text())
        assert not self.FORBIDDEN[crate] & set(manifest.get("dependencies", {}))

    @pytest.mark.parametrize("crate", FORBIDDEN)
    def test_sources(self, crate):
        roots = {name.replace("-", "_") for name in self.FORBIDDEN[crate]}
        for path in rust_modules(crate):
            code = shipped(path.read_text(encoding="utf-8"))
            assert not roots & set(re.findall(r"\b(\w+)::", code)), named(path)

    def test_the_testkit_is_for_tests(self):
        for crate in CRATES:
            manifest = tomllib.loads((ROOT / "crates" / crate / "Cargo.toml").read_text())
            assert "ultrafox-testkit" not in manifest.get("dependencies", {})

    def test_no_empty_crate(self):
        for manifest in (ROOT / "crates").glob("*/Cargo.toml"):
            assert files(".rs", under=(named(manifest.parent) + "/src",)), named(manifest)


class TestRooms:
    @pytest.mark.parametrize("name", CORE)
    def test_no_core_file_names_a_room(self, name):
        text = (ROOT / "python" / "ultrafox" / name).read_text(encoding="utf-8").lower()
        assert not [room for room in ROOMS if re.search(rf"\b{room}\b", text)]

    @pytest.mark.parametrize("name", ["engine", "exchange", "reply", "ports"])
    def test_no_core_module_names_a_room(self, name):
        code = shipped((ROOT / "crates" / "engine" / "src" / f"{name}.rs").read_text(encoding="utf-8")).lower()
        assert not [room for room in ROOMS if re.search(rf"\b{room}\b", code)]

    def test_the_order_of_stages_is_one_list(self):
        """The pipeline names all sixteen stages, also those that wait, and enters them by their numbers."""
        text = (ROOT / "crates" / "engine" / "src" / "pipeline.rs").read_text(encoding="utf-8")
        comments = " ".join(re.findall(r"// (.*)", text))
        named = {int(number) for number, _ in re.findall(r"\b(\d+) ([a-z]\w+)", comments)}
        assert named >= set(range(1, 17)) - {3} and "3 security headers" in comments
        entering = " ".join(re.findall(r"// (.*)", text[text.index("fn enter<") :]))
        numbers = [int(number) for number in re.findall(r"\b(\d+) [a-z]", entering)]
        assert numbers == sorted(numbers) and {2, 4, 11} <= set(numbers)
