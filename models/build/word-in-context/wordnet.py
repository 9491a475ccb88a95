"""Reads WordNet 3.0's data files (Debian package wordnet-base, /usr/share/wordnet).

A synset is a dict {id, pos, lemmas, gloss, examples, hypernyms}: `gloss` is the definition without its examples,
`examples` the quoted sentences. Licence: WordNet 3.0 licence (use, copy, modify and distribute for any purpose).
"""

import hashlib
import re
from pathlib import Path

POS_FILES = ("noun", "verb", "adj", "adv")
EXCEPTION_FILES = {"noun": "noun.exc", "verb": "verb.exc", "adj": "adj.exc", "adv": "adv.exc"}


def read_synsets(folder):
    """All 117,659 synsets, in the order of the files."""
    synsets = []
    for pos in POS_FILES:
        for line in Path(folder, f"data.{pos}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):
                continue
            fields, text = line.split(" | ", 1)
            parts = fields.split()
            count = int(parts[3], 16)
            lemmas = [re.sub(r"\((a|p|ip)\)$", "", parts[4 + 2 * i]).replace("_", " ") for i in range(count)]
            gloss, examples = split_gloss(text.strip())
            rest = parts[4 + 2 * count :]
            pointers = [rest[1 + 4 * i : 5 + 4 * i] for i in range(int(rest[0]))]
            synsets.append(
                {
                    "id": f"{pos}-{parts[0]}",
                    "pos": pos,
                    "lemmas": lemmas,
                    "gloss": gloss,
                    "examples": examples,
                    "hypernyms": [f"{pos}-{p[1]}" for p in pointers if p[0] in ("@", "@i")],
                }
            )
    return synsets


def split_gloss(text):
    """`definition; "example one"; "example two"` to its definition and its examples."""
    examples = [e.strip() for e in re.findall(r'"([^"]+)"', text)]
    gloss = re.sub(r'[;,]?\s*"[^"]*"(\s*-\s*[\w. ]+)?', "", text).strip(" ;,")
    return gloss, [e for e in examples if len(e.split()) >= 2]


def held_out_lemma(lemma, share=20):
    """Whether a lemma is among the one in `share` kept out of every training set (by hash, so that all recipes agree)."""
    return int(hashlib.sha256(lemma.lower().encode()).hexdigest()[:8], 16) % share == 0


def read_exceptions(folder):
    """Irregular forms: {pos: {inflected: [lemma, …]}}."""
    table = {}
    for pos, name in EXCEPTION_FILES.items():
        rows = [line.split() for line in Path(folder, name).read_text(encoding="utf-8").splitlines()]
        table[pos] = {row[0]: row[1:] for row in rows if len(row) > 1}
    return table


RULES = {
    "noun": [("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y")],
    "verb": [("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")],
    "adj": [("er", ""), ("est", ""), ("er", "e"), ("est", "e")],
    "adv": [],
}


def is_form_of(word, lemma, pos, exceptions):
    """Whether `word` is the lemma or an inflected form of it (WordNet's morphy rules, doubled consonants included)."""
    word, lemma = word.lower(), lemma.lower()
    if word == lemma or lemma in exceptions[pos].get(word, ()):
        return True
    for ending, replacement in RULES[pos]:
        if word.endswith(ending):
            stem = word[: len(word) - len(ending)] + replacement
            if stem == lemma or (ending in ("ed", "ing", "er", "est") and len(stem) > 2 and stem[-1] == stem[-2] and stem[:-1] == lemma):
                return True
    return False


def find_target(example, lemma, pos, exceptions):
    """The character span [start, end] of the lemma's form in an example, or None. Several words for collocations."""
    words = list(re.finditer(r"[A-Za-z]+(?:[-'][A-Za-z]+)*", example))
    parts = lemma.split(" ")
    for i in range(len(words) - len(parts) + 1):
        window = words[i : i + len(parts)]
        first = is_form_of(window[0].group(), parts[0], pos, exceptions)
        last = len(parts) == 1 or is_form_of(window[-1].group(), parts[-1], pos, exceptions)
        middle = all(w.group().lower() == p.lower() for w, p in zip(window[1:-1], parts[1:-1]))
        if first and last and middle and (len(parts) == 1 or window[0].group().lower() == parts[0].lower() or pos == "verb"):
            return [window[0].start(), window[-1].end()]
    return None
