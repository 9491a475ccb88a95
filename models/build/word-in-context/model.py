"""The word-in-context encoder: MiniLM trained so that a word's state lies near the vector of its sense's gloss.

Shapes: B texts of S tokens, H = 384. Two views of a word: its own state (mean over its pieces), and the state of one
[MASK] put in its place. Each view is a learned mix of the hidden states of all layers, a linear map, and length 1. The
representation is the normalised sum of both views.
"""

import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModel

VIEWS = ("word", "mask")


class WordInContextEncoder(nn.Module):
    def __init__(self, encoder_folder, frozen_layers=0):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(encoder_folder, add_pooling_layer=False, attn_implementation="sdpa").float()
        hidden = self.encoder.config.hidden_size
        layers = self.encoder.config.num_hidden_layers + 1
        self.maps = nn.ModuleDict({v: nn.Linear(hidden, hidden) for v in VIEWS})
        self.mixes = nn.ParameterDict({v: nn.Parameter(torch.tensor([0.0] * (layers - 1) + [2.0])) for v in VIEWS})
        with torch.no_grad():
            for linear in self.maps.values():
                linear.weight.copy_(torch.eye(hidden))
                linear.bias.zero_()
        for parameter in [*self.encoder.embeddings.parameters(), *self.encoder.encoder.layer[:frozen_layers].parameters()]:
            parameter.requires_grad = False
        for module in self.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0

    def view(self, ids, mask, weights, name):
        """`weights` [B, S] sums to 1 over the word's pieces (or lies on its [MASK]). Returns [B, H], length 1."""
        states = torch.stack(self.encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states)
        mixed = torch.einsum("l,lbsh,bs->bh", self.mixes[name].softmax(0), states, weights)
        return F.normalize(self.maps[name](mixed), dim=-1)

    def trained_state(self):
        frozen = {n for n, p in self.named_parameters() if not p.requires_grad}
        return {n: t for n, t in self.state_dict().items() if n not in frozen}
