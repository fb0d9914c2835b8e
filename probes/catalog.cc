#include "probes/catalog.h"

#include <algorithm>
#include <array>

#include "probes/backups.h"
#include "probes/certificates.h"
#include "probes/consul.h"
#include "probes/disk_needs.h"
#include "probes/endpoints.h"
#include "probes/external_services.h"
#include "probes/geo.h"
#include "probes/gitaly.h"
#include "probes/installation.h"
#include "probes/packages.h"
#include "probes/patroni.h"
#include "probes/pgbouncer.h"
#include "probes/postgres.h"
#include "probes/redis.h"
#include "probes/running_binaries.h"
#include "probes/secrets.h"
#include "probes/security.h"
#include "probes/services.h"
#include "probes/settings.h"
#include "probes/system.h"

namespace preflight::probes {

std::span<const Probe> catalog() {
    static const std::array rows{
        system,           installation, services,  endpoints,    geo,      backups,
        secrets,          postgres,     pgbouncer, gitaly,       redis,    patroni,
        consul,           settings,     packages,  certificates, security, external_services,
        running_binaries, disk_needs};
    return rows;
}

const Probe* find_probe(std::string_view name) {
    const auto row = std::ranges::find(catalog(), name, &Probe::name);
    return row == catalog().end() ? nullptr : &*row;
}

}  // namespace preflight::probes
