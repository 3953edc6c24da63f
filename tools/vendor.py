"""Copies the front-end files that ship from `node_modules` into the package's static folder.

Run by `make vendor` after `npm ci`; the result is committed, so that neither installing nor running needs Node.
Each folder carries a VENDOR.json: where the file came from, its version and licence, the SHA-256 of the file as
published and as written. The two differ only where a pointer to a source map that does not ship was taken out.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / "src" / "assaymark" / "web" / "static"
ICON_NAMES = Path(__file__).resolve().parent / "icons.txt"

# A static file storage with hashed names refuses a file whose source map is absent, and a browser asks for it in vain.
SOURCE_MAP = re.compile(rb"\n?(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$")


@dataclass(frozen=True)
class Package:
    """One npm package, and which of its files ship under which name."""

    npm_name: str
    folder: str
    files: dict[str, str]


PACKAGES = (
    Package(
        npm_name="@tabler/core",
        folder="tabler",
        files={
            "dist/css/tabler.min.css": "tabler.min.css",
            "dist/js/tabler.min.js": "tabler.min.js",
        },
    ),
    Package(
        npm_name="@fontsource-variable/inter",
        folder="inter",
        files={
            "files/inter-latin-wght-normal.woff2": "inter-latin-wght-normal.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext-wght-normal.woff2",
            "LICENSE": "LICENSE.txt",
        },
    ),
)


def manifest_of(npm_name: str) -> dict[str, str]:
    """Name, version and licence as the installed package states them."""
    stated = json.loads((MODULES / npm_name / "package.json").read_text())
    return {"name": stated["name"], "version": stated["version"], "licence": stated["license"]}


def copy_file(*, source: Path, target: Path) -> dict[str, str]:
    """Write one file without its source map pointer; return what VENDOR.json says about it."""
    published = source.read_bytes()
    written = SOURCE_MAP.sub(b"\n", published) if source.suffix in {".css", ".js"} else published
    target.write_bytes(written)
    return {
        "file": target.name,
        "from": str(source.relative_to(MODULES)),
        "sha256_published": hashlib.sha256(published).hexdigest(),
        "sha256": hashlib.sha256(written).hexdigest(),
    }


def write_manifest(folder: Path, manifest: dict[str, object]) -> None:
    """Write VENDOR.json with stable formatting, so that a repeated run changes nothing."""
    (folder / "VENDOR.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def vendor_package(package: Package) -> Path:
    """Replace every earlier version of one package by the installed one; return its folder."""
    stated = manifest_of(package.npm_name)
    vendor = STATIC / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    for earlier in vendor.glob(f"{package.folder}-*"):
        shutil.rmtree(earlier)
    folder = vendor / f"{package.folder}-{stated['version']}"
    folder.mkdir()
    files = [
        copy_file(source=MODULES / package.npm_name / source, target=folder / target)
        for source, target in sorted(package.files.items())
    ]
    write_manifest(folder, {**stated, "files": files})
    return folder


def vendor_icons() -> Path:
    """Copy the outline icons named in tools/icons.txt; other files in the folder (own icons) stay."""
    folder = STATIC / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    source = MODULES / "@tabler" / "icons"
    names = ICON_NAMES.read_text().split()
    files = [
        copy_file(source=source / "icons" / "outline" / f"{name}.svg", target=folder / f"{name}.svg") for name in names
    ]
    shutil.copyfile(source / "LICENSE", folder / "LICENSE.txt")
    write_manifest(folder, {**manifest_of("@tabler/icons"), "files": files})
    return folder


def main() -> int:
    """Vendor everything; say what was written."""
    if not MODULES.is_dir():
        print("node_modules is missing. Run `npm ci` first, or `make vendor`, which does both.", file=sys.stderr)
        return 2
    folders = [vendor_package(package) for package in PACKAGES] + [vendor_icons()]
    for folder in folders:
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(f"{folder.relative_to(ROOT)}: {size / 1024:.0f} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
