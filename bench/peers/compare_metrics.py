"""Times metrics of Juxta and of the programs they follow in turns, on the same texts, and checks that both give the same scores.

  dotnet build bench/Metrics -c Release
  python3 compare_metrics.py CORPORA.json --sacrebleu DIR --rouge DIR --jieba DIR --rouge-chinese DIR [--rounds 5] [--works bleu-13a,ter]

CORPORA.json holds the corpora en-1000 and zh-1000 of the metric vectors; their lines are taken again and again, each copy with its number at the end so that no cache of lines
helps. A DIR holds the peer's package (sacrebleu, rouge_score, jieba, rouge_chinese) and comes first on the peer's path; what the package itself needs must be installed. Each round runs
every work once in a fresh process of the peer and in one of Juxta's, each kept to one processor. Figures are CPU seconds of the scoring alone, without start and reading; for
Juxta after one run that warms up, and `cold` is that first run with the start of the process and everything else in it.
"""
import argparse, hashlib, json, os, statistics, subprocess, sys, tempfile, time

# What is scored: name, corpus, segments.
works = {
    "bleu-13a": ("BLEU 13a", "en-1000", 20000), "bleu-intl": ("BLEU intl", "en-1000", 20000), "bleu-zh": ("BLEU zh", "zh-1000", 10000),
    "bleu-resampled": ("BLEU 13a with 1,000 resamples", "en-1000", 1000), "chrf": ("chrF2", "en-1000", 5000), "chrf++": ("chrF2++", "en-1000", 5000), "ter": ("TER", "en-1000", 2000),
    "rouge": ("ROUGE-1, -2, -L, -Lsum", "en-1000", 5000), "rouge-stemmed": ("the same with stemmer", "en-1000", 5000), "jieba": ("jieba, lines", "zh-1000", 10000),
    "chatglm": ("ChatGLM row", "zh-1000", 2000),
}
here = os.path.dirname(os.path.abspath(__file__))


def score(work, texts):
    """One run of the peer: its result and the CPU seconds it took."""
    hypotheses, references = texts["hypotheses"], texts["references"]
    if work == "jieba":
        import jieba
        jieba.setLogLevel(60)
        jieba.initialize()
        run = lambda: hashlib.sha256("".join(word + "\n" for text in hypotheses for word in jieba.cut(text)).encode()).hexdigest()
    elif work == "chatglm":
        import jieba, numpy
        from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
        from rouge_chinese import Rouge
        jieba.setLogLevel(60)
        jieba.initialize()

        def row(hypothesis, reference):
            scores = Rouge().get_scores(" ".join(jieba.cut(hypothesis)), " ".join(jieba.cut(reference)))[0]
            bleu = sentence_bleu([list(reference)], list(hypothesis), smoothing_function=SmoothingFunction().method3)
            return [*(round(scores[kind]["f"] * 100, 4) for kind in ("rouge-1", "rouge-2", "rouge-l")), round(bleu * 100, 4)]

        run = lambda: [float(numpy.mean(column)) for column in zip(*map(row, hypotheses, references))]
    elif work.startswith("rouge"):
        from rouge_score import rouge_scorer
        types = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
        scorer = rouge_scorer.RougeScorer(types, use_stemmer=work == "rouge-stemmed")

        def run():
            scores = [scorer.score(reference, hypothesis) for reference, hypothesis in zip(references, hypotheses)]
            return [sum(row[kind].fmeasure for row in scores) / len(scores) for kind in types]
    else:
        from sacrebleu.metrics import BLEU, CHRF, TER
        make = {"bleu-13a": BLEU, "bleu-intl": lambda: BLEU(tokenize="intl"), "bleu-zh": lambda: BLEU(tokenize="zh"), "bleu-resampled": BLEU, "chrf": CHRF, "chrf++": lambda: CHRF(word_order=2), "ter": TER}
        metric = make[work]()

        def run():
            if work != "bleu-resampled":
                return metric.corpus_score(hypotheses, [references]).score
            os.environ["SACREBLEU_SEED"] = "12345"
            return metric.corpus_score(hypotheses, [references], n_bootstrap=1000)._mean
    before = time.process_time()
    result = run()
    return result, time.process_time() - before


