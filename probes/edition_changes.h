// EditionChanges: when one edition's package was installed after that of the other, by dpkg's logs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/package.pb.h"
#include "probes/node/node.h"

namespace preflight::probes {

// Of logs that are there and can be read, the older one first; packed ones are passed over. That there is
// none proves nothing, and so is no gap: what is not found here is asked of a person.
std::vector<v1::EditionChange> read_edition_changes(const Node& node);

// The pure part: of the lines of one log, in their order. `before`: the edition's package that was installed
// last before it, and after it on return; empty: none is known.
std::vector<v1::EditionChange> parse_dpkg_log(std::string_view text, std::string_view path,
                                              std::string& before);

}  // namespace preflight::probes
