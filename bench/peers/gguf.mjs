// Writes a Hugging Face folder of the Qwen2 or Llama family as a GGUF file with the same weights in the same type, so that llama.cpp can run it.
// The vocabulary is made up (one made-up word per id): only ids are measured. Format: ggml's docs/gguf.md, version 3.
import fs from "node:fs";
import path from "node:path";

const BF16 = 30, F32 = 0, ALIGNMENT = 32;
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

export function writeGguf(folder, target) {
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
    const wide = tensor.shape.length === 1; // llama.cpp wants norms and biases in f32
    const [begin, end] = tensor.data_offsets, bytes = (end - begin) * (wide ? 2 : 1);
    infos.push(Buffer.concat([text(rename(name)), u32(tensor.shape.length), ...tensor.shape.toReversed().map(u64), u32(wide ? F32 : BF16), u64(offset)]));
    plan.push({ begin, end, wide, offset });
    offset = Math.ceil((offset + bytes) / ALIGNMENT) * ALIGNMENT;
  }
  const head = Buffer.concat([Buffer.from("GGUF"), u32(3), u64(infos.length), u64(meta.length), ...meta, ...infos]);
  const dataStart = Math.ceil(head.length / ALIGNMENT) * ALIGNMENT;

  const out = fs.openSync(target + ".part", "w");
  fs.writeSync(out, head, 0, head.length, 0);
  const block = Buffer.alloc(1 << 24);
  for (const { begin, end, wide, offset: at } of plan) {
    for (let from = begin; from < end; from += block.length) {
      const count = fs.readSync(source, block, 0, Math.min(block.length, end - from), 8 + headerLength + from);
      let data = block.subarray(0, count);
      if (wide) {
        data = Buffer.alloc(count * 2);
        for (let i = 0; i < count; i += 2) data.writeUInt16LE(block.readUInt16LE(i), i * 2 + 2); // bf16 is the upper half of f32
      }
      fs.writeSync(out, data, 0, data.length, dataStart + at + (from - begin) * (wide ? 2 : 1));
    }
  }
  fs.ftruncateSync(out, dataStart + offset);
  fs.closeSync(out);
  fs.renameSync(target + ".part", target);
}
