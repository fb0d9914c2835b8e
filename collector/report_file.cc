#include "collector/report_file.h"

#include <google/protobuf/util/json_util.h>

#include <cstddef>
#include <utility>

#include "collector/input_file.h"
#include "model/utf8.h"

namespace preflight::collector {
namespace {

// A report of 10,000 nodes is some tens of megabytes; a report is ten levels deep.
constexpr std::size_t file_limit_bytes = std::size_t{256} * 1024 * 1024;
constexpr int depth_limit = 32;
// Two bytes of JSON can become a message of hundreds.
constexpr std::size_t objects_limit = 1'000'000;
constexpr std::size_t values_limit = 8'000'000;

// Counts what stands outside of strings. Whether it is JSON at all is for the parser to say.
class Counter {
  public:
    bool within_limits(std::string_view json) {
        for (const char c : json) {
            if (!take(c)) return false;
        }
        return true;
    }

  private:
    bool take(char c) {
        if (in_string_) {
            if (escaped_) {
                escaped_ = false;
            } else if (c == '\\') {
                escaped_ = true;
            } else if (c == '"') {
                in_string_ = false;
            }
            return true;
        }
        if (c == '"') in_string_ = true;
        if (c == ',' && ++values_ > values_limit) return false;
        if (c == '{' && ++objects_ > objects_limit) return false;
        if ((c == '{' || c == '[') && ++depth_ > depth_limit) return false;
        if (c == '}' || c == ']') --depth_;
        return true;
    }

    bool in_string_ = false;
    bool escaped_ = false;
    int depth_ = 0;
    std::size_t objects_ = 0;
    std::size_t values_ = 0;
};

}  // namespace

Result<v1::Report> parse_report(std::string_view json, const std::string& file) {
    if (!Counter().within_limits(json))
        return Problem{v1::Gap::TOO_LARGE, file, "nested too deep, or more values than any report has"};
    // The parser takes more than JSON for JSON: quotes of the other kind, and bytes that are no text.
    if (!is_valid_utf8(json)) return malformed(file, "binary, or not UTF-8");
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    v1::Report report;
    const auto parsed = google::protobuf::util::JsonStringToMessage(std::string(json), &report, options);
    if (!parsed.ok()) return malformed(file, "this is not the JSON of a report");
    const auto& schema = v1::Report::descriptor()->full_name();
    if (report.schema() != schema)
        return malformed(file, "this is not a report: its schema is not " + schema);
    return report;
}

Result<v1::Report> load_report(const std::filesystem::path& file) {
    const auto json = read_file(file, file_limit_bytes);
    if (!json) return json.error();
    return parse_report(*json, file.string());
}

}  // namespace preflight::collector
