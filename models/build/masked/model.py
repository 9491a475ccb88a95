"""The masked language model: MiniLM's encoder under BERT's MLM head, its decoder tied to the frozen input embeddings.

Shapes: B sequences of S tokens, H = 384, vocabulary V = 30,522. The word embeddings stay as MiniLM has them, so that
one table serves the sentence encoder, this model (in and out) and the word-in-context encoder.
"""

import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModel


class MaskedLanguageModel(nn.Module):
    """`forward(ids, mask, places)` gives logits [places, V] at the flat indices `places` of the [B, S] input."""

    def __init__(self, encoder_folder, frozen_layers=0):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(encoder_folder, add_pooling_layer=False, attn_implementation="sdpa").float()
        hidden = self.encoder.config.hidden_size
        self.transform = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(self.encoder.config.vocab_size))
        with torch.no_grad():
            self.transform.weight.copy_(torch.eye(hidden))
            self.transform.bias.zero_()
        for parameter in [*self.encoder.embeddings.parameters(), *self.encoder.encoder.layer[:frozen_layers].parameters()]:
            parameter.requires_grad = False
        for module in self.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0

    def states(self, ids, mask):
        return self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state

    def logits(self, states):
        hidden = self.norm(F.gelu(self.transform(states)))
        return F.linear(hidden, self.encoder.embeddings.word_embeddings.weight, self.bias)

    def forward(self, ids, mask, places):
        return self.logits(self.states(ids, mask).flatten(0, 1)[places])

    def trained_state(self):
        """Every weight but the frozen ones, which are MiniLM's."""
        frozen = {n for n, p in self.named_parameters() if not p.requires_grad}
        return {n: t for n, t in self.state_dict().items() if n not in frozen}
