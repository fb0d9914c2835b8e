#include "agent/receipt.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace preflight::agent {
namespace {

// The number after "NAME: " in /proc/PID/io (Documentation/filesystems/proc.rst of the kernel). The counts of
// children that were waited for are in it.
std::optional<std::uint64_t> count_in(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    text.remove_prefix(at + name.size());
    std::uint64_t count = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc()) return std::nullopt;
    return count;
}

std::uint64_t in_milliseconds(std::chrono::steady_clock::duration time) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

}  // namespace

OwnCount::OwnCount() : file_(::open("/proc/self/io", O_RDONLY | O_CLOEXEC)) {}

v1::Receipt OwnCount::receipt(const probes::Tally& tally) const {
    v1::Receipt receipt;
    receipt.set_connections(tally.connections);
    receipt.set_statements(tally.statements);
    receipt.set_statement_milliseconds(in_milliseconds(tally.statement_time));
    std::array<char, 1024> text{};
    const auto length = file_.get() < 0 ? -1 : ::pread(file_.get(), text.data(), text.size(), 0);
    const std::string_view said(text.data(), static_cast<std::size_t>(std::max<ssize_t>(0, length)));
    const auto read = count_in(said, "rchar: ");
    const auto from_disk = count_in(said, "\nread_bytes: ");
    receipt.set_bytes_read(read.value_or(0));
    receipt.set_bytes_from_disk(from_disk.value_or(0));
    receipt.set_incomplete(!read || !from_disk);
    return receipt;
}

void settle(v1::Receipt& receipt, bool told, const std::optional<ProbeChild::End>& end,
            std::chrono::milliseconds took) {
    receipt.set_milliseconds(in_milliseconds(took));
    if (!told || !end) receipt.set_incomplete(true);
    if (!end) return;
    receipt.set_cpu_milliseconds(in_milliseconds(end->cpu));
    receipt.set_peak_memory_bytes(end->peak_memory_bytes);
}

v1::Receipt sum_of(const std::vector<v1::ProbeRun>& runs, std::chrono::milliseconds took) {
    v1::Receipt sum;
    sum.set_milliseconds(in_milliseconds(took));
    for (const auto& run : runs) {
        const auto& one = run.receipt();
        sum.set_cpu_milliseconds(sum.cpu_milliseconds() + one.cpu_milliseconds());
        sum.set_bytes_read(sum.bytes_read() + one.bytes_read());
        sum.set_bytes_from_disk(sum.bytes_from_disk() + one.bytes_from_disk());
        sum.set_connections(sum.connections() + one.connections());
        sum.set_statements(sum.statements() + one.statements());
        sum.set_statement_milliseconds(sum.statement_milliseconds() + one.statement_milliseconds());
        sum.set_peak_memory_bytes(std::max(sum.peak_memory_bytes(), one.peak_memory_bytes()));
        sum.set_incomplete(sum.incomplete() || one.incomplete());
    }
    return sum;
}

}  // namespace preflight::agent
