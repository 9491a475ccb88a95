"""The CMU Pronouncing Dictionary (npm `cmu-pronouncing-dictionary`), its fixed split and the two vocabularies.

A word's variants ("read", "read(2)") stay together. Kept: words of a–z, apostrophe and hyphen with at least one letter,
at most MAX_LETTERS long. Split by SHA-256 of the word: of 100 buckets, 0–4 are the test set and 5 is the development set.
"""

import hashlib
import re
from collections import defaultdict
from pathlib import Path

MAX_LETTERS = 38
MAX_PHONEMES = 38
PAD, BOS, EOS = 0, 1, 2
SPECIAL = ["<pad>", "<s>", "</s>"]
LETTERS = SPECIAL + list("abcdefghijklmnopqrstuvwxyz'-")
CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH".split()
VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split()
PHONEMES = SPECIAL + CONSONANTS + [vowel + stress for vowel in VOWELS for stress in "012"]
LETTER_ID = {letter: i for i, letter in enumerate(LETTERS)}
PHONEME_ID = {phoneme: i for i, phoneme in enumerate(PHONEMES)}


def read_dictionary(path):
    """{word: [pronunciation, ...]} from the package's index.js, a pronunciation being a tuple of ARPAbet phonemes."""
    words = defaultdict(list)
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        entry = re.fullmatch(r'\s*"(.+?)(?:\(\d+\))?": "(.+)",?', line)
        if not entry:
            continue
        word, phonemes = entry[1], tuple(entry[2].split("#")[0].split())  # a comment may follow, such as "# foreign french"
        if not re.fullmatch(r"[a-z'-]*[a-z][a-z'-]*", word) or len(word) > MAX_LETTERS or len(phonemes) > MAX_PHONEMES:
            continue
        if phonemes not in words[word]:
            words[word].append(phonemes)
    return dict(words)


def part_of(word):
    bucket = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % 100
    return "test" if bucket < 5 else "dev" if bucket == 5 else "train"


def split_dictionary(words):
    parts = {"train": {}, "dev": {}, "test": {}}
    for word, pronunciations in words.items():
        parts[part_of(word)][word] = pronunciations
    return parts


def encode_word(word):
    return [LETTER_ID[letter] for letter in word] + [EOS]


def encode_phonemes(phonemes):
    return [BOS] + [PHONEME_ID[phoneme] for phoneme in phonemes] + [EOS]
