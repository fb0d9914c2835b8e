#include "probes/host.h"

#include <algorithm>
#include <cerrno>
#include <span>

#include "model/digest.h"
#include "probes/addresses.h"
#include "probes/config_text.h"
#include "probes/json.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t size_limit_bytes = 1024UL * 1024;

// The kernel's name on a live machine, the configured one in a tree.
std::string host_name(const Node& node, Unseen& unseen) {
    constexpr std::string_view kernels = "/proc/sys/kernel/hostname";
    constexpr std::string_view configured = "/etc/hostname";
    for (const auto path : {kernels, configured}) {
        const auto text = node.read_file(path, size_limit_bytes);
        if (!text) {
            if (path == configured) unseen.note(text.error(), "host name");
            continue;
        }
        auto name = first_line_shown(*text);
        if (!name.empty() && name != "(none)") return name;
        if (path == configured) unseen.note(malformed(std::string(path), "names no host"), "host name");
    }
    return {};
}

std::string fqdn(std::string_view name, const std::vector<HostsEntry>& entries,
                 const Result<Attributes>& attributes) {
    if (name.find('.') != std::string_view::npos) return std::string(name);
    for (const auto& entry : entries) {
        for (const auto& alias : entry.names) {
            if (alias.starts_with(std::string(name) + ".") && !alias.starts_with("localhost")) return alias;
        }
    }
    return attributes ? shown(text_of(attributes->automatic({"fqdn"}))) : std::string();
}

Result<std::vector<std::string>> addresses_in_tree(const std::vector<HostsEntry>& entries,
                                                   const Result<Attributes>& attributes) {
    auto addresses = attributes ? addresses_of(*attributes) : std::vector<std::string>();
    for (const auto& entry : entries) {
        if (is_foreign_reachable(entry.address)) addresses.push_back(entry.address);
    }
    std::ranges::sort(addresses);
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    return addresses;
}

void read_identity(const Node& node, Unseen& unseen, v1::Host& host) {
    constexpr std::string_view path = "/etc/machine-id";
    const auto text = node.read_file(path, size_limit_bytes);
    if (!text) return unseen.note(text.error(), "machine id");
    const auto id = trimmed(*text);
    // machine-id(5): 32 hexadecimal digits; "uninitialized" or nothing before the first boot.
    if (id.size() != 32 || id.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
        return unseen.note(malformed(std::string(path), "holds no machine id"), "machine id");
    }
    host.set_machine_digest(machine_digest(in_lower_case(id)));
}

void read_uptime(const Node& node, Unseen& unseen, v1::Host& host) {
    constexpr std::string_view path = "/proc/uptime";
    const auto text = node.read_file(path, size_limit_bytes);
    if (!text) return unseen.note(text.error(), "uptime");
    const auto seconds = number_in(std::string_view(*text).substr(0, text->find_first_of(". \n")));
    if (!seconds) return unseen.note(malformed(std::string(path), "holds no number"), "uptime");
    host.set_uptime_seconds(*seconds);
}

void read_memory(const Node& node, Unseen& unseen, v1::Host& host) {
    constexpr std::string_view path = "/proc/meminfo";
    const auto text = node.read_file(path, size_limit_bytes);
    if (!text) return unseen.note(text.error(), "memory");
    const auto total = memory_in(*text, "MemTotal");
    if (!total) return unseen.note(malformed(std::string(path), "does not tell the memory"), "memory");
    host.set_memory_bytes(*total);
    host.set_memory_available_bytes(memory_in(*text, "MemAvailable").value_or(0));
}

void read_processors(const Node& node, Unseen& unseen, v1::Host& host) {
    constexpr std::string_view path = "/sys/devices/system/cpu/online";
    const auto text = node.read_file(path, size_limit_bytes);
    if (!text) return unseen.note(text.error(), "processors");
    const auto count = processors_in(trimmed(*text));
    if (!count) return unseen.note(malformed(std::string(path), "is no list of processors"), "processors");
    host.set_processors(*count);
}

