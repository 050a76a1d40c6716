// SPDX-License-Identifier: BSL-1.0
/// generate SEED COUNT FILE...: writes COUNT random programs, as tests, spread over the files. The same seed gives the same programs.
/// A program is one expression, grown op by op from a leaf; shapes, types and what may be told apart in floats are kept account of.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "../../support/dice.hpp"

namespace {

using strata::test::Dice;
using Shape = std::vector<int>;
long elements(const Shape& s) {
    long n = 1;
    for (int e : s) n *= e;
    return n;
}
std::string list(const Shape& s) {
    std::string text;
    for (int e : s) text += (text.empty() ? "" : ", ") + std::to_string(e);
    return text;
}

enum class Type { real, whole, mask };
/// An expression of which the generator knows what it needs.
struct Value {
    std::string text;
    Shape shape;
    Type type = Type::real;
    bool exact = true;  ///< no rounding on the way from the leaves: equal numbers stay equal in any precision
    int nodes = 1;
    long most = 9;      ///< of whole numbers: no greater
    int rank() const { return static_cast<int>(shape.size()); }
};

class Program {
  public:
    std::string leaves, names;  ///< declarations, and what to hand over
    Value value;

    Program(std::uint64_t seed, int number) : dice_{seed * 1000003u + static_cast<std::uint64_t>(number)}, number_(number) {
        real_ = number % 3 == 0 ? "float" : "double";
        exact_only_ = number % 3 == 0;
        const bool pictures = number % 8 == 3, whole = number % 16 == 5, products = number % 4 == 2;
        value = whole ? leaf(shape(1 + dice_(3)), Type::whole) : leaf(pictures ? picture() : shape(products ? 2 : dice_(10) == 0 ? 0 : 1 + dice_(3)), Type::real);
        const int ops = 2 + dice_(5);
        for (int i = 0, tries = 0; i < ops && tries < 60 && value.nodes < 18; ++tries) i += grow(i, products, pictures);
        if (value.type == Type::real && dice_.chance(8)) compare();
    }

  private:
    Dice dice_;
    int number_, count_ = 0;
    std::string real_;
    bool moved_ = false;  ///< by the last op
    bool exact_only_;     ///< of ops that jump: floats round, and where two nearly equal ones would be told apart, no result is the right one

    int extent() { return dice_.of({1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 33}); }
    Shape shape(int rank) {
        Shape s;
        for (int i = 0; i < rank; ++i) s.push_back(extent());
        while (elements(s) > 1500)
            for (int& e : s) e = (e + 1) / 2;
        return s;
    }
    Shape picture() { return {1 + dice_(3), 1 + dice_(3), 3 + dice_(4), 3 + dice_(4)}; }

    Value leaf(const Shape& s, Type type, int below = 0) {
        Value v;
        v.text = std::string(1, static_cast<char>('a' + count_));
        v.shape = s;
        v.type = type;
        if (below == 0) below = type == Type::whole ? 10 : 2;
        const std::string element = type == Type::real ? real_ : type == Type::whole ? "std::int32_t" : "bool";
        leaves += "    const auto " + v.text + " = operand<" + element + (s.empty() ? "" : ", ") + list(s) + ">(" + std::to_string(number_) + ", " + std::to_string(count_) +
                  (type == Type::whole ? ", " + std::to_string(below) : "") + ");\n";
        names += ", " + v.text;
        ++count_;
        return v;
    }
    /// A leaf, a number's worth or a small expression that broadcasts against s; sometimes s against it.
    Shape fitting(const Shape& s) {
        Shape t = s;
        if (dice_.chance(30)) t.erase(t.begin(), t.begin() + dice_(static_cast<int>(t.size()) + 1));
        for (int& e : t)
            if (dice_.chance(30)) e = 1;
        return t;
    }
    Value partner() {
        if (value.nodes <= 4 && dice_.chance(25)) return value.type == Type::real && dice_.chance(60) ? smooth(value) : value;
        if (value.type == Type::real && value.rank() > 0 && dice_.chance(8)) {  // its place along a row
            Value v;
            v.text = "cast<" + real_ + ">(index<" + std::to_string(value.shape.back()) + ">()) * 0.25";
            v.shape = {value.shape.back()};
            v.nodes = 3;
            return v;
        }
        if (count_ > 5) return value.nodes < 6 ? value : number();
        const Value v = leaf(fitting(value.shape), value.type);
        return v.type == Type::real && dice_.chance(30) ? smooth(v) : v;
    }
    Value number() {
        Value v;
        v.text = value.type == Type::whole ? std::to_string(1 + dice_(4)) : dice_.of({"0.5", "1.25", "-0.75", "2"});
        v.type = value.type;
        v.most = 4;
        return v;
    }

