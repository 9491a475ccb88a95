"""A transformer encoder–decoder over letters and phonemes (Vaswani et al. 2017), with normalisation before each
sublayer (Xiong et al. 2020), RMSNorm without bias, and the decoder's output layer tied to its embeddings."""

import torch
from dictionary import LETTERS, MAX_LETTERS, MAX_PHONEMES, PAD, PHONEMES
from torch import nn
from torch.nn import functional as F

LAYERS = 3
WIDTH = 128
HEADS = 4
INNER = 512


class Attention(nn.Module):
    """Queries of one sequence over keys and values of another; [B, S, WIDTH] each."""

    def __init__(self):
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH, bias=False)
        self.key_value = nn.Linear(WIDTH, 2 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)

    def keys_values(self, x):
        """[2, B, HEADS, S, WIDTH / HEADS]"""
        return self.key_value(x).view(x.shape[0], x.shape[1], 2, HEADS, -1).permute(2, 0, 3, 1, 4)

    def queries(self, x):
        """[B, HEADS, S, WIDTH / HEADS]"""
        return self.query(x).view(x.shape[0], x.shape[1], HEADS, -1).transpose(1, 2)

    def merge(self, x):
        return self.out(x.transpose(1, 2).flatten(2))

    def forward(self, x, source, mask=None, causal=False):
        keys, values = self.keys_values(source)
        return self.merge(F.scaled_dot_product_attention(self.queries(x), keys, values, attn_mask=mask, is_causal=causal))


def feed_forward():
    return nn.Sequential(nn.Linear(WIDTH, INNER, bias=False), nn.ReLU(), nn.Linear(INNER, WIDTH, bias=False))


class EncoderLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.attention, self.inner = Attention(), feed_forward()
        self.norm1, self.norm2 = nn.RMSNorm(WIDTH, eps=1e-6), nn.RMSNorm(WIDTH, eps=1e-6)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask):
        normed = self.norm1(x)
        x = x + self.dropout(self.attention(normed, normed, mask))
        return x + self.dropout(self.inner(self.norm2(x)))


class DecoderLayer(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.attention, self.cross, self.inner = Attention(), Attention(), feed_forward()
        self.norm1, self.norm2, self.norm3 = (nn.RMSNorm(WIDTH, eps=1e-6) for _ in range(3))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, states, mask):
        normed = self.norm1(x)
        x = x + self.dropout(self.attention(normed, normed, causal=True))
        x = x + self.dropout(self.cross(self.norm2(x), states, mask))
        return x + self.dropout(self.inner(self.norm3(x)))


class Transducer(nn.Module):
    def __init__(self, dropout=0.0):
        super().__init__()
        self.letters = nn.Embedding(len(LETTERS), WIDTH)
        self.phonemes = nn.Embedding(len(PHONEMES), WIDTH)
        self.letter_places = nn.Embedding(MAX_LETTERS + 2, WIDTH)
        self.phoneme_places = nn.Embedding(MAX_PHONEMES + 2, WIDTH)
        self.encoder = nn.ModuleList(EncoderLayer(dropout) for _ in range(LAYERS))
        self.decoder = nn.ModuleList(DecoderLayer(dropout) for _ in range(LAYERS))
        self.encoder_norm, self.decoder_norm = nn.RMSNorm(WIDTH, eps=1e-6), nn.RMSNorm(WIDTH, eps=1e-6)
        self.dropout = nn.Dropout(dropout)
        for embedding in (self.letters, self.phonemes, self.letter_places, self.phoneme_places):
            nn.init.normal_(embedding.weight, std=WIDTH**-0.5)

    def encode(self, letters):
        """Letter ids [B, S], padded with PAD, to states [B, S, WIDTH] and the mask [B, 1, 1, S] of what may be seen."""
        mask = (letters != PAD)[:, None, None, :]
        x = self.dropout(self.letters(letters) + self.letter_places.weight[: letters.shape[1]])
        for layer in self.encoder:
            x = layer(x, mask)
        return self.encoder_norm(x), mask

    def forward(self, letters, phonemes):
        """Logits [B, T, PHONEMES] of the phoneme after each one given."""
        states, mask = self.encode(letters)
        x = self.dropout(self.phonemes(phonemes) + self.phoneme_places.weight[: phonemes.shape[1]])
        for layer in self.decoder:
            x = layer(x, states, mask)
        return self.decoder_norm(x) @ self.phonemes.weight.T
