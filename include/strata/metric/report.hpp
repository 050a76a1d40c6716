// SPDX-License-Identifier: BSL-1.0
/// What an evaluation found, and how it is shown.
#pragma once

#include <cstdint>
#include <string>

#include <strata/metric/accuracy.hpp>
#include <strata/metric/class_names.hpp>
#include <strata/metric/confusion.hpp>
#include <strata/metric/f1.hpp>
#include <strata/metric/precision.hpp>
#include <strata/metric/recall.hpp>
#include <strata/metric/table.hpp>

namespace strata {

/// Mean loss over samples, and which class was taken for which. Names are for show; none: classes go by number.
template <int Classes>
struct Evaluation {
    double loss = 0;
    std::int64_t samples = 0;
    ConfusionMatrix<Classes> confusion{};
    ClassNames names{};

    double accuracy() const { return strata::accuracy(confusion); }
    double precision(Average how = Average::macro) const { return strata::precision(confusion, how); }
    double recall(Average how = Average::macro) const { return strata::recall(confusion, how); }
    double f1(Average how = Average::macro) const { return strata::f1(confusion, how); }

    /// Loss and accuracy, then precision, recall, F1 and support of each class and their averages.
    std::string text(int digits = 4) const {
        names.require(Classes);
        Table table;
        table.row({"", "precision", "recall", "f1", "support"});
        for (int k = 0; k < Classes; ++k)
            table.row({names[k], fixed(strata::precision(confusion, k), digits),
                       fixed(strata::recall(confusion, k), digits), fixed(strata::f1(confusion, k), digits),
                       std::to_string(confusion.support(k))});
        table.row({});
        const std::string total = std::to_string(confusion.total());
        table.row({"accuracy", "", "", fixed(accuracy(), digits), total});
        for (const Average how : {Average::macro, Average::weighted})
            table.row({how == Average::macro ? "macro average" : "weighted average", fixed(precision(how), digits),
                       fixed(recall(how), digits), fixed(f1(how), digits), total});
        return "loss " + fixed(loss, digits) + ", accuracy " + fixed(accuracy(), digits) + " on " +
               std::to_string(samples) + " samples\n\n" + table.text();
    }

    /// Writes the text to whatever writes characters, such as std::cout; no stream header is needed here.
    template <class Stream>
    requires requires(Stream& out, const char* text, long size) { out.write(text, size).flush(); }
    friend Stream& operator<<(Stream& out, const Evaluation& evaluation) {
        const std::string text = evaluation.text();
        out.write(text.data(), static_cast<long>(text.size()));
        return out;
    }
};

}  // namespace strata
