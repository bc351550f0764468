"""Files of npm packages as static files: only those that a page really asks for.

The whole of node_modules is some 35,000 files; pages use about a dozen. Nothing is copied into
the repository and nothing is bundled.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# address under /static/ -> (folder in node_modules, files or patterns in it)
NPM_FILES: dict[str, tuple[str, tuple[str, ...]]] = {
    "npm/tabler": ("@tabler/core/dist", ("css/tabler.min.css", "js/tabler.min.js")),
    "npm/htmx": ("htmx.org/dist", ("htmx.min.js",)),
    "npm/echarts": ("echarts/dist", ("echarts.min.js",)),
    "npm/leaflet": ("leaflet/dist", ("leaflet.css", "leaflet.js", "images/*.png")),
    "npm/tom-select": (
        "tom-select/dist",
        ("css/tom-select.bootstrap5.min.css", "js/tom-select.base.min.js"),
    ),
    "npm/tus": ("tus-js-client/dist", ("tus.min.js",)),
    "npm/noto-sans-sc": (
        "@expo-google-fonts/noto-sans-sc",
        ("400Regular/*.ttf", "600SemiBold/*.ttf"),
    ),
}


class NpmFolder(FileSystemStorage):
    """One package's folder, published under one prefix."""

    def __init__(self, prefix: str, folder: Path, patterns: tuple[str, ...]) -> None:
        super().__init__(location=folder)
        self.prefix, self.patterns = prefix, patterns

    def allows(self, name: str) -> bool:
        return any(fnmatch(name, pattern) for pattern in self.patterns)

    def listed(self) -> Iterator[str]:
        root = Path(self.location)
        for pattern in self.patterns:
            yield from (str(file.relative_to(root)) for file in sorted(root.glob(pattern)))


class NpmFinder(BaseFinder):
    """Finds the files named in `NPM_FILES` and no other."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        root = Path(settings.NODE_MODULES)
        self.folders = [
            NpmFolder(prefix, root / folder, patterns)
            for prefix, (folder, patterns) in NPM_FILES.items()
        ]

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        return [
            Error(
                f"{folder.location} is missing.",
                hint="Run `npm ci --ignore-scripts`, or name the folder in JUNHENG_NODE_MODULES.",
                id="junheng.E001",
            )
            for folder in self.folders
            if not Path(folder.location).is_dir()
        ]

    def find(self, path: str, find_all: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Django's signature
        found = [
            folder.path(name)
            for folder in self.folders
            if (name := _below(path, folder.prefix)) and folder.allows(name) and folder.exists(name)
        ]
        return found if find_all else next(iter(found), None)

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for folder in self.folders:
            for name in folder.listed():
                yield name, folder


def _below(path: str, prefix: str) -> str:
    return path.removeprefix(f"{prefix}/") if path.startswith(f"{prefix}/") else ""


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # no types
    """Names with a hash once `collectstatic` has run, plain names before that.

    Source maps are not published, so the comments that point to them are left as they are.
    """

    patterns = tuple(
        (glob, tuple(p for p in patterns if "sourceMappingURL" not in str(p)))
        for glob, patterns in CompressedManifestStaticFilesStorage.patterns
    )

    def stored_name(self, name: str) -> str:
        return super().stored_name(name) if self.hashed_files else name
