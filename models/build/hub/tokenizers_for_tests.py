"""Small tokenizers of the three kinds that the Hub's families use, as tokenizer.json files."""

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXT = """The nice woman walked to the river and sat down. Paris is the capital of France. The doctor said that he was
late. She put the bread into the oven to bake. A man plays the guitar while somebody sings. The cat sat on the mat and
the dog ran after the ball. It rained all day, so the children stayed at home and read a book. The house is wonderful.
Translate English to German: the house is small. The teacher asked a question and the class gave an answer.""".split("\n")

BYTE_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


def byte_level() -> Tokenizer:
    """One token a byte, as GPT-2, OLMo 2, SmolLM2 and Qwen would split text if they had no merges."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet(), key=ord)
    vocabulary = {token: index for index, token in enumerate([*BYTE_SPECIAL, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in BYTE_SPECIAL])
    return tokenizer


def word_piece() -> Tokenizer:
    """BERT's: lower case, [CLS] and [SEP] around a text, continuations marked by ##."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(TEXT, trainers.WordPieceTrainer(vocab_size=220, special_tokens=special))
    ids = {token: tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]")}
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"]))
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def unigram() -> Tokenizer:
    """T5's: pieces of a unigram model with ▁ for spaces, </s> after a text."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    special = ["<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=180, special_tokens=special, unk_token="<unk>")
    tokenizer.train_from_iterator(TEXT, trainer)
    end = tokenizer.token_to_id("</s>")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", end)])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer
