// Writes a Hugging Face folder of the Qwen2 or Llama family as a GGUF file, so that llama.cpp can run it: with the same weights in the same type, or in blocks of
// 32 of 8 or 4 bits (embedding and head of a 4-bit file have 8). The vocabulary is made up (one made-up word per id): only ids are measured.
// Format: ggml's docs/gguf.md, version 3; its blocks are an f16 scale and 32 integers.
import fs from "node:fs";
import path from "node:path";

const ALIGNMENT = 32, BLOCK = 32;
/** By name: number in the file, bytes of 32 weights. */
const TYPES = { f32: [0, 128], bf16: [30, 64], q8_0: [8, 34], q4_0: [2, 18] };
const u32 = v => { const b = Buffer.alloc(4); b.writeUInt32LE(v); return b; };
const u64 = v => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(v)); return b; };
const f32 = v => { const b = Buffer.alloc(4); b.writeFloatLE(v); return b; };
const text = s => { const b = Buffer.from(s, "utf8"); return Buffer.concat([u64(b.length), b]); };
const kv = {
  u32: (key, v) => Buffer.concat([text(key), u32(4), u32(v)]),
  f32: (key, v) => Buffer.concat([text(key), u32(6), f32(v)]),
  text: (key, v) => Buffer.concat([text(key), u32(8), text(v)]),
  texts: (key, list) => Buffer.concat([text(key), u32(9), u32(8), u64(list.length), ...list.map(text)]),
  i32s: (key, list) => Buffer.concat([text(key), u32(9), u32(5), u64(list.length), Buffer.from(Int32Array.from(list).buffer)]),
};

/** GGUF name of a checkpoint tensor. */
function rename(name) {
  const whole = { "model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight" };
  if (whole[name]) return whole[name];
  const [, layer, rest] = /^model\.layers\.(\d+)\.(.+)$/.exec(name) ?? [];
  const part = rest
    .replace("input_layernorm", "attn_norm").replace("post_attention_layernorm", "ffn_norm")
    .replace("self_attn.o_proj", "attn_output").replace(/self_attn\.([qkv])_proj/, "attn_$1")
    .replace(/mlp\.(gate|up|down)_proj/, "ffn_$1");
  return `blk.${layer}.${part}`;
}

/** Bits of the half nearest to a float, ties to even. */
function half(value) {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0], sign = (bits >>> 16) & 0x8000, exponent = ((bits >>> 23) & 255) - 112;
  if (exponent >= 31) return sign | 0x7c00;
  const shift = exponent > 0 ? 13 : Math.min(25, 14 - exponent), whole = (bits & 0x7fffff) | (exponent > 0 ? exponent << 23 : 0x800000);
  const kept = whole >>> shift, rest = whole & ((1 << shift) - 1), tie = 1 << (shift - 1);
  return sign | (kept + (rest > tie || (rest === tie && kept & 1) ? 1 : 0));
}

/** Rounds blocks of 32 floats: 8 bits, ties away from zero. */
function q8(x, out) {
  for (let at = 0, to = 0; at < x.length; at += BLOCK, to += 34) {
    let largest = 0;
    for (let i = 0; i < BLOCK; i++) largest = Math.max(largest, Math.abs(x[at + i]));
    const scale = Math.fround(largest / 127), inverse = scale ? Math.fround(1 / scale) : 0;
    out.writeUInt16LE(half(scale), to);
    for (let i = 0; i < BLOCK; i++) {
      const v = Math.fround(x[at + i] * inverse);
      out[to + 2 + i] = Math.sign(v) * Math.floor(Math.abs(v) + 0.5);
    }
  }
}

/** 4 bits: the weight of largest magnitude is -8 scales. Byte i holds weight i below and weight i + 16 above. */
function q4(x, out) {
  for (let at = 0, to = 0; at < x.length; at += BLOCK, to += 18) {
    let largest = 0;
    for (let i = 0; i < BLOCK; i++) if (Math.abs(x[at + i]) > Math.abs(largest)) largest = x[at + i];
    const scale = Math.fround(largest / -8), inverse = scale ? Math.fround(1 / scale) : 0;
    const round = v => Math.min(15, Math.trunc(Math.fround(Math.fround(v * inverse) + 8.5)));
    out.writeUInt16LE(half(scale), to);
    for (let i = 0; i < 16; i++) out[to + 2 + i] = round(x[at + i]) | (round(x[at + i + 16]) << 4);
  }
}

