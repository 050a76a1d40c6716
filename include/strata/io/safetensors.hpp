// SPDX-License-Identifier: BSL-1.0
/// Weights on disk: the safetensors format, read through a memory map, written atomically, checked against what a model wants.
/// A file is 8 bytes of header length (little endian), a JSON header {name: {dtype, shape, data_offsets}}, and the data without holes.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <strata/core/dtype.hpp>
#include <strata/core/error.hpp>
#include <strata/io/file.hpp>
#include <strata/io/json.hpp>

static_assert(std::endian::native == std::endian::little, "strata: safetensors holds little-endian data; this machine needs a swap");

namespace strata::io {

/// What a tensor is called and looks like.
struct TensorInfo {
    std::string name;
    DType dtype = DType::f32;
    std::vector<long> shape;
};
/// A tensor a model expects in a file.
using WantedTensor = TensorInfo;
/// A tensor with its data, row-major, owned by somebody else. In foreign files data may be unaligned: copy it by memcpy.
struct TensorView : TensorInfo {
    const std::byte* data = nullptr;
    std::size_t bytes = 0;
};
/// The `__metadata__` of a file.
using Metadata = std::map<std::string, std::string>;

/// What a file holds: tensors in the order of their data, and metadata.
struct SafetensorsContent {
    std::vector<TensorView> tensors;
    Metadata metadata;
};

namespace detail {

inline constexpr std::uint64_t max_header = 100'000'000;  // the format's own limit
inline constexpr std::size_t max_file_rank = 32;
inline constexpr std::string_view damaged = "the file is damaged or hostile: write or download it anew";

inline std::string text_of(const std::vector<long>& shape) {
    std::string out = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) out += (i ? ", " : "") + std::to_string(shape[i]);
    return out + "]";
}

/// bytes = dtype size * extents; false when that exceeds 63 bits or an extent is negative.
inline bool bytes_of(const TensorInfo& info, std::uint64_t& bytes) {
    bytes = static_cast<std::uint64_t>(size_of(info.dtype));
    for (const long extent : info.shape) {
        const auto n = static_cast<std::uint64_t>(extent);
        if (extent < 0 || (n != 0 && bytes > static_cast<std::uint64_t>(std::numeric_limits<long>::max()) / n)) return false;
        bytes *= n;
    }
    return true;
}

/// One entry of the header, before its data is looked at.
struct HeaderEntry {
    TensorView view;
    std::uint64_t begin = 0, end = 0;
    std::size_t byte = 0;
};

inline DType dtype_named(const std::string& text, const std::string& tensor, const JsonReader& json, std::size_t byte) {
    for (const DType d : {DType::f32, DType::f64, DType::boolean, DType::i32, DType::i64, DType::bf16, DType::f16})
        if (text == name_of(d)) return d;
    json.fail_at("tensor '" + shown(tensor) + "' has the element type '" + shown(text) + "', but F32, F64, BOOL, I32, I64, BF16 and F16 are what Strata reads", byte,
                 "write it with one of these");
}

inline HeaderEntry read_entry(JsonReader& json, std::string name, std::size_t byte) {
    HeaderEntry entry;
    entry.byte = byte;
    bool has_dtype = false, has_shape = false, has_offsets = false;
    const auto once = [&](bool& seen, const std::string& key, std::size_t where) {
        if (std::exchange(seen, true)) json.fail_at("tensor '" + shown(name) + "' has '" + key + "' twice", where);
    };
    json.object([&](const std::string& key, std::size_t where) {
        if (key == "dtype") {
            once(has_dtype, key, where);
            const std::size_t at = json.byte();
            entry.view.dtype = dtype_named(json.string(), name, json, at);
        } else if (key == "shape") {
            once(has_shape, key, where);
            json.array([&] {
                const std::size_t at = json.byte();
                const std::uint64_t extent = json.unsigned_integer();
                if (extent > static_cast<std::uint64_t>(std::numeric_limits<long>::max()))
                    json.fail_at("tensor '" + shown(name) + "' has an extent that exceeds 63 bits", at);
                if (entry.view.shape.size() == max_file_rank) json.fail_at("tensor '" + shown(name) + "' has over 32 axes", at);
                entry.view.shape.push_back(static_cast<long>(extent));
            });
        } else if (key == "data_offsets") {
            once(has_offsets, key, where);
            json.expect('[');
            entry.begin = json.unsigned_integer();
            json.expect(',');
            entry.end = json.unsigned_integer();
            json.expect(']');
        } else {
            json.fail_at("tensor '" + shown(name) + "' has the unknown key '" + shown(key) + "'", where);
        }
    });
    if (!has_dtype || !has_shape || !has_offsets)
        json.fail_at("tensor '" + shown(name) + "' lacks '" + (!has_dtype ? "dtype" : !has_shape ? "shape" : "data_offsets") + "'", byte);
    entry.view.name = std::move(name);
    return entry;
}

/// The data must lie inside the file, without overlap or hole, in sizes that shape and dtype give.
inline void place_data(std::vector<HeaderEntry>& entries, std::span<const std::byte> data, const JsonReader& json, std::size_t data_byte) {
    for (HeaderEntry& e : entries) {
        const std::string tensor = "tensor '" + shown(e.view.name) + "' ";
        if (e.begin > e.end || e.end > data.size())
            json.fail_at(tensor + "claims the bytes " + std::to_string(e.begin) + " to " + std::to_string(e.end) + " of " +
                             std::to_string(data.size()) + " bytes of data",
                         e.byte);
        std::uint64_t bytes = 0;
        if (!bytes_of(e.view, bytes)) json.fail_at(tensor + "is larger than 63 bits can count: " + text_of(e.view.shape), e.byte);
        if (bytes != e.end - e.begin)
            json.fail_at(tensor + "has " + std::to_string(e.end - e.begin) + " bytes, but " + name_of(e.view.dtype) + " " +
                             text_of(e.view.shape) + " takes " + std::to_string(bytes),
                         e.byte);
        e.view.data = data.data() + e.begin;
        e.view.bytes = static_cast<std::size_t>(bytes);
    }
    std::sort(entries.begin(), entries.end(), [](const HeaderEntry& a, const HeaderEntry& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end != b.end ? a.end < b.end : a.view.name < b.view.name;
    });
    std::uint64_t end = 0;
    for (const HeaderEntry& e : entries) {
        if (e.begin != end)
            json.fail_at("tensor '" + shown(e.view.name) + "' " +
                             (e.begin < end ? "overlaps the one before it" : "leaves a hole before it") + ": it begins at " +
                             std::to_string(e.begin) + " of the data, the one before it ends at " + std::to_string(end),
                         e.byte);
        end = e.end;
    }
    if (end != data.size())
        json.fail_at("no tensor claims the last " + std::to_string(data.size() - end) + " bytes",
                     data_byte + static_cast<std::size_t>(end));
}

}  // namespace detail

