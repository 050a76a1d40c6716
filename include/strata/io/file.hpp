// SPDX-License-Identifier: BSL-1.0
/// Files: a read-only memory map, and a writer that replaces a file whole or not at all.
/// Both use POSIX where it is there; elsewhere a map is a copy in memory and the writer goes without fsync.
#pragma once

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <strata/core/error.hpp>

#if defined(__unix__) || defined(__APPLE__)
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#else
#include <cstdio>
#include <filesystem>
#include <memory>
#endif

namespace strata::io {

namespace detail {

/// What a user can do about a system error.
inline const char* remedy(int code) {
    switch (code) {
        case ENOENT:
            return "check the path: the file, or a folder on the way to it, does not exist";
        case ENOTDIR:
            return "check the path: a part of it is a file, not a folder";
        case EISDIR:
            return "give the path of a file, not of a folder";
        case EACCES:
        case EPERM:
        case EROFS:
            return "choose a place where you have the rights, or change its permissions";
        case EFBIG:
            return "raise the limit on the size of files (ulimit -f), or choose another file system";
        case EMFILE:
        case ENFILE:
            return "close some files, or raise the limit on open files (ulimit -n)";
        case ENAMETOOLONG:
            return "choose a shorter name";
        case EEXIST:
            return "remove the files .strata-*.tmp beside it, which programs that were killed have left";
        case EINVAL:
            return "correct the path: it has a character that no path may have";
        case ENOSPC:
            return "free some space, or choose a folder on another disk";
#ifdef EDQUOT
        case EDQUOT:
            return "free some of your quota, or choose a folder on another disk";
#endif
        default:
            return "check the path and the disk";
    }
}

[[noreturn]] inline void fail_file(std::string_view doing, const std::string& path, int code) {
    throw FileError("strata: cannot " + std::string(doing) + " '" + path + "': " + std::generic_category().message(code) + "; " +
                    remedy(code));
}
[[noreturn]] inline void fail_irregular(std::string_view doing, const std::string& path) {
    throw FileError("strata: cannot " + std::string(doing) + " '" + path +
                    "': it is a folder, a device or a pipe; give the path of a regular file");
}

/// The system would end a path at its first null character, and another file would be meant.
inline void check_path(std::string_view doing, const std::string& path) {
    if (path.find('\0') != path.npos) fail_file(doing, path.substr(0, path.find('\0')), EINVAL);
}

#if defined(__unix__) || defined(__APPLE__)

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    int get() const { return fd_; }
    bool open() const { return fd_ >= 0; }
    void reset(int fd) {
        close();
        fd_ = fd;
    }
    /// 0, or the error: quota and network disks may report a lost write only here.
    int close() {
        const int fd = std::exchange(fd_, -1);
        return fd >= 0 && ::close(fd) != 0 ? errno : 0;
    }

private:
    int fd_;
};

inline std::span<const std::byte> map(const std::string& path) {
    check_path("open", path);
    // O_NONBLOCK: opening a pipe must fail below, not wait for a writer.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.open()) fail_file("open", path, errno);
    struct stat facts {};
    if (::fstat(file.get(), &facts) != 0) fail_file("read", path, errno);
    if (!S_ISREG(facts.st_mode)) fail_irregular("read", path);
    const auto size = static_cast<std::size_t>(facts.st_size);
    if (size == 0) return {};
    void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (at == MAP_FAILED) fail_file("map", path, errno);
    return {static_cast<const std::byte*>(at), size};
}
inline void unmap(std::span<const std::byte> bytes) {
    if (!bytes.empty()) ::munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
}

#else

inline std::FILE* open(const std::string& path, const char* mode, std::string_view doing) {
    errno = 0;
    std::FILE* file = std::fopen(path.c_str(), mode);
    if (!file) fail_file(doing, path, errno != 0 ? errno : EIO);
    return file;
}
inline std::span<const std::byte> map(const std::string& path) {
    check_path("open", path);
    std::error_code failed;
    const auto kind = std::filesystem::status(path, failed).type();
    if (!failed && kind != std::filesystem::file_type::regular) fail_irregular("read", path);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(open(path, "rb", "open"), &std::fclose);
    const auto size = static_cast<std::size_t>(std::filesystem::file_size(path, failed));
    if (failed) fail_file("read", path, failed.value());
    std::unique_ptr<std::byte[]> bytes(new std::byte[size]);
    if (std::fread(bytes.get(), 1, size, file.get()) != size) fail_file("read", path, EIO);
    return {bytes.release(), size};
}
inline void unmap(std::span<const std::byte> bytes) { delete[] bytes.data(); }

#endif

}  // namespace detail

/// Whether `path` is a regular file, links followed.
inline bool is_file(const std::string& path) {
#if defined(__unix__) || defined(__APPLE__)
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode);
#else
    std::error_code failed;
    return std::filesystem::is_regular_file(path, failed);
#endif
}

