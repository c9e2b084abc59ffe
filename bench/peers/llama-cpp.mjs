// llama.cpp (the prebuilt library of node-llama-cpp), measured on request: a line "prefill TOKENS" or "decode TOKENS" on stdin gives one JSON line.
import readline from "node:readline";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const [, , file, threads] = process.argv;
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: Number(threads) });
const model = await llama.loadModel({ modelPath: file });
const context = await model.createContext({ contextSize: 4096, batchSize: 512, threads: Number(threads), flashAttention: true });
const sequence = context.getSequence();
const vocabulary = 151000;
let seed = 1;
const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % vocabulary;

async function prefill(tokens) {
  await sequence.clearHistory();
  const prompt = Array.from({ length: tokens }, random);
  const start = process.hrtime.bigint();
  for await (const _ of sequence.evaluate(prompt, { temperature: 0 })) break; // as ours: to the first token
  return tokens / (Number(process.hrtime.bigint() - start) / 1e9);
}

async function decode(tokens) {
  await sequence.clearHistory();
  let count = 0, start = 0n;
  for await (const _ of sequence.evaluate([random()], { temperature: 0, yieldEogToken: true })) {
    if (count++ === 0) start = process.hrtime.bigint();
    if (count > tokens) break;
  }
  return (count - 1) / (Number(process.hrtime.bigint() - start) / 1e9);
}

console.log(JSON.stringify({ ready: true, system: llama.systemInfo }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [what, tokens] = line.split(" ");
  const tokens_per_second = what === "prefill" ? await prefill(Number(tokens)) : await decode(Number(tokens));
  console.log(JSON.stringify({ what, tokens_per_second }));
}
process.exit(0);
