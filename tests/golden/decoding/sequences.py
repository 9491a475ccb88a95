"""Golden sequences and scores of every strategy on a small random-weight Llama; see README.md.

With transformers 5 it records greedy decoding, beam search and sampling, with 4.55 diverse beam and contrastive
search, which later versions no longer have.
"""

import itertools
import json
from pathlib import Path

import torch
import transformers
from settings import to_transformers
from transformers import AutoModelForCausalLM

HERE = Path(__file__).parent
MAJOR = int(transformers.__version__.split(".")[0])
PAD = 258  # of no beam: transformers 4.55 counts padding of finished groups for the diversity penalty
torch.set_num_threads(1)
torch.manual_seed(20240607)

model = AutoModelForCausalLM.from_pretrained(HERE.parent / "tiny-llama" / "checkpoint").float().eval()
PROMPTS = [list(b"The nice woman"), list(b"Hello"), list(b"abcabc")]


def generate(prompt, settings, eos, **more):
    config = {"eos_token_id": eos or None, "pad_token_id": PAD, "return_dict_in_generate": True, "output_scores": True}
    model.generation_config.eos_token_id = None
    with torch.no_grad():
        return model.generate(torch.tensor([prompt]), **config, **to_transformers(settings), **more)


def strip(sequence, eos):
    """What follows the end is padding; a sequence that did not end reached the greatest length."""
    ends = [i for i, token in enumerate(sequence) if token in eos]
    return sequence[: ends[0] + 1] if ends else sequence


def record(settings, prompt, eos):
    result = generate(prompt, settings, eos)
    sequences = [strip(row[len(prompt):].tolist(), eos) for row in result.sequences]
    scores = getattr(result, "sequences_scores", None)
    expected = [{"tokenIds": ids} for ids in sequences]
    if scores is not None:
        expected = [{**entry, "score": round(float(score), 6)} for entry, score in zip(expected, scores)]
    return {"settings": settings, "promptIds": prompt, "eosTokenIds": eos, "expected": expected}


def greedy_cases():
    base = {"strategy": "greedy", "maxNewTokens": 24}
    variants = [
        ({}, []), ({}, [223]), ({}, [65, 20]), ({"repetitionPenalty": 1.3}, []), ({"repetitionPenalty": 0.7}, []),
        ({"noRepeatNgramSize": 1}, []), ({"noRepeatNgramSize": 2}, []), ({"minNewTokens": 12}, [223, 20, 65]),
        ({"minLength": 20}, [223, 20, 65]), ({"badWords": [[65], [240, 23], [141, 20]]}, []),
        ({"suppressTokens": [3, 65, 240]}, []), ({"repetitionPenalty": 1.2, "noRepeatNgramSize": 3}, [31]),
    ]
    for (extra, eos), prompt in itertools.product(variants, PROMPTS):
        yield {**base, **extra}, prompt, eos


def beam_cases():
    base = {"strategy": "beam", "maxNewTokens": 16}
    ends = [[], [75], [223, 211], [20, 65, 240]]
    # every early-stopping mode with every length penalty, end set and prompt
    grid = itertools.product([False, True, "never"], [0.0, 1.0, 2.0, -0.5], ends, PROMPTS)
    for i, (early, penalty, eos, prompt) in enumerate(grid):
        beams = (2, 3, 4, 5, 8)[i % 5]
        yield {**base, "numBeams": beams, "numReturnSequences": beams, "earlyStopping": early,
               "lengthPenalty": penalty}, prompt, eos
    variants = [
        {"repetitionPenalty": 1.3}, {"noRepeatNgramSize": 2}, {"minNewTokens": 8}, {"minLength": 15},
        {"badWords": [[65], [240, 23], [141, 20]]}, {"suppressTokens": [3, 65, 240]},
        {"repetitionPenalty": 1.5, "noRepeatNgramSize": 3, "minNewTokens": 5}, {"numReturnSequences": 1},
    ]
    for extra, prompt in itertools.product(variants, PROMPTS):
        yield {**base, "numBeams": 4, "numReturnSequences": 4, **extra}, prompt, [223, 211]


