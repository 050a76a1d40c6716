// SPDX-License-Identifier: BSL-1.0
/// The one place where Boost.Hana comes in: reflection of parameter records. Its objects never reach a kernel.
#pragma once

#include <boost/hana/accessors.hpp>
#include <boost/hana/core/to.hpp>
#include <boost/hana/define_struct.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>

namespace strata {

/// What the compiler says of a field whose name, beside its layer's number, would not fit into a parameter's path.
template <class Record, int Length>
struct FieldName {
    static_assert(Length <= 48, "strata: the name of a record's field is longer than 48 characters; shorten it");
    static constexpr bool fits = Length <= 48;
};

namespace detail {
/// One field of a record as Hana knows it: the characters of its name, the pointer to it.
template <class Record, class F, char... C, class P>
constexpr void visit_field(Record& record, F& f, const boost::hana::pair<boost::hana::string<C...>, P>&) {
    if constexpr (FieldName<std::remove_const_t<Record>, sizeof...(C)>::fits) f(boost::hana::string<C...>::c_str(), P{}(record));
}
template <class Record, class F, class... A>
constexpr void visit_fields([[maybe_unused]] Record& record, [[maybe_unused]] F& f, const boost::hana::tuple<A...>*) {
    (visit_field(record, f, A{}), ...);
}
}  // namespace detail

/// Calls f(name, field) for each field of a record, in order.   Hana's own for_each would do, but costs a compiler several times as much for
/// each record.
template <class Record, class F>
constexpr void for_each_field(Record& record, F&& f) {
    using All = std::remove_cv_t<decltype(boost::hana::accessors<std::remove_const_t<Record>>())>;
    detail::visit_fields(record, f, static_cast<const All*>(nullptr));
}

}  // namespace strata
