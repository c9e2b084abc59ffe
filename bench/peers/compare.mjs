// Measures Juxta and llama.cpp in turns (peer, ours, peer, ours …) on one checkpoint and prints medians, ratios and a memory reading of the same window.
//   node compare.mjs MODEL_FOLDER [--threads 2] [--rounds 9] [--out FILE.md]
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { writeGguf } from "./gguf.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: "string", default: "2" }, rounds: { type: "string", default: "9" }, out: { type: "string" } },
});
const folder = positionals[0], here = import.meta.dirname, gguf = path.join(folder, "model.gguf");
if (!folder) { console.error("usage: node compare.mjs MODEL_FOLDER [--threads 2] [--rounds 9] [--out FILE.md]"); process.exit(2); }
if (!fs.existsSync(gguf)) writeGguf(folder, gguf);

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
const peer = new Contestant("node", [path.join(here, "llama-cpp.mjs"), gguf, values.threads]);
const ours = new Contestant(path.join(here, "../../juxta"), ["bench", "--model", folder, "--threads", values.threads, "--on-request"]);
const system = (await peer.next()).system;
await ours.next();

const rows = [];
for (const job of ["decode 48", "prefill 512"]) {
  await peer.ask(job); await ours.ask(job); // warm
  const p = [], o = [], memory = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    p.push((await peer.ask(job)).tokens_per_second);
    const result = await ours.ask(job);
    o.push(result.tokens_per_second);
    memory.push(result.memory_gigabytes_per_second);
  }
  rows.push({ job, ours: median(o), peer: median(p), ratio: median(o.map((v, i) => v / p[i])), low: Math.min(...o.map((v, i) => v / p[i])), high: Math.max(...o.map((v, i) => v / p[i])), memory: median(memory) });
}
peer.end(); ours.end();

const report = [
  `# Juxta against llama.cpp, in turns`, ``,
  `- ${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0].model}, ${values.threads} threads, load ${os.loadavg().map(l => l.toFixed(1)).join(" ")}`,
  `- model: ${path.basename(folder)} (random weights, bf16); ${values.rounds} rounds, medians; ratio = median of ours/peer round by round [lowest, highest]`,
  `- peer: llama.cpp in node-llama-cpp 3.22.1, prebuilt; ${system}`,
  `- again: \`./juxta bench --make-random qwen2.5-0.5b DIR && (cd bench/peers && npm install --ignore-scripts && node compare.mjs DIR)\``, ``,
  `| job | Juxta tokens/s | llama.cpp tokens/s | ratio | memory reading GB/s |`, `|---|---|---|---|---|`,
  ...rows.map(r => `| ${r.job} | ${r.ours.toFixed(1)} | ${r.peer.toFixed(1)} | **${r.ratio.toFixed(2)}** [${r.low.toFixed(2)}, ${r.high.toFixed(2)}] | ${r.memory.toFixed(1)} |`), ``,
].join("\n");
console.log(report);
if (values.out) fs.writeFileSync(values.out, report);
process.exit(0);
