"""Golden numbers for every logits processor; see README.md."""

import json
import math
from pathlib import Path

import numpy as np
import torch
import transformers
from settings import to_transformers
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

FULL = 49152
torch.set_num_threads(1)


def hashed_logits(seed, size):
    """Shape [size], float32. Bell-shaped with some peaks; only exact arithmetic, so other languages agree to the bit."""

    def uniform(lane):  # multiples of 2^-16
        h = (np.arange(size, dtype=np.uint32) * np.uint32(0x9E3779B1)) ^ np.uint32((seed * 8 + lane) & 0xFFFFFFFF)
        for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
            h = (h ^ (h >> np.uint32(shift))) * np.uint32(factor)
        return (h >> np.uint32(16)).astype(np.float64) / 65536

    bell = uniform(0) + uniform(1) + uniform(2) + uniform(3) - 2
    peak = np.where(uniform(4) < 2**-9, uniform(5) * 12, 0)
    return (bell * 6 + peak).astype(np.float32)


def model_for(vocab_size):
    """transformers builds its processor list as a method of a model; the weights do not matter."""
    config = LlamaConfig(vocab_size=vocab_size, hidden_size=8, intermediate_size=8, num_hidden_layers=1,
                         num_attention_heads=1, num_key_value_heads=1)
    return LlamaForCausalLM(config)


MODELS = {}


def transformers_chain(settings, eos, prompt_length, vocab_size):
    if vocab_size not in MODELS:
        MODELS[vocab_size] = model_for(vocab_size)
    model = MODELS[vocab_size]
    config = GenerationConfig(**to_transformers(settings), eos_token_id=eos or None, pad_token_id=0)
    config._eos_token_tensor = torch.tensor(eos) if eos else None
    return model._get_logits_processor(
        generation_config=config, input_ids_seq_length=prompt_length,
        encoder_input_ids=torch.zeros((1, 1), dtype=torch.long), prefix_allowed_tokens_fn=None,
        logits_processor=[], device="cpu",
    )


# --- What transformers lacks, from its definition ----------------------------------------------------------


def frequency_presence(scores, written, frequency, presence):
    """OpenAI API reference: mu[j] -> mu[j] - c[j] * alpha_frequency - float(c[j] > 0) * alpha_presence."""
    counts = np.bincount(written, minlength=scores.shape[-1]).astype(np.float64)
    return scores - counts * frequency - (counts > 0) * presence


def top_n_sigma(scores, n):
    """arXiv:2411.07641, algorithm 1: keep logits of at least max - n * sigma."""
    possible = scores[np.isfinite(scores)]
    return np.where(scores >= possible.max() - n * possible.std(), scores, -np.inf)


def forced(scores, token):
    row = np.full_like(scores, -np.inf)
    row[token] = 0
    return row


def run(settings, logits, token_ids, prompt_length, eos):
    """The chain in Cloze's order. Returns scores, shape [vocab]."""
    scores = torch.tensor(logits, dtype=torch.float64)[None]
    ids = torch.tensor([token_ids])
    if settings["strategy"].startswith("beam"):
        scores = scores.log_softmax(-1)
    chain = list(transformers_chain(settings, eos, prompt_length, scores.shape[-1]))
    names = [type(stage).__name__ for stage in chain]
    written = np.array(token_ids[prompt_length:], dtype=np.int64)

    def insert(position, function):
        chain.insert(position, lambda _, s: torch.tensor(function(s[0].numpy()))[None])
        names.insert(position, function.__name__)

    def after(*stages):
        return max([names.index(stage) + 1 for stage in stages if stage in names], default=0)

    frequency, presence = settings.get("frequencyPenalty", 0), settings.get("presencePenalty", 0)
    if frequency or presence:
        insert(after("RepetitionPenaltyLogitsProcessor"), lambda s: frequency_presence(s, written, frequency, presence))
    for entry in settings.get("forcedTokens", []):
        if entry["step"] == len(written):
            insert(
                after("RepetitionPenaltyLogitsProcessor", "<lambda>", "NoRepeatNGramLogitsProcessor",
                      "NoBadWordsLogitsProcessor", "MinLengthLogitsProcessor", "MinNewTokensLengthLogitsProcessor"),
                lambda s: forced(s, entry["tokenId"]),
            )
    if settings.get("topNSigma"):
        before_cuts = [n for n in names if not n.endswith("LogitsWarper") or n == "TemperatureLogitsWarper"]
        insert(len(before_cuts), lambda s: top_n_sigma(s, settings["topNSigma"]))
    for stage in chain:
        scores = stage(ids, scores)
    return scores[0].double().numpy()