    static Value call(const std::string& function, const Value& x, bool exact = false) {
        Value v = x;
        v.text = function + "(" + x.text + ")";
        v.exact = exact && x.exact;
        ++v.nodes;
        return v;
    }
    Value smooth(const Value& x) { return call(dice_.of({"tanh", "sigmoid", "silu", "softplus", "gelu", "erf", "normal_cdf", "square", "relu", "abs"}), x); }
    void unary() {
        if (value.type == Type::whole) {
            value = call(dice_.of({"-", "abs"}), value, true);
            return;
        }
        const std::string& x = value.text;
        switch (dice_(13)) {
            case 0: value = call("relu", value, true); break;
            case 1: value = call("abs", value, true); break;
            case 2: value = call("-", value, true); break;
            case 3: wrap("exp(minimum(" + x + ", 1))"); break;
            case 4: wrap("sqrt(square(" + x + ") + 0.5)"); break;
            case 5: wrap("rsqrt(square(" + x + ") + 0.5)"); break;
            case 6: wrap("log(abs(" + x + ") + 0.5)"); break;
            case 7: wrap("leaky_relu(" + x + ", 0.1)"); break;
            case 8: wrap("clamp(" + x + ", -1, 1.5)"); break;
            case 9: wrap("dropout(" + x + ", 0.25)"); break;
            default: value = smooth(value);
        }
    }
    void wrap(const std::string& text) {
        value.text = text;
        value.exact = false;
        value.nodes += 2;
    }

    static bool broadcasts(const Shape& a, const Shape& b, Shape& whole) {
        const Shape& longer = a.size() >= b.size() ? a : b;
        const Shape& other = a.size() >= b.size() ? b : a;
        whole = longer;
        for (std::size_t i = 0; i < other.size(); ++i) {
            int& e = whole[longer.size() - other.size() + i];
            if (e != other[i] && e != 1 && other[i] != 1) return false;
            if (e == 1) e = other[i];
        }
        return true;
    }
    bool binary() {
        const Value p = dice_.chance(25) ? number() : partner();
        Shape whole;
        if (!broadcasts(value.shape, p.shape, whole) || elements(whole) > 3000) return false;
        const bool exact = value.exact && p.exact, sharp = !exact_only_ || exact || value.type == Type::whole;
        std::string op = dice_.of({"+", "-", "*", "*", "/", "maximum", "minimum", "select"});
        if (value.type == Type::whole && op == "/") op = "-";
        if (value.type == Type::whole && op == "*" && value.most * p.most > 1000000) op = "+";
        if (!sharp && (op == "maximum" || op == "minimum")) op = "*";
        if (op == "select") {
            const bool compares = sharp && value.nodes + p.nodes < 6 && dice_.chance(60);
            const std::string m = compares ? dice_.of({"less(", "greater_equal(", "not_equal("}) + value.text + ", " + p.text + ")" : leaf(fitting(whole), Type::mask).text;
            if (compares) value.nodes += value.nodes + p.nodes;
            value.text = "select(" + std::string(m) + ", " + value.text + ", " + p.text + ")";
        } else if (op == "maximum" || op == "minimum") {
            value.text = op + "(" + value.text + ", " + p.text + ")";
        } else if (op == "/") {
            value.text = value.text + " / (abs(" + p.text + ") + 0.5)";
        } else {
            const bool turned = dice_.chance(30);
            const std::string left = turned ? p.text : value.text, right = turned ? value.text : p.text;
            value.text = "(" + left + " " + op + " " + right + ")";
        }
        value.most = op == "*" ? value.most * p.most : value.most + p.most;
        value.exact = exact && (op == "select" || op == "maximum" || op == "minimum");
        value.shape = whole;
        value.nodes += 1 + p.nodes;
        return true;
    }

