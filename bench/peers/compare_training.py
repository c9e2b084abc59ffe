"""Measures LoRA training steps of Juxta and of PyTorch in turns on one shape and prints medians and ratios, by the wall and by processor time.

  python3 compare_training.py MODEL_FOLDER TOKENIZER_FOLDER [--rounds 5] [--steps 3] [--samples 4] [--tokens 128] [--threads 2] [--juxta ../../juxta]

MODEL_FOLDER holds a checkpoint (random weights will do), TOKENIZER_FOLDER the tokenizer that text for it is made with. Each round runs PyTorch, Juxta as it is by
default (layers computed again on the way back) and Juxta with --keep-activations; the first step of each run warms up and is not counted.
"""
import argparse, json, os, shutil, statistics, subprocess, sys, tempfile

parser = argparse.ArgumentParser()
parser.add_argument("model"), parser.add_argument("tokenizer")
for name, value in (("rounds", 5), ("steps", 3), ("samples", 4), ("tokens", 128), ("threads", 2)):
    parser.add_argument("--" + name, type=int, default=value)
here = os.path.dirname(os.path.abspath(__file__))
parser.add_argument("--juxta", default=os.path.join(here, "../../juxta"))
options = parser.parse_args()
ticks = os.sysconf("SC_CLK_TCK")


def used(pid):
    """Processor seconds of a process and of its children that it has waited for."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / ticks


def peak(pid):
    return next(int(line.split()[1]) // 1024 for line in open(f"/proc/{pid}/status") if line.startswith("VmHWM"))


def run(command, environment=None):
    """Seconds by the wall and by the processors of each step but the first, and the peak resident MB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    walls, times, before, most = [], [], None, 0
    for line in process.stdout:
        if "\"step\"" not in line:
            continue
        now, most = used(process.pid), peak(process.pid)
        if before is not None:
            walls.append(json.loads(line)["seconds"]), times.append(now - before)
        before = now
    process.wait()
    if not walls:
        sys.exit("failed: " + " ".join(command))
    return statistics.median(walls), statistics.median(times), most


folder = tempfile.mkdtemp()
model = os.path.join(folder, "model")
os.mkdir(model)
for place, names in ((options.model, ("config.json", "model.safetensors")), (options.tokenizer, ("tokenizer.json", "tokenizer_config.json"))):
    for name in names:
        os.symlink(os.path.abspath(os.path.join(place, name)), os.path.join(model, name))
text = os.path.join(folder, "text.txt")
with open(text, "w") as file:
    for i in range(options.samples * options.steps):
        file.write(" ".join(str((i * 7919 + j * 104729) % 10007) for j in range(4 * options.tokens)) + "\n")
# OPENBLAS_CORETYPE would choose kernels for PyTorch that this machine may be too new for.
plain = {key: value for key, value in os.environ.items() if key != "OPENBLAS_CORETYPE"}
peer = ["/usr/bin/python3", os.path.join(here, "torch_lora.py"), options.model, "--steps", str(options.steps), "--samples", str(options.samples), "--tokens", str(options.tokens), "--threads", str(options.threads)]


def ours(*more):
    out = tempfile.mkdtemp(dir=folder)
    return [options.juxta, "train", "--model", model, "--data", text, "--mode", "pretrain", "--max-length", str(options.tokens), "--out", out, "--steps", str(options.steps),
            "--batch-size", str(options.samples), "--pass-tokens", str(options.samples * options.tokens), "--threads", str(options.threads), "--save-every", "0", "--json", *more]


results = {"PyTorch, f32 base": [], "Juxta, layers computed again": [], "Juxta, --keep-activations": []}
for _ in range(options.rounds):
    results["PyTorch, f32 base"].append(run(peer, plain))
    results["Juxta, layers computed again"].append(run(ours()))
    results["Juxta, --keep-activations"].append(run(ours("--keep-activations")))
shutil.rmtree(folder)
print(f"{os.path.basename(os.path.abspath(options.model))}, {options.samples} samples of {options.tokens} tokens a step, {options.threads} threads, {options.rounds} rounds of {options.steps - 1} counted steps, load {' '.join(f'{load:.1f}' for load in os.getloadavg())}")
print("| | tokens/s by the wall | tokens per processor second | against PyTorch: wall | processor | peak memory |\n|---|---|---|---|---|---|")
first = results["PyTorch, f32 base"]
for name, rows in results.items():
    tokens = options.samples * options.tokens
    wall, cpu = statistics.median(row[0] for row in rows), statistics.median(row[1] for row in rows)
    by_wall, by_cpu = statistics.median(f[0] / row[0] for f, row in zip(first, rows)), statistics.median(f[1] / row[1] for f, row in zip(first, rows))
    print(f"| {name} | {tokens / wall:.1f} | {tokens / cpu:.1f} | {by_wall:.2f} | {by_cpu:.2f} | {max(row[2] for row in rows):,} MB |")
