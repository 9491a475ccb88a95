"""Labelled word-in-context data from WordNet alone: words whose sense in a text is known.

    python contexts.py --wordnet /usr/share/wordnet --out DIR

Two sources, for lemmas with several senses:
- an example of a synset shows each of the synset's lemmas that occurs in it;
- the gloss of a synset usually names its genus, so a lemma of the direct hypernym that occurs there has the hypernym's
  sense ("fruit bat: large Old World **bat** …"); at most six of these for a sense.

Writes DIR/{train,heldout}.jsonl, rows {text, span, lemma, pos, sense, senses, source}, `senses` being the senses of the
lemma in that part of speech that have texts, and DIR/glosses.json {sense: gloss}. Lemmas that `held_out_lemma` picks are in heldout.jsonl
only, and no input of training has the text of one of their rows.
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

from wordnet import find_target, held_out_lemma, read_exceptions, read_synsets

GENUS_PER_SENSE = 6


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--wordnet", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    synsets = read_synsets(args.wordnet)
    exceptions = read_exceptions(args.wordnet)
    by_id = {s["id"]: s for s in synsets}
    senses = defaultdict(list)
    for s in synsets:
        for lemma in s["lemmas"]:
            senses[lemma.lower(), s["pos"]].append(s["id"])
    rows = []

    def add(text, lemma, synset, source):
        span = find_target(text, lemma, synset["pos"], exceptions)
        known = senses[lemma.lower(), synset["pos"]]
        if span and len(known) > 1 and len(text.split()) >= 3:
            row = {"text": text, "span": span, "lemma": lemma.lower(), "pos": synset["pos"], "sense": synset["id"], "senses": known}
            rows.append({**row, "source": source})

    for s in synsets:
        for example in s["examples"]:
            for lemma in s["lemmas"]:
                add(example, lemma, s, "example")
        for hypernym in (by_id[h] for h in s["hypernyms"]):
            for lemma in hypernym["lemmas"]:
                add(s["gloss"], lemma, hypernym, "genus")
    random.Random(1).shuffle(rows)
    count = defaultdict(int)
    kept = []
    for row in rows:
        key = row["sense"], row["source"]
        count[key] += 1
        if row["source"] == "example" or count[key] <= GENUS_PER_SENSE:
            kept.append(row)

    held_out = [r for r in rows if held_out_lemma(r["lemma"])]
    # A text that shows a held-out lemma stays out even where it shows another lemma.
    hidden = {r["text"] for r in held_out}
    train = [r for r in kept if not held_out_lemma(r["lemma"]) and r["text"] not in hidden]
    used = {r["sense"] for r in train}
    for row in train:
        row["senses"] = [s for s in row["senses"] if s in used]
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    for name, part in (("train", train), ("heldout", held_out)):
        (out / f"{name}.jsonl").write_text("".join(json.dumps(r) + "\n" for r in part))
    (out / "glosses.json").write_text(json.dumps({s: by_id[s]["gloss"] for s in sorted(used)}))
    for name, part in (("train", train), ("heldout", held_out)):
        print(name, {k: sum(r["source"] == k for r in part) for k in ("example", "genus")})
    print("glosses", len(used))


if __name__ == "__main__":
    main()
