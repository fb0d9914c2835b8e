// RealDnsmasq: a name server of the system's package on a free port of loopback, which knows these records
// alone, stopped with the test.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight::probes {

class RealDnsmasq {
  public:
    // Each as its configuration file has it: "host-record=db.example,10.8.0.20". Of other names beneath
    // `example` there are none; of all others it refuses to speak.
    explicit RealDnsmasq(const std::vector<std::string>& records);

    std::uint32_t port() const { return port_; }

  private:
    TemporaryFolder folder_;
    std::uint32_t port_;
    Program program_;
};

}  // namespace preflight::probes
