"""A network trained by `rnn`, as a PyTorch module. `load(folder)` reads spec.json, vocabulary.json and model.safetensors.

    network = load(".")
    logits, state = network(tokens, lengths)

All tensors are batch-major. `tokens` is [batch, time], of integers; a network that reads numbers takes them unscaled, [batch, time, width].
`lengths` [batch] is the number of steps of each row without padding; by default all steps. A tagger that reads characters also takes
`characters` [batch, time, characters] and `character_lengths` [batch, time]. The logits are [batch, time, classes], or [batch, classes] for a network with
one output per row; a regressor returns its predictions [batch] instead. Pass the state to the next call to continue where the rows ended.

The weights are parameters with the names of the file, and can be trained further. There is no dropout.
"""

import json
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F


# One step of a cell. x: input times kernel, [batch, gates · units]; u: recurrent kernel; b: bias. The first tensor of the state is the output.


def rnn(x, state, u, b, activation=torch.tanh):
    return (activation(x + state[0] @ u + b),)


def rnn_relu(x, state, u, b):
    return rnn(x, state, u, b, torch.relu)


def residual(x, state, u, b):
    return (rnn(x, state, u, b)[0] + state[0],)


def lstm(x, state, u, b):
    i, f, g, o = (x + state[0] @ u + b).chunk(4, 1)
    memory = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * memory.tanh(), memory


def gru(x, state, u, b):
    (h,) = state
    xz, xr, xg = (x + b[0]).chunk(3, 1)
    hz, hr, hg = (h @ u + b[1]).chunk(3, 1)
    g = torch.tanh(xg + (xr + hr).sigmoid() * hg)
    return (g + (xz + hz).sigmoid() * (h - g),)


def gru_reset_before(x, state, u, b):
    (h,) = state
    xz, xr, xg = (x + b).chunk(3, 1)
    uz, ur, ug = u.chunk(3, 1)
    g = torch.tanh(xg + ((xr + h @ ur).sigmoid() * h) @ ug)
    return (g + (xz + h @ uz).sigmoid() * (h - g),)


# Cells whose state is multiplied by vectors or by nothing. u: SRU's vectors, the lower bound of HGRN's forget gate, nothing for minGRU.


def sru(x, state, u, b):
    c, (bf, br) = state[1], b.chunk(2)
    g, xf, xr, skip = x.chunk(4, 1)
    f, r = (xf + u[0] * c + bf).sigmoid(), (xr + u[1] * c + br).sigmoid()
    c = g + f * (c - g)
    skip = skip * 3**0.5
    return skip + r * (c - skip), c


def hgrn(x, state, u, b):
    f, g, o = (x + b).chunk(3, 1)
    f, g = u + (1 - u) * f.sigmoid(), F.silu(g)
    c = g + f * (state[1] - g)
    return rms_norm(o.sigmoid() * c), c


def mingru(x, state, u, b):
    z, a = (x + b).chunk(2, 1)
    g = torch.where(a < 0, a.sigmoid(), a + 0.5)
    return (state[0] + z.sigmoid() * (g - state[0]),)


def rms_norm(x):
    return x * (x.square().mean(-1, keepdim=True) + 1e-6).rsqrt()


CELLS = {"sru": sru, "hgrn": hgrn, "mingru": mingru, "rnn": rnn, "rnn-relu": rnn_relu, "residual": residual, "lstm": lstm, "gru": gru, "gru-reset-before": gru_reset_before}


def present_steps(lengths, time):
    """True for the steps of a row, False for padding: [batch, time, 1]."""
    return (torch.arange(time, device=lengths.device) < lengths[:, None])[:, :, None]


