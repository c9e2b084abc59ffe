"""Draws cases at random and asks Juxta and the programs its metrics follow for their scores: none may differ.

  python3 draw_metrics.py --juxta ./juxta --sacrebleu DIR [--rouge DIR] [--seed 1] [--cases 2000]

A DIR holds the peer's package (sacrebleu, rouge_score); what the package itself needs must be installed. A case is a metric with options, one to twelve answers in English, Chinese, Japanese, any
script or none, and one to three streams of references with gaps. Score (10⁻¹² relative), signature and line of text must be the same; exit code 1 and the cases where they are not.
"""
import argparse, json, logging, os, random, subprocess, sys, tempfile, unicodedata

parser = argparse.ArgumentParser()
parser.add_argument("--juxta", required=True)
parser.add_argument("--sacrebleu", required=True)
parser.add_argument("--rouge")
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--cases", type=int, default=2000)
asked = parser.parse_args()
sys.path[:0] = [folder for folder in (asked.sacrebleu, asked.rouge) if folder]
logging.disable(logging.CRITICAL)
from sacrebleu.metrics import BLEU, CHRF, TER

if asked.rouge:
    from rouge_score import rouge_scorer

draw = random.Random(asked.seed)
english = ("the a cat sat on mat rained all day long He said don't U.S. 3.14 1,000 state-of-the-art hello, world! (maybe) \"quoted\" it's &amp; &quot;x&quot; <skipped> re-\n running flies happily skies 50% $5 a.b .. ., -5 "
           "x-3 3-x 'tis O'Neil's end. ? ! : ; [b] {c} a/b a|b ~ ^_^ Straße İstanbul ΣΑΣ naïve ﬁ e\u0301 \u200b \u00a0 \u2028 \u001c \t \r \x85 𝟙𝟚 ½ ² 😀 👍🏽 € — … “curly” «g» ·").split(" ")
chinese = list("我来到北京清华大学的了是在不有人这中大，。！？：；、“”（）《》……—·１２ＡＢ％") + ["ABC", "3.5", "𠀀", "㐂", "カタカナ", "한국어", "・", "｡", "㈱", "\u3000", "龥", "龦"]
japanese = ["カ", "タ", "ひ", "が", "な", "漢", "字", "。", "、", "「", "」", "ー", "ｱ", "東京", "です"]
strange = ["", " ", "\t", "\n", ".", ",", "1", "-", "é", "😀", "中", "a a a a a a", "\u00a0", "!!!", "...", "\u200d", "a\u0000b", "\u2028x"]
ranges = [(0x20, 0x250), (0x2000, 0x3400), (0xFE00, 0x10000), (0x1F300, 0x1F700)]


def any_character():
    while True:
        code = draw.randrange(*draw.choice(ranges))
        if not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) != "Cn":
            return chr(code)


def text(kind, length):
    if kind == "en":
        return draw.choice([" ", " ", "  "]).join(draw.choice(english) for _ in range(length))
    if kind == "strange":
        return draw.choice(strange)
    one = {"zh": lambda: draw.choice(chinese), "ja": lambda: draw.choice(japanese), "any": any_character}[kind]
    return "".join(one() + (" " if draw.random() < 0.1 else "") for _ in range(length))


def changed(old, kind):
    words = old.split(" ")
    for _ in range(draw.randrange(4)):
        if not words:
            break
        i, what = draw.randrange(len(words)), draw.random()
        if what < 0.3:
            del words[i]
        elif what < 0.6:
            words[i] = text(kind, 1)
        else:  # a piece moves elsewhere: the shifts of TER
            end = i + draw.randrange(1, 6)
            piece, words[i:end] = words[i:end], []
            at = draw.randrange(len(words) + 1)
            words[at:at] = piece
    return " ".join(words)