/// Reads the bytes of a whole safetensors file; the views point into `file`, `path` is for messages.
/// Throws: FileError that says what is wrong, at which byte, for anything but a well-formed file.
inline SafetensorsContent parse_safetensors(std::span<const std::byte> file, const std::string& path) {
    const auto fail = [&](const std::string& what) {
        throw FileError("strata: '" + path + "': " + what + ", at byte 0; " + std::string(detail::damaged));
    };
    if (file.size() < 8)
        fail("a safetensors file begins with 8 bytes of header length, but this one has " + std::to_string(file.size()) + " bytes");
    std::uint64_t length = 0;
    for (std::size_t i = 8; i-- > 0;) length = length << 8 | std::to_integer<std::uint64_t>(file[i]);
    if (length > detail::max_header || length > file.size() - 8)
        fail("the header claims " + std::to_string(length) + " bytes, but the file has " + std::to_string(file.size() - 8) +
             " after the length, and 100000000 is the limit (it may be truncated, or no safetensors file)");
    const auto header = static_cast<std::size_t>(length);
    const auto data = file.subspan(8 + header);
    JsonReader json({reinterpret_cast<const char*>(file.data()) + 8, header}, path, 8, detail::damaged);
    if (header == 0 || file[8] != std::byte{'{'}) json.fail_at("the header does not begin with '{'", 8);

    SafetensorsContent content;
    std::vector<detail::HeaderEntry> entries;
    bool has_metadata = false;
    json.object([&](std::string key, std::size_t where) {
        if (key != "__metadata__") {
            entries.push_back(detail::read_entry(json, std::move(key), where));
            return;
        }
        if (std::exchange(has_metadata, true)) json.fail_at("the header has '__metadata__' twice", where);
        json.object([&](std::string name, std::size_t at) {
            const auto [item, added] = content.metadata.emplace(std::move(name), std::string());
            if (!added) json.fail_at("the metadata has '" + shown(item->first) + "' twice", at);
            item->second = json.string();
        });
    });
    json.end();

    std::vector<std::size_t> by_name(entries.size());
    for (std::size_t i = 0; i < by_name.size(); ++i) by_name[i] = i;
    std::stable_sort(by_name.begin(), by_name.end(),
                     [&](std::size_t a, std::size_t b) { return entries[a].view.name < entries[b].view.name; });
    for (std::size_t i = 1; i < by_name.size(); ++i)
        if (entries[by_name[i - 1]].view.name == entries[by_name[i]].view.name)
            json.fail_at("the header has tensor '" + shown(entries[by_name[i]].view.name) + "' twice", entries[by_name[i]].byte);
    detail::place_data(entries, data, json, 8 + header);
    content.tensors.reserve(entries.size());
    for (detail::HeaderEntry& e : entries) content.tensors.push_back(std::move(e.view));
    return content;
}

