"""The memory probe that the recurrent model is taught: a word told once, other text, then a cue to say it again.

The same sentence and words are in src/engine/recurrent/memory-probe.ts, which asks for them live.
"""

TELL = "The secret word is {word}."
WORDS = """anchor basket bottle butter camel candle cherry crown dragon eagle falcon ginger hammer honey jacket kettle
lantern lemon marble needle onion oyster parrot pepper pirate rabbit saddle spider tiger tulip violin walnut""".split()
LONGEST = 64  # words between telling and asking


def with_cues(sentences, rng):
    """A document whose word is told at its start and again, as the cue and its answer, after 0 to LONGEST words each."""
    tell = TELL.format(word=rng.choice(WORDS))
    words, told, at = " ".join(sentences).split(), [tell], 0
    while at < len(words):
        count = int((LONGEST + 1) ** rng.random() ** 2) - 1  # mostly few: a short way is learnt first
        told += [*words[at : at + count], tell]
        at += count
        if len(told) > 400:
            break
    return told
