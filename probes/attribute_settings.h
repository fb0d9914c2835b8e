// AttributeSettings: settings as the last reconfigure evaluated them, found by the key that gitlab.rb writes.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/setting.pb.h"
#include "probes/attributes.h"
#include "probes/parsed.h"

namespace preflight::probes {

// Settings that some version removes or deprecates, as far as somebody or a role has set them; and those that
// an upgrade hangs on, also as they are by default. Keys always, values as setting_values.h allows.
Parsed<v1::Setting> watched_settings(const Attributes& attributes);

struct AttributeValue {
    bool section_known = false;                 // the attributes speak of its first part at all
    const boost::json::value* value = nullptr;  // set, else by default
};
AttributeValue attribute_of(const Attributes& attributes, const std::vector<std::string>& parts);

struct AttributeText {
    std::string literal;
    bool text = false;  // a string
};
// As a literal of gitlab.rb would say it; empty for lists and tables that are not empty.
AttributeText literal_of(const boost::json::value& value);

}  // namespace preflight::probes
