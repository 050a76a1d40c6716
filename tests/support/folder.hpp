// SPDX-License-Identifier: BSL-1.0
/// What tests of files share: a folder of their own, and bytes in and out by other means than the library's.
#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>

#include <strata/core/error.hpp>

namespace support {

/// A new empty folder, removed with all in it.
class Folder {
public:
    Folder() {
        static int counter = 0;
        path_ = std::filesystem::temp_directory_path() / ("strata-test-" + std::to_string(::getpid()) + "-" + std::to_string(counter++));
        std::filesystem::create_directories(path_);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }
    std::string path() const { return path_.string(); }
    /// How many entries it holds: shows what was left behind.
    long entries() const { return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator{}); }

private:
    std::filesystem::path path_;
};

inline std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
inline void write(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// While it lives, no file of this process grows past so many bytes: what a full disk does to a writer, without the rights to make one.
class FileLimit {
public:
    explicit FileLimit(unsigned long bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit small = before_;
        small.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    FileLimit(const FileLimit&) = delete;
    FileLimit& operator=(const FileLimit&) = delete;
    ~FileLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    void (*handler_)(int);
};

/// The text of the strata::Error that `call` throws, or "no error".
template <class F>
std::string error_of(F&& call) {
    try {
        call();
    } catch (const strata::Error& e) {
        return e.what();
    }
    return "no error";
}
inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace support
