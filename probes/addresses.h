// Addresses: under which addresses other machines reach this one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/attributes.h"

namespace preflight::probes {

// IPv4 or IPv6, and neither loopback, link-local nor the empty address.
bool is_foreign_reachable(std::string_view address);

// Of the interfaces of the machine this program runs on, sorted, each once.
Result<std::vector<std::string>> addresses_of_this_machine();

// As the last reconfigure saw them (ohai: automatic.ipaddress, automatic.network.interfaces).
std::vector<std::string> addresses_of(const Attributes& attributes);

}  // namespace preflight::probes