def expected(scores):
    probs = torch.tensor(scores).softmax(-1).numpy()
    kept = np.flatnonzero(np.isfinite(scores))
    if len(scores) <= 64:
        return {"kept": kept.tolist(), "probs": [round(float(p), 9) for p in probs[kept]]}
    order = np.argsort(-probs, kind="stable")[:12]
    check = 2166136261
    for token in kept.tolist():  # FNV-1a over the 32-bit ids
        check = ((check ^ token) * 16777619) & 0xFFFFFFFF
    positive = probs[probs > 0]
    return {
        "keptCount": len(kept), "keptCheck": check,
        "top": [[int(i), round(float(probs[i]), 9)] for i in order],
        "entropy": round(float(-(positive * np.log(positive)).sum()), 9),
    }


def sampling(**settings):
    return {"strategy": "sample", **settings}


CUTS = [
    *[sampling(temperature=t) for t in (0.1, 0.7, 1.5, 3.0)],
    *[sampling(topK=k) for k in (1, 2, 3, 10, 40, 1000)],
    *[sampling(topP=p) for p in (0.01, 0.3, 0.5, 0.7, 0.9, 0.95, 0.999)],
    *[sampling(minP=p) for p in (0.01, 0.05, 0.1, 0.5, 1.0)],
    *[sampling(typicalP=p) for p in (0.05, 0.2, 0.5, 0.9, 0.99)],
    *[sampling(epsilonCutoff=e) for e in (0.0003, 0.01, 0.1, 0.5)],
    *[sampling(etaCutoff=e) for e in (0.0003, 0.004, 0.05, 0.5)],
    *[sampling(topNSigma=n) for n in (0.5, 1.0, 2.0)],
]
CHAINS = [
    sampling(temperature=2.0, topP=0.7),
    sampling(temperature=0.7, topK=40, topP=0.9),
    sampling(temperature=1.3, topK=20, topP=0.95, minP=0.02),
    sampling(topK=10, typicalP=0.8, epsilonCutoff=0.02),
    sampling(topP=0.8, etaCutoff=0.05),
    sampling(temperature=1.5, topNSigma=1.5, topP=0.9),
    sampling(repetitionPenalty=1.4, temperature=0.8, topK=8),
    sampling(frequencyPenalty=0.6, presencePenalty=0.3, repetitionPenalty=1.2, topP=0.9),
    {"strategy": "beam-sample", "numBeams": 3, "topK": 1},
    {"strategy": "beam-sample", "numBeams": 3, "temperature": 0.5, "topP": 0.2},
    {"strategy": "beam-sample", "numBeams": 3, "epsilonCutoff": 0.5},
    {"strategy": "beam-sample", "numBeams": 3, "typicalP": 0.1, "repetitionPenalty": 1.3},
]
PENALTIES = [
    {"strategy": "greedy", "repetitionPenalty": 1.2},
    {"strategy": "greedy", "repetitionPenalty": 0.8},
    {"strategy": "greedy", "frequencyPenalty": 0.7},
    {"strategy": "greedy", "presencePenalty": 1.1},
    {"strategy": "greedy", "frequencyPenalty": -0.5, "presencePenalty": 0.4},
    *[{"strategy": "greedy", "noRepeatNgramSize": n} for n in (1, 2, 3)],
    {"strategy": "greedy", "minLength": 9},
    {"strategy": "greedy", "minLength": 8},
    {"strategy": "greedy", "minNewTokens": 5},
    {"strategy": "greedy", "minNewTokens": 4},
    {"strategy": "greedy", "badWords": [[3], [2, 4], [1, 2, 0], [4, 2]]},
    {"strategy": "greedy", "suppressTokens": [0, 3]},
    {"strategy": "greedy", "forcedTokens": [{"step": 4, "tokenId": 2}]},
    {"strategy": "greedy", "forcedTokens": [{"step": 3, "tokenId": 2}]},
    {"strategy": "beam", "numBeams": 3, "repetitionPenalty": 1.2, "noRepeatNgramSize": 2},
]
# prompt of 4, then 4 written tokens
HISTORY = [2, 3, 1, 2, 4, 1, 2, 2]
EXACT = {
    "powers": [0.5, 0.25, 0.15, 0.1],
    "tenths": [0.4, 0.3, 0.2, 0.1],
    "ties": [0.125, 0.25, 0.125, 0.25, 0.125, 0.125],
    "flat": [0.1] * 10,
}


