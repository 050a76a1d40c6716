// SPDX-License-Identifier: BSL-1.0
// Whatever a user's files and data do to a trainer, it says what, where and what to do, and what was good before is good after.
#include <strata/train/trainer.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <limits>
#include <memory>

#include <strata/optim/sgd.hpp>

#include "../support/clouds.hpp"
#include "../support/folder.hpp"

namespace strata::test {
namespace {

using support::contains;
using support::error_of;
using support::FileLimit;
using support::Folder;

/// A trainer with something to lose, and whether all of it is still there.
struct Trained {
    CloudModel model{Seed{1}};
    Trainer<CloudModel, CrossEntropy, Adam, 32> trainer;
    CloudModel parameters;
    BufferOn<Here, float> moments;
    explicit Trained(std::uint64_t seed = 5, int epochs = 2) : trainer(trainer_of(model, 1, seed)), parameters(model) {
        trainer.fit(clouds(64, 1), quiet(epochs));
        parameters = model;
        moments = trainer.training_step().moments();
    }
    bool whole(long epochs = 2) {
        const BufferOn<Here, float>& now = trainer.training_step().moments();
        return equal(model, parameters) && trainer.epoch() == epochs && trainer.training_step().steps() == 2 * epochs &&
               std::memcmp(now.data(), moments.data(), sizeof(float) * static_cast<std::size_t>(now.size())) == 0;
    }
};

/// What resuming says of a file of these bytes; the trainer must be as it was.
std::string refusal(Trained& t, const Folder& folder, const std::string& bytes) {
    support::write(folder / "bad", bytes);
    const std::string text = error_of([&] { t.trainer.resume(folder / "bad"); });
    return t.whole() ? text : text + " AND CHANGED SOMETHING";
}
std::string refusal(const Folder& folder, const std::string& bytes) {
    Trained t;
    return refusal(t, folder, bytes);
}
std::string checkpoint_of(const Folder& folder, const auto& trainer) {
    trainer.save_checkpoint(folder / "good");
    return support::read(folder / "good");
}
/// The same with other metadata: as long, so that the file stays sound.
std::string replaced(std::string bytes, const std::string& from, const std::string& to) {
    const std::size_t at = bytes.find(from);
    REQUIRE(at != std::string::npos);
    REQUIRE(from.size() == to.size());
    return bytes.replace(at, from.size(), to);
}

/// The same tensors with another number.
std::string with_metadata(const Folder& folder, const io::SafetensorsFile& file, const char* key, const std::string& value) {
    io::Metadata metadata = file.metadata();
    metadata[key] = value;
    io::write_safetensors(folder / "other", file.tensors(), metadata);
    return support::read(folder / "other");
}

/// A set of a user's own, which nobody has checked.
struct Own {
    static constexpr long sample_size = 4;
    std::int32_t wrong;
    long size() const { return 40; }
    long id(long i) const { return i; }
    std::int32_t label(long i) const { return i == 37 ? wrong : static_cast<std::int32_t>(i % 3); }
    void copy_sample(long i, float* out) const {
        for (int k = 0; k < 4; ++k) out[k] = static_cast<float>(k == i % 3);
    }
};

TEST_CASE("a checkpoint that finds no room leaves the one before, from which training goes on with the same bits") {
    const Folder folder;
    const Clouds train = clouds(64, 1);
    auto options = quiet(2);
    options.checkpoint = folder / "checkpoint";
    CloudModel m{Seed{1}}, whole{Seed{1}}, after{Seed{9}};
    auto trainer = trainer_of(m);
    trainer.fit(train, options);
    const std::string good = support::read(options.checkpoint);
    options.epochs = 4;
    const std::string error = error_of([&] {
        const FileLimit limit(good.size() / 2);
        trainer.fit(train, options);
    });
    CHECK(contains(error, "strata: cannot write '" + options.checkpoint + "': File too large; raise the limit"));
    CHECK(support::read(options.checkpoint) == good);
    CHECK(folder.entries() == 1);
    trainer_of(whole).fit(train, quiet(4));
    auto next = trainer_of(after);
    next.resume(options.checkpoint);
    next.fit(train, quiet(4));
    CHECK(equal(whole, after));
}

TEST_CASE("a checkpoint's folder that is a file, or is not there, is named") {
    const Folder folder;
    support::write(folder / "file", "old");
    Trained t;
    CHECK(contains(error_of([&] { t.trainer.save_checkpoint(folder / "file/a"); }), "cannot write '" + (folder / "file/a") + "': Not a directory; check the path"));
    CHECK(contains(error_of([&] { t.trainer.save_checkpoint(folder / "none/a"); }), "No such file or directory; check the path"));
    CHECK(contains(error_of([&] { t.trainer.save_checkpoint("/dev/full"); }), "cannot write '/dev/full': it is a folder, a device or a pipe"));
    CHECK(contains(error_of([&] { t.trainer.save_checkpoint("/proc/strata"); }), "strata: cannot write '/proc/strata': "));
    CHECK(support::read(folder / "file") == "old");
    CHECK(folder.entries() == 1);
    CHECK(t.whole());
}

TEST_CASE("a checkpoint cut short or grown is refused, wherever it is cut, and so are bytes of anything else") {
    const Folder folder;
    Trained t;
    const std::string good = checkpoint_of(folder, t.trainer);
    CHECK(refusal(t, folder, good) == "no error");
    for (std::size_t n = 0; n < good.size(); n += n < 700 ? 13 : 101) {
        CAPTURE(n);
        const std::string text = refusal(t, folder, good.substr(0, n));
        CHECK(contains(text, "strata: '" + (folder / "bad") + "': "));
        CHECK(contains(text, "the file is damaged or hostile"));
        CHECK_FALSE(contains(text, "CHANGED"));
    }
    CHECK(contains(refusal(t, folder, good + "x"), "no tensor claims the last 1 bytes"));
    CHECK(contains(refusal(t, folder, std::string(4096, '\xFF')), "the header claims 18446744073709551615 bytes"));
    CHECK(contains(error_of([&] { t.trainer.resume(folder / "none"); }), "strata: cannot open '" + (folder / "none") + "': No such file or directory; check the path"));
    CHECK(contains(error_of([&] { t.trainer.resume(folder.path()); }), "it is a folder"));
    CHECK(t.whole());
}

TEST_CASE("a checkpoint of another type, net or optimiser is refused with all that differs") {
    const Folder folder;
    Trained{}.trainer.save_checkpoint(folder / "good");
    const io::SafetensorsFile good(folder / "good");
    std::vector<io::TensorView> other(good.tensors().begin(), good.tensors().end());
    const std::vector<double> exact(64);
    for (io::TensorView& t : other)
        if (t.name == "0.weight") t.dtype = DType::f64, t.data = reinterpret_cast<const std::byte*>(exact.data()), t.bytes = exact.size() * sizeof(double);
    io::write_safetensors(folder / "other", other, good.metadata());
    const std::string doubles = refusal(folder, support::read(folder / "other"));
    CHECK(contains(doubles, "1 difference;"));
    CHECK(contains(doubles, "dtype       0.weight  expected F32, found F64"));
    Model<Sequential<Dense<8>, Relu, Dense<3>>, Shape<4>> small{Seed{1}};
    const std::string shapes = refusal(folder, checkpoint_of(folder, trainer_of(small)));
    CHECK(contains(shapes, "shape       0.weight           expected [4, 16], found [4, 8]"));
    CHECK(contains(shapes, "missing     3.weight"));
    CHECK(contains(shapes, "unexpected  2.weight"));
    CloudModel same{Seed{1}};
    CHECK(contains(refusal(folder, checkpoint_of(folder, trainer_of<CloudModel, Sgd>(same))), "was trained by Sgd, this trainer has Adam; resume with the same optimiser, or take the weights alone: io::read_parts("));
    CloudModel weights{Seed{2}};
    io::read_parts(weights, io::SafetensorsFile(folder / "good"));
    CHECK(equal(weights, same));
    for (const std::string& text : {doubles, shapes}) CHECK_FALSE(contains(text, "CHANGED"));
}

TEST_CASE("numbers of a checkpoint's metadata that are none are refused by name") {
    const Folder folder;
    Trained t;
    const std::string good = checkpoint_of(folder, t.trainer);
    for (const char* key : {"seed", "step", "epoch"}) {
        const std::string name = std::string("strata.") + key, head = "\"" + name + "\":\"", value = good.substr(good.find(head) + head.size(), 1);
        for (const char* bad : {"x", "-", " ", "+"}) {
            CAPTURE(bad);
            CHECK(refusal(t, folder, replaced(good, head + value + "\"", head + bad + "\"")) ==
                  "strata: " + (folder / "bad") + " has \"" + name + "\" = \"" + bad + "\" in its metadata, which is no count; give a file that fit wrote");
        }
        CHECK(contains(refusal(t, folder, replaced(good, "\"" + name, "\"Strata." + std::string(key))), "has no \"" + name + "\" in its metadata, so it is no checkpoint"));
    }
    // As many digits as no counter has.
    const io::SafetensorsFile file(folder / "good");
    for (const char* number : {"18446744073709551616", "9223372036854775808", "4.5", "1e3", "0x4", "-4", ""})
        CHECK(contains(refusal(t, folder, with_metadata(folder, file, "strata.step", number)), "has \"strata.step\" = \"" + std::string(number) + "\" in its metadata, which is no count"));
}

TEST_CASE("any seed that trains resumes") {
    const Folder folder;
    Trained t(~std::uint64_t{0});
    const std::string good = checkpoint_of(folder, t.trainer);
    CHECK(refusal(t, folder, good) == "no error");
    CHECK(contains(refusal(folder, good), "was trained with seed 18446744073709551615, this trainer has 5; resume with the same seed"));
}

TEST_CASE("a label that is no class is an error before anything is learnt from it") {
    for (const std::int32_t wrong : {3, -1, std::numeric_limits<std::int32_t>::min()}) {
        CAPTURE(wrong);
        Trained t;
        const Own set{wrong};
        const std::string text = error_of([&] { t.trainer.fit(set, quiet<Own>(3)); });
        CHECK(contains(text, "strata: label " + std::to_string(wrong) + " in step "));
        CHECK(contains(text, " of epoch 3 is none of 3 classes; labels count from 0 to 2 (the model has the weights of the epoch before)"));
        CHECK(equal(t.model, t.parameters));
        CHECK(contains(error_of([&] { t.trainer.evaluate(set); }), "strata: label " + std::to_string(wrong) + " of sample 37 of the set that is evaluated is none of 3 classes"));
    }
    Trained t;
    const std::vector<float> x(8);
    const std::vector<std::int32_t> label{1, 7};
    CHECK(error_of([&] { t.trainer.step(x.data(), label.data(), 2); }) == "strata: label 7 of sample 1 is none of 3 classes; labels count from 0 to 2");
    CHECK(t.whole());
}

TEST_CASE("a schedule that throws or gives no factor, and one that nothing can be made of, are told") {
    struct Throws {
        double operator()(long step) const {
            if (step == 3) throw DataError("own: no rate for step 3");
            return step == 5 ? -1 : 1;
        }
    };
    CloudModel m{Seed{1}};
    Trainer<CloudModel, CrossEntropy, Adam, 32, Throws> trainer(m, CrossEntropy{}, Adam{}, batch<32>, Throws{});
    trainer.fit(clouds(64, 1), quiet(1));
    const CloudModel before = m;
    CHECK(error_of([&] { trainer.fit(clouds(64, 1), quiet(2)); }) == "own: no rate for step 3");
    CHECK((equal(m, before) && trainer.epoch() == 1 && trainer.training_step().steps() == 2));
    trainer.training_step().set_steps(5);
    const auto set = clouds(1, 1);
    float x[4];
    set.copy_sample(0, x);
    const std::int32_t label = 0;
    CHECK(error_of([&] { trainer.step(x, &label, 1); }) == "strata: the schedule's factor on the rate of step 5 is -1; let it be 0 or more, and finite");
    using Stepwise = Trainer<CloudModel, CrossEntropy, Adam, 32, StepDecay>;
    CHECK(error_of([&] { Stepwise(m, CrossEntropy{}, Adam{}, batch<32>, StepDecay{.every = 0}); }) == "strata: the schedule's every is 0; give more than 0");
}

TEST_CASE("weights that are no numbers are told before training, not blamed on the data") {
    CloudModel m{Seed{1}};
    CloudModel::OnHost host(m);
    host.parameters()[2] = std::numeric_limits<float>::quiet_NaN();
    m = CloudModel(host);
    auto trainer = trainer_of(m);
    CHECK(error_of([&] { trainer.fit(clouds(64, 1), quiet(1)); }) == "strata: 0.weight has a number that is infinite or not one before training; begin anew, or load other weights");
    CHECK(trainer.epoch() == 0);
}

TEST_CASE("an infinite loss ends training as one that is no number does") {
    const std::vector<float> x(4 * 33, 2e38f);  // whatever the greatest score is, for most labels it is another
    std::vector<std::int32_t> label(33);
    for (int i = 0; i < 33; ++i) label[static_cast<std::size_t>(i)] = i % 3;
    CloudModel m{Seed{1}};
    const CloudModel before = m;
    auto trainer = trainer_of(m);
    const std::string text = error_of([&] { trainer.fit(Clouds(x, label), quiet(2)); });
    CHECK(contains(text, "strata: the loss is infinite"));
    CHECK(contains(text, " in step 1 of epoch 1; lower the rate, clip the gradient, or look for bad samples (the model has the weights of the epoch before)"));
    CHECK(equal(m, before));
}

/// A set that is clouds() until its sample 50 is asked for the `at`-th time: then that is no number.
struct Spoilt {
    static constexpr long sample_size = 4;
    Clouds good;
    std::shared_ptr<std::atomic<int>> left;
    long size() const { return good.size(); }
    long id(long i) const { return good.id(i); }
    std::int32_t label(long i) const { return good.label(i); }
    void copy_sample(long i, float* out) const {
        good.copy_sample(i, out);
        if (i == 50 && --*left == 0) out[0] = std::numeric_limits<float>::quiet_NaN();
    }
};
TEST_CASE("after a bad step in the third epoch all of the second is there, and training goes on from it with the same bits") {
    Trained t;  // two epochs done
    CloudModel straight{Seed{1}};
    trainer_of(straight, 1, 5).fit(clouds(64, 1), quiet(4));
    const Spoilt spoilt{clouds(64, 1), std::make_shared<std::atomic<int>>(1)};
    CHECK(contains(error_of([&] { t.trainer.fit(spoilt, quiet<Spoilt>(4)); }), "strata: the loss is not a number in step "));
    CHECK(t.whole());
    t.trainer.fit(clouds(64, 1), quiet(4));
    CHECK(equal(t.model, straight));
}

TEST_CASE("an epoch whose last step leaves no numbers is none: model and checkpoint are those of the one before") {
    const Folder folder;
    CloudModel m{Seed{1}}, before{Seed{1}};
    auto options = quiet(4);
    options.checkpoint = folder / "checkpoint";
    options.epochs = 2;
    const auto rates = [](long step) { return step == 7 ? 1e42 : 1.0; };  // the last step of the fourth epoch
    Trainer trainer(m, CrossEntropy{}, Sgd{.rate = 1e-2}, batch<32>, rates, TrainerOptions{Seed{5}, 1});
    trainer.fit(clouds(64, 1), options);
    trainer.fit(clouds(64, 1), quiet(3));
    before = m;
    options.epochs = 4;
    const std::string text = error_of([&] { trainer.fit(clouds(64, 1), options); });
    CHECK(contains(text, "0.weight has a number that is infinite or not one after the last step of epoch 4; lower the rate, or clip the gradient (the model has the weights of the epoch before)"));
    CHECK((equal(m, before) && trainer.epoch() == 3 && trainer.training_step().steps() == 6));
    CloudModel kept{Seed{2}};
    Trainer resumed(kept, CrossEntropy{}, Sgd{.rate = 1e-2}, batch<32>, rates, TrainerOptions{Seed{5}, 1});
    resumed.resume(folder / "checkpoint");
    CHECK(resumed.epoch() == 2);
}

/// clouds() that throw when a sample is asked for the `at`-th time, or have a label that is no class.
struct Broken : Spoilt {
    std::int32_t wrong = -1;
    std::int32_t label(long i) const { return i == 50 && wrong >= 0 ? wrong : good.label(i); }
    void copy_sample(long i, float* out) const {
        good.copy_sample(i, out);
        if (wrong < 0 && i == 50 && --*left == 0) throw DataError("strata: sample 50 cannot be read");
    }
};
TEST_CASE("a set that throws, in training or validation, leaves the epoch before; none without samples is begun with") {
    CloudModel straight{Seed{1}};
    trainer_of(straight, 1, 5).fit(clouds(64, 1), quiet(4));
    Trained t;
    CHECK(contains(error_of([&] { t.trainer.fit(Broken{{clouds(64, 1), std::make_shared<std::atomic<int>>(2)}, -1}, quiet<Broken>(4)); }), "sample 50 cannot be read"));
    CHECK((t.trainer.epoch() == 3 && t.trainer.training_step().steps() == 6));
    const Broken good{{clouds(64, 1), std::make_shared<std::atomic<int>>(0)}, -1}, labelled{{clouds(64, 2), std::make_shared<std::atomic<int>>(0)}, 7};
    auto options = quiet<Broken>(4);
    options.validation = &labelled;
    CloudModel before = t.model;
    CHECK(!error_of([&] { t.trainer.fit(good, options); }).empty());
    CHECK((equal(t.model, before) && t.trainer.epoch() == 3 && t.trainer.training_step().steps() == 6));
    const Clouds none;
    auto empty = quiet(4);
    empty.validation = &none;
    CHECK(contains(error_of([&] { t.trainer.fit(clouds(64, 1), empty); }), "strata: the validation set has no samples; give it some, or leave FitOptions::validation out"));
    t.trainer.fit(clouds(64, 1), quiet(4));
    CHECK(equal(t.model, straight));
}

}  // namespace
}  // namespace strata::test