void read_clock(const Node& node, Unseen& unseen, v1::Host& host) {
    constexpr std::string_view call = "adjtimex";
    if (!node.live()) {
        return unseen.note({v1::Gap::NOT_LIVE, std::string(call), "only a running kernel tells"},
                           "time synchronisation");
    }
    timex clock{};  // no modes: nothing is set
    if (::adjtimex(&clock) < 0)
        return unseen.note(problem_from_errno(errno, std::string(call)), "time synchronisation");
    const auto state = clock_state_of(clock);
    host.set_time_sync(state.synchronised ? v1::Host::SYNCHRONISED : v1::Host::NOT_SYNCHRONISED);
    host.set_clock_offset_microseconds(state.offset_microseconds);
    host.set_clock_error_microseconds(state.error_microseconds);
}

}  // namespace

v1::Host read_host_names(const Node& node, const Result<Attributes>& attributes, Unseen& unseen) {
    v1::Host host;
    host.set_name(host_name(node, unseen));
    if (host.name().empty() && attributes) host.set_name(shown(text_of(attributes->automatic({"hostname"}))));
    const auto hosts = node.read_file("/etc/hosts", size_limit_bytes);
    const auto entries =
        hosts && !host.name().empty() ? entries_of(*hosts, host.name()) : std::vector<HostsEntry>();
    host.set_fqdn(fqdn(host.name(), entries, attributes));
    const auto addresses = node.live() ? addresses_of_this_machine() : addresses_in_tree(entries, attributes);
    if (!addresses) unseen.note(addresses.error(), "addresses");
    if (addresses) host.mutable_addresses()->Assign(addresses->begin(), addresses->end());
    return host;
}

v1::Host read_host(const Node& node, Unseen& unseen) {
    auto host = read_host_names(node, read_attributes(node), unseen);
    read_identity(node, unseen, host);
    read_uptime(node, unseen, host);
    read_memory(node, unseen, host);
    read_processors(node, unseen, host);
    read_clock(node, unseen, host);
    return host;
}

// The offset is in nanoseconds where STA_NANO is set, the error always in microseconds. A service that steers
// by the frequency alone (chrony) leaves no offset.
ClockState clock_state_of(const timex& clock) {
    ClockState state;
    state.synchronised = (clock.status & STA_UNSYNC) == 0;
    if (!state.synchronised) return state;
    state.offset_microseconds = (clock.status & STA_NANO) != 0 ? clock.offset / 1000 : clock.offset;
    state.error_microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(0, clock.esterror));
    return state;
}

std::string machine_digest(std::string_view machine_id) {
    return sha256_hex(std::string("gitlab-preflight:").append(machine_id));
}

std::vector<HostsEntry> entries_of(std::string_view hosts_file, std::string_view host_name) {
    constexpr std::size_t entry_limit = 100;
    const auto qualified = std::string(host_name) + ".";
    std::vector<HostsEntry> entries;
    while (const auto line = next_line(hosts_file)) {
        const auto words = split(line->substr(0, line->find('#')), " \t\r");
        if (words.size() < 2 || entries.size() == entry_limit) continue;
        HostsEntry entry{shown(words[0]), {}};
        bool own = false;
        for (const auto name : std::span(words).subspan(1)) {
            own = own || name == host_name || name.starts_with(qualified);
            entry.names.push_back(shown(name));
        }
        if (own) entries.push_back(std::move(entry));
    }
    return entries;
}

std::optional<std::uint64_t> memory_in(std::string_view meminfo, std::string_view field) {
    constexpr std::uint64_t largest_kilobytes = UINT64_MAX / 1024;
    while (const auto line = next_line(meminfo)) {
        const auto colon = line->find(':');
        if (colon == std::string_view::npos || line->substr(0, colon) != field) continue;
        const auto words = split(line->substr(colon + 1), " \t");
        const auto kilobytes = words.empty() ? std::nullopt : number_in(words.front());
        if (!kilobytes || *kilobytes > largest_kilobytes) return std::nullopt;
        return *kilobytes * 1024;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> processors_in(std::string_view ranges) {
    constexpr std::uint64_t limit = 1'000'000;
    std::uint64_t count = 0;
    for (const auto range : split(ranges, ",")) {
        const auto dash = range.find('-');
        const auto first = number_in(range.substr(0, dash));
        const auto last = dash == std::string_view::npos ? first : number_in(range.substr(dash + 1));
        if (!first || !last || *last < *first || *last > limit) return std::nullopt;
        count += *last - *first + 1;
    }
    if (count == 0 || count > limit) return std::nullopt;
    return static_cast<std::uint32_t>(count);
}

}  // namespace preflight::probes
