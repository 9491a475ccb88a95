"""Turns the settings of the TypeScript engine into transformers' names."""

NAMES = {
    "maxNewTokens": "max_new_tokens",
    "minNewTokens": "min_new_tokens",
    "minLength": "min_length",
    "numBeams": "num_beams",
    "numBeamGroups": "num_beam_groups",
    "diversityPenalty": "diversity_penalty",
    "lengthPenalty": "length_penalty",
    "earlyStopping": "early_stopping",
    "numReturnSequences": "num_return_sequences",
    "temperature": "temperature",
    "topK": "top_k",
    "topP": "top_p",
    "minP": "min_p",
    "typicalP": "typical_p",
    "epsilonCutoff": "epsilon_cutoff",
    "etaCutoff": "eta_cutoff",
    "penaltyAlpha": "penalty_alpha",
    "repetitionPenalty": "repetition_penalty",
    "noRepeatNgramSize": "no_repeat_ngram_size",
    "badWords": "bad_words_ids",
    "suppressTokens": "suppress_tokens",
}
SAMPLING = {"sample", "beam-sample"}
FLOATS = {"temperature", "repetition_penalty", "diversity_penalty", "length_penalty"}


def to_transformers(settings):
    kwargs = {NAMES[k]: v for k, v in settings.items() if k in NAMES}
    kwargs = {k: float(v) if k in FLOATS else v for k, v in kwargs.items()}
    kwargs["do_sample"] = settings["strategy"] in SAMPLING
    if kwargs["do_sample"]:
        kwargs.setdefault("top_k", 0)
    return kwargs
