// llama.cpp on request: a line "prefill TOKENS" or "decode TOKENS [DEPTH [SEQUENCES]]" on stdin gives one JSON line. Against a llama.cpp compiled for this machine:
//   cmake -S LLAMA -B LLAMA/build -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DGGML_NATIVE=ON && cmake --build LLAMA/build --target llama
//   g++ -O2 -std=c++17 llama-peer.cpp -o llama-peer -I LLAMA/include -I LLAMA/ggml/include -L LLAMA/build/src -L LLAMA/build/ggml/src -lllama -lggml -lggml-cpu -lggml-base -fopenmp -lpthread -ldl
// (LLAMA: the source that node-llama-cpp carries, git clone node_modules/node-llama-cpp/llama/gitRelease.bundle). Usage: llama-peer FILE.gguf THREADS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>
#include "llama.h"

static constexpr int Step = 512, Sequences = 16, Depth = 4096, Short = 256;

struct Peer {
    llama_model *model;
    llama_context *one, *many;
    std::vector<llama_token> deep; // the beginning that the one sequence holds
    std::mt19937 random{1};
    int vocabulary;

    Peer(const char *file, int threads) {
        llama_log_set([](ggml_log_level, const char *, void *) {}, nullptr);
        llama_backend_init();
        model = llama_model_load_from_file(file, llama_model_default_params());
        if (!model) { std::fprintf(stderr, "llama-peer: %s cannot be loaded\n", file); std::exit(2); }
        vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
        one = context(Depth, 1, threads);
        many = context(Sequences * Short, Sequences, threads);
    }

    llama_context *context(int tokens, int sequences, int threads) {
        llama_context_params p = llama_context_default_params();
        p.n_ctx = tokens, p.n_batch = Step, p.n_ubatch = Step, p.n_seq_max = sequences, p.n_threads = p.n_threads_batch = threads, p.no_perf = true;
        return llama_init_from_model(model, p);
    }

    llama_token token() { return random() % (vocabulary - 1); }

    /** Reads a text into sequence 0; logits of its last token. */
    void read(llama_context *c, const std::vector<llama_token> &text) {
        llama_batch batch = llama_batch_init(Step, 0, 1);
        for (size_t first = 0; first < text.size(); first += Step) {
            batch.n_tokens = (int)std::min<size_t>(Step, text.size() - first);
            for (int i = 0; i < batch.n_tokens; i++) set(batch, i, text[first + i], (int)first + i, 0, first + i + 1 == text.size());
            check(llama_decode(c, batch));
        }
        llama_batch_free(batch);
    }

    static void set(llama_batch &b, int i, llama_token id, int position, int sequence, bool logits) {
        b.token[i] = id, b.pos[i] = position, b.n_seq_id[i] = 1, b.seq_id[i][0] = sequence, b.logits[i] = logits;
    }

    static void check(int code) {
        if (code != 0) { std::fprintf(stderr, "llama-peer: llama_decode gave %d\n", code); std::exit(2); }
    }

    llama_token likeliest(llama_context *c, int row) {
        const float *logits = llama_get_logits_ith(c, row);
        return (llama_token)(std::max_element(logits, logits + vocabulary) - logits);
    }

    double prefill(int tokens) {
        deep.clear();
        llama_memory_clear(llama_get_memory(one), true);
        std::vector<llama_token> text(tokens);
        for (auto &id : text) id = token();
        auto start = std::chrono::steady_clock::now();
        read(one, text);
        likeliest(one, -1);
        return tokens / since(start);
    }

    double decode(int tokens, int depth, int sequences) {
        llama_context *c = sequences == 1 ? one : many;
        if (sequences > 1) llama_memory_clear(llama_get_memory(c), true);
        else if ((int)deep.size() != depth || depth == 0) {
            llama_memory_clear(llama_get_memory(c), true);
            deep.resize(depth);
            for (auto &id : deep) id = token();
            if (depth) read(c, deep);
        } else llama_memory_seq_rm(llama_get_memory(c), 0, depth, -1);
        llama_batch batch = llama_batch_init(sequences, 0, 1);
        batch.n_tokens = sequences;
        std::vector<llama_token> next(sequences);
        for (auto &id : next) id = token();
        auto start = std::chrono::steady_clock::now();
        for (int t = 0; t <= tokens; t++) {
            if (t == 1) start = std::chrono::steady_clock::now(); // once all have begun, as ours
            for (int s = 0; s < sequences; s++) set(batch, s, next[s], depth + t, s, true);
            check(llama_decode(c, batch));
            for (int s = 0; s < sequences; s++) next[s] = likeliest(c, s);
        }
        llama_batch_free(batch);
        return sequences * tokens / since(start);
    }

    static double since(std::chrono::steady_clock::time_point start) { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }
};

int main(int argc, char **argv) {
    if (argc != 3) { std::fprintf(stderr, "usage: llama-peer FILE.gguf THREADS\n"); return 2; }
    Peer peer(argv[1], std::atoi(argv[2]));
    std::printf("{\"ready\":true,\"system\":\"%s\"}\n", llama_print_system_info());
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string what;
        int tokens = 1, depth, sequences;
        words >> what >> tokens;
        if (!(words >> depth)) depth = 0;
        if (!(words >> sequences)) sequences = 1;
        std::printf("{\"what\":\"%s\",\"tokens_per_second\":%f}\n", what.c_str(), what == "prefill" ? peer.prefill(tokens) : peer.decode(tokens, depth, sequences));
        std::fflush(stdout);
    }
}
