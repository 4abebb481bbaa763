"""Static files: hashed names with rewritten module imports, and named files of installed packages."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # whitenoise is untyped
    """Hashed names, also inside `import … from` of ES modules."""

    support_js_module_import_aggregation = True


def npm(path: str) -> Path:
    return Path(settings.BASE_DIR) / "node_modules" / path


def wheel(package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin or "").parent / path if spec else Path(package) / path


# Public name: its file. Nothing else of these packages is served.
FILES: dict[str, Callable[[], Path]] = {
    "vendor/cytoscape.esm.min.mjs": lambda: npm("cytoscape/dist/cytoscape.esm.min.mjs"),
    "fonts/STIXTwoMath-Regular.ttf": lambda: wheel("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
}


class PackageFinder(BaseFinder):
    """Finds the files of FILES."""

    storage: PackageStorage

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = PackageStorage()

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [
            Error(f"{path()} is missing, so {name} cannot be served: run `make install`.", id="bzpeer.E001")
            for name, path in FILES.items()
            if not path().is_file()
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The path, or a list of it for `find_all`; an empty list is Django's word for nothing."""
        if path not in FILES or not FILES[path]().is_file():
            return []
        return [str(FILES[path]())] if find_all else str(FILES[path]())

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, PackageStorage]]:
        for name in FILES:
            yield name, self.storage


class PackageStorage(FileSystemStorage):
    """Reads each public name from its own place."""

    prefix = None

    def path(self, name: str) -> str:
        return str(FILES[name]())
