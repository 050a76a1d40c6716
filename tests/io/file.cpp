// SPDX-License-Identifier: BSL-1.0
#include <strata/io/file.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../support/folder.hpp"

using strata::io::AtomicFile;
using strata::io::MappedFile;
using strata::io::write_file;
using support::contains;
using support::error_of;

#if defined(__GLIBC__)
// In place of the C library's: what is flushed and renamed is written down, and a flush can be made to fail.
namespace {
std::string calls;
const char* failing = "";
}  // namespace
extern "C" int fsync(int fd) {
    struct stat facts {};
    const std::string kind = ::fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode) ? "folder" : "file";
    calls += "flush " + kind + "; ";
    if (kind == failing) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fsync, fd));
}
extern "C" int rename(const char* from, const char* to) noexcept {
    calls += "rename; ";
    return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
#endif

namespace {
std::string text_of(const MappedFile& file) { return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}; }
}  // namespace

TEST_CASE("a map shows the file's bytes and moves") {
    const support::Folder folder;
    support::write(folder / "a", std::string("x\0y", 3));
    support::write(folder / "empty", "");
    MappedFile a(folder / "a");
    CHECK(text_of(a) == std::string("x\0y", 3));
    MappedFile b(std::move(a));
    CHECK(text_of(b) == std::string("x\0y", 3));
    CHECK(a.bytes().empty());
    a = MappedFile(folder / "empty");
    CHECK(a.bytes().empty());
    a = std::move(b);
    CHECK(text_of(a).size() == 3);
}

TEST_CASE("a map outlives the replacement of its file") {
    const support::Folder folder;
    support::write(folder / "a", "old");
    const MappedFile old(folder / "a");
    write_file(folder / "a", "new text");
    CHECK(text_of(old) == "old");
    CHECK(text_of(MappedFile(folder / "a")) == "new text");
}

TEST_CASE("what cannot be mapped is named") {
    const support::Folder folder;
    const std::string absent = error_of([&] { MappedFile(folder / "none"); });
    CHECK(contains(absent, "strata: cannot open '" + (folder / "none") + "': No such file or directory; check the path"));
    CHECK(contains(error_of([&] { MappedFile{folder.path()}; }), "it is a folder, a device or a pipe; give the path of a regular file"));
    CHECK(contains(error_of([&] { MappedFile{"/dev/null"}; }), "a device"));
    REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(contains(error_of([&] { MappedFile(folder / "pipe"); }), "a pipe"));  // and does not wait for a writer
    support::write(folder / "file", "");
    CHECK(contains(error_of([&] { MappedFile(folder / "file/inside"); }), "Not a directory"));
    CHECK(strata::io::is_file(folder / "file"));
    CHECK_FALSE(strata::io::is_file(folder.path()));
    CHECK_FALSE(strata::io::is_file(folder / "none"));
}

TEST_CASE("a file is replaced whole at commit, not before") {
    const support::Folder folder;
    support::write(folder / "a", "old");
    {
        AtomicFile file(folder / "a");
        file.write("new ");
        CHECK(support::read(folder / "a") == "old");
        file.write("text");
        file.write("");
        file.commit();
    }
    CHECK(support::read(folder / "a") == "new text");
    CHECK(folder.entries() == 1);
    write_file(folder / "b", "second");
    CHECK(support::read(folder / "b") == "second");
    CHECK(folder.entries() == 2);
}

#if defined(__GLIBC__)
TEST_CASE("commit flushes the file, renames it, flushes the folder; what was not flushed replaces nothing") {
    const support::Folder folder;
    support::write(folder / "a", "old");
    calls.clear();
    write_file(folder / "a", "new");
    CHECK(calls == "flush file; rename; flush folder; ");
    failing = "file";
    CHECK(contains(error_of([&] { write_file(folder / "a", "newer"); }), "cannot write '" + (folder / "a") + "': "));
    CHECK(support::read(folder / "a") == "new");
    failing = "folder";
    CHECK(contains(error_of([&] { write_file(folder / "a", "newest"); }), "cannot flush the folder of the complete file"));
    failing = "";
    CHECK(support::read(folder / "a") == "newest");
    CHECK(folder.entries() == 1);
}
#endif

