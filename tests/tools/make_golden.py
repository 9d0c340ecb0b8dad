#!/usr/bin/env python3
"""Writes tests/Fixtures/golden: small seeded checkpoints in Hugging Face's layout and what PyTorch computes with them.

For each of roberta, bert and gpt2 a folder with
  config.json, model.safetensors   as transformers saves them (roberta: float32 with prefix; bert: float16, layer norms under their old
                                   names gamma and beta; gpt2: bfloat16 without prefix, with the causal mask that old files carry)
  expected.safetensors             tokens.<t>: ids of text t; embedding: what the first layer takes; hidden.<l>: the result of layer l; each
                                   [all tokens, width], texts one after the other; positions: the row of each text that the head reads;
                                   logits: [texts, vocabulary] there; targets: an id a text; loss: mean cross-entropy of the targets
  gradients.safetensors            d loss / d parameter under the parameter's name, in the file's own layout (a tied decoder counts in the
                                   words); inputs_embeds and embedding: d loss / d word rows before and after the embedding's sum and norm

A folder layers with expected.safetensors for layers that those models have not: of relu, tanh, unit, pooling, features and causal_features the
argument x, a gradient g by the result, the result y and the gradient dx by the argument, as <layer>.<x|g|y|dx>.

The models are written out here in plain modules, in double precision, and know nothing of the C# code. PyTorch 1.13 or later.
"""
import json
import math
import os
import struct

import torch
from torch import nn
from torch.nn import functional

LAYERS, WIDTH, HEADS, INNER, VOCABULARY, POSITIONS = 2, 24, 3, 36, 40, 18
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Fixtures", "golden")
DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.uint8: "U8"}


