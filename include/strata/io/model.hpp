// SPDX-License-Identifier: BSL-1.0
/// Models as safetensors files: one tensor for each parameter and state, under its path.
#pragma once

#include <cstring>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <strata/io/safetensors.hpp>
#include <strata/model/model.hpp>

namespace strata {

namespace io {

/// The shape of a part as a file names it.
inline std::vector<long> shape_of(const Dims& dims) {
    std::vector<long> shape;
    shape.reserve(max_rank);
    for (int i = 0; i < dims.rank; ++i) shape.push_back(capacity(dims.extent[i]));
    return shape;
}

/// What a model's parts are called, and their memory.   Needs: a model on the host.
template <class M>
std::vector<TensorView> parts_of(const M& model) {
    using Real = typename M::Real;
    std::vector<TensorView> views;
    for (int i = 0; i < M::parts(); ++i) {
        const auto part = model.part(i);
        TensorView v;
        v.name = part.path;
        v.dtype = dtype_of<Real>;
        v.shape = shape_of(part.dims);
        v.data = reinterpret_cast<const std::byte*>(part.data);
        v.bytes = static_cast<std::size_t>(part.dims.size()) * sizeof(Real);
        views.push_back(v);
    }
    return views;
}

/// Reads parameters and states from a file that may hold more, as a checkpoint does: the weights of its last epoch, or with `before` = "best/", which stands before
/// the paths in the file, those of the best. Names, types and shapes are compared as in load.   Throws FileError; then the model is as it was.
template <class M>
    requires std::is_same_v<typename M::Place, Host>
void read_parts(M& model, const SafetensorsFile& file, const std::string& before = "") {
    std::vector<WantedTensor> wanted;
    for (TensorView& view : parts_of(model)) {
        view.name = before + view.name;
        wanted.push_back(std::move(view));
    }
    check(file, wanted, false);
    for (int i = 0; i < M::parts(); ++i) {
        auto part = model.part(i);
        const TensorView* t = file.find(before + part.path);
        std::memcpy(part.data, t->data, t->bytes);
    }
}
/// The same for a model elsewhere.
template <class M>
void read_parts(M& model, const SafetensorsFile& file, const std::string& before = "") {
    typename M::OnHost host(model);
    read_parts(host, file, before);
    model = M(host);
}

}  // namespace io

/// Writes all parameters and states. The file is whole or as it was before.   Throws FileError.
template <class M>
    requires requires { typename M::Net; }
void save(const M& model, const std::string& path, const io::Metadata& metadata = {}) {
    const auto& host = on_host(model);
    io::write_safetensors(path, io::parts_of(host), metadata);
}

/// What load writes into is not const.
template <class Model>
struct LoadedModelIsConst {
    static_assert(!std::is_const_v<Model>, "strata: load writes into the model, which is const here; declare it without const");
};
/// Reads parameters and states from a file that holds just these: names, types and shapes are compared at once, and all differences
/// reported in one FileError; then the model is as it was.   Needs: nobody shortens the file meanwhile (replacing it, as save does, is safe).
/// A file from elsewhere may fit and mean something else: a square weight of PyTorch's Linear, which is [out, in] where Dense has [in, out], loads without
/// complaint and is turned the wrong way; transpose it where the file is written.
template <class M>
    requires requires { typename M::Net; }
void load(M& model, const std::string& path) {
    [[maybe_unused]] constexpr LoadedModelIsConst<M> fault{};
    if constexpr (!std::is_const_v<M>) {
        const io::SafetensorsFile file(path);
        if (file.metadata().contains("strata.optimiser"))
            throw FileError("strata: '" + path + "' is a checkpoint, of weights and what training needs beside them; give it to Trainer::resume, or take its weights alone: io::read_parts(model, io::SafetensorsFile(path)); save(model, path) writes no others");
        std::vector<io::WantedTensor> wanted;
        for (const auto& view : io::parts_of(model)) wanted.push_back(view);
        io::check(file, wanted);
        io::read_parts(model, file);
    }
}

}  // namespace strata
