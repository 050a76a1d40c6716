// SPDX-License-Identifier: BSL-1.0
/// Fashion-MNIST: 60,000 and 10,000 grey pictures of clothes, 28 by 28, in ten classes.
/// Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms", 2017.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/core/shape.hpp>
#include <strata/data/dataset.hpp>
#include <strata/io/file.hpp>
#include <strata/io/idx.hpp>

namespace strata::data {

/// `auto [train, test] = fashion_mnist();`
struct FashionMnist {
    using Set = Dataset<Shape<1, 28, 28>, 10>;
    static constexpr std::array<const char*, 10> class_names{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                                             "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
    Set train, test;
};

namespace detail {

/// One IDX file of a folder, plain or packed, whichever is there.
inline io::IdxArray read_part(const std::string& folder, const std::string& name, std::size_t rank) {
    const std::string plain = folder + "/" + name;
    io::IdxArray array = io::read_idx(io::is_file(plain) ? plain : plain + ".gz");
    if (array.type != io::IdxType::u8 || array.shape.size() != rank || (rank == 3 && (array.shape[1] != 28 || array.shape[2] != 28)))
        throw FileError("strata: '" + array.path + "' does not hold " +
                        (rank == 3 ? "pictures of 28 by 28 bytes" : "labels of one byte each") + "; download it anew");
    return array;
}

inline FashionMnist::Set read_pair(const std::string& folder, const std::string& part) {
    io::IdxArray images = read_part(folder, part + "-images-idx3-ubyte", 3), labels = read_part(folder, part + "-labels-idx1-ubyte", 1);
    if (images.shape[0] != labels.shape[0])
        throw FileError("strata: '" + images.path + "' holds " + std::to_string(images.shape[0]) + " pictures, '" + labels.path + "' " +
                        std::to_string(labels.shape[0]) + " labels; download both anew");
    for (std::size_t i = 0; i < labels.bytes.size(); ++i)
        if (labels.bytes[i] >= FashionMnist::Set::classes)
            throw DataError("strata: '" + labels.path + "': label " + std::to_string(i) + " is " + std::to_string(labels.bytes[i]) + ", not in [0, 10); download it anew");
    return {std::move(images.bytes), std::vector<std::int32_t>(labels.bytes.begin(), labels.bytes.end())};
}

}  // namespace detail

/// Reads the four files, plain or .gz, from `folder`; when that is empty, from the folder that the environment's STRATA_FASHION_MNIST
/// names; when that is not set, from where Debian's package dataset-fashion-mnist puts them.
/// Throws: FileError when they are absent or damaged, DataError when a label is out of range.
inline FashionMnist fashion_mnist(std::string folder = {}) {
    if (const char* variable = std::getenv("STRATA_FASHION_MNIST"); folder.empty() && variable) folder = variable;
    if (folder.empty()) folder = "/usr/share/datasets/fashion-mnist";
    const std::string first = folder + "/train-images-idx3-ubyte";
    if (!io::is_file(first) && !io::is_file(first + ".gz"))
        throw FileError("strata: Fashion-MNIST is not in '" + folder +
                        "' (no train-images-idx3-ubyte, plain or .gz); install the Debian package " +
                        "dataset-fashion-mnist (apt-get install dataset-fashion-mnist), or set STRATA_FASHION_MNIST to the folder that "
                        "holds the four files");
    return {detail::read_pair(folder, "train"), detail::read_pair(folder, "t10k")};
}

}  // namespace strata::data
