// SettingFindings: settings of gitlab.rb as an inspection tells them, for tests.
#pragma once

#include <string>
#include <string_view>

#include "tests/readiness/asked.h"

namespace preflight::readiness {

inline std::string sets(std::string_view key, std::string_view value, std::string_view state = "LITERAL",
                        std::string_view origin = "CONFIGURATION") {
    return "findings { probe: 'settings' source: '/etc/gitlab/gitlab.rb' setting { key: \"" +
           std::string(key) + "\" value: '" + std::string(value) + "' state: " + std::string(state) +
           " origin: " + std::string(origin) + " } } ";
}

// A list or table that names all its keys.
inline std::string sets_table(std::string_view key) {
    return "findings { probe: 'settings' source: '/etc/gitlab/gitlab.rb' setting { key: \"" +
           std::string(key) + "\" state: COMPUTED origin: CONFIGURATION members_told: true } } ";
}

}  // namespace preflight::readiness
