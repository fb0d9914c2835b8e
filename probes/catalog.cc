#include "probes/catalog.h"

#include <algorithm>
#include <array>

#include "probes/backups.h"
#include "probes/endpoints.h"
#include "probes/geo.h"
#include "probes/installation.h"
#include "probes/secrets.h"
#include "probes/services.h"
#include "probes/system.h"

namespace preflight::probes {

std::span<const Probe> catalog() {
    static const std::array rows{system, installation, services, endpoints, geo, backups, secrets};
    return rows;
}

const Probe* find_probe(std::string_view name) {
    const auto row = std::ranges::find(catalog(), name, &Probe::name);
    return row == catalog().end() ? nullptr : &*row;
}

}  // namespace preflight::probes
