// Json: a bounded JSON document. Problems say where, never what: the files hold secrets.
#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::probes {

// MALFORMED for nonsense, TOO_LARGE when nested deeper than 64.
Result<boost::json::value> parse_json(std::string_view text, std::string_view source);

// The value under the chain of object keys; nullptr when any of them is not there.
const boost::json::value* find(const boost::json::value& document,
                               std::initializer_list<std::string_view> keys);

// A string's text, a number's digits; empty for anything else.
std::string text_of(const boost::json::value* value);

}  // namespace preflight::probes
