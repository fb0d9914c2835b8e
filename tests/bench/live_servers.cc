// live_servers: stand-ins for the servers that no package of Debian's brings, for scripts/bench: a Praefect,
// a Gitaly and an agent of Consul on free ports of loopback. Their ports are written into a file, one in a
// line, when all listen; they end with the program.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "tests/probes/fault_server.h"
#include "tests/probes/gitaly_server.h"

namespace preflight::probes {
namespace {

// What an agent of a cluster of three tells, by path.
const std::map<std::string, std::string, std::less<>> consul_says{
    {"/v1/status/leader", R"("10.8.0.41:8300")"},
    {"/v1/status/peers", R"(["10.8.0.41:8300", "10.8.0.42:8300", "10.8.0.43:8300"])"},
    {"/v1/agent/self", R"({"Config": {"Datacenter": "gitlab_consul", "NodeName": "rails-1", "Server": false,
        "Version": "1.21.4"}})"},
    {"/v1/agent/members", R"([
        {"Name": "consul-1", "Addr": "10.8.0.41", "Port": 8301, "Status": 1,
         "Tags": {"build": "1.18.2:e742f05f", "role": "consul", "vsn": "2"}},
        {"Name": "rails-1", "Addr": "10.8.0.31", "Port": 8301, "Status": 1,
         "Tags": {"build": "1.21.4:5f2a", "role": "node"}}])"},
    {"/v1/health/state/any", R"([
        {"Node": "rails-1", "CheckID": "serfHealth", "Status": "passing", "Output": "", "ServiceName": ""}])"}};

std::string consul(std::string_view request) {
    constexpr std::string_view method = "GET ";
    request.remove_prefix(std::min(method.size(), request.size()));
    const auto body = consul_says.find(request.substr(0, request.find(' ')));
    if (body == consul_says.end()) return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body->second.size()) + "\r\n\r\n" +
           body->second;
}

void serve(const std::string& praefect_token, const std::string& gitaly_token,
           const std::filesystem::path& ports) {
    const GitalyServer praefect(GitalyBehaviour{.token = praefect_token, .replication_factor = 3});
    const GitalyServer gitaly(GitalyBehaviour{.token = gitaly_token});
    const FaultServer agent(consul);
    const auto unfinished = ports.string() + ".unfinished";
    std::ofstream(unfinished) << praefect.port() << '\n' << gitaly.port() << '\n' << agent.port() << '\n';
    std::filesystem::rename(unfinished, ports);
    while (true) ::pause();
}

}  // namespace
}  // namespace preflight::probes

int main(int count, char** arguments) {
    if (count != 4) return 64;  // Praefect's token, Gitaly's, and where the ports are to be written
    preflight::probes::serve(arguments[1], arguments[2], arguments[3]);
}