/// A safetensors file, open for reading: only what is touched is read from the disk.
/// Throws: FileError when it cannot be opened or is not well-formed.
class SafetensorsFile {
public:
    explicit SafetensorsFile(std::string path) : path_(std::move(path)), map_(path_), content_(parse_safetensors(map_.bytes(), path_)) {
        by_name_.reserve(content_.tensors.size());
        for (const TensorView& t : content_.tensors) by_name_.push_back(&t);
        std::sort(by_name_.begin(), by_name_.end(), [](const TensorView* a, const TensorView* b) { return a->name < b->name; });
    }
    SafetensorsFile(SafetensorsFile&&) noexcept = default;
    SafetensorsFile& operator=(SafetensorsFile&&) noexcept = default;

    const std::string& path() const { return path_; }
    /// In the order of their data in the file.
    std::span<const TensorView> tensors() const { return content_.tensors; }
    const Metadata& metadata() const { return content_.metadata; }
    /// The tensor of that name, or nullptr.
    const TensorView* find(std::string_view name) const {
        const auto at =
            std::lower_bound(by_name_.begin(), by_name_.end(), name, [](const TensorView* t, std::string_view n) { return t->name < n; });
        return at != by_name_.end() && (*at)->name == name ? *at : nullptr;
    }

private:
    std::string path_;
    MappedFile map_;
    SafetensorsContent content_;
    std::vector<const TensorView*> by_name_;
};

/// Compares a file with what a model wants.   alone: whether the file may hold nothing beside it.
/// Throws: one FileError that counts the differences and lists them, or the first 40, one a line: missing, unexpected, dtype, shape, with expected and found.
inline void check(const SafetensorsFile& file, std::span<const WantedTensor> wanted, bool alone = true) {
    struct Line {
        const char* kind;
        std::string name, text;
    };
    std::vector<Line> lines;
    std::vector<std::string_view> names;
    for (const WantedTensor& w : wanted) {
        names.push_back(w.name);
        const TensorView* found = file.find(w.name);
        if (!found) {
            lines.push_back({"missing", shown(w.name), std::string("expected ") + name_of(w.dtype) + " " + detail::text_of(w.shape)});
            continue;
        }
        if (found->dtype != w.dtype)
            lines.push_back({"dtype", shown(w.name), std::string("expected ") + name_of(w.dtype) + ", found " + name_of(found->dtype)});
        if (found->shape != w.shape)
            lines.push_back({"shape", shown(w.name), "expected " + detail::text_of(w.shape) + ", found " + detail::text_of(found->shape)});
    }
    std::sort(names.begin(), names.end());
    for (const TensorView& t : file.tensors())
        if (alone && !std::binary_search(names.begin(), names.end(), std::string_view(t.name)))
            lines.push_back({"unexpected", shown(t.name), std::string("found ") + name_of(t.dtype) + " " + detail::text_of(t.shape)});
    if (lines.empty()) return;
    std::size_t width = 0;
    for (const Line& l : lines) width = std::max(width, l.name.size());
    std::string text = "strata: '" + file.path() + "' does not fit the model, " + std::to_string(lines.size()) +
                       (lines.size() == 1 ? " difference" : " differences") +
                       "; load it into the model that wrote it, or change the model to fit:";
    constexpr std::size_t most = 40;  // of lines that somebody reads
    if (lines.size() > most + 1) text += " (the first " + std::to_string(most) + ")";
    for (const Line& l : std::span(lines).first(lines.size() > most + 1 ? most : lines.size())) {
        std::string line = std::string("\n  ") + l.kind;
        line.resize(15, ' ');
        text += line + l.name + std::string(width - l.name.size() + 2, ' ') + l.text;
    }
    throw FileError(text);
}

