"""Makes the held-out cloze set: sentences with one content word, of one token, taken out.

    python cloze_set.py --data DIR --wordnet /usr/share/wordnet --tokenizer .../tokenizer.json --out ../../../tests/golden/encoders/cloze-set.json

200 sentences of held-out Brown (redistribution permitted) and 60 WordNet examples of held-out lemmas; neither was trained
on. The word is a lower-case noun, verb, adjective or adverb of WordNet that is one piece of BERT's vocabulary.
"""

import argparse
import json
import random
import re
from pathlib import Path

from tokenizers import Tokenizer

FUNCTION_WORDS = set(
    "a an the and or but nor so yet if than then that this these those there here who whom whose which what when where why how "
    "i you he she it we they me him her us them my your his its our their mine yours hers ours theirs myself himself herself itself "
    "themselves one ones some any all both each every either neither no not none much many more most few less least own same other another such "
    "of in on at by for with from to into onto upon over under about above below between among through during before after since until against "
    "toward towards without within along across behind beyond near off out up down as because although though while whether unless "
    "be am is are was were been being have has had having do does did done doing will would shall should can could may might must ought "
    "very too also only just even still again ever never always often now once well quite rather almost away back".split()
)


def content_words(wordnet):
    words = set()
    for pos in ("noun", "verb", "adj", "adv"):
        for line in Path(wordnet, f"index.{pos}").read_text().splitlines():
            if not line.startswith(" "):
                words.add(line.split(" ", 1)[0])
    return words - FUNCTION_WORDS


def is_content(word, lemmas):
    stems = [word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ed"), word.removesuffix("d"), word.removesuffix("ing")]
    return word not in FUNCTION_WORDS and len(word) >= 3 and any(s in lemmas for s in stems)


def cut(sentence, vocabulary, lemmas, rng):
    found = [m for m in re.finditer(r"(?<![\w'-])[a-z]+(?![\w'-])", sentence) if m.start() > 0]
    found = [m for m in found if m.group() in vocabulary and is_content(m.group(), lemmas)]
    if not found:
        return None
    m = rng.choice(found)
    return {"text": f"{sentence[: m.start()]}[MASK]{sentence[m.end() :]}", "answer": m.group()}


def main():
    parser = argparse.ArgumentParser()
    for name in ("data", "wordnet", "tokenizer", "out"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args()
    vocabulary = Tokenizer.from_file(args.tokenizer).get_vocab()
    lemmas = content_words(args.wordnet)
    rows = []
    for source, count, least in (("brown", 200, 8), ("written", 60, 6)):
        rng = random.Random(11)
        sentences = [s for s in Path(args.data, f"heldout-{source}.txt").read_text().splitlines() if least <= len(s.split()) <= 25]
        # Brown's spaced quotation marks and WordNet's definitions are no sentences as people write them.
        sentences = [s for s in sentences if not re.search(r'["()*]', s) and re.match(r"[A-Z]", s) and s[-1] in ".!?"]
        if source == "written":
            sentences = [s for s in sentences if not re.search(r" (is|means to) |: ", s)]
        rng.shuffle(sentences)
        made = [r for r in (cut(s, vocabulary, lemmas, rng) for s in sentences) if r]
        rows += [{"source": source, **r} for r in made[:count]]
    Path(args.out).write_text("[\n  " + ",\n  ".join(json.dumps(r) for r in rows) + "\n]\n")
    print(len(rows))


if __name__ == "__main__":
    main()
