// SPDX-License-Identifier: BSL-1.0
/// A checkpoint of a training run, a safetensors file: its tensors, and what its metadata say beside them.
#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/io/model.hpp>
#include <strata/optim/setting.hpp>
#include <strata/train/history.hpp>

namespace strata {

/// How far a training run is, and by what.
struct Checkpoint {
    std::uint64_t seed = 0;
    std::string optimiser{};  ///< its type, as Adam or Clipped<Adam>
    long epoch = 0;           ///< epochs that ended
    long steps = 0;           ///< steps that were taken
    long skipped = 0;         ///< steps without an update, where the loss is scaled
    long waited = 0;          ///< validated epochs that patience has waited
    long forgotten = 0;       ///< epochs whose validation counts no more, since the weights were changed by hand after them
    std::vector<std::pair<std::string, double>> settings{};  ///< of the optimiser, in its order, as they were at the end; files of before they were kept have none
    History history{};        ///< of all epochs; a file keeps no losses of single steps

    io::Metadata metadata() const {
        io::Metadata all{{"strata.epoch", std::to_string(epoch)},     {"strata.step", std::to_string(steps)},   {"strata.skipped", std::to_string(skipped)}, {"strata.waited", std::to_string(waited)},
                {"strata.seed", std::to_string(seed)},       {"strata.optimiser", optimiser},          {"strata.history", history.csv()}};
        if (forgotten > 0) all["strata.forgotten"] = std::to_string(forgotten);
        std::string lines;
        for (const auto& [name, value] : settings) lines += name + ',' + detail::shortest(value) + '\n';
        if (!settings.empty()) all["strata.settings"] = lines;
        return all;
    }
    /// Reads them back.   wanted: the seed and the optimiser that the run has to have.   Throws FileError naming the file and what is amiss.
    static Checkpoint of(const io::SafetensorsFile& file, const std::string& path, const Checkpoint& wanted) {
        const auto text = [&](const char* key) {
            const auto at = file.metadata().find(key);
            if (at == file.metadata().end()) throw FileError("strata: " + path + " has no \"" + key + "\" in its metadata, so it is no checkpoint; give a file that fit wrote");
            return at->second;
        };
        const auto number = [&](const char* key, std::uint64_t most) {
            const std::string digits = text(key);
            std::uint64_t value = 0;
            const char* end = digits.data() + digits.size();
            if (const auto [last, fault] = std::from_chars(digits.data(), end, value); fault != std::errc{} || last != end || value > most)
                throw FileError("strata: " + path + " has \"" + key + "\" = \"" + io::shown(digits) + "\" in its metadata, which is no count; give a file that fit wrote");
            return value;
        };
        Checkpoint c;
        c.seed = number("strata.seed", ~std::uint64_t{0});
        if (c.seed != wanted.seed)
            throw FileError("strata: " + path + " was trained with seed " + std::to_string(c.seed) + ", this trainer has " + std::to_string(wanted.seed) +
                            "; resume with the same seed");
        c.optimiser = text("strata.optimiser");
        if (c.optimiser != wanted.optimiser)
            throw FileError("strata: " + path + " was trained by " + io::shown(c.optimiser) + ", this trainer has " + wanted.optimiser + "; resume with the same optimiser, or take the weights alone: io::read_parts(model, io::SafetensorsFile(path))");
        c.epoch = static_cast<long>(number("strata.epoch", 1 << 30));
        c.steps = static_cast<long>(number("strata.step", 1LL << 62));
        c.skipped = static_cast<long>(number("strata.skipped", 1LL << 62));
        c.waited = static_cast<long>(number("strata.waited", 1 << 30));
        if (file.metadata().contains("strata.forgotten")) c.forgotten = static_cast<long>(number("strata.forgotten", 1 << 30));
        if (file.metadata().contains("strata.settings")) c.settings = settings_in(text("strata.settings"), path);
        try {
            c.history = History::from_csv(text("strata.history"));
        } catch (const DataError& e) {
            throw FileError("strata: " + path + " has a history in its metadata that cannot be read: " + std::string(e.what()).substr(8));
        }
        return c;
    }
    template <class Optimiser>
    void take_settings(const Optimiser& from) {
        for (const Setting& s : settings_of(from)) settings.emplace_back(s.name, s.value);
    }
    /// Gives an optimiser the settings that were taken, if any were.   Throws FileError where it has others, or where one is none that it can work with.
    template <class Optimiser>
    void give_settings(Optimiser& to, const std::string& path) const {
        if (settings.empty()) return;
        const std::vector<Setting> own = settings_of(to);
        bool same = settings.size() == own.size();
        for (std::size_t i = 0; same && i < own.size(); ++i) {
            same = settings[i].first == own[i].name;
            put_setting(to, own[i], settings[i].second);
        }
        if (!same) throw FileError("strata: " + path + " has settings of its optimiser that " + optimiser + " has not here; resume with the optimiser as it was");
        try {
            check_settings(to, "optimiser");
        } catch (const DataError& e) {
            throw FileError("strata: " + path + " has a setting that training cannot work with: " + std::string(e.what()).substr(8));
        }
    }

