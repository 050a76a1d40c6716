// SPDX-License-Identifier: BSL-1.0
/// Parting a data set into what trains and what validates.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <strata/core/error.hpp>
#include <strata/core/philox.hpp>
#include <strata/data/dataset.hpp>
#include <strata/data/shuffle.hpp>

namespace strata::data {

/// How the validation part is drawn: from all samples alike, or from each class in proportion.
enum class Draw { uniform, stratified };

/// Two disjoint views that together are the whole; each keeps the order of the whole.
template <class Set>
struct Parts {
    Set train, validation;
};

namespace detail {

/// How many of `count` each class gives: its share rounded down, then one more to the largest remainders (the lower class first at a tie).
inline std::vector<long> shares(const std::vector<long>& sizes, long count) {
    const long total = std::accumulate(sizes.begin(), sizes.end(), 0L);
    std::vector<long> share(sizes.size());
    if (total == 0) return share;
    std::vector<std::size_t> order(sizes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    long left = count;
    for (std::size_t c = 0; c < sizes.size(); ++c) left -= share[c] = sizes[c] * count / total;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return sizes[a] * count % total > sizes[b] * count % total; });
    for (std::size_t k = 0; left > 0; ++k, --left) ++share[order[k]];
    return share;
}

}  // namespace detail

/// Draws `count` samples for validation; the rest trains. The choice depends on the data set's size (and labels, if stratified), count and
/// seed. Throws: DataError unless 0 <= count <= size, and at a label that is no class, if stratified.
template <class Set>
Parts<Set> split(const Set& whole, std::integral auto count, Seed seed, Draw draw = Draw::uniform) {
    const long n = whole.size(), wanted = static_cast<long>(count);
    if (std::cmp_less(count, 0) || std::cmp_greater(count, n))
        throw DataError("strata: a split of " + std::to_string(count) + " samples is asked of " + std::to_string(n) + "; ask for 0 to " +
                        std::to_string(n));
    std::vector<std::int32_t> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    detail::shuffle(order, seed, detail::stream_of(detail::Stream::split, 0));
    std::vector<long> left{wanted};
    const auto part_of = [&]([[maybe_unused]] long i) {
        if constexpr (requires { Set::classes; })
            if (draw == Draw::stratified) return static_cast<std::size_t>(whole.label(i));
        return std::size_t{0};
    };
    if (draw == Draw::stratified) {
        if constexpr (requires { Set::classes; }) {
            std::vector<long> sizes(Set::classes);
            for (long i = 0; i < n; ++i) {
                const std::int32_t label = whole.label(i);
                if (label < 0 || label >= Set::classes)
                    throw DataError("strata: label " + std::to_string(label) + " of sample " + std::to_string(i) + " is none of the " + std::to_string(Set::classes) +
                                    " classes to split in proportion to; labels count from 0, or ask for Draw::uniform");
                ++sizes[static_cast<std::size_t>(label)];
            }
            left = detail::shares(sizes, wanted);
        } else {
            throw DataError("strata: a split in proportion to classes is asked of a data set without any; ask for Draw::uniform");
        }
    }
    std::vector<std::int32_t> train, validation;
    for (const std::int32_t i : order) {
        long& quota = left[part_of(i)];
        (quota > 0 ? validation : train).push_back(i);
        quota -= quota > 0;
    }
    std::sort(train.begin(), train.end());
    std::sort(validation.begin(), validation.end());
    return {whole.view(train), whole.view(validation)};
}

/// The same with the validation part as a fraction of the whole, rounded to the nearest count.   Throws: DataError unless 0 <= fraction
/// <= 1.
template <class Set>
Parts<Set> split(const Set& whole, std::floating_point auto fraction, Seed seed, Draw draw = Draw::uniform) {
    if (!(fraction >= 0 && fraction <= 1)) {
        char text[32];
        std::snprintf(text, sizeof text, "%.9g", static_cast<double>(fraction));
        throw DataError("strata: a split by the fraction " + std::string(text) + " is asked for; ask for 0 to 1");
    }
    return split(whole, std::lround(static_cast<double>(fraction) * static_cast<double>(whole.size())), seed, draw);
}

}  // namespace strata::data
