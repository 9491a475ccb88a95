"""Writes the encoders' entries of models/manifest.json. They share one folder, a tokenizer and their word embeddings.

    python manifest.py

models/minilm-l6-v2/models.json holds the entries; `files` names what a model needs, sizes and SHA-256 are filled in here.
"""

import json
import os
import sys
from pathlib import Path

BUILD = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(BUILD))
from manifest import _describe  # noqa: E402

DIRECTORY = "minilm-l6-v2"


def main():
    folder = BUILD.parent / DIRECTORY
    path = BUILD.parent / "manifest.json"
    models = json.loads(path.read_text())["models"]
    for entry in json.loads((folder / "models.json").read_text()):
        entry["directory"] = DIRECTORY
        entry["files"] = [_describe(folder / name, folder) for name in entry["files"]]
        known = [model["id"] for model in models]
        if entry["id"] in known:
            models[known.index(entry["id"])] = entry
        else:
            models.append(entry)
    partial = path.with_suffix(".json.partial")
    partial.write_text(json.dumps({"models": models}, indent=2, ensure_ascii=False) + "\n")
    os.replace(partial, path)


if __name__ == "__main__":
    main()
