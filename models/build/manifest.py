"""Writes one model's entry of models/manifest.json: what its model.json says, and every file with size and SHA-256.

    python models/build/manifest.py models/<id> ...

model.json, in the model's folder, holds all fields of the entry except `files`:
  id, name, family ("decoder-only" | "encoder-only" | "encoder-decoder" | "recurrent"),
  kind ("base" | "instruct" | "sentence-encoder" | "masked" | "task"), parameters, contextLength, licence, source,
  trainingDataReleased, purpose (one sentence), recipe (path from the repository's root).
"""

import argparse
import hashlib
import json
import os
from pathlib import Path

NOT_LOADED = {"model.json", "CARD.md"}
FIELDS = [
    "id", "name", "family", "kind", "parameters", "contextLength", "licence", "source", "trainingDataReleased",
    "purpose", "recipe",
]  # fmt: skip


def update_manifest(folder: Path) -> None:
    """Replaces the entry of the model in `folder`, or adds it at the end of the folder's sibling manifest.json."""
    folder = folder.resolve()
    entry = json.loads((folder / "model.json").read_text())
    if sorted(entry) != sorted(FIELDS):
        raise ValueError(f"{folder / 'model.json'} has the fields {sorted(entry)}; it needs exactly {sorted(FIELDS)}")
    if entry["id"] != folder.name:
        raise ValueError(f"model.json says id {entry['id']!r} but its folder is called {folder.name!r}")
    entry["files"] = [_describe(path, folder) for path in sorted(folder.rglob("*")) if _is_loaded(path)]

    path = folder.parent / "manifest.json"
    models = json.loads(path.read_text())["models"] if path.exists() else []
    known = [model["id"] for model in models]
    if entry["id"] in known:
        models[known.index(entry["id"])] = entry
    else:
        models.append(entry)
    partial = path.with_suffix(".json.partial")
    partial.write_text(json.dumps({"models": models}, indent=2, ensure_ascii=False) + "\n")
    os.replace(partial, path)


def _is_loaded(path: Path) -> bool:
    return path.is_file() and path.name not in NOT_LOADED


def _describe(path: Path, folder: Path) -> dict:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": digest}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    for each in parser.parse_args().folders:
        update_manifest(each)