def write(path, tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(tensors):
        tensor = tensors[name].detach().contiguous()
        raw = (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy().tobytes()
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def attend(query, key, value, causal):
    """[tokens, width] each, of one text."""
    split = lambda x: x.view(len(x), HEADS, -1).transpose(0, 1)
    scores = split(query) @ split(key).transpose(1, 2) / math.sqrt(WIDTH // HEADS)
    if causal:
        scores = scores.masked_fill(torch.ones_like(scores).triu(1).bool(), -math.inf)
    return (functional.softmax(scores, -1) @ split(value)).transpose(0, 1).reshape(len(query), WIDTH)


def module(**parts):
    result = nn.Module()
    for name, part in parts.items():
        result.add_module(name, part)
    return result


class Encoder(nn.Module):
    """BERT and RoBERTa with their masked-language-model heads."""

    def __init__(self, kind, epsilon):
        super().__init__()
        self.kind, self.first = kind, 2 if kind == "roberta" else 0
        dense = lambda a, b: nn.Linear(a, b)
        norm = lambda: nn.LayerNorm(WIDTH, eps=epsilon)
        layer = lambda: module(
            attention=module(
                self=module(query=dense(WIDTH, WIDTH), key=dense(WIDTH, WIDTH), value=dense(WIDTH, WIDTH)),
                output=module(dense=dense(WIDTH, WIDTH), LayerNorm=norm())),
            intermediate=module(dense=dense(WIDTH, INNER)),
            output=module(dense=dense(INNER, WIDTH), LayerNorm=norm()))
        self.base = module(
            embeddings=module(
                word_embeddings=nn.Embedding(VOCABULARY, WIDTH), position_embeddings=nn.Embedding(POSITIONS, WIDTH),
                token_type_embeddings=nn.Embedding(1 if kind == "roberta" else 2, WIDTH), LayerNorm=norm()),
            encoder=module(layer=nn.ModuleList(layer() for _ in range(LAYERS))))
        self.head = module(dense=dense(WIDTH, WIDTH), layer_norm=norm())
        self.head_bias = nn.Parameter(torch.zeros(VOCABULARY))

    def embed(self, tokens):
        e = self.base.embeddings
        words = e.word_embeddings(tokens)
        words.retain_grad()
        positions = e.position_embeddings(torch.arange(len(tokens)) + self.first)
        return words, e.LayerNorm(words + positions + e.token_type_embeddings(torch.zeros_like(tokens)))

    def layer(self, index, x):
        layer = self.base.encoder.layer[index]
        a = layer.attention
        mixed = attend(a.self.query(x), a.self.key(x), a.self.value(x), False)
        x = a.output.LayerNorm(a.output.dense(mixed) + x)
        return layer.output.LayerNorm(layer.output.dense(functional.gelu(layer.intermediate.dense(x))) + x)

    def logits(self, x):
        x = self.head.layer_norm(functional.gelu(self.head.dense(x)))
        return x @ self.base.embeddings.word_embeddings.weight.T + self.head_bias

    def name(self, name):
        if self.kind == "roberta":
            return "lm_head.bias" if name == "head_bias" else name.replace("base.", "roberta.", 1) if name.startswith("base.") else "lm_" + name
        if name == "head_bias":
            return "cls.predictions.bias"
        name = name.replace("base.", "bert.", 1) if name.startswith("base.") else name.replace("head.", "cls.predictions.transform.", 1).replace("layer_norm", "LayerNorm")
        return name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")

    def extra(self):
        return {f"{self.kind}.embeddings.position_ids": torch.arange(POSITIONS)[None], f"{self.kind}.pooler.dense.bias": torch.zeros(WIDTH)}

    def config(self):
        return {
            "architectures": ["RobertaForMaskedLM" if self.kind == "roberta" else "BertForMaskedLM"], "model_type": self.kind, "hidden_act": "gelu",
            "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": INNER, "vocab_size": VOCABULARY,
            "max_position_embeddings": POSITIONS, "type_vocab_size": 1 if self.kind == "roberta" else 2,
            "layer_norm_eps": 1e-5 if self.kind == "roberta" else 1e-12, "pad_token_id": 1 if self.kind == "roberta" else 0,
            "position_embedding_type": "absolute"}


class Conv1D(nn.Module):
    """GPT-2's dense layer: weight is [in, out]."""

    def __init__(self, before, after):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.empty(before, after)), nn.Parameter(torch.empty(after))

    def forward(self, x):
        return x @ self.weight + self.bias


class Decoder(nn.Module):
    """GPT-2 with its language-model head."""

    def __init__(self):
        super().__init__()
        norm = lambda: nn.LayerNorm(WIDTH, eps=1e-5)
        self.wte, self.wpe, self.ln_f = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(POSITIONS, WIDTH), norm()
        self.h = nn.ModuleList(module(
            ln_1=norm(), attn=module(c_attn=Conv1D(WIDTH, 3 * WIDTH), c_proj=Conv1D(WIDTH, WIDTH)),
            ln_2=norm(), mlp=module(c_fc=Conv1D(WIDTH, INNER), c_proj=Conv1D(INNER, WIDTH))) for _ in range(LAYERS))

    def embed(self, tokens):
        words = self.wte(tokens)
        words.retain_grad()
        return words, words + self.wpe(torch.arange(len(tokens)))

    def layer(self, index, x):
        layer = self.h[index]
        query, key, value = layer.attn.c_attn(layer.ln_1(x)).split(WIDTH, 1)
        x = x + layer.attn.c_proj(attend(query, key, value, True))
        inner = layer.mlp.c_fc(layer.ln_2(x))
        inner = 0.5 * inner * (1 + torch.tanh(math.sqrt(2 / math.pi) * (inner + 0.044715 * inner ** 3)))
        return x + layer.mlp.c_proj(inner)

    def logits(self, x):
        return self.ln_f(x) @ self.wte.weight.T

    def name(self, name):
        return name

    def extra(self):
        return {f"h.{i}.attn.bias": torch.ones(POSITIONS, POSITIONS).tril().to(torch.uint8)[None, None] for i in range(LAYERS)}

    def config(self):
        return {
            "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "activation_function": "gelu_new", "n_embd": WIDTH, "n_layer": LAYERS, "n_head": HEADS,
            "n_inner": INNER, "vocab_size": VOCABULARY, "n_positions": POSITIONS, "n_ctx": POSITIONS, "layer_norm_epsilon": 1e-5}


def make(folder, model, dtype, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Large enough that attention is uneven and the GELU is bent.
            noise = torch.randn(parameter.shape, generator=generator) * (0.3 if parameter.dim() > 1 else 0.2)
            parameter.copy_(noise + (1 if ("orm" in name or "ln_" in name) and name.endswith("weight") else 0))
    stored = {name: parameter.detach().to(dtype) for name, parameter in model.named_parameters()}
    model.double()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(stored[name].double())

    os.makedirs(os.path.join(OUT, folder), exist_ok=True)
    with open(os.path.join(OUT, folder, "config.json"), "w") as file:
        json.dump(model.config(), file, indent=2)
        file.write("\n")
    write(os.path.join(OUT, folder, "model.safetensors"), {**{model.name(name): tensor for name, tensor in stored.items()}, **model.extra()})

    texts = [torch.randint(3, VOCABULARY, (length,), generator=generator) for length in (7, 1, 16)]
    targets = torch.randint(3, VOCABULARY, (len(texts),), generator=generator)
    passes, positions, first = [], [], 0
    for text in texts:
        words, embedding = model.embed(text)
        embedding.retain_grad()
        hidden = [embedding]
        for index in range(LAYERS):
            hidden.append(model.layer(index, hidden[-1]))
        row = len(text) - 1 if isinstance(model, Decoder) else len(text) // 2
        positions.append(first + row)
        first += len(text)
        passes.append((words, hidden, model.logits(hidden[-1][row])))
    logits = torch.stack([logits for _, _, logits in passes])
    loss = functional.cross_entropy(logits, targets)
    loss.backward()

    rows = lambda part: torch.cat([part(p) for p in passes]).float()
    expected = {f"tokens.{i}": text for i, text in enumerate(texts)}
    expected.update(
        embedding=rows(lambda p: p[1][0]), positions=torch.tensor(positions), targets=targets, logits=logits.float(), loss=loss.float(),
        **{f"hidden.{i}": rows(lambda p: p[1][i + 1]) for i in range(LAYERS)})
    write(os.path.join(OUT, folder, "expected.safetensors"), expected)
    gradients = {model.name(name): parameter.grad.float() for name, parameter in model.named_parameters()}
    gradients.update(inputs_embeds=rows(lambda p: p[0].grad), embedding=rows(lambda p: p[1][0].grad))
    write(os.path.join(OUT, folder, "gradients.safetensors"), gradients)


make("roberta", Encoder("roberta", 1e-5), torch.float32, 1)
make("bert", Encoder("bert", 1e-12), torch.float16, 2)
make("gpt2", Decoder(), torch.bfloat16, 3)


def random_features(x, causal):
    """Phases of queries and keys in turns and values of 2 heads side by side, 4 frequencies and 3 values each; texts of 5 and 6 rows."""
    texts = []
    for text in torch.split(x, (5, 6)):
        queries, keys, values = (part.view(len(text), 2, -1).transpose(0, 1) for part in torch.split(text, (8, 8, 6), 1))
        features = lambda t: torch.cat((torch.cos(2 * math.pi * t), torch.sin(2 * math.pi * t)), -1)
        weights = features(queries) @ features(keys).transpose(1, 2) / 4
        weights = weights.tril() / torch.arange(1, len(text) + 1)[:, None] if causal else weights / len(text)
        quotient = (weights @ values) / weights.sum(-1, keepdim=True).clamp(min=1 / 32)
        texts.append(quotient.transpose(0, 1).reshape(len(text), 6))
    return torch.cat(texts)


def make_layers(seed):
    generator = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(*shape, generator=generator).float().double()
    phases = torch.cat((0.1 * normal(11, 16), normal(11, 6)), 1).float().double()
    layers = {
        "relu": (torch.relu, normal(8, 6)), "tanh": (torch.tanh, normal(8, 6)), "unit": (lambda x: functional.normalize(x, dim=1), normal(8, 6)),
        "pooling": (lambda x: torch.stack([text.mean(0) for text in torch.split(x, (5, 3))]), normal(8, 6)),
        "features": (lambda x: random_features(x, False), phases), "causal_features": (lambda x: random_features(x, True), phases)}
    tensors = {}
    for name, (function, x) in layers.items():
        x = x.clone().requires_grad_()
        y = function(x)
        g = normal(*y.shape)
        y.backward(g)
        tensors.update({f"{name}.x": x.float(), f"{name}.g": g.float(), f"{name}.y": y.float(), f"{name}.dx": x.grad.float()})
    os.makedirs(os.path.join(OUT, "layers"), exist_ok=True)
    write(os.path.join(OUT, "layers", "expected.safetensors"), tensors)


make_layers(4)
