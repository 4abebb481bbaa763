"""Static files: only named files of packages, hashed names inside modules."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from pytest_django import Settings

from bzpeer import static_files


def test_only_named_files_of_packages_are_served() -> None:
    for name, path in static_files.FILES.items():
        assert finders.find(name) == str(path())
    assert finders.find("cytoscape/dist/cytoscape.cjs.js") is None
    assert static_files.PackageFinder().check() == []


def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(static_files.FILES, "vendor/nothing.js", lambda: static_files.npm("nothing/nothing.js"))
    assert finders.find("vendor/nothing.js") is None
    [problem] = static_files.PackageFinder().check()
    assert problem.id == "bzpeer.E001"
    assert "make install" in problem.msg


def test_modules_import_each_other_by_hashed_names(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": settings.MANIFEST_STORAGE}}
    call_command("collectstatic", interactive=False, verbosity=0)
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert re.fullmatch(r"vendor/cytoscape\.esm\.min\.[0-9a-f]{12}\.mjs", names["vendor/cytoscape.esm.min.mjs"])
    modules = [tmp_path / hashed for name, hashed in names.items() if name.startswith("js/")]
    imports = [found for module in modules for found in re.findall(r"from\s*[\"'](\.[^\"']+)[\"']", module.read_text())]
    for found in imports:
        assert re.search(r"\.[0-9a-f]{12}\.m?js$", found), found


def test_the_font_has_a_math_table() -> None:
    font = static_files.FILES["fonts/STIXTwoMath-Regular.ttf"]().read_bytes()
    tables = int.from_bytes(font[4:6], "big")
    assert b"MATH" in {font[12 + 16 * n : 16 + 16 * n] for n in range(tables)}