class Network(nn.Module):
    def __init__(self, spec, vocabulary, weights):
        super().__init__()
        self.spec, self.vocabulary = spec, vocabulary
        for name, values in weights.items():
            self.register_parameter(name, nn.Parameter(values))

    def forward(self, inputs, lengths=None, state=None, characters=None, character_lengths=None):
        """Returns the logits, and the state of each recurrent layer, for each direction a tuple of tensors, and of each causal convolution."""
        x = self.scaled(inputs)
        if lengths is None:
            lengths = torch.full(x.shape[:1], x.shape[1], device=x.device)
        ends, earlier, next_states = None, [], []
        for index, layer in enumerate(self.spec["layers"]):
            name, kind = f"{index}-{layer['type']}", layer["type"]
            layer_input = x, ends
            if kind == "embedding":
                x = F.embedding(x, self.weight(name, "table"))
            elif kind == "words":
                x = torch.cat([F.embedding(x, self.weight(name, "table")), self.spelling(name, characters, character_lengths)], 2)
            elif kind == "recurrent":
                x, states = self.recurrent(layer, name, x, lengths, state and state[len(next_states)])
                ends = torch.cat([direction[0] for direction in states], 1)
                next_states.append(states)
            elif kind == "normalisation":
                x, ends = (v if v is None else self.normalize(name, v) for v in (x, ends))
            elif kind == "residual":
                skipped = earlier[-layer["over"]]
                x, ends = x + skipped[0], None if ends is None or skipped[1] is None else ends + skipped[1]
            elif kind == "rms-norm":
                x, ends = (v if v is None else rms_norm(v) * self.weight(name, "scale") for v in (x, ends))
            elif kind == "projection":
                x, ends = (v if v is None else v @ self.weight(name, "kernel") for v in (x, ends))
            elif kind == "gated-mlp":
                x, ends = (v if v is None else self.gated_mlp(name, v) for v in (x, ends))
            elif kind == "causal-convolution":
                x, before = self.causal(layer, name, x, lengths, state and state[len(next_states)])
                ends = None
                next_states.append(before)
            elif kind == "convolution":
                x, lengths = self.convolution(layer, name, x, lengths)
            elif kind == "pooling":
                x = torch.cat([self.pooled(over, layer, name, x, lengths, ends) for over in layer["over"]], 1)
            elif kind == "dense":
                x = torch.relu(x @ self.weight(name, "kernel") + self.weight(name, "bias"))
            elif kind != "dropout":
                raise NotImplementedError(f"model.py has no layer {kind!r}; add it to Network.forward")
            earlier.append(layer_input)
        kernel = self.weight("0-embedding", "table").T if self.spec.get("tied") else self.weight("head", "kernel")
        outputs = x @ kernel + self.weight("head", "bias")
        if self.spec.get("adaptive"):
            return self.adaptive(x, outputs.log_softmax(-1)), next_states
        return self.unscaled(outputs), next_states

    def adaptive(self, x, head):
        """The log probabilities of all tokens: head has those of the frequent tokens and of each cluster."""
        first = self.spec["adaptive"]["cutoffs"][0]
        parts = [head[..., :first]]
        for index in range(len(self.spec["adaptive"]["cutoffs"])):
            logits = x @ self.weight(f"head/tail/{index}", "projection") @ self.weight(f"head/tail/{index}", "kernel")
            parts.append(head[..., first + index, None] + logits.log_softmax(-1))
        return torch.cat(parts, -1)

    def weight(self, layer, name):
        return self.get_parameter(f"{layer}/{name}")

    def has(self, layer, name):
        return f"{layer}/{name}" in self._parameters

    def scaled(self, inputs):
        numbers = self.vocabulary.get("numbers")
        if numbers is None:
            return inputs
        scales = [[column[key] for column in numbers["columns"]] for key in ("mean", "deviation")]
        mean, deviation = torch.tensor(scales, dtype=torch.double, device=inputs.device)
        return ((inputs.double() - mean) / deviation).clamp(-numbers["most"], numbers["most"]).float()

    def unscaled(self, outputs):
        target = self.vocabulary.get("target")
        return outputs if target is None else outputs[:, 0] * target["deviation"] + target["mean"]

    def recurrent(self, layer, name, x, lengths, states=None):
        """The concatenated outputs of the directions, and the state of each after the last step of each row."""
        outputs, last = [], []
        for index, direction in enumerate(["forward", "backward"] if layer["bidirectional"] else ["forward"]):
            state = states[index] if states else self.initial_state(layer, f"{name}/{direction}", len(x))
            sequence, state = self.run_cell(layer, f"{name}/{direction}", x, lengths, state, backwards=index == 1)
            outputs.append(sequence)
            last.append(state)
        return torch.cat(outputs, 2), last

    def initial_state(self, layer, name, rows):
        count = 2 if layer["cell"] in ("lstm", "sru", "hgrn") else 1
        zeros = self.weight(name, "bias").new_zeros(rows, layer["units"])
        starts = [f"start/{index}" for index in range(count)]
        return tuple(self.weight(name, start).expand(rows, -1) if self.has(name, start) else zeros for start in starts)

    def run_cell(self, layer, name, x, lengths, state, backwards):
        """Runs a cell over the steps; past the end of a row its state stays as it is."""
        cell = layer["cell"]
        if cell not in CELLS:
            raise NotImplementedError(f"model.py has no cell {cell!r}; add a function of one step to CELLS")
        present = present_steps(lengths, x.shape[1])
        kernel, b = self.weight(name, "kernel"), self.weight(name, "bias")
        u = self.weight(name, "recurrent") if self.has(name, "recurrent") else layer.get("lowerBound", 0)
        reads_input = cell == "sru" and kernel.shape[1] == 3 * layer["units"]
        x, times, outputs = torch.cat([x @ kernel, x], 2) if reads_input else x @ kernel, range(x.shape[1]), [None] * x.shape[1]
        for time in reversed(times) if backwards else times:
            next_state = CELLS[cell](x[:, time], state, u, b)
            state = tuple(torch.where(present[:, time], new, old) for new, old in zip(next_state, state))
            outputs[time] = state[0]
        return torch.stack(outputs, 1), state

    def spelling(self, name, characters, lengths):
        """The last outputs of a bidirectional LSTM over the characters of each word: [batch, time, 2 · units]."""
        x = F.embedding(characters.flatten(0, 1), self.weight(name, "characters/table"))
        layer = {"cell": "lstm", "bidirectional": True, "units": self.weight(name, "characters/forward/recurrent").shape[0]}
        _, states = self.recurrent(layer, f"{name}/characters", x, lengths.flatten())
        return torch.cat([direction[0] for direction in states], 1).unflatten(0, characters.shape[:2])

    def normalize(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.weight(name, "scale"), self.weight(name, "shift"))

    def gated_mlp(self, name, x):
        gate, value = (x @ self.weight(name, "kernel")).chunk(2, -1)
        return (F.silu(gate) * value) @ self.weight(name, "projection")

    def causal(self, layer, name, x, lengths, before=None):
        """A convolution of each column by itself. before: the inputs that precede the first, [batch, size - 1, width]."""
        kernel, count = self.weight(name, "kernel"), layer["size"] - 1
        if before is None:
            before = x.new_zeros(len(x), count, x.shape[2])
        padded = torch.cat([before, torch.where(present_steps(lengths, x.shape[1]), x, 0.0)], 1)
        outputs = F.conv1d(padded.transpose(1, 2), kernel.T[:, None], groups=x.shape[2]).transpose(1, 2)
        last = lengths[:, None] + torch.arange(count, device=x.device)
        return outputs, padded.gather(1, last[:, :, None].expand(-1, -1, x.shape[2]))

    def convolution(self, layer, name, x, lengths):
        """Each row is padded at its own end. With padding "valid" there are as many steps as before, but the lengths are smaller."""
        x = torch.where(present_steps(lengths, x.shape[1]), x, 0.0).transpose(1, 2)
        outputs, same = [], layer["padding"] == "same"
        for index, size in enumerate(width["size"] for width in layer["widths"]):
            before = (size - 1) // 2 if same else 0
            kernel = self.weight(name, f"{index}/kernel").permute(2, 1, 0)
            outputs.append(F.conv1d(F.pad(x, (before, size - 1 - before)), kernel, self.weight(name, f"{index}/bias")))
        lost = 0 if same else layer["widths"][0]["size"] - 1
        return torch.relu(torch.cat(outputs, 1)).transpose(1, 2), (lengths - lost).clamp(min=0)

    def pooled(self, over, layer, name, x, lengths, ends):
        """One pooling over the steps of each row: [batch, width]."""
        present = present_steps(lengths, x.shape[1])
        masked = torch.where(present, x, 0.0)
        if over == "last":
            return masked[torch.arange(len(x)), (lengths - 1).clamp(min=0)] if ends is None else ends
        if over == "mean":
            return masked.sum(1) / lengths.clamp(min=1)[:, None]
        if over == "max":
            return torch.where(lengths[:, None] > 0, torch.where(present, x, -torch.inf).amax(1), 0.0)
        if over == "attention":
            hidden = torch.tanh(masked @ self.weight(name, "attention/kernel") + self.weight(name, "attention/bias"))
            scores = (hidden @ self.weight(name, "attention/query"))[:, :, None]
            return (torch.where(present, scores, -1e9).softmax(1) * masked).sum(1)
        if over == "flatten":
            return F.pad(masked, (0, 0, 0, layer["steps"]))[:, : layer["steps"]].flatten(1)
        raise NotImplementedError(f"model.py has no pooling {over!r}; add it to Network.pooled")


def read_safetensors(path):
    """Tensors by name. The file: length of the header in 8 bytes, header, values."""
    content = bytearray(Path(path).read_bytes())
    begin = 8 + int.from_bytes(content[:8], "little")
    tensors = {}
    for name, entry in json.loads(content[8:begin]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            values = torch.frombuffer(content, dtype=torch.float32, count=(last - first) // 4, offset=begin + first)
            tensors[name] = values.reshape(entry["shape"]).clone()
    return tensors


def load(folder):
    folder = Path(folder)
    spec, vocabulary = (json.loads((folder / name).read_text("utf-8")) for name in ("spec.json", "vocabulary.json"))
    return Network(spec, vocabulary, read_safetensors(folder / "model.safetensors")).eval()