EDGES = ("topP", "minP", "typicalP", "epsilonCutoff", "etaCutoff", "topNSigma")


def is_on_edge(settings, logits, *context):
    """Whether rounding decides: a millionth more or less keeps other tokens. Such cases prove nothing."""
    kept = lambda s, row=logits: np.isfinite(run(s, row, *context)).tolist()
    if "typicalP" in settings:  # tokens on both sides of the entropy can be equally far from it
        noise = np.random.default_rng(7).normal(0, 1e-6, len(logits))
        if any(kept(settings, logits + sign * noise) != kept(settings) for sign in (1, -1)):
            return True
    return any(
        kept({**settings, name: min(1, settings[name] * factor) if name != "topNSigma" else settings[name] * factor})
        != kept(settings)
        for name in EDGES if name in settings for factor in (1 - 1e-6, 1 + 1e-6)
    )


def cases():
    rng = np.random.default_rng(20240607)
    for size in (5, 20, 50):
        for scale in (1.0, 3.0):
            logits = [float(np.float32(x)) for x in rng.normal(0, scale, size)]
            for settings in CUTS + CHAINS + PENALTIES:
                yield {"settings": settings, "logits": logits}
    for probs in EXACT.values():
        logits = [float(np.float32(math.log(p))) for p in probs]
        for settings in CUTS + CHAINS[:6]:
            yield {"settings": settings, "logits": logits}
    for seed in (1, 2):
        for settings in CUTS + CHAINS + PENALTIES:
            yield {"settings": settings, "seed": seed, "vocabSize": FULL}


def main():
    out = []
    skipped = 0
    for case in cases():
        logits = case["logits"] if "logits" in case else hashed_logits(case["seed"], case["vocabSize"])
        history = [token % len(logits) for token in HISTORY]
        eos = [0, 4 % len(logits)] if len(logits) > 4 else [0]
        context = (np.array(logits), history, 4, eos)
        if len(logits) < FULL and is_on_edge(case["settings"], *context):
            skipped += 1
            continue
        scores = run(case["settings"], *context)
        out.append({**case, "eosTokenIds": eos, "expected": expected(scores)})
    logits_index = []
    for case in out:  # each list of logits once
        if "logits" in case:
            if case["logits"] not in logits_index:
                logits_index.append(case["logits"])
            case["logits"] = logits_index.index(case["logits"])
    lines = [json.dumps(case, separators=(",", ":")) for case in out]
    head = {"transformers": transformers.__version__, "torch": torch.__version__, "history": HISTORY, "promptLength": 4}
    text = json.dumps(head)[:-1] + ',\n"logits":' + json.dumps(logits_index) + ',\n"cases":[\n' + ",\n".join(lines) + "\n]}\n"
    Path(__file__).with_name("processors.json").write_text(text)
    print(len(out), "cases,", skipped, "on an edge left out")


if __name__ == "__main__":
    main()