    /// A random set of axes, as text and as flags.
    std::string axes(std::vector<bool>& over) {
        const int rank = value.rank();
        over.assign(static_cast<std::size_t>(rank), false);
        if (rank == 0 || dice_.chance(12)) {
            over.assign(over.size(), true);
            return "axes<>";
        }
        std::string text;
        const int first = dice_(rank), second = dice_.chance(25) ? dice_(rank) : first;
        for (int i = 0; i < rank; ++i)
            if (i == first || i == second) {
                over[static_cast<std::size_t>(i)] = true;
                text += (text.empty() ? "" : ", ") + std::to_string(first == second && dice_.chance(40) ? i - rank : i);
            }
        return "axes<" + text + ">";
    }
    bool fold() {
        std::vector<bool> over;
        const std::string axes_text = axes(over);
        const bool whole = value.type == Type::whole, sharp = whole || !exact_only_ || value.exact;
        std::string f = whole ? dice_.of({"sum", "max", "min"}) : dice_.of({"sum", "mean", "variance", "logsumexp", "softmax", "log_softmax", "max", "min", "centre"});
        if (!sharp && (f == "max" || f == "min")) f = "mean";
        const std::string x = value.text;
        if (f == "softmax" || f == "log_softmax") {
            wrap(f + "(" + x + ", " + axes_text + ")");
            return true;
        }
        if (f == "centre") {  // names x twice
            if (value.nodes > 5) return false;
            value.nodes *= 2;
            wrap(x + " - " + dice_.of({"mean", "sum", "variance"}) + "_keep(" + x + ", " + axes_text + ")");
            value.text = "(" + value.text + ")";
            return true;
        }
        long folded = 1;
        Shape kept, dropped;
        for (std::size_t i = 0; i < over.size(); ++i) {
            kept.push_back(over[i] ? 1 : value.shape[i]);
            if (over[i])
                folded *= value.shape[i];
            else
                dropped.push_back(value.shape[i]);
        }
        if (f == "sum" && value.most * folded > 1000000 && whole) return false;
        const bool keep = f != "logsumexp" && dice_.chance(50);
        value.text = f + (keep ? "_keep(" : "(") + x + ", " + axes_text + ")";
        value.shape = keep ? kept : dropped;
        value.exact = value.exact && (f == "max" || f == "min");
        value.most = f == "sum" ? value.most * folded : value.most;
        value.nodes += f == "variance" || f == "logsumexp" ? 4 : 2;
        return true;
    }

