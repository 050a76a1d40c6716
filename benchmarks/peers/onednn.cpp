// SPDX-License-Identifier: BSL-1.0
/// Products (dnnl_sgemm) and convolutions by oneDNN; the convolutions in the layout that is quickest, reorders not timed. OMP_NUM_THREADS decides
/// the number of threads.
#define STRATA_BENCHMARK_DNNL
#include "../kernel/host/convolution_cases.hpp"

#include <memory>

#include "cases.hpp"
#include "worker.hpp"

int main() {
    std::vector<peers::Item> items;
    for (const peers::Product& p : peers::products)
        items.push_back({p.name(), "onednn", p.operations(), [p] {
                             const auto d = std::make_shared<peers::Matrices>(p);
                             const auto call = [p, d] {
                                 dnnl_sgemm(p.turns_a() ? 'T' : 'N', p.turns_b() ? 'T' : 'N', p.m, p.n, p.k, 1, d->a, p.turns_a() ? p.m : p.k, d->b,
                                            p.turns_b() ? p.k : p.n, 0, d->c, p.n);
                             };
                             call();
                             return peers::Ready{d->probes(), call};
                         }});
    baseline::sliding::each_case<32>([&]<class Case>(Case, const std::string& name) {
        using Shape = typename Case::Shape;
        items.push_back({"convolution: " + name, "onednn", static_cast<double>(Shape::flops) * Case::batch, [] {
                             std::vector<double> result;
                             auto call = baseline::sliding::onednn<Shape, Case::batch, Case::pass>(&result);
                             return peers::Ready{std::move(result), std::move(call)};
                         }});
    });
    const dnnl_version_t* v = dnnl_version();
    return peers::serve("oneDNN " + std::to_string(v->major) + '.' + std::to_string(v->minor) + '.' + std::to_string(v->patch), std::move(items));
}
