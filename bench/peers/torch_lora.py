"""LoRA training steps of a Qwen2 or Llama model in PyTorch, written out plainly, for a comparison with `juxta train`.

  python3 torch_lora.py MODEL_FOLDER [--steps 4] [--samples 4] [--tokens 128] [--rank 8] [--threads 2] [--bf16]

Random weights of the folder's shape (what a step costs does not depend on them), random ids, loss on every token. One JSON line a step: seconds on the wall
and of the processors. Nothing is computed again on the way back. Needs torch alone.
"""
import argparse, json, os, resource, time
import torch
import torch.nn.functional as F

parser = argparse.ArgumentParser()
parser.add_argument("folder")
for name, value in (("steps", 4), ("samples", 4), ("tokens", 128), ("rank", 8), ("threads", 2)):
    parser.add_argument("--" + name, type=int, default=value)
parser.add_argument("--bf16", action="store_true", help="base weights in bf16, adapters in f32")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(1)
config = json.load(open(os.path.join(options.folder, "config.json")))
width, inner, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
heads, groups, vocabulary = config["num_attention_heads"], config["num_key_value_heads"], config["vocab_size"]
size = width // heads
base = torch.bfloat16 if options.bf16 else torch.float32


class Adapted(torch.nn.Module):
    """y = x Wᵀ + b + s·(x Aᵀ) Bᵀ with W and b frozen."""

    def __init__(self, inputs, outputs, bias):
        super().__init__()
        self.weight = torch.nn.Parameter((torch.randn(outputs, inputs) * 0.02).to(base), requires_grad=False)
        self.bias = torch.nn.Parameter(torch.zeros(outputs, dtype=base), requires_grad=False) if bias else None
        self.a = torch.nn.Parameter((torch.rand(options.rank, inputs) * 2 - 1) / inputs ** 0.5)
        self.b = torch.nn.Parameter(torch.zeros(outputs, options.rank))

    def forward(self, x):
        return F.linear(x.to(base), self.weight, self.bias).float() + 2 * F.linear(F.linear(x, self.a), self.b)


def norm(x, gain):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * gain


def turn(x, cosine, sine):
    first, second = x.chunk(2, -1)
    return x * cosine + torch.cat((-second, first), -1) * sine


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        bias = config.get("model_type") == "qwen2"
        self.q, self.k, self.v = Adapted(width, heads * size, bias), Adapted(width, groups * size, bias), Adapted(width, groups * size, bias)
        self.o = Adapted(heads * size, width, False)
        self.gate, self.up, self.down = Adapted(width, inner, False), Adapted(width, inner, False), Adapted(inner, width, False)
        self.register_buffer("before", torch.ones(width))
        self.register_buffer("between", torch.ones(width))

    def forward(self, h, cosine, sine, mask):
        x = norm(h, self.before)
        n, t, _ = x.shape
        q = turn(self.q(x).view(n, t, heads, size).transpose(1, 2), cosine, sine)
        k = turn(self.k(x).view(n, t, groups, size).transpose(1, 2), cosine, sine)
        v = self.v(x).view(n, t, groups, size).transpose(1, 2)
        k, v = k.repeat_interleave(heads // groups, 1), v.repeat_interleave(heads // groups, 1)
        seen = torch.softmax(q @ k.transpose(-1, -2) / size ** 0.5 + mask, -1) @ v
        h = h + self.o(seen.transpose(1, 2).reshape(n, t, heads * size))
        x = norm(h, self.between)
        return h + self.down(F.silu(self.gate(x)) * self.up(x))


table = (torch.randn(vocabulary, width) * 0.02).to(base)
stack = torch.nn.ModuleList(Layer() for _ in range(layers))
trained = [p for p in stack.parameters() if p.requires_grad]
optimiser = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0)
angles = torch.outer(torch.arange(options.tokens).float(), config.get("rope_theta", 10000.0) ** (-torch.arange(0, size, 2).float() / size))
cosine, sine = torch.cat((angles, angles), -1).cos(), torch.cat((angles, angles), -1).sin()
mask = torch.full((options.tokens, options.tokens), float("-inf")).triu(1)
print(json.dumps({"torch": torch.__version__, "trained": sum(p.numel() for p in trained)}), flush=True)
for step in range(options.steps):
    ids = torch.randint(0, vocabulary, (options.samples, options.tokens))
    wall, used = time.perf_counter(), time.process_time()
    h = F.embedding(ids, table).float()
    for layer in stack:
        h = layer(h, cosine, sine, mask)
    logits = F.linear(norm(h, torch.ones(width))[:, :-1].to(base), table).float()
    loss = F.cross_entropy(logits.reshape(-1, vocabulary), ids[:, 1:].reshape(-1))
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)
    print(json.dumps({"step": step + 1, "seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - used, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}), flush=True)