def options(metric):
    given = {}

    def maybe(share, name, *values):
        if draw.random() < share:
            given[name] = draw.choice(values)

    if metric == "bleu":
        maybe(0.8, "tokenize", "none", "13a", "intl", "zh", "char")
        maybe(0.4, "lowercase", True, False)
        maybe(0.7, "smooth_method", "exp", "floor", "add-k", "none")
        maybe(0.4, "smooth_value", 0, 0.1, 1, 0.5, 2, 0.333, 0.001, 10, 0.005, 0.125, 2.675)
        maybe(0.3, "max_ngram_order", 1, 2, 3, 5, 6, 8)
        maybe(0.4, "effective_order", True, False)
        maybe(0.2, "force", True, False)
        maybe(0.1, "trg_lang", "zh", "en", "de")
    elif metric == "chrf":
        maybe(0.4, "char_order", 1, 2, 4, 6, 8)
        maybe(0.5, "word_order", 0, 1, 2, 3)
        maybe(0.4, "beta", 0, 1, 2, 3, 5)
        for name in ("lowercase", "whitespace", "eps_smoothing"):
            maybe(0.4, name, True)
        if draw.random() < 0.1:
            given.update(char_order=0, word_order=2)
    elif metric == "ter":
        for name in ("normalized", "no_punct", "asian_support", "case_sensitive"):
            maybe(0.45, name, True)
    else:
        maybe(0.5, "use_stemmer", True)
    return given


def case():
    metric = draw.choice(["bleu", "bleu", "chrf", "ter"] + (["rouge1", "rouge2", "rougeL", "rougeLsum"] if asked.rouge else []))
    kind, count, length = draw.choice(["en", "en", "zh", "ja", "any", "strange"]), draw.choice([1, 1, 2, 3, 5, 12]), draw.choice([1, 3, 6, 15, 30])
    wanted = [text(kind if draw.random() < 0.95 else "strange", draw.randrange(length + 1)) for _ in range(count)]
    answers = [changed(one, kind) if draw.random() < 0.85 else text("strange", 1) for one in wanted] if draw.random() < 0.9 else [""] * count
    streams = [list(wanted)] + [[changed(one, kind) for one in wanted] for _ in range(draw.choice([0, 0, 0, 1, 2]))]
    for i in range(count if len(streams) > 1 and draw.random() < 0.6 else 0):
        kept = draw.randrange(len(streams))
        for k in range(len(streams)):
            if k != kept and draw.random() < 0.35:
                streams[k][i] = None
    given = options(metric)
    return {"metric": metric, "options": given, "hypotheses": answers, "references": streams}


def peer(drawn):
    metric, answers, streams = drawn["metric"], drawn["hypotheses"], drawn["references"]
    if metric.startswith("rouge"):
        scorer = rouge_scorer.RougeScorer([metric], **drawn["options"])
        return {"score": sum(max(scorer.score(stream[i], answer)[metric].fmeasure for stream in streams if stream[i] is not None) for i, answer in enumerate(answers)) / len(answers)}
    scorer = {"bleu": BLEU, "chrf": CHRF, "ter": TER}[metric](**drawn["options"])
    found = scorer.corpus_score(answers, streams)
    return {"score": found.score, "signature": str(scorer.get_signature()), "text": str(found)}


drawn = [case() for _ in range(asked.cases)]
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "cases.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in drawn)
    run = subprocess.run([asked.juxta, "metrics", "--jsonl", path, "--json"], stdout=subprocess.PIPE, text=True, check=True)
wrong = 0
for one, line in zip(drawn, run.stdout.splitlines(), strict=True):
    expected, found = peer(one), json.loads(line)
    same = abs(expected["score"] - found["score"]) <= 1e-12 * max(1, abs(expected["score"])) and all(expected[name] == found[name] for name in expected if name != "score")
    if not same:
        wrong += 1
        print(json.dumps({"case": one, "expected": expected, "found": {name: found[name] for name in expected}}))
print(f"{len(drawn)} cases, {wrong} different", file=sys.stderr)
sys.exit(1 if wrong else 0)