TEST_CASE("a writer that is dropped leaves the old file and nothing else") {
    const support::Folder folder;
    support::write(folder / "a", "old");
    {
        AtomicFile file(folder / "a");
        file.write("half");
    }
    CHECK(support::read(folder / "a") == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("two writers of one file do not meet") {
    const support::Folder folder;
    AtomicFile first(folder / "a"), second(folder / "a");
    first.write("first");
    second.write("second");
    first.commit();
    CHECK(support::read(folder / "a") == "first");
    second.commit();
    CHECK(support::read(folder / "a") == "second");
    CHECK(folder.entries() == 1);
}

TEST_CASE("links are followed, permissions kept, long names and relative paths taken") {
    const support::Folder folder;
    support::write(folder / "a", "old");
    REQUIRE(::chmod((folder / "a").c_str(), 0640) == 0);
    REQUIRE(::symlink("a", (folder / "link").c_str()) == 0);
    write_file(folder / "link", "new");
    CHECK(std::filesystem::is_symlink(folder / "link"));
    CHECK(support::read(folder / "a") == "new");
    struct stat facts {};
    REQUIRE(::stat((folder / "a").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777) == 0640);
    const std::string longest(255, 'n');
    write_file(folder / longest, "long");
    CHECK(support::read(folder / longest) == "long");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    write_file("relative", "here");
    std::filesystem::current_path(before);
    CHECK(support::read(folder / "relative") == "here");
}

TEST_CASE("what cannot be written is named, and nothing is left behind") {
    const support::Folder folder;
    const auto error = [](const std::string& path) { return error_of([&] { write_file(path, "x"); }); };
    CHECK(contains(error(folder / "none/a"), "cannot write '" + (folder / "none/a") + "': No such file or directory; check the path"));
    support::write(folder / "file", "old");
    CHECK(contains(error(folder / "file/a"), "Not a directory; check the path: a part of it is a file"));
    CHECK(contains(error(folder.path()), "it is a folder"));
    CHECK(contains(error("/dev/full"), "a device"));  // and does not replace the device
    CHECK(contains(error(""), "strata: cannot write ''"));
    CHECK(contains(error(folder / std::string(256, 'n')), "File name too long; choose a shorter name"));
    CHECK(contains(error(std::string("nul\0rest", 8)), "cannot write 'nul': Invalid argument; correct the path"));
    CHECK(contains(error_of([] { MappedFile{std::string("nul\0rest", 8)}; }), "cannot open 'nul': Invalid argument"));
    REQUIRE(::symlink("nowhere", (folder / "dangling").c_str()) == 0);
    CHECK(contains(error(folder / "dangling"), "it is a link to what does not exist; make that, or remove the link"));
    REQUIRE(::unlink((folder / "dangling").c_str()) == 0);
    CHECK(contains(error("/proc/strata-cannot-be-here"), "strata: cannot write '/proc/strata-cannot-be-here': "));
    if (std::filesystem::exists("/sys/kernel")) CHECK(contains(error("/sys/strata-cannot-be-here"), "rights"));  // a chroot may be without that file system
    if (::geteuid() != 0) {
        REQUIRE(::chmod(folder.path().c_str(), 0500) == 0);
        CHECK(contains(error(folder / "file"), "Permission denied; choose a place where you have the rights"));
        REQUIRE(::chmod(folder.path().c_str(), 0700) == 0);
        REQUIRE(::chmod((folder / "file").c_str(), 0400) == 0);  // somebody keeps it from being written
        CHECK(contains(error(folder / "file"), "Permission denied; choose a place where you have the rights"));
    }
    CHECK(support::read(folder / "file") == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a file that grows past the limit leaves the old one") {
    const support::Folder folder;
    support::write(folder / "a", "old");
    const std::string error = error_of([&] {
        const support::FileLimit limit(100'000);
        write_file(folder / "a", std::string(200'000, 'x'));
    });
    CHECK(contains(error, "cannot write '" + (folder / "a") + "': File too large; raise the limit"));
    CHECK(support::read(folder / "a") == "old");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a full disk leaves the old file") {
    const support::Folder folder;
    const std::string disk = folder / "disk";
    std::filesystem::create_directory(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
        MESSAGE("no rights to mount a small disk: skipped");
        return;
    }
    support::write(disk + "/a", "old");
    const std::string error = error_of([&] { write_file(disk + "/a", std::string(200'000, 'x')); });
    const std::string kept = support::read(disk + "/a");
    const auto entries = std::distance(std::filesystem::directory_iterator(disk), std::filesystem::directory_iterator{});
    REQUIRE(::umount(disk.c_str()) == 0);
    CHECK(contains(error, "No space left on device; free some space"));
    CHECK(kept == "old");
    CHECK(entries == 1);
}

TEST_CASE("a read-only disk is an error that says so") {
    const support::Folder folder;
    const std::string disk = folder / "disk";
    std::filesystem::create_directory(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", MS_RDONLY, "size=64k") != 0) {
        MESSAGE("no rights to mount a read-only disk: skipped");
        return;
    }
    const std::string error = error_of([&] { write_file(disk + "/a", "x"); });
    REQUIRE(::umount(disk.c_str()) == 0);
    CHECK(contains(error, "Read-only file system; choose a place where you have the rights"));
}
