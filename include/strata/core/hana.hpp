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

/// Calls f(name, field) for each field of a record, in order.
template <class Record, class F>
constexpr void for_each_field(Record& record, F&& f) {
    boost::hana::for_each(boost::hana::accessors<Record>(), [&](auto accessor) {
        // An accessor returns a copy of a const field and a reference to a mutable one.
        f(boost::hana::to<const char*>(boost::hana::first(accessor)), boost::hana::second(accessor)(record));
    });
}

}  // namespace strata