/// A whole file as read-only bytes, mapped, so that what is not touched is not read.
/// Needs: nobody shortens the file while it is mapped (replacing it, as AtomicFile does, is safe: the map keeps the old file).
/// Throws: FileError when the file is absent, not readable or not a regular file.
class MappedFile {
public:
    explicit MappedFile(const std::string& path) : bytes_(detail::map(path)) {}
    MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    MappedFile& operator=(MappedFile&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~MappedFile() { detail::unmap(bytes_); }
    std::span<const std::byte> bytes() const { return bytes_; }

private:
    std::span<const std::byte> bytes_;
};

/// Writes a file whole or not at all: a temporary in the same folder, `write` any number of times, then `commit`: fsync, rename, fsync
/// of the folder. Whatever fails before the rename, or a destructor without commit, removes the temporary and leaves the old file as it
/// was. A link is followed, the old file's permissions are kept; where they do not let it be written, it is not replaced.   Throws: FileError naming the path, the system's text and what to do.
class AtomicFile {
public:
    explicit AtomicFile(std::string path);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile() { discard(); }
    void write(std::span<const std::byte> bytes);
    void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
    void commit();

private:
    void discard() noexcept;
    /// A short name that no other writer of this machine uses now; its length does not depend on the target's.
    static std::string temporary_in(const std::string& folder, long process) {
        static std::atomic<unsigned> counter{0};
        return folder + ".strata-" + std::to_string(process) + "-" + std::to_string(counter++) + ".tmp";
    }

    std::string path_, target_, temporary_;  // as given; after following links; empty when there is none
#if defined(__unix__) || defined(__APPLE__)
    detail::Descriptor file_, folder_;
#else
    std::FILE* file_ = nullptr;
#endif
};

#if defined(__unix__) || defined(__APPLE__)

inline AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), target_(path_) {
    detail::check_path("write", path_);
    struct stat old {};
    const bool replaces = ::stat(path_.c_str(), &old) == 0;
    if (!replaces && errno != ENOENT) detail::fail_file("write", path_, errno);
    if (replaces && ::access(path_.c_str(), W_OK) != 0) detail::fail_file("write", path_, errno);
    if (!replaces && ::lstat(path_.c_str(), &old) == 0)
        throw FileError("strata: cannot write '" + path_ + "': it is a link to what does not exist; make that, or remove the link");
    if (replaces && !S_ISREG(old.st_mode)) detail::fail_irregular("write", path_);
    if (replaces)
        if (char* real = ::realpath(path_.c_str(), nullptr)) {
            target_ = real;
            std::free(real);
        }
    const auto slash = target_.rfind('/');
    const std::string folder = slash == std::string::npos ? "./" : target_.substr(0, slash + 1);
    if (slash + 1 == target_.size()) detail::fail_file("write", path_, target_.empty() ? ENOENT : EISDIR);
    for (int attempt = 0; !file_.open(); ++attempt) {
        temporary_ = temporary_in(folder, static_cast<long>(::getpid()));
        file_.reset(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
        if (file_.open()) break;
        const int code = errno;
        if (code == EEXIST && attempt < 10000) continue;  // left behind by a process of the same number that was killed
        temporary_.clear();                             // not ours to remove
        detail::fail_file("write", path_, code);
    }
    if (replaces) static_cast<void>(::fchmod(file_.get(), old.st_mode & 07777));  // another owner's file: ours gets the usual rights
    folder_.reset(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));    // may be denied: then the rename is just not flushed
}

inline void AtomicFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::size_t part = std::min<std::size_t>(bytes.size(), std::size_t{1} << 30);
        const auto written = ::write(file_.get(), bytes.data(), part);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            const int code = errno;
            discard();
            detail::fail_file("write", path_, code);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

inline void AtomicFile::commit() {
    int code = ::fsync(file_.get()) != 0 ? errno : 0;
    const int closing = file_.close();
    if (code == 0) code = closing;
    if (code == 0 && ::rename(temporary_.c_str(), target_.c_str()) != 0) code = errno;
    if (code != 0) {
        discard();
        detail::fail_file("write", path_, code);
    }
    temporary_.clear();
    if (!folder_.open() || ::fsync(folder_.get()) == 0) return;
    if (errno == EINVAL || errno == ENOTSUP || errno == EROFS) return;  // this file system does not flush folders
    detail::fail_file("flush the folder of the complete file", path_, errno);
}

inline void AtomicFile::discard() noexcept {
    file_.close();
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
    temporary_.clear();
}

#else

inline AtomicFile::AtomicFile(std::string path) : path_(std::move(path)), target_(path_) {
    detail::check_path("write", path_);
    std::error_code failed;
    const auto kind = std::filesystem::status(path_, failed).type();
    if (kind == std::filesystem::file_type::regular)
        target_ = std::filesystem::canonical(path_, failed).string();
    else if (kind != std::filesystem::file_type::not_found && kind != std::filesystem::file_type::none)
        detail::fail_irregular("write", path_);
    if (target_.empty()) detail::fail_file("write", path_, ENOENT);
    const auto slash = target_.find_last_of("/\\");
    temporary_ = temporary_in(slash == std::string::npos ? "" : target_.substr(0, slash + 1), 0);
    std::string name = std::exchange(temporary_, {});
    file_ = detail::open(name, "wbx", "write");
    temporary_ = std::move(name);
}
inline void AtomicFile::write(std::span<const std::byte> bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size()) return;
    const int code = errno;
    discard();
    detail::fail_file("write", path_, code);
}
inline void AtomicFile::commit() {
    int code = std::fclose(std::exchange(file_, nullptr)) != 0 ? errno : 0;
    std::error_code failed;
    if (code == 0) std::filesystem::rename(temporary_, target_, failed);
    if (code == 0) code = failed.value();
    if (code == 0) temporary_.clear();
    discard();
    if (code != 0) detail::fail_file("write", path_, code);
}
inline void AtomicFile::discard() noexcept {
    if (file_) std::fclose(std::exchange(file_, nullptr));
    if (!temporary_.empty()) std::remove(temporary_.c_str());
    temporary_.clear();
}

#endif

/// Replaces the file by `text`, whole or not at all.
inline void write_file(const std::string& path, std::string_view text) {
    AtomicFile file(path);
    file.write(text);
    file.commit();
}

}  // namespace strata::io
