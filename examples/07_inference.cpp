// SPDX-License-Identifier: BSL-1.0
/// Inference: weights from a file, one model, many threads.
#include <cstdio>
#include <filesystem>
#include <thread>
#include <vector>

#include <strata/io.hpp>
#include <strata/strata.hpp>

namespace st = strata;

using Model = st::Model<st::Sequential<st::Dense<32>, st::Relu, st::Dense<4>, st::Softmax>, st::Shape<8>>;

int main() {
    const std::string path = (std::filesystem::temp_directory_path() / "strata_07_inference.safetensors").string();
    st::save(Model{st::Seed{3}}, path);

    Model loaded;
    st::load(loaded, path);  // names, types and shapes are compared with the type; all differences come in one error
    const Model& model = loaded;

    // A session owns the scratch, the model is only read: no lock, no allocation in run().
    std::vector<std::thread> threads;
    std::vector<float> answers(8 * 16 * 4);
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            st::Session<Model, 16> session{model};
            float x[16 * 8];
            for (int i = 0; i < 128; ++i) x[i] = static_cast<float>(i % 9) / 9;
            session.run(x, 16, answers.data() + t * 64);
        });
    for (std::thread& t : threads) t.join();

    int different = 0;
    for (int i = 64; i < 8 * 64; ++i) different += answers[static_cast<std::size_t>(i)] != answers[static_cast<std::size_t>(i % 64)];
    std::printf("class chances of the first sample: %.3f %.3f %.3f %.3f; %d answers differ between threads\n", static_cast<double>(answers[0]),
                static_cast<double>(answers[1]), static_cast<double>(answers[2]), static_cast<double>(answers[3]), different);

    try {
        st::Model<st::Sequential<st::Dense<31>, st::Relu, st::Dense<4>>, st::Shape<8>> other;
        st::load(other, path);
    } catch (const st::FileError& e) {
        std::printf("%s\n", e.what());
    }
    std::filesystem::remove(path);
    return different;
}
