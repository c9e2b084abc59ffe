// Measures Juxta and llama.cpp in turns (peer, ours, peer, ours …) on one checkpoint and prints medians, ratios and a memory reading of the same window.
//   node compare.mjs MODEL_FOLDER [--weights bf16,q8_0,q4_0] [--native PEER] [--threads 2] [--rounds 9] [--out FILE.md]
// PEER is llama-peer.cpp with a llama.cpp compiled for this machine; without it the library that comes with node-llama-cpp runs, and one sequence only.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { writeGguf } from "./gguf.mjs";

const usage = "usage: node compare.mjs MODEL_FOLDER [--weights bf16,q8_0,q4_0] [--native PEER] [--jobs \"decode 48,prefill 512\"] [--threads 2] [--rounds 9] [--gguf DIR] [--out FILE.md]";
const { values, positionals: [folder] } = parseArgs({
  allowPositionals: true,
  options: {
    weights: { type: "string", default: "bf16,q8_0,q4_0" }, native: { type: "string" }, jobs: { type: "string" }, threads: { type: "string", default: "2" },
    rounds: { type: "string", default: "9" }, gguf: { type: "string" }, out: { type: "string" },
  },
});
if (!folder) { console.error(usage); process.exit(2); }
const here = import.meta.dirname;
const single = ["decode 48 0 1", "prefill 512"];
const jobs = values.jobs?.split(",") ?? (values.native ? ["decode 48 0 1", "decode 32 2048 1", "decode 32 0 4", "decode 32 0 16", "prefill 512", "prefill 2048"] : single);

/** A program that answers one JSON line to each line it is sent. */
class Contestant {
  constructor(command, args) {
    this.process = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = readline.createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }
  async next() {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error("the program ended early");
      if (value.startsWith("{")) return JSON.parse(value);
    }
  }
  ask(line) { this.process.stdin.write(line + "\n"); return this.next(); }
  end() { this.process.stdin.end(); }
}

const median = list => { const s = list.toSorted((a, b) => a - b), n = s.length; return (s[(n - 1) >> 1] + s[n >> 1]) / 2; };

async function compare(weights) {
  const gguf = path.join(values.gguf ?? folder, `${weights}.gguf`);
  if (!fs.existsSync(gguf)) writeGguf(folder, gguf, weights);
  const ours = new Contestant(path.join(here, "../../juxta"), ["bench", "--model", folder, "--weights", weights, "--threads", values.threads, "--on-request"]);
  await ours.next();
  const peer = values.native
    ? new Contestant(values.native, [gguf, values.threads])
    : new Contestant("node", [path.join(here, "llama-cpp.mjs"), gguf, values.threads]);
  await peer.next();

  const rows = [];
  for (const job of jobs) {
    await peer.ask(job); await ours.ask(job); // warm
    const p = [], o = [], memory = [], share = [], load = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      p.push((await peer.ask(job)).tokens_per_second);
      const result = await ours.ask(job);
      o.push(result.tokens_per_second);
      memory.push(result.memory_gigabytes_per_second);
      if (result.share_of_memory) share.push(result.share_of_memory);
      load.push(os.loadavg()[0]);
    }
    const ratios = o.map((v, i) => v / p[i]);
    rows.push({ weights, job, ours: median(o), peer: median(p), ratio: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios), memory: median(memory), share: share.length ? median(share) : null, load: median(load) });
    console.error(`${weights} ${job}: ${median(ratios).toFixed(2)}`);
  }
  ours.end(); peer.end();
  return rows;
}

const rows = [];
for (const weights of values.weights.split(",")) rows.push(...await compare(weights));
const name = job => { const [what, tokens, depth, n] = job.split(" "); return what === "prefill" ? `prefill ${tokens}` : n > 1 ? `decode, ${n} sequences` : `decode at ${depth ?? 0}`; };
const report = [
  `# Juxta against llama.cpp, in turns`, ``,
  `- ${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0].model}, ${values.threads} threads`,
  `- model: ${path.basename(folder)}; ${values.rounds} rounds, medians; ratio = median of ours/peer round by round [lowest, highest]; load = of the machine while the row was measured`,
  `- peer: llama.cpp, ${values.native ? "compiled for this machine" : "the prebuilt library of node-llama-cpp 3.22.1"}`, ``,
  `| weights | what | Juxta tokens/s | llama.cpp tokens/s | ratio | memory reading GB/s | share of it | load |`, `|---|---|---|---|---|---|---|---|`,
  ...rows.map(r => `| ${r.weights} | ${name(r.job)} | ${r.ours.toFixed(1)} | ${r.peer.toFixed(1)} | **${r.ratio.toFixed(2)}** [${r.low.toFixed(2)}, ${r.high.toFixed(2)}] | ${r.memory.toFixed(1)} | ${r.share?.toFixed(2) ?? ""} | ${r.load.toFixed(1)} |`), ``,
].join("\n");
console.log(report);
if (values.out) fs.writeFileSync(values.out, report);
process.exit(0);