  private:
    static std::vector<std::pair<std::string, double>> settings_in(std::string_view lines, const std::string& path) {
        std::vector<std::pair<std::string, double>> all;
        while (!lines.empty()) {
            const std::string_view line = lines.substr(0, lines.find('\n'));
            lines.remove_prefix(line.size() < lines.size() ? line.size() + 1 : line.size());
            const std::size_t comma = line.rfind(',');
            const std::string_view digits = comma == line.npos ? std::string_view() : line.substr(comma + 1);
            double value = 0;
            if (const auto [last, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value); digits.empty() || fault != std::errc{} || last != digits.data() + digits.size())
                throw FileError("strata: " + path + " has a setting \"" + io::shown(std::string(line)) + "\" in its metadata that is no name with a number; give a file that fit wrote");
            all.emplace_back(line.substr(0, comma), value);
        }
        return all;
    }
};

/// All tensors of a checkpoint, in the host's memory: of a model on the host itself, of one elsewhere a copy.
/// Moments: how many the optimiser has.   Tail: numbers of a loss scale behind them.
template <class M, int Moments, int Tail>
struct CheckpointTensors {
    using Real = typename M::Real;
    static constexpr const char* of_best = "best/";  ///< before the paths of the best weights; no member is called so

    struct Seen {
        decltype(on_host(std::declval<const M&>())) model;
        explicit Seen(const M& m) : model(on_host(m)) {}
    };
    Seen last;
    std::unique_ptr<const Seen> best;
    Buffer<Real> moments;

    CheckpointTensors(const M& m, const BufferOn<typename M::Place, Real>& kept_moments, const M* kept) : last(m), moments(kept_moments.to_host()) {
        if (kept != nullptr) best = std::make_unique<const Seen>(*kept);
    }
    std::vector<io::TensorView> views() const {
        std::vector<io::TensorView> v = io::parts_of(last.model);
        constexpr long all = M::parameter_block() * Moments;
        if (all > 0) v.push_back(view("optimiser.moments", {Moments, M::parameter_block()}, 0, all));
        if (Tail > 0) v.push_back(view("optimiser.scale", {Tail}, all, Tail));
        if (best)
            for (io::TensorView& part : io::parts_of(best->model)) {
                part.name = of_best + part.name;
                v.push_back(std::move(part));
            }
        return v;
    }

  private:
    io::TensorView view(const char* name, std::vector<std::int64_t> shape, long first, long numbers) const {
        io::TensorView m;
        m.name = name;
        m.dtype = dtype_of<Real>;
        m.shape.assign(shape.begin(), shape.end());
        m.data = reinterpret_cast<const std::byte*>(moments.data() + first);
        m.bytes = static_cast<std::size_t>(numbers) * sizeof(Real);
        return m;
    }
};

}  // namespace strata
