"""Phoneme and word error rates: each word against the nearest of its pronunciations in the dictionary."""


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def without_stress(phonemes):
    return tuple(p.rstrip("012") for p in phonemes)


def error_rates(guesses, references):
    """{phonemeErrorRate, wordErrorRate}, and the same without stress marks, over words; both are shares of 1.

    guesses: one tuple of phonemes a word; references: all the dictionary's pronunciations of each word.
    """
    measured = {}
    for name, turn in (("", tuple), ("WithoutStress", without_stress)):
        edits = phonemes = wrong = 0
        for guess, known in zip(guesses, references):
            distance, length = min((edit_distance(turn(guess), turn(k)), len(k)) for k in known)
            edits, phonemes, wrong = edits + distance, phonemes + length, wrong + (distance > 0)
        measured[f"phonemeErrorRate{name}"] = round(edits / phonemes, 4)
        measured[f"wordErrorRate{name}"] = round(wrong / len(guesses), 4)
    return measured