    bool move() {
        const int rank = value.rank();
        const std::string x = value.text;
        ++value.nodes;
        if (rank == 0) return false;
        const int axis = dice_(rank);
        const auto at = static_cast<std::size_t>(axis);
        const std::string named = std::to_string(dice_.chance(50) ? axis : axis - rank);
        int& n = value.shape[at];
        switch (dice_(9)) {
            case 0: {
                std::vector<int> order;
                Shape turned;
                for (int i = 0; i < rank; ++i) order.push_back(i);
                for (int i = rank - 1; i > 0; --i) std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(dice_(i + 1))]);
                for (int i : order) turned.push_back(value.shape[static_cast<std::size_t>(i)]);
                value.text = "transpose<" + list(order) + ">(" + x + ")";
                value.shape = turned;
                return true;
            }
            case 1: {
                Shape to;
                if (rank > 1 && dice_.chance(60)) {  // two axes become one
                    for (int i = 0; i < rank; ++i) {
                        if (i == axis && i > 0)
                            to.back() *= value.shape[static_cast<std::size_t>(i)];
                        else
                            to.push_back(value.shape[static_cast<std::size_t>(i)]);
                    }
                } else {
                    const int part = n % 2 == 0 ? 2 : n % 3 == 0 ? 3 : 1;
                    if (rank == 4) return false;
                    to = value.shape;
                    to[at] /= part;
                    to.insert(to.begin() + axis + dice_(2), part);
                }
                value.text = "reshape<Shape<" + list(to) + ">>(" + x + ")";
                value.shape = to;
                return true;
            }
            case 2: {
                const int begin = dice_(n), end = begin + 1 + dice_(n - begin), step = 1 + dice_(3);
                value.text = "slice<" + named + ", " + std::to_string(begin) + ", " + std::to_string(end) + ", " + std::to_string(step) + ">(" + x + ")";
                n = (end - begin + step - 1) / step;
                return true;
            }
            case 3: {
                const int before = dice_(4), after = dice_(3);
                const bool filled = value.type == Type::real && dice_.chance(30);
                value.text = "pad<" + named + ", " + std::to_string(before) + ", " + std::to_string(after) + ">(" + x + (filled ? ", 0.5)" : ")");
                n += before + after;
                return true;
            }
            case 4: {
                if (count_ > 5) return false;
                Shape other = value.shape;
                other[at] = 1 + dice_(5);
                const Value v = leaf(other, value.type);
                const bool first = dice_.chance(50);
                value.text = "concat<" + named + ">(" + (first ? v.text + ", " + x : x + ", " + v.text) + ")";
                n += other[at];
                value.nodes += 3;
                return true;
            }
            case 5: {
                if (rank == 4 || count_ > 5) return false;
                const Value v = leaf(value.shape, value.type);
                value.text = "stack<" + std::to_string(axis) + ">(" + x + ", " + v.text + ")";
                value.shape.insert(value.shape.begin() + axis, 2);
                value.nodes += 3;
                return true;
            }
            case 6: {
                const int many = 1 + dice_(9);
                if (count_ > 5 || elements(value.shape) / n * many > 3000) return false;
                const Value i = leaf({many}, Type::whole, n);
                value.text = "take<" + named + ">(" + x + ", " + i.text + ")";
                n = many;
                return true;
            }
            case 7: {
                if (rank == 4) return false;
                value.text = "insert_axis<" + std::to_string(axis) + ">(" + x + ")";
                value.shape.insert(value.shape.begin() + axis, 1);
                return true;
            }
            default: {
                if (rank == 4 || elements(value.shape) > 500) return false;
                Shape to = value.shape;
                for (int& e : to)
                    if (e == 1) e = 1 + dice_(4);
                if (dice_.chance(40)) to.insert(to.begin(), 3);
                value.text = "broadcast<Shape<" + list(to) + ">>(" + x + ")";
                value.shape = to;
                return true;
            }
        }
    }

    bool product() {
        const int rank = value.rank();
        if ((rank != 2 && rank != 3) || value.type != Type::real || count_ > 5) return false;
        const int m = value.shape[static_cast<std::size_t>(rank - 2)], k = value.shape.back(), n = extent();
        const bool each = rank == 3 && dice_.chance(50);
        const int way = dice_(rank == 3 && !each ? 2 : 3);
        Shape right = way == 0 ? Shape{k, n} : way == 1 ? Shape{n, k} : Shape{n, m};
        if (each) right.insert(right.begin(), value.shape[0]);
        const Value b = leaf(right, Type::real);
        const std::string other = dice_.chance(20) ? "tanh(" + b.text + ")" : b.text;
        value.text = way == 0 ? "matmul(" + value.text + ", " + other + ")" : way == 1 ? "matmul_transposed(" + value.text + ", " + other + ")" : "matmul(" + other + ", " + value.text + ")";
        if (way == 2)
            value.shape[static_cast<std::size_t>(rank - 2)] = n;
        else
            value.shape.back() = n;
        value.exact = false;
        value.nodes += 2;
        return true;
    }
    bool slide() {
        if (value.rank() != 4 || value.type != Type::real || count_ > 5) return false;
        const int h = value.shape[2], w = value.shape[3], ky = 1 + dice_(h < 3 ? h : 3), kx = 1 + dice_(w < 3 ? w : 3);
        const int sy = 1 + dice_(2), sx = 1 + dice_(2), py = dice_((ky + 1) / 2), px = dice_((kx + 1) / 2);
        const std::string sliding = "Sliding<" + list({sy, sx, py, px}) + ">";
        const bool sharp = !exact_only_ || value.exact;
        const int what = dice_(3);
        if (what == 0) {
            const int filters = 1 + dice_(4);
            Value k = leaf({filters, value.shape[1], ky, kx}, Type::real);
            if (dice_.chance(40)) k = smooth(k);
            value.text = "conv2d<" + sliding + ">(" + value.text + ", " + k.text + ")";
            value.nodes += k.nodes - 1;
            value.shape[1] = filters;
            value.exact = false;
        } else {
            value.text = (what == 1 && sharp ? "max_pool2d<" : "avg_pool2d<") + list({ky, kx}) + ", " + sliding + ">(" + value.text + ")";
            value.exact = value.exact && what == 1;
        }
        value.shape[2] = (h + 2 * py - ky) / sy + 1;
        value.shape[3] = (w + 2 * px - kx) / sx + 1;
        value.nodes += 2;
        return true;
    }
    /// Ends as something that has no gradient.
    void compare() {
        if (value.exact && value.rank() > 0 && dice_.chance(50)) {
            const int axis = dice_(value.rank());
            value.text = "argmax(" + value.text + ", axis<" + std::to_string(axis) + ">)";
            value.type = Type::whole;
            value.shape.erase(value.shape.begin() + axis);
        } else if (!exact_only_ || value.exact) {
            value.text = value.text + (dice_.chance(50) ? " > 0.25" : " <= 0.25");
            value.type = Type::mask;
        }
    }
    bool grow(int at, bool products, bool pictures) {
        const Value before = value;
        const int leaves_before = count_;
        const std::string text_before = leaves, names_before = names;
        const int what = moved_ && dice_.chance(40) ? 9 : dice_(10);  // views of views
        bool done = true;
        if (pictures && at % 2 == 0)
            done = slide();
        else if (products && at % 3 == 1)
            done = product();
        else if (what < 3)
            unary();
        else if (what < 6)
            done = binary();
        else if (what < 8)
            done = fold();
        else
            done = move();
        if (!done || elements(value.shape) > 3000) {
            value = before, count_ = leaves_before, leaves = text_before, names = names_before;
            return false;
        }
        moved_ = what >= 8;
        return true;
    }
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: generate SEED COUNT FILE...\n");
        return 2;
    }
    const auto seed = std::strtoull(argv[1], nullptr, 10);
    const int count = std::atoi(argv[2]), files = argc - 3;
    for (int f = 0; f < files; ++f) {
        std::ofstream out(argv[3 + f]);
        out << "// SPDX-License-Identifier: BSL-1.0\n// Made by generate.cpp from the seed " << seed << ".\n#include <check.hpp>\n\nnamespace strata::test {\n";
        for (int i = f; i < count; i += files) {
            const Program p(seed, i);
            out << "\nTEST_CASE(\"random program " << i << " of seed " << seed << "\") {\n" << p.leaves << "    check_expression(\"" << p.value.text << "\",\n                     " << p.value.text << p.names
                << ");\n}\n";
        }
        out << "\n}  // namespace strata::test\n";
        out.close();
        if (!out) {
            std::fprintf(stderr, "cannot write %s\n", argv[3 + f]);
            return 1;
        }
    }
}
