// SPDX-License-Identifier: BSL-1.0
#include <strata/data/fashion_mnist.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>


#include "../support/folder.hpp"

using strata::data::fashion_mnist;
using strata::data::FashionMnist;
using support::contains;
using support::error_of;

namespace {

const std::string installed = "/usr/share/datasets/fashion-mnist";

/// An IDX file of bytes.
std::string idx(const std::vector<int>& shape, const std::string& bytes) {
    std::string out{'\0', '\0', '\x08', static_cast<char>(shape.size())};
    for (const int n : shape)
        for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(n >> shift);
    return out + bytes;
}
/// Two training samples and one test sample.
void write_small(const support::Folder& folder) {
    support::write(folder / "train-images-idx3-ubyte", idx({2, 28, 28}, std::string(784, '\0') + std::string(784, '\xFF')));
    support::write(folder / "train-labels-idx1-ubyte", idx({2}, std::string("\x03\x09")));
    support::write(folder / "t10k-images-idx3-ubyte", idx({1, 28, 28}, std::string(784, '\x33')));
    support::write(folder / "t10k-labels-idx1-ubyte", idx({1}, std::string("\x07")));
}

}  // namespace

TEST_CASE("a folder of plain files is read, by argument and by environment") {
    const support::Folder folder;
    write_small(folder);
    const auto small = [](const FashionMnist& data) {
        REQUIRE(data.train.size() == 2);
        REQUIRE(data.test.size() == 1);
        CHECK(data.train.label(0) == 3);
        CHECK(data.train.label(1) == 9);
        CHECK(data.test.label(0) == 7);
        std::vector<float> x(784);
        data.train.copy_sample(1, x.data());
        CHECK(x == std::vector<float>(784, 1.0f));
        data.test.copy_sample(0, x.data());
        CHECK(x == std::vector<float>(784, 0.2f));
    };
    small(fashion_mnist(folder.path()));
    ::setenv("STRATA_FASHION_MNIST", folder.path().c_str(), 1);
    small(fashion_mnist());
    ::unsetenv("STRATA_FASHION_MNIST");
    static_assert(FashionMnist::class_names.size() == 10 && FashionMnist::Set::classes == 10);
}

TEST_CASE("absent or damaged files are named, with the package and the variable") {
    const support::Folder folder;
    const auto error = [&] { return error_of([&] { fashion_mnist(folder.path()); }); };
    CHECK(contains(error(), "strata: Fashion-MNIST is not in '" + folder.path() + "'"));
    CHECK(contains(error(), "apt-get install dataset-fashion-mnist"));
    CHECK(contains(error(), "set STRATA_FASHION_MNIST to the folder"));
    write_small(folder);
    CHECK(error() == "no error");
    support::write(folder / "train-labels-idx1-ubyte", idx({2}, std::string("\x03\x0A")));
    CHECK(contains(error(), "label 1 is 10, not in [0, 10)"));
    support::write(folder / "train-labels-idx1-ubyte", idx({1}, std::string("\x03")));
    CHECK(contains(error(), "holds 2 pictures, '" + (folder / "train-labels-idx1-ubyte") + "' 1 labels"));
    support::write(folder / "train-labels-idx1-ubyte", idx({1, 1, 1}, std::string("\x03")));
    CHECK(contains(error(), "does not hold labels of one byte each"));
    write_small(folder);
    support::write(folder / "t10k-images-idx3-ubyte", idx({1, 14, 56}, std::string(784, '\0')));
    CHECK(contains(error(), "does not hold pictures of 28 by 28 bytes"));
    std::filesystem::remove(folder / "t10k-images-idx3-ubyte");
    CHECK(contains(error(), "t10k-images-idx3-ubyte.gz': No such file or directory"));
}

TEST_CASE("each of the four files is named when it is cut short, grown, of another type or hostile") {
    const support::Folder folder;
    write_small(folder);
    for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) {
        const std::string path = folder / name, whole = support::read(path);
        const auto error = [&](const std::string& bytes) {
            support::write(path, bytes);
            return error_of([&] { fashion_mnist(folder.path()); });
        };
        const std::string named = "strata: '" + path + "'";
        std::string other = whole, huge = whole;
        other[2] = '\x09';
        for (std::size_t i = 4; i < 4 + 4 * static_cast<std::size_t>(whole[3]); ++i) huge[i] = '\xFF';
        for (const std::string& bytes : {std::string(), whole.substr(0, 3), whole.substr(0, 7), whole.substr(0, whole.size() - 1), whole + "x", other, huge}) {
            CAPTURE(bytes.size());
            const std::string text = error(bytes);
            CHECK(text.substr(0, named.size()) == named);
            CHECK((contains(text, "download it anew") || contains(text, "the limit must be raised")));
        }
        CHECK(error(whole) == "no error");
    }
    support::write(folder / "t10k-labels-idx1-ubyte", idx({1}, "\x0C"));
    CHECK(error_of([&] { fashion_mnist(folder.path()); }) ==
          "strata: '" + (folder / "t10k-labels-idx1-ubyte") + "': label 0 is 12, not in [0, 10); download it anew");
}

TEST_CASE("the real data") {
    if (!std::filesystem::exists(installed + "/train-images-idx3-ubyte.gz")) {
        MESSAGE("dataset-fashion-mnist is not installed: skipped");
        return;
    }
#if defined(STRATA_HAS_ZLIB) && STRATA_HAS_ZLIB
    const auto [train, test] = fashion_mnist(installed);
    CHECK(train.size() == 60'000);
    CHECK(test.size() == 10'000);
    std::vector<int> count(10);
    for (long i = 0; i < train.size(); ++i) ++count[static_cast<std::size_t>(train.label(i))];
    CHECK(count == std::vector<int>(10, 6'000));
    CHECK(train.label(0) == 9);  // the first picture is an ankle boot
    // The figures that are published for this set: mean 0.2860, deviation 0.3530.
    const auto figures = normalisation_of(train);
    CHECK(figures.mean.at(0) == doctest::Approx(0.2860).epsilon(0.0002));
    CHECK(figures.deviation.at(0) == doctest::Approx(0.3530).epsilon(0.0002));
#else
    CHECK(contains(error_of([&] { fashion_mnist(installed); }), "install zlib1g-dev"));
#endif
}
