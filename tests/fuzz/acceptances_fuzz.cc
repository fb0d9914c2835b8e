// The files that persons hand to the collector: acceptances, and reports in JSON.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "collector/acceptance_file.h"
#include "collector/report_file.h"
#include "readiness/difference.h"
#include "readiness/render/render.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace preflight;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto acceptances = collector::parse_acceptances(text, "acceptances.yml")) {
        const auto written = collector::acceptances_text(*acceptances);
        const auto again = collector::parse_acceptances(written, "acceptances.yml");
        if (!again || collector::acceptances_text(*again) != written) std::abort();
    }
    if (const auto report = collector::parse_report(text, "report.json")) {
        const auto differences = readiness::difference_of(v1::Report(), *report);
        readiness::render_text(differences, readiness::TextStyle{});
        if (readiness::difference_of(*report, *report).differences_size() != 0) std::abort();
    }
    return 0;
}
