// SPDX-License-Identifier: BSL-1.0
/// The one place where Boost.Hana comes in: reflection of parameter records. Its objects never reach a kernel.
#pragma once

#include <boost/hana/accessors.hpp>
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/core/to.hpp>
#include <boost/hana/define_struct.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/for_each.hpp>
#include <boost/hana/second.hpp>
#include <boost/hana/string.hpp>

#include <strata/core/types.hpp>

namespace strata {

namespace detail {
/// One field of a record as Hana knows it: the characters of its name, the pointer to it.
template <class Record, class F, char... C, class P>
constexpr void visit_field(Record& record, F& f, const boost::hana::pair<boost::hana::string<C...>, P>&) {
    f(boost::hana::string<C...>::c_str(), P{}(record));
}
template <char... C, class P>
constexpr int length_of_name(const boost::hana::pair<boost::hana::string<C...>, P>*) {
    return sizeof...(C);
}
template <class... A>
constexpr int longest_name(const boost::hana::tuple<A...>*) {
    int most = 0;
    for (const int length : {0, length_of_name(static_cast<const A*>(nullptr))...}) most = length > most ? length : most;
    return most;
}
template <class Record>
using FieldsOf = std::remove_cv_t<decltype(boost::hana::accessors<Record>())>;
template <class Record, class... A>
Types<std::remove_reference_t<decltype(boost::hana::second(std::declval<const A&>())(std::declval<Record&>()))>...>* types_of_fields(const boost::hana::tuple<A...>*);
template <class Record, class F, class... A>
constexpr void visit_fields([[maybe_unused]] Record& record, [[maybe_unused]] F& f, const boost::hana::tuple<A...>*) {
    (visit_field(record, f, A{}), ...);
}
}  // namespace detail

/// Whether Hana knows the fields of a type.
template <class Record>
inline constexpr bool is_record = boost::hana::Struct<Record>::value;

/// Calls f(name, field) for each field of a record, in order.   Hana's own for_each would do, but costs a compiler several times as much for
/// each record.
template <class Record, class F>
constexpr void for_each_field(Record& record, F&& f) {
    detail::visit_fields(record, f, static_cast<const detail::FieldsOf<std::remove_const_t<Record>>*>(nullptr));
}
/// A pointer to the types of a record's fields, as Types<...>.
template <class Record>
using FieldTypes = decltype(detail::types_of_fields<Record>(static_cast<const detail::FieldsOf<Record>*>(nullptr)));
/// The length of the longest of a record's field names.
template <class Record>
constexpr int longest_field_name() {
    return detail::longest_name(static_cast<const detail::FieldsOf<Record>*>(nullptr));
}

}  // namespace strata
