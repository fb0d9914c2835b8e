#include "tests/probes/real_dnsmasq.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

#include "tests/probes/fault_server.h"

namespace preflight::probes {
namespace {

std::vector<std::string> command(const std::filesystem::path& file, std::uint32_t port,
                                 const std::vector<std::string>& records) {
    std::ofstream(file) << fmt::format(
        "port={}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nlocal=/example/\n"
        "pid-file\nuser=root\nlog-facility=-\n{}\n",
        port, fmt::join(records, "\n"));
    return {"/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=" + file.string()};
}

}  // namespace

RealDnsmasq::RealDnsmasq(const std::vector<std::string>& records)
    : port_(FaultServer::free_port()), program_(command(folder_ / "dnsmasq.conf", port_, records)) {
    if (!program_.wait_for_line("started, version"))
        throw std::runtime_error("dnsmasq does not run: " + program_.output());
}

}  // namespace preflight::probes
