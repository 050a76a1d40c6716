// SPDX-License-Identifier: BSL-1.0
#include <strata/io/model.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <doctest/doctest.h>

#include <strata/layer.hpp>

#include "../support/folder.hpp"

namespace st = strata;

namespace {
using Model = st::Model<st::Sequential<st::Dense<5>, st::BatchNorm, st::Relu, st::Dense<2>>, st::Shape<3>>;
struct File {
    std::string path = (std::filesystem::temp_directory_path() / ("strata_io_model_" + std::to_string(::getpid()))).string();
    ~File() { std::filesystem::remove(path); }
};
}  // namespace

TEST_CASE("a model comes back from its file, states included") {
    const File f;
    Model a{st::Seed{4}};
    for (long i = 0; i < Model::state_block(); ++i) a.states()[i] = 0.25f * static_cast<float>(i);
    st::save(a, f.path, {{"who", "test"}});
    Model b{st::Seed{5}};
    st::load(b, f.path);
    for (int i = 0; i < Model::parts(); ++i)
        for (long k = 0; k < a.part(i).dims.size(); ++k) CHECK(a.part(i).data[k] == b.part(i).data[k]);
    const st::io::SafetensorsFile file(f.path);
    CHECK(file.metadata().at("who") == "test");
    REQUIRE(file.find("1.variance") != nullptr);
    CHECK(file.find("0.weight")->shape == std::vector<long>{3, 5});
}

TEST_CASE("a file of another model is refused with all differences, and changes nothing") {
    const File f;
    st::save(st::Model<st::Sequential<st::Dense<4>, st::Relu, st::Dense<2>>, st::Shape<3>>{st::Seed{1}}, f.path);
    Model m{st::Seed{5}};
    const Model before = m;
    try {
        st::load(m, f.path);
        FAIL("a wrong file was taken");
    } catch (const st::FileError& e) {
        const std::string text = e.what();
        for (const char* part : {"0.weight", "expected [3, 5], found [3, 4]", "1.weight", "1.mean", "3.weight", "2.weight"}) {
            CAPTURE(part);
            CHECK(text.find(part) != std::string::npos);
        }
    }
    for (long i = 0; i < Model::parameter_block(); ++i) REQUIRE(m.parameters()[i] == before.parameters()[i]);
}

TEST_CASE("a checkpoint is told from a file of weights; of many differences the first are shown") {
    const File f;
    Model m{st::Seed{5}};
    st::save(m, f.path, {{"strata.optimiser", "Adam"}});
    CHECK_THROWS_WITH_AS(st::load(m, f.path), doctest::Contains("is a checkpoint, of weights and what training needs beside them; give it to Trainer::resume"), st::FileError);
    CHECK_THROWS_WITH_AS(st::load(m, f.path), doctest::Contains("or take its weights alone: io::read_parts(model, io::SafetensorsFile(path))"), st::FileError);
    const float number = 0;
    std::vector<st::io::TensorView> many(100);
    for (std::size_t i = 0; i < many.size(); ++i) {
        many[i].name = "t" + std::to_string(i), many[i].shape = {1};
        many[i].data = reinterpret_cast<const std::byte*>(&number), many[i].bytes = 4;
    }
    st::io::write_safetensors(f.path, many);
    try {
        st::load(m, f.path);
        FAIL("a wrong file was taken");
    } catch (const st::FileError& e) {
        const std::string text = e.what();
        CHECK(text.find("108 differences") != std::string::npos);
        CHECK(text.find("(the first 40)") != std::string::npos);
        CHECK(std::count(text.begin(), text.end(), '\n') == 40);
    }
}

TEST_CASE("the parts of a model are read from a file that holds more, under a beginning of their names too; what does not fit changes nothing") {
    const File f;
    const Model a{st::Seed{4}}, b{st::Seed{5}};
    std::vector<st::io::TensorView> tensors = st::io::parts_of(a);
    for (st::io::TensorView part : st::io::parts_of(b)) {
        part.name = "best/" + part.name;
        tensors.push_back(part);
    }
    st::io::write_safetensors(f.path, tensors);
    const st::io::SafetensorsFile file(f.path);
    Model m{st::Seed{6}};
    const auto same = [&](const Model& other) {
        bool all = true;
        for (long i = 0; i < Model::parameter_block(); ++i) all = all && m.parameters()[i] == other.parameters()[i];
        return all;
    };
    st::io::read_parts(m, file);
    CHECK(same(a));
    st::io::read_parts(m, file, "best/");
    CHECK(same(b));
    CHECK_THROWS_WITH_AS(st::io::read_parts(m, file, "worst/"), doctest::Contains("missing     worst/0.weight"), st::FileError);
    CHECK(same(b));
    st::Model<st::Sequential<st::Dense<4>, st::BatchNorm, st::Relu, st::Dense<2>>, st::Shape<3>> smaller{st::Seed{7}};
    const float before = smaller.parameters()[0];
    CHECK_THROWS_WITH_AS(st::io::read_parts(smaller, file), doctest::Contains("expected [3, 4], found [3, 5]"), st::FileError);
    CHECK(smaller.parameters()[0] == before);
}

TEST_CASE("a file of another type, a truncated and a missing file are refused") {
    const File f;
    st::save(st::Model<Model::Net, st::Shape<3>, st::Host, st::Precision<double>>{st::Seed{1}}, f.path);
    Model m{st::Seed{5}};
    CHECK_THROWS_WITH_AS(st::load(m, f.path), doctest::Contains("F64"), st::FileError);
    st::save(m, f.path);
    std::filesystem::resize_file(f.path, std::filesystem::file_size(f.path) - 4);
    CHECK_THROWS_AS(st::load(m, f.path), st::FileError);
    CHECK_THROWS_WITH_AS(st::load(m, "/nowhere/at/all"), doctest::Contains("/nowhere/at/all"), st::FileError);
}

TEST_CASE("a save that finds no room leaves the old file, which still loads") {
    const support::Folder folder;
    const std::string path = folder / "weights";
    const Model old{st::Seed{4}}, fresh{st::Seed{5}};
    st::save(old, path);
    const std::string error = support::error_of([&] {
        const support::FileLimit limit(100);
        st::save(fresh, path);
    });
    CHECK(error == "strata: cannot write '" + path + "': File too large; raise the limit on the size of files (ulimit -f), or choose another file system");
    CHECK(folder.entries() == 1);
    Model m{st::Seed{6}};
    st::load(m, path);
    for (long i = 0; i < Model::parameter_block(); ++i) REQUIRE(m.parameters()[i] == old.parameters()[i]);
}

TEST_CASE("a place where nothing can be saved is named; what is there stays") {
    const support::Folder folder;
    const std::string file = folder / "file";
    support::write(file, "old");
    const Model m{st::Seed{4}};
    const auto error = [&](const std::string& path) { return support::error_of([&] { st::save(m, path); }); };
    CHECK(error(file + "/a") == "strata: cannot write '" + file + "/a': Not a directory; check the path: a part of it is a file, not a folder");
    CHECK(support::contains(error(folder / "none/a"), "No such file or directory; check the path"));
    CHECK(support::contains(error(folder.path()), "it is a folder, a device or a pipe; give the path of a regular file"));
    CHECK(support::contains(error("/dev/full"), "strata: cannot write '/dev/full': it is a folder, a device or a pipe"));
    CHECK(support::read(file) == "old");
    CHECK(folder.entries() == 1);
}
