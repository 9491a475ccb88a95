"""The memory probe that the recurrent model is taught: a word told once, other text, then a cue to say it again.

The same sentence and words are in src/engine/recurrent/memory-probe.ts, which asks for them live.
"""

TELL = "The secret word is {word}."
WORDS = """anchor apple arrow basket bell blanket bottle bridge butter button camel candle carpet castle cherry clock cotton
crown diamond dragon eagle engine falcon feather fiddle garden ginger hammer harbor helmet honey island jacket kettle
ladder lantern lemon lion marble mirror needle ocean onion orange oyster parrot pepper pillow pirate potato rabbit ribbon
rocket saddle salmon silver spider thunder tiger tulip turtle velvet violin walnut""".split()


def with_cues(sentences, rng):
    """A document with a word told at its start and again, as the cue and its answer, at random places."""
    tell = TELL.format(word=rng.choice(WORDS))
    told, until = [tell], rng.choice([0, 1, 1, 2, 3])
    for sentence in sentences:
        if until == 0:
            told.append(tell)
            until = rng.choice([1, 1, 2, 3, 5])
        told.append(sentence)
        until -= 1
    return [*told, tell]
