// SPDX-License-Identifier: BSL-1.0
/// Products by OpenBLAS: sgemm, and sgemv where there is one row.
#include <cblas.h>

#include <memory>

#include "cases.hpp"
#include "worker.hpp"

extern "C" char* openblas_get_corename();

int main(int, char** arguments) {
    openblas_set_num_threads(std::stoi(arguments[1]));
    std::vector<peers::Item> items;
    for (const peers::Product& p : peers::products)
        items.push_back({p.name(), "openblas", p.operations(), [p] {
                             const auto d = std::make_shared<peers::Matrices>(p);
                             const auto call = [p, d] {
                                 if (p.m == 1 && p.pass == peers::Pass::y)
                                     cblas_sgemv(CblasRowMajor, CblasTrans, p.k, p.n, 1, d->b, p.n, d->a, 1, 0, d->c, 1);
                                 else
                                     cblas_sgemm(CblasRowMajor, p.turns_a() ? CblasTrans : CblasNoTrans, p.turns_b() ? CblasTrans : CblasNoTrans, p.m, p.n, p.k, 1,
                                                 d->a, p.turns_a() ? p.m : p.k, d->b, p.turns_b() ? p.k : p.n, 0, d->c, p.n);
                             };
                             call();
                             return peers::Ready{d->probes(), call};
                         }});
    std::string version = openblas_get_config();  // "OpenBLAS 0.3.21 ... Haswell MAX_THREADS=64": the last words change with the machine it was built on
    version = version.substr(0, version.find(' ', version.find(' ') + 1));
    return peers::serve(version + ", its " + openblas_get_corename() + " kernels", std::move(items));
}