/** @param type bf16, q8_0 or q4_0 */
export function writeGguf(folder, target, type = "bf16") {
  const config = JSON.parse(fs.readFileSync(path.join(folder, "config.json")));
  const source = fs.openSync(path.join(folder, "model.safetensors"));
  const lengthBytes = Buffer.alloc(8);
  fs.readSync(source, lengthBytes, 0, 8, 0);
  const headerLength = Number(lengthBytes.readBigUInt64LE());
  const headerBytes = Buffer.alloc(headerLength);
  fs.readSync(source, headerBytes, 0, headerLength, 8);
  const header = JSON.parse(headerBytes);
  delete header.__metadata__;

  const arch = config.model_type;
  const meta = [
    kv.text("general.architecture", arch), kv.text("general.name", path.basename(folder)), kv.u32("general.alignment", ALIGNMENT),
    kv.u32(`${arch}.block_count`, config.num_hidden_layers), kv.u32(`${arch}.context_length`, config.max_position_embeddings),
    kv.u32(`${arch}.embedding_length`, config.hidden_size), kv.u32(`${arch}.feed_forward_length`, config.intermediate_size),
    kv.u32(`${arch}.attention.head_count`, config.num_attention_heads), kv.u32(`${arch}.attention.head_count_kv`, config.num_key_value_heads),
    kv.f32(`${arch}.rope.freq_base`, config.rope_theta), kv.f32(`${arch}.attention.layer_norm_rms_epsilon`, config.rms_norm_eps),
    kv.text("tokenizer.ggml.model", "gpt2"), kv.text("tokenizer.ggml.pre", "qwen2"),
    kv.texts("tokenizer.ggml.tokens", Array.from({ length: config.vocab_size }, (_, i) => `t${i}`)),
    kv.i32s("tokenizer.ggml.token_type", new Array(config.vocab_size).fill(1)), kv.texts("tokenizer.ggml.merges", ["t 0"]),
    kv.u32("tokenizer.ggml.eos_token_id", config.vocab_size - 1), kv.u32("tokenizer.ggml.bos_token_id", config.vocab_size - 1),
  ];

  const infos = [], plan = [];
  let offset = 0;
  for (const [name, tensor] of Object.entries(header)) {
    if (tensor.dtype !== "BF16") throw new Error(`${name} is ${tensor.dtype}; this writer takes BF16`);
    // llama.cpp wants norms and biases in f32.
    const end8 = type === "q4_0" && /embed_tokens|lm_head/.test(name), stored = tensor.shape.length === 1 ? "f32" : end8 ? "q8_0" : type;
    const [begin, end] = tensor.data_offsets, bytes = (end - begin) / 2 / BLOCK * TYPES[stored][1];
    infos.push(Buffer.concat([text(rename(name)), u32(tensor.shape.length), ...tensor.shape.toReversed().map(u64), u32(TYPES[stored][0]), u64(offset)]));
    plan.push({ begin, end, stored, offset });
    offset = Math.ceil((offset + bytes) / ALIGNMENT) * ALIGNMENT;
  }
  const head = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(infos.length), u64(meta.length), ...meta, ...infos]);
  const dataStart = Math.ceil(head.length / ALIGNMENT) * ALIGNMENT;

  const out = fs.openSync(target + ".part", "w");
  fs.writeSync(out, head, 0, head.length, 0);
  const chunk = Buffer.alloc(1 << 22), halves = new Uint16Array(chunk.buffer, chunk.byteOffset, chunk.length / 2), words = new Uint32Array(halves.length);
  for (const { begin, end, stored, offset: at } of plan) {
    for (let from = begin; from < end; from += chunk.length) {
      const count = fs.readSync(source, chunk, 0, Math.min(chunk.length, end - from), 8 + headerLength + from), weights = count / 2;
      let data = chunk.subarray(0, count);
      if (stored !== "bf16") {
        for (let i = 0; i < weights; i++) words[i] = halves[i] << 16; // bf16 is the upper half of f32
        const floats = new Float32Array(words.buffer, 0, weights);
        data = stored === "f32" ? Buffer.from(floats.slice().buffer) : Buffer.alloc(weights / BLOCK * TYPES[stored][1]);
        if (stored === "q8_0") q8(floats, data);
        if (stored === "q4_0") q4(floats, data);
      }
      fs.writeSync(out, data, 0, data.length, dataStart + at + (from - begin) / 64 * TYPES[stored][1]);
    }
  }
  fs.ftruncateSync(out, dataStart + offset);
  fs.closeSync(out);
  fs.renameSync(target + ".part", target);
}