def diverse_cases():
    base = {"strategy": "diverse-beam", "maxNewTokens": 14}
    shapes = [(2, 2), (4, 2), (4, 4), (6, 2), (6, 3)]
    ends = [[], [75], [223, 211], [20, 65, 240]]
    grid = itertools.product(shapes, [0.3, 1.0, 5.0], ends, PROMPTS)
    for i, ((beams, groups), penalty, eos, prompt) in enumerate(grid):
        yield {**base, "numBeams": beams, "numBeamGroups": groups, "numReturnSequences": beams,
               "diversityPenalty": penalty, "earlyStopping": (False, True, "never")[i % 3],
               "lengthPenalty": (1.0, 0.0, 2.0, -0.5)[i % 4]}, prompt, eos
    for extra, prompt in itertools.product([{"repetitionPenalty": 1.3}, {"noRepeatNgramSize": 2}], PROMPTS):
        yield {**base, "numBeams": 4, "numBeamGroups": 2, "numReturnSequences": 4, "diversityPenalty": 0.5,
               **extra}, prompt, [223]


def contrastive_cases():
    base = {"strategy": "contrastive", "maxNewTokens": 20}
    grid = itertools.product([2, 4, 6], [0.2, 0.6, 0.9], [[], [223, 20]], PROMPTS)
    for k, alpha, eos, prompt in grid:
        yield {**base, "topK": k, "penaltyAlpha": alpha}, prompt, eos
    for extra, prompt in itertools.product([{"repetitionPenalty": 1.3}, {"minNewTokens": 10}], PROMPTS):
        yield {**base, "topK": 4, "penaltyAlpha": 0.6, **extra}, prompt, [223, 20, 65]


def beam_sample_frequencies(settings, prompt, eos, draws):
    """How often each n-best list comes up: beam sampling has no closed form worth writing out."""
    counts = {}
    batch = 1000
    for _ in range(draws // batch):
        config = {"eos_token_id": eos or None, "pad_token_id": PAD}
        model.generation_config.eos_token_id = None
        with torch.no_grad():
            out = model.generate(torch.tensor([prompt] * batch), **config, **to_transformers(settings))
        texts = [" ".join(map(str, strip(row, eos))) for row in out[:, len(prompt):].tolist()]
        best = settings["numReturnSequences"]
        for i in range(0, len(texts), best):
            key = " / ".join(texts[i:i + best])
            counts[key] = counts.get(key, 0) + 1
    return {"settings": settings, "promptIds": prompt, "eosTokenIds": eos, "draws": draws,
            "counts": dict(sorted(counts.items(), key=lambda entry: -entry[1]))}


def sequence_probabilities(settings, prompt, eos):
    """Exact probability of every sequence that sampling can write, from transformers' own processed scores."""
    table = {}

    def walk(ids, probability):
        written = ids[len(prompt):]
        if len(written) == settings["maxNewTokens"] or (written and written[-1] in eos):
            table[" ".join(map(str, written))] = probability
            return
        step = generate(ids, {**settings, "maxNewTokens": 1}, eos)
        for token, p in enumerate(step.scores[0][0].double().softmax(-1).tolist()):
            if p > 0:
                walk([*ids, token], probability * p)

    walk(prompt, 1.0)
    return {"settings": settings, "promptIds": prompt, "eosTokenIds": eos,
            "probabilities": {k: round(v, 9) for k, v in table.items()}}


def main():
    head = {"transformers": transformers.__version__, "torch": torch.__version__}
    if MAJOR >= 5:
        cases = [record(*case) for case in itertools.chain(greedy_cases(), beam_cases())]
        sample = {"strategy": "sample", "maxNewTokens": 3}
        sampled = [sequence_probabilities({**sample, **extra}, prompt, eos) for extra, prompt, eos in [
            ({"topK": 3}, PROMPTS[0], []),
            ({"topK": 4, "temperature": 0.7, "topP": 0.8}, PROMPTS[1], [223, 111]),
            ({"topP": 0.3, "repetitionPenalty": 1.2}, PROMPTS[0], []),
            ({"typicalP": 0.2, "minP": 0.05}, PROMPTS[2], []),
        ]]
        beam_sample = {"strategy": "beam-sample", "maxNewTokens": 3, "numBeams": 2, "numReturnSequences": 2, "topK": 4}
        drawn = [beam_sample_frequencies(*case, 20000) for case in [
            (beam_sample, PROMPTS[0], []), ({**beam_sample, "temperature": 2.0}, PROMPTS[1], [185]),
            ({**beam_sample, "temperature": 1.5, "numBeams": 3}, PROMPTS[2], [188, 208]),
        ]]
        more = {"sampled": sampled, "drawn": drawn}
    else:
        cases = [record(*case) for case in itertools.chain(diverse_cases(), contrastive_cases())]
        more = {}
    lines = [json.dumps(case, separators=(",", ":")) for case in cases]
    text = json.dumps({**head, **more}, separators=(",", ":"))[:-1] + ',\n"cases":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / f"sequences-{MAJOR}.json").write_text(text)
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