if sys.argv[1:2] == ["--peer-run"]:
    work, path, *folders = sys.argv[2:]
    sys.path[:0] = folders
    result, seconds = score(work, json.load(open(path)))
    print(json.dumps({"result": result, "seconds": [seconds]}))
    sys.exit()

parser = argparse.ArgumentParser()
parser.add_argument("corpora")
peers = ("sacrebleu", "rouge", "jieba", "rouge-chinese")
for peer in peers:
    parser.add_argument("--" + peer, default="", help="folder with the peer's package; without it the installed one")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--works", default=",".join(works))
parser.add_argument("--python", default="/usr/bin/python3", help="runs the peers")
parser.add_argument("--bench", default=os.path.join(here, "../Metrics/bin/Release/net10.0/Juxta.MetricsBench.dll"))
options = parser.parse_args()
corpora = json.load(open(options.corpora))["corpora"]
folders = [os.path.abspath(folder) for folder in (getattr(options, peer.replace("-", "_")) for peer in peers) if folder]


def write(folder, name, corpus, count):
    """A file of so many segments."""
    hypotheses, references = corpora[corpus]["hyps"]["sysB"], corpora[corpus]["refs"][0]
    path = os.path.join(folder, name)
    numbered = lambda texts: [f"{texts[i % len(texts)]} {i // len(texts)}" for i in range(count)]
    json.dump({"hypotheses": numbered(hypotheses), "references": numbered(references)}, open(path, "w"))
    return path


def run(command):
    environment = {**os.environ, "DOTNET_PROCESSOR_COUNT": "1"}
    done = subprocess.run(["taskset", "-c", str(max(os.sched_getaffinity(0))), *command], capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stderr}")
    return json.loads(done.stdout)


def same(one, other):
    if isinstance(one, list):
        return all(map(same, one, other))
    return one == other if isinstance(one, str) else abs(one - other) <= 1e-9 * max(1, abs(one))


chosen = options.works.split(",")
their, ours, cold, loads = {work: [] for work in chosen}, {work: [] for work in chosen}, {work: [] for work in chosen}, []
with tempfile.TemporaryDirectory() as folder:
    files = {work: write(folder, work + ".json", works[work][1], works[work][2]) for work in chosen}
    for _ in range(options.rounds):
        for work in chosen:
            theirs = run([options.python, os.path.abspath(__file__), "--peer-run", work, files[work], *folders])
            mine = run(["dotnet", options.bench, work, files[work], "5"])
            if not same(theirs["result"], mine["result"]):
                sys.exit(f"{work}: the peer gives {theirs['result']}, Juxta {mine['result']}")
            their[work].append(theirs["seconds"][0]), ours[work].append(statistics.median(mine["seconds"])), cold[work].append(mine["whole"])
            loads.append(os.getloadavg()[0])
print(f"{options.rounds} rounds, one processor each, load {min(loads):.0f} to {max(loads):.0f}, medians; all scores the same in both programs\n")
print("| work | segments | peer, CPU s | Juxta, CPU s | segments per CPU s: peer | Juxta | ratio | cold |\n|---|---|---|---|---|---|---|---|")
for work in chosen:
    name, _, count = works[work]
    theirs, mine = statistics.median(their[work]), statistics.median(ours[work])
    ratio = statistics.median(a / b for a, b in zip(their[work], ours[work]))
    print(f"| {name} | {count:,} | {theirs:.2f} | {mine:.4f} | {count / theirs:,.0f} | {count / mine:,.0f} | {ratio:.0f} × | {statistics.median(cold[work]):.2f} |")
