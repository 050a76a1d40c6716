// SPDX-License-Identifier: BSL-1.0
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "bench.cuh"
#include "cublas.cuh"
#ifdef STRATA_BENCHMARK_CUDNN
#include <cudnn.h>
#endif

namespace bench {
namespace {

using strata::cuda::check;
using Clock = std::chrono::steady_clock;

struct Entry {
    std::string suite, name;
    long side;
    std::function<void(Case&)> make;
};
std::vector<Entry>& entries() {
    static std::vector<Entry> all;
    return all;
}
Options chosen;
Chip chip;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

class Event {
  public:
    Event() { check(cudaEventCreate(&event_), "cudaEventCreate"); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { static_cast<void>(cudaEventDestroy(event_)); }
    void record(const strata::cuda::Stream& s) { check(cudaEventRecord(event_, s.get()), "cudaEventRecord"); }
    double seconds_to(const Event& later) const {
        check(cudaEventSynchronize(later.event_), "cudaEventSynchronize");
        float ms = 0;
        check(cudaEventElapsedTime(&ms, event_, later.event_), "cudaEventElapsedTime");
        return ms * 1e-3;
    }

  private:
    cudaEvent_t event_ = nullptr;
};
template <class F>
double timed(const strata::cuda::Stream& s, F f) {
    Event begin, end;
    begin.record(s);
    f();
    end.record(s);
    return begin.seconds_to(end);
}

/// Whether events tell real time: what the host waits for copies on the device takes about as long as they say.
bool events_are_real() {
    const long bytes = 64l << 20;
    strata::cuda::Memory<char> a(bytes, strata::cuda::Unset{}), b(bytes, strata::cuda::Unset{});
    check(cudaMemset(a.data(), 0, bytes), "cudaMemset");
    const strata::cuda::Stream s;
    const auto copies = [&](int n) {
        for (int i = 0; i < n; ++i) check(cudaMemcpyAsync(b.data(), a.data(), bytes, cudaMemcpyDeviceToDevice, s.get()), "cudaMemcpyAsync");
    };
    copies(1), s.wait();
    for (int n = 8; ; n *= 2) {
        const auto start = Clock::now();
        const double told = timed(s, [&] { copies(n); }), waited = since(start);
        if (waited < 0.02 && n < 4096) continue;
        return told > waited / 4;
    }
}

double middle(std::vector<double> v, double part) {
    std::sort(v.begin(), v.end());
    const double at = part * static_cast<double>(v.size() - 1);
    const auto i = static_cast<std::size_t>(at);
    return i + 1 < v.size() ? v[i] + (at - static_cast<double>(i)) * (v[i + 1] - v[i]) : v[i];
}

/// Fills in the seconds of all systems that are here.
void time(Case& c) {
    struct Turn {
        System* system;
        int calls = 1;
        strata::cuda::Recording recording{};
        void run() const {
            if (recording)
                recording.launch(*system->stream);
            else
                for (int i = 0; i < calls; ++i) system->call();
        }
    };
    std::vector<Turn> turns;
    double round = 0;
    for (System& s : c.systems) {
        if (!s.absent.empty()) continue;
        if (chosen.modelled) {
            if (s.modelled) {
                s.call(), s.stream->wait();  // what happens once only is over
                s.seconds = {timed(*s.stream, s.call)};
            }
            continue;
        }
        const auto start = Clock::now();
        double once = 0;
        do once = timed(*s.stream, s.call);
        while (since(start) < 0.05);
        Turn t{&s};
        t.calls = static_cast<int>(std::clamp(500e-6 / std::max(once, 1e-7), 1.0, 200.0));
        if (s.recorded) t.recording.record(*s.stream, [&] { for (int i = 0; i < t.calls; ++i) s.call(); });
        for (int i = 0; i < 3; ++i) t.run();
        round += timed(*s.stream, [&] { t.run(); });
        turns.push_back(std::move(t));
    }
    const int rounds = static_cast<int>(std::clamp(chosen.seconds / std::max(round, 1e-6), 7.0, static_cast<double>(chosen.rounds)));
    for (int r = 0; r < rounds && !turns.empty(); ++r)
        for (std::size_t i = 0; i < turns.size(); ++i) {
            const Turn& t = turns[r % 2 == 0 ? i : turns.size() - 1 - i];
            t.system->seconds.push_back(timed(*t.system->stream, [&] { t.run(); }) / t.calls);
        }
}

std::string share(double part) {
    char b[32];
    std::snprintf(b, sizeof b, "%5.1f %%", 100 * part);
    return part > 0 ? b : "    - ";
}
void print_head(const std::string& suite, const std::string& device) {
    if (chosen.modelled)
        std::printf("\n%s. MODELLED, NOT MEASURED: times that the runtime's model of %s gives; it knows no libraries' kernels\n", suite.c_str(), device.c_str());
    else
        std::printf("\n%s. Measured on %s\n", suite.c_str(), device.c_str());
    std::printf("%-50s %-28s %12s %9s %9s %9s %9s %s\n", "case", "system", chosen.modelled ? "modelled us" : "median us", "spread", "of peak", "of bandw.", "x Strata",
                "error (allowed)");
}
void print(const Case& c) {
    const double peak = peak_of(chip, c.number);
    const System* ours = c.systems.empty() || c.systems.back().seconds.empty() ? nullptr : &c.systems.back();
    for (const System& s : c.systems) {
        std::printf("%-50s %-28s ", &s == &c.systems.front() ? c.name.c_str() : "", s.name.c_str());
        if (!s.absent.empty()) {
            std::printf("%s\n", s.absent.c_str());
            continue;
        }
        if (s.seconds.empty()) {
            std::printf("%12s %9s %9s %9s %9s ", "-", "", "", "", "");
        } else {
            const double t = middle(s.seconds, 0.5);
            std::printf("%12.2f %9s %9s %9s ", t * 1e6, s.seconds.size() > 1 ? share((middle(s.seconds, 0.75) - middle(s.seconds, 0.25)) / t).c_str() : "",
                        share(peak > 0 ? c.operations / t / peak : 0).c_str(), share(chip.bandwidth > 0 ? c.moved() / t / chip.bandwidth : 0).c_str());
            if (ours != nullptr && &s != ours)
                std::printf("%9.2f ", t / middle(ours->seconds, 0.5));
            else
                std::printf("%9s ", "");
        }
        if (s.bound > 0)
            std::printf("%.1e (%.1e)%s\n", s.error, s.bound, s.error <= s.bound ? "" : "  WRONG");
        else
            std::printf("-\n");
    }
    std::fflush(stdout);
}
std::string quoted(const std::string& s) {
    std::string out = "\"";
    for (char ch : s) {
        if (ch == '"' || ch == '\\') out += '\\';
        out += static_cast<unsigned char>(ch) < 32 ? ' ' : ch;
    }
    return out + '"';
}
void write(std::FILE* f, const Case& c, bool first) {
    std::fprintf(f, "%s\n  {\"suite\": %s, \"case\": %s, \"number\": \"%s\", \"operations\": %.0f, \"bytes\": %.0f, \"peak\": %.6g, \"systems\": [", first ? "" : ",", quoted(c.suite).c_str(),
                 quoted(c.name).c_str(), name_of(c.number), c.operations, c.moved(), peak_of(chip, c.number));
    for (const System& s : c.systems) {
        std::fprintf(f, "%s\n    {\"system\": %s, ", &s == &c.systems.front() ? "" : ",", quoted(s.name).c_str());
        if (!s.absent.empty()) std::fprintf(f, "\"absent\": %s, ", quoted(s.absent).c_str());
        if (s.bound > 0) std::fprintf(f, "\"error\": %.6g, \"allowed\": %.6g, ", s.error, s.bound);
        std::fprintf(f, "\"seconds\": [");
        for (std::size_t i = 0; i < s.seconds.size(); ++i) std::fprintf(f, "%s%.6g", i == 0 ? "" : ", ", s.seconds[i]);
        std::fprintf(f, "]}");
    }
    std::fprintf(f, "]}");
}

constexpr const char* usage =
    R"(usage: strata_cuda_benchmarks [options]
  Strata's kernels and programs on a CUDA device beside cuBLAS, cuBLASLt and, where it was found, cuDNN. Each result is checked first.
  Times are medians of CUDA events round recorded graphs of many calls, systems taking turns; "x Strata" is another's median by Strata's.
  --list              names the cases
  --filter WORD[,..]  cases whose name holds one of the words
  --sizes A:B         products of squares of these sides only (64:8192)
  --rounds N          rounds of each case at the most (31)
  --seconds S         about so long for each case at the most (1)
  --json FILE         all figures, for benchmarks/kernel/cuda/report.py
  --peak-f32 X  --peak-tf32 X  --peak-half X  --bandwidth X
                      the data sheet's TFLOP/s and GB/s, where the device is not known here
  --modelled          the CUDA runtime in use models time and does not measure it: one call each, only what it can model, sides up to 1024
                      (unless --sizes says otherwise), and every table says so
)";

[[noreturn]] void fail(const std::string& text) {
    std::fprintf(stderr, "strata_cuda_benchmarks: %s\n", text.c_str());
    std::exit(2);
}
double number(const char* option, const char* text) {
    char* end = nullptr;
    const double x = text == nullptr ? 0 : std::strtod(text, &end);
    if (text == nullptr || end == text || *end != 0 || !(x > 0)) fail(std::string(option) + " needs a number above 0; see --help");
    return x;
}

int run(int argc, char** argv) {
    bool list = false, sized = false;
    double peaks[4] = {};
    for (int i = 1; i < argc; ++i) {
        const std::string o = argv[i];
        const auto value = [&]() -> const char* { return i + 1 < argc ? argv[++i] : nullptr; };
        if (o == "--help" || o == "-h") return std::fputs(usage, stdout), 0;
        if (o == "--list") {
            list = true;
        } else if (o == "--filter" || o == "--json" || o == "--sizes") {
            const char* v = value();
            if (v == nullptr) fail(o + " needs a value; see --help");
            if (o == "--json") chosen.json = v;
            if (o == "--sizes") {
                sized = true;
                if (std::sscanf(v, "%ld:%ld", &chosen.least, &chosen.most) != 2 || chosen.least > chosen.most) fail("--sizes needs A:B with A <= B, as 64:1024");
            }
            if (o == "--filter")
                for (const char* at = v; *at != 0;) {
                    const char* end = std::strchr(at, ',');
                    chosen.filter.emplace_back(at, end == nullptr ? at + std::strlen(at) : end);
                    at = end == nullptr ? "" : end + 1;
                }
        } else if (o == "--rounds") {
            chosen.rounds = static_cast<int>(number("--rounds", value()));
        } else if (o == "--seconds") {
            chosen.seconds = number("--seconds", value());
        } else if (o == "--modelled") {
            chosen.modelled = true;
        } else if (o == "--peak-f32") {
            peaks[0] = number(o.c_str(), value()) * 1e12;
        } else if (o == "--peak-tf32") {
            peaks[1] = number(o.c_str(), value()) * 1e12;
        } else if (o == "--peak-half") {
            peaks[2] = number(o.c_str(), value()) * 1e12;
        } else if (o == "--bandwidth") {
            peaks[3] = number(o.c_str(), value()) * 1e9;
        } else {
            fail(o + " is no option; see --help");
        }
    }
    if (chosen.modelled && !sized) chosen.most = 1024;
    std::vector<const Entry*> due;
    for (const Entry& e : entries()) {
        const std::string whole = e.suite + " " + e.name;
        const bool named = chosen.filter.empty() || std::any_of(chosen.filter.begin(), chosen.filter.end(), [&](const std::string& w) { return whole.find(w) != std::string::npos; });
        if (named && (e.side == 0 || (e.side >= chosen.least && e.side <= chosen.most))) due.push_back(&e);
    }
    std::stable_sort(due.begin(), due.end(), [](const Entry* a, const Entry* b) { return a->suite < b->suite; });
    if (list) {
        for (const Entry* e : due) std::printf("%s: %s\n", e->suite.c_str(), e->name.c_str());
        return 0;
    }
    if (due.empty()) fail("no case fits; --list names them");

    int device = 0, driver = 0, runtime = 0;
    cudaDeviceProp about{};
    check(cudaGetDevice(&device), "cudaGetDevice");
    check(cudaGetDeviceProperties(&about, device), "cudaGetDeviceProperties");
    check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
    check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
    chip = chip_named(about.name);
    double* of_chip[4] = {&chip.f32, &chip.tf32, &chip.half, &chip.bandwidth};
    for (int i = 0; i < 4; ++i)
        if (peaks[i] > 0) *of_chip[i] = peaks[i], chip.source = "as given";
    const bool real = events_are_real();
    if (!real && !chosen.modelled) fail("the times of this runtime's events are not those that pass: it models them. Give --modelled, and the tables will say so");
    if (real && chosen.modelled) fail("--modelled is given, but the events of this runtime tell the time that passes: leave it out");

    const std::string told = about.name;
    std::printf("%s: peaks %g TFLOP/s in f32, %g in tf32, %g in bf16 and f16, %g GB/s (%s). CUDA runtime %d.%d, driver %d.%d, cuBLAS %s\n", told.c_str(), chip.f32 / 1e12, chip.tf32 / 1e12,
                chip.half / 1e12, chip.bandwidth / 1e9, chip.source, runtime / 1000, runtime % 1000 / 10, driver / 1000, driver % 1000 / 10, Cublas::version().c_str());
    std::FILE* f = nullptr;
    if (!chosen.json.empty()) {
        f = std::fopen(chosen.json.c_str(), "w");
        if (f == nullptr) fail("cannot write " + chosen.json);
        std::fprintf(f, "{\"basis\": \"%s\", \"device\": %s, \"source\": %s, \"f32\": %.6g, \"tf32\": %.6g, \"half\": %.6g, \"bandwidth\": %.6g,\n \"runtime\": %d, \"driver\": %d, \"cublas\": \"%s\", \"cudnn\": %d, \"cases\": [",
                     chosen.modelled ? "modelled" : "measured", quoted(told).c_str(), quoted(chip.source).c_str(), chip.f32, chip.tf32, chip.half, chip.bandwidth, runtime, driver, Cublas::version().c_str(),
#ifdef STRATA_BENCHMARK_CUDNN
                     static_cast<int>(cudnnGetVersion())
#else
                     0
#endif
        );
    }
    bool wrong = false, first = true;
    const bool watched = isatty(2) != 0;
    std::string suite;
    const auto start = Clock::now();
    for (std::size_t i = 0; i < due.size(); ++i) {
        const Entry& e = *due[i];
        if (e.suite != suite) print_head(suite = e.suite, told);
        if (watched) std::fprintf(stderr, "\r[%zu/%zu, %.0f s] %s: %s ... ", i + 1, due.size(), since(start), e.suite.c_str(), e.name.c_str());
        Case c{e.suite, e.name};
        try {
            e.make(c);
            bool right = true;
            for (const System& s : c.systems)
                if (!(s.error <= s.bound) && s.bound > 0) right = false;
            if (right) time(c);
            wrong = wrong || !right;
        } catch (const strata::DeviceError& error) {
            c.systems.push_back(System{"-", nullptr, {}});
            c.systems.back().absent = error.what();
            wrong = true;
        }
        if (watched) std::fprintf(stderr, "\r%120s\r", "");
        print(c);
        if (f != nullptr) write(f, c, first);
        first = false;
    }
    if (f != nullptr) std::fprintf(f, "\n]}\n"), std::fclose(f);
    if (wrong) std::fprintf(stderr, "strata_cuda_benchmarks: some cases were wrong or failed; see above\n");
    return wrong ? 1 : 0;
}

}  // namespace

void add(const char* suite, const std::string& name, long side, std::function<void(Case&)> make) { entries().push_back({suite, name, side, std::move(make)}); }
const Options& options() { return chosen; }

}  // namespace bench

int main(int argc, char** argv) try {
    return bench::run(argc, argv);
} catch (const strata::Error& e) {  // no driver, no device
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
}
