// SPDX-License-Identifier: BSL-1.0
/// Arrays for the outputs of a random graph, and their comparison with what the interpreter wants.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "emulator.hpp"
#include "random_graph.hpp"

namespace strata::test {

/// Every element begins as a number that no graph gives, so that one which is never written is found.   Needs: outputs numbered below 32.
class Outputs {
  public:
    void* at[32] = {};

    explicit Outputs(const RandomGraph& g) : graph_(&g), values_(32) {
        for (int s = 0; s < g.sinks; ++s) {
            std::vector<double>& v = values_[static_cast<std::size_t>(g.sink[s].index)];
            v.assign(static_cast<std::size_t>(g.node[g.sink[s].node].dims.size()), -7.25);
            at[g.sink[s].index] = v.data();
        }
    }
    /// The first element that is wrong, or nothing.   wanted: of each node.
    std::string difference(const std::vector<Value>& wanted) const {
        for (int s = 0; s < graph_->sinks; ++s) {
            const int id = graph_->sink[s].node;
            const Value& w = wanted[static_cast<std::size_t>(id)];
            for (long i = 0; i < w.dims.size(); ++i) {
                const double is = element(at[graph_->sink[s].index], graph_->node[id].type, i), should = w[i];
                if (std::isnan(is) && std::isnan(should)) continue;
                if (!(std::fabs(is - should) <= 1e-9 * std::fmax(1, std::fabs(should))))
                    return "output " + std::to_string(s) + " at " + std::to_string(i) + ": " + std::to_string(is) + ", not " + std::to_string(should);
            }
        }
        return "";
    }

  private:
    const RandomGraph* graph_;
    std::vector<std::vector<double>> values_;
};

}  // namespace strata::test
