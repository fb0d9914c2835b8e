// SettingValues: which keys of the configuration may be named, and which of their values may stand in a
// finding.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/setting.pb.h"

namespace preflight::probes {

// Whether the key is made as keys of gitlab.rb are: "gitlab_rails['a']['b']",
// "registry['notifications'][]['x']". What is not may be a value in the wrong place.
bool is_setting_key(std::string_view key);

// Its parts: {"gitlab_rails", "a", "b"}; "[]" for the elements of a list.
std::vector<std::string> parts_of_setting(std::string_view key);

// A truth, nil and {} always; a number whose key does not speak of a secret and is no variable of the
// environment; a text whose key is on the list of those that hold none, and that is a plain name or path.
// Else empty.
std::string harmless_value(std::string_view key, std::string_view literal, bool text);

// Of an address that is not told itself, what a known issue asks of it; nothing for a key of which none does.
std::optional<v1::Setting::Form> form_of(std::string_view key, std::string_view literal);

// By the words in its key.
bool may_be_secret(std::string_view key);

}  // namespace preflight::probes