namespace detail {

/// How a file is laid out: its JSON header, padded, and the tensors in the order of their data.
struct SafetensorsLayout {
    std::string header;
    std::vector<const TensorView*> order;
};

[[noreturn]] inline void fail_write(const std::string& path, const std::string& what, const char* advice) {
    throw FileError("strata: cannot write '" + path + "': " + what + "; " + advice);
}

inline void check_writable(std::span<const TensorView> tensors, const Metadata& metadata, const std::string& path) {
    const auto check_text = [&](const std::string& text, const char* kind) {
        if (invalid_utf8(text) != std::string::npos) fail_write(path, std::string(kind) + " is not valid UTF-8", "encode it as UTF-8");
    };
    for (const auto& [key, value] : metadata) {
        check_text(key, "a key of the metadata");
        check_text(value, "a value of the metadata");
    }
    std::vector<std::string_view> names;
    for (const TensorView& t : tensors) {
        std::uint64_t bytes = 0;
        check_text(t.name, "a tensor's name");
        const std::string tensor = "tensor '" + shown(t.name) + "' ";
        if (t.name == "__metadata__") fail_write(path, "a tensor is named '__metadata__', which the format reserves", "rename it");
        if (!bytes_of(t, bytes) || bytes != t.bytes || (!t.data && bytes != 0))
            fail_write(path,
                       tensor + "is given " + std::to_string(t.data ? t.bytes : 0) + " bytes, which are not those of " + name_of(t.dtype) +
                           " " + text_of(t.shape),
                       "correct its shape or size");
        if (t.shape.size() > max_file_rank) fail_write(path, tensor + "has over 32 axes", "merge some");
        names.push_back(t.name);
    }
    std::sort(names.begin(), names.end());
    if (const auto twin = std::adjacent_find(names.begin(), names.end()); twin != names.end())
        fail_write(path, "tensor '" + shown(*twin) + "' is given twice", "rename one");
}

inline SafetensorsLayout lay_out(std::span<const TensorView> tensors, const Metadata& metadata, const std::string& path) {
    check_writable(tensors, metadata, path);
    SafetensorsLayout out;
    for (const TensorView& t : tensors) out.order.push_back(&t);
    std::sort(out.order.begin(), out.order.end(), [](const TensorView* a, const TensorView* b) {
        return size_of(a->dtype) != size_of(b->dtype) ? size_of(a->dtype) > size_of(b->dtype) : a->name < b->name;
    });
    std::string& header = out.header = "{";
    for (const auto& [key, value] : metadata)
        header += (header.size() == 1 ? "\"__metadata__\":{" : ",") + json_string(key) + ":" + json_string(value);
    if (!metadata.empty()) header += "}";
    std::size_t offset = 0;
    for (const TensorView* t : out.order) {
        std::string shape = text_of(t->shape);
        shape.erase(std::remove(shape.begin(), shape.end(), ' '), shape.end());
        header += (header.size() == 1 ? "" : ",") + json_string(t->name) + ":{\"dtype\":\"" + name_of(t->dtype) + "\",\"shape\":" + shape +
                  ",\"data_offsets\":[" + std::to_string(offset) + "," + std::to_string(offset + t->bytes) + "]}";
        offset += t->bytes;
    }
    header += "}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    if (header.size() > max_header) fail_write(path, "the header exceeds 100 MB, the format's limit", "shorten names and metadata");
    return out;
}

}  // namespace detail

/// Writes tensors and metadata, whole or not at all. The bytes depend on the content only: tensors are laid out by falling element size,
/// then name (so that all are aligned), the header is padded with spaces to a multiple of 8.
/// Throws: FileError when a view contradicts itself (name, shape, bytes), or the file cannot be written; the old file is then intact.
inline void write_safetensors(const std::string& path, std::span<const TensorView> tensors, const Metadata& metadata = {}) {
    const detail::SafetensorsLayout layout = detail::lay_out(tensors, metadata, path);
    std::array<std::byte, 8> length{};
    for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<std::byte>(std::uint64_t{layout.header.size()} >> (8 * i));
    AtomicFile file(path);
    file.write(length);
    file.write(layout.header);
    for (const TensorView* t : layout.order) file.write({t->data, t->bytes});
    file.commit();
}

}  // namespace strata::io
