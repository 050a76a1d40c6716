// SPDX-License-Identifier: BSL-1.0
/// The main job: trains a network on Fashion-MNIST and writes its weights, curves, confusion matrix and worst mistakes.
#include <getopt.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <strata/data.hpp>
#include <strata/strata.hpp>
#include <strata/train.hpp>
#if defined(__CUDACC__)
#include <strata/cuda.cuh>
#endif

namespace st = strata;

namespace {

// The place that this program is compiled for: fashion_mnist_cuda.cu is this file, compiled for a device.
#if defined(__CUDACC__)
using Place = st::Cuda;
constexpr const char* place = "cuda";
#else
using Place = st::Host;
constexpr const char* place = "host";
#endif

using Picture = st::Shape<1, 28, 28>;
template <int Out, int Kernel, int Pad = 0>
using Conv = st::Conv2d<Out, Kernel, st::Sliding<1, 1, Pad>>;

using Mlp = st::Sequential<st::Flatten, st::Dense<256>, st::Relu, st::Dropout<0.2f>, st::Dense<128>, st::Relu, st::Dense<10>>;
using LeNet = st::Sequential<Conv<6, 5, 2>, st::Relu, st::MaxPool2d<2>, Conv<16, 5>, st::Relu, st::MaxPool2d<2>, st::Flatten, st::Dense<120>, st::Relu,
                             st::Dense<84>, st::Relu, st::Dense<10>>;
using Cnn = st::Sequential<Conv<32, 3, 1>, st::Relu, st::MaxPool2d<2>, Conv<64, 3, 1>, st::Relu, st::MaxPool2d<2>, st::Flatten, st::Dropout<0.3f>,
                           st::Dense<128>, st::Relu, st::Dropout<0.3f>, st::Dense<10>>;

constexpr int most = 128;  // images in a step; programs are compiled for this many and run with any number up to it

struct Options {
    std::string model = "cnn", place = ::place, data, out = ".", resume;
    int epochs = 8, batch = 64, threads = 0;
    long limit = 0;
    unsigned long long seed = 42;
};

constexpr const char* help =
    "fashion_mnist: trains on Fashion-MNIST (Debian's package dataset-fashion-mnist)\n"
    "  --model NAME    mlp, lenet or cnn (default)\n"
    "  --epochs N      passes over the 55,000 training images (default 8)\n"
    "  --batch N       images in a step: 1 to 128 (default 64)\n"
    "  --seed N        of weights, order and dropout (default 42): same seed, same bits, for any number of threads\n"
    "  --threads N     default: all processors\n"
    "  --data FOLDER   where the four IDX files lie (default: STRATA_FASHION_MNIST or the package's folder)\n"
    "  --out FOLDER    where weights and pictures go, made if it is not there (default: here)\n"
    "  --resume FILE   go on from a checkpoint (checkpoint.safetensors in --out) to --epochs in all\n"
    "  --limit N       use N training images only, and no more of the others, for a quick look\n"
    "  --place NAME    host, or cuda: the program fashion_mnist_cuda (preset cuda)\n"
    "  --help          this text\n";

[[noreturn]] void refuse(const std::string& text) {
    std::fprintf(stderr, "%s\nfashion_mnist --help lists the options\n", text.c_str());
    std::exit(2);
}
long long number(const char* option, const char* text, long long least, long long largest = 1LL << 30) {
    char* end = nullptr;
    errno = 0;
    const long long n = std::strtoll(text, &end, 10);
    if (end == text || *end != 0 || errno != 0 || n < least || n > largest)
        refuse(std::string("fashion_mnist: --") + option + " takes a whole number from " + std::to_string(least) + " to " + std::to_string(largest) + ", not \"" + text + "\"");
    return n;
}

Options parse(int argc, char** argv) {
    Options o;
    const option options[] = {{"model", 1, nullptr, 'm'}, {"epochs", 1, nullptr, 'e'}, {"batch", 1, nullptr, 'b'}, {"seed", 1, nullptr, 's'},
                              {"threads", 1, nullptr, 't'}, {"data", 1, nullptr, 'd'}, {"out", 1, nullptr, 'o'}, {"resume", 1, nullptr, 'r'},
                              {"limit", 1, nullptr, 'l'}, {"place", 1, nullptr, 'p'}, {"help", 0, nullptr, 'h'}, {nullptr, 0, nullptr, 0}};
    for (int c; (c = getopt_long(argc, argv, ":", options, nullptr)) != -1;) switch (c) {  // the colon: it says nothing itself
            case 'm': o.model = optarg; break;
            case 'e': o.epochs = static_cast<int>(number("epochs", optarg, 1)); break;
            case 'b': o.batch = static_cast<int>(number("batch", optarg, 1)); break;
            case 's': o.seed = static_cast<unsigned long long>(number("seed", optarg, 0, std::numeric_limits<long long>::max())); break;
            case 't': o.threads = static_cast<int>(number("threads", optarg, 0, 1024)); break;
            case 'd': o.data = optarg; break;
            case 'o': o.out = optarg; break;
            case 'r':
                if (*optarg == 0) refuse("fashion_mnist: --resume takes a file, not an empty name");
                o.resume = optarg;
                break;
            case 'l': o.limit = static_cast<long>(number("limit", optarg, 1)); break;
            case 'p': o.place = optarg; break;
            case 'h': std::fputs(help, stdout); std::exit(0);
            case ':': refuse(std::string("fashion_mnist: ") + argv[optind - 1] + " needs a value");
            default: refuse(std::string("fashion_mnist: ") + argv[optind - 1] + " is not an option");
        }
    if (o.place != "host" && o.place != "cuda") refuse("fashion_mnist: --place is host or cuda, not \"" + o.place + "\"");
    if (o.place != place) refuse(std::string("fashion_mnist: this program is compiled for ") + place + "; for --place " + o.place + " run " + (o.place == "cuda" ? "fashion_mnist_cuda, which the preset cuda builds" : "fashion_mnist"));
    if (o.batch > most) refuse("fashion_mnist: --batch " + std::to_string(o.batch) + " is more than the " + std::to_string(most) + " that the programs are compiled for; give 1 to " + std::to_string(most));
    if (optind < argc) refuse(std::string("fashion_mnist: \"") + argv[optind] + "\" is not an option");
    return o;
}

void write(const std::string& path, const std::string& text) {
    st::io::write_file(path, text);
    std::printf("wrote %s\n", path.c_str());
}

template <class Trainer, class Set>
std::vector<st::Exhibit> worst_mistakes(Trainer& trainer, const Set& test, std::size_t count) {
    std::vector<st::Exhibit> all;
    trainer.each_batch(test, [&](const st::data::LoadedBatch& b, const float* scores, const std::int32_t* predicted, float) {
        for (int i = 0; i < b.count; ++i) {
            if (predicted[i] == b.labels[i]) continue;
            const float* s = scores + i * 10;
            double sum = 0;
            for (int k = 0; k < 10; ++k) sum += std::exp(static_cast<double>(s[k] - s[predicted[i]]));
            all.push_back({st::to_bytes({b.samples + i * 784, 784}), b.labels[i], predicted[i], 1 / sum});
        }
    });
    count = std::min(count, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
                      [](const auto& a, const auto& b) { return a.confidence > b.confidence; });
    all.resize(count);
    return all;
}

template <class Net>
void train(const Options& o) {
    using Model = st::Model<Net, Picture, Place>;
    auto data = st::data::fashion_mnist(o.data);
    auto [training, validation] = st::data::split(data.train, 5000, st::Seed{o.seed});
    for (auto* set : {&training, &validation, &data.test})
        if (o.limit > 0 && o.limit < set->size()) *set = st::data::split(*set, set->size() - o.limit, st::Seed{o.seed}).train;

    std::error_code failed;
    std::filesystem::create_directories(o.out, failed);
    if (failed) throw st::FileError("strata: the folder " + o.out + " cannot be made: " + failed.message() + "; choose another --out");

    Model model{st::Seed{o.seed}};
    const long steps = (training.size() + o.batch - 1) / o.batch * o.epochs;
    const st::Adam adam{.rate = 1e-3};
    const st::Cosine schedule{.total = steps, .warm_up = steps / 50, .least = 0.01};
    st::Trainer trainer{model, st::CrossEntropy{}, adam, st::batch<most>, schedule, {st::Seed{o.seed}, o.threads}};
    std::printf("%s: %ld parameters, %d kernels a step, batch %d, %ld + %ld + %ld images\n", o.model.c_str(), Model::cost.parameters, trainer.kernels, o.batch,
                training.size(), validation.size(), data.test.size());
    if (!o.resume.empty()) {
        trainer.resume(o.resume);  // with another --epochs or --batch the rate follows another curve
        std::printf("resumed after epoch %ld, whose last rate was %.3g; the rate now is %.3g\n", trainer.epoch(),
                    trainer.history().epochs.empty() ? 0.0 : trainer.history().epochs.back().rate, adam.rate * schedule(trainer.training_step().steps()));
    }
    if (trainer.epoch() >= o.epochs)
        refuse("fashion_mnist: " + o.resume + " has done " + std::to_string(trainer.epoch()) + " epochs, so with --epochs " + std::to_string(o.epochs) + " nothing is left to train and nothing is written; give --epochs more");

    trainer.fit(training, {.epochs = o.epochs, .batch = o.batch, .validation = &validation, .checkpoint = o.out + "/checkpoint.safetensors"},
                st::data::RandomFlip<Picture>{st::Seed{o.seed}});
    const st::History& history = trainer.history();  // of the epochs before a --resume too
    const auto evaluation = trainer.evaluate(data.test);  // the only look at the test set
    const st::ClassNames names(data.class_names);

    auto report = evaluation;
    report.names = names;
    std::printf("%s\n", report.text().c_str());
    st::save(model, o.out + "/weights.safetensors");
    write(o.out + "/history.csv", history.csv());
    write(o.out + "/curves.svg", st::curves_svg(history, "Fashion-MNIST, " + o.model));
    write(o.out + "/confusion.svg", st::confusion_svg(evaluation.confusion, names, "Fashion-MNIST, " + o.model + ": test set"));
    const auto mistakes = worst_mistakes(trainer, data.test, 24);
    write(o.out + "/mistakes.svg", st::gallery_svg(mistakes, 28, 28, 1, names, "The surest of its mistakes"));
    std::printf("test accuracy %.4f\n", evaluation.accuracy());
}

}  // namespace

int main(int argc, char** argv) try {
    const Options o = parse(argc, argv);
    if (o.model == "mlp")
        train<Mlp>(o);
    else if (o.model == "lenet")
        train<LeNet>(o);
    else if (o.model == "cnn")
        train<Cnn>(o);
    else
        refuse("fashion_mnist: --model is mlp, lenet or cnn, not \"" + o.model + "\"");
    if (std::fflush(stdout) != 0) throw st::FileError(std::string("fashion_mnist: its output could not be written: ") + std::strerror(errno));
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
}
