"""A language model with one LSTM layer (Hochreiter & Schmidhuber 1997; Zaremba et al. 2014), output layer tied to the
embeddings (Press & Wolf 2017)."""

import torch
from torch import nn

VOCABULARY = 4096
WIDTH = 192
STATE = 384


class RecurrentModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.lstm = nn.LSTM(WIDTH, STATE, batch_first=True)
        self.out = nn.Linear(STATE, WIDTH)
        self.bias = nn.Parameter(torch.zeros(VOCABULARY))
        nn.init.normal_(self.tokens.weight, std=WIDTH**-0.5)
        with torch.no_grad():  # the forget gate starts open, so that the state is kept until there is reason to drop it
            self.lstm.bias_ih_l0[STATE : 2 * STATE] = 1.0

    def forward(self, ids, state=None):
        """Token ids [B, S] and (h, c), each [1, B, STATE], to what the head takes [B, S, WIDTH] and the state after the last."""
        hidden, state = self.lstm(self.tokens(ids), state)
        return self.out(hidden), state

    def logits(self, hidden):
        return hidden @ self.tokens.weight.T + self.bias
