#include "probes/settings.h"

#include <algorithm>
#include <optional>
#include <set>

#include "probes/attribute_settings.h"
#include "probes/gitlab_presence.h"
#include "probes/gitlab_rb.h"
#include "probes/paths.h"
#include "probes/plain_text.h"
#include "probes/ruby_number.h"
#include "probes/setting_values.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t setting_limit = 2000;  // of one source
constexpr std::size_t include_limit = 20;
constexpr std::string_view environment_path = "/proc/1/environ";
constexpr std::string_view environment_variable = "GITLAB_OMNIBUS_CONFIG";
constexpr std::string_view opt_out_variable = "GITLAB_SKIP_PG_UPGRADE";  // omnibus-gitlab docker/assets

constexpr std::string_view affects = "which settings an upgrade meets";
constexpr std::string_view affects_evaluated = "what the last reconfigure made of the settings";

v1::Setting::State state_of(const Assignment& assignment) {
    if (assignment.state == Assignment::State::literal) return v1::Setting::LITERAL;
    return assignment.state == Assignment::State::conditional ? v1::Setting::CONDITIONAL
                                                              : v1::Setting::COMPUTED;
}

// Numbers by what they come to: 0644 is 420.
bool is_same(const Assignment& there, const AttributeText& used) {
    if (used.literal == there.literal) return true;
    return !there.text && !used.text && same_number(there.literal, used.literal);
}

class Look {
  public:
    Look(const Node& node, Findings& out) : node_(node), out_(out) {}

    void configuration() {
        auto found =
            file(std::string(paths::gitlab_rb), v1::Setting::CONFIGURATION, has_configured_package(node_));
        if (!found) return;
        if (const auto text = node_.read_file(paths::gitlab_rb)) letters(*text);
        for (std::size_t at = 0; at < pending_.size() && at < include_limit; ++at) {
            const auto path = pending_[at];
            file(path, v1::Setting::INCLUDED, true);
        }
        if (pending_.size() > include_limit) {
            out_.gap(
                {v1::Gap::DROPPED, std::string(paths::gitlab_rb), "takes in more files than are looked at"},
                affects);
        }
        rb_ = std::move(found);
    }

    // Keys alone: a variable is where secrets are put.
    void environment() {
        const bool image = node_.status("/assets/init-container").has_value();
        const std::string source(environment_path);
        if (!node_.live()) {
            if (image) out_.gap({v1::Gap::NOT_LIVE, source, "a tree has no processes"}, affects);
            return;
        }
        const auto text = node_.read_file(source);
        // Outside of a container the first process is not GitLab's, and may hide what it was given.
        if (!text && image) out_.gap(text.error(), affects);
        if (!text) return;
        if (image) opt_out(variable(*text, opt_out_variable) == "true");
        const auto configuration = variable(*text, environment_variable);
        if (!configuration) return;
        const auto parsed = parse_gitlab_rb(*configuration, source);
        if (!parsed) return out_.gap(parsed.error(), affects);
        report(*parsed, source, v1::Setting::ENVIRONMENT);
        if (!parsed->includes.empty())
            out_.gap(malformed(source, "takes in files, which are not looked at"), affects);
    }

    void evaluated() {
        const auto attributes = read_attributes(node_);
        if (!attributes) {
            const bool absent = attributes.error().cause == v1::Gap::ABSENT;
            if (!absent || has_configured_package(node_)) out_.gap(attributes.error(), affects_evaluated);
            return;
        }
        if (!attributes->finished()) {
            return out_.gap(malformed(attributes->path, "the last reconfigure did not finish"),
                            affects_evaluated);
        }
        const auto watched = watched_settings(*attributes);
        for (const auto& setting : watched.items) *out_.add(attributes->path).mutable_setting() = setting;
        for (const auto& problem : watched.problems) out_.gap(problem, affects_evaluated);
        if (rb_) differences(*attributes);
    }

  private:
    static std::optional<std::string_view> variable(std::string_view environment, std::string_view name) {
        const auto begin = std::string(name) + "=";
        while (!environment.empty()) {
            const auto one = environment.substr(0, environment.find('\0'));
            if (one.starts_with(begin)) return one.substr(begin.size());
            environment.remove_prefix(std::min(environment.size(), one.size() + 1));
        }
        return std::nullopt;
    }

    // As the image's start script takes it: any other value, and none, is no.
    void opt_out(bool set) {
        auto& setting = *out_.add(environment_path).mutable_setting();
        setting.set_key(std::string(opt_out_variable));
        setting.set_value(set ? "true" : "false");
        setting.set_state(v1::Setting::LITERAL);
        setting.set_origin(v1::Setting::ENVIRONMENT);
        setting.set_source(std::string(environment_path));
    }

    void letters(std::string_view text) {
        const auto first = std::ranges::find_if(text, [](unsigned char letter) { return letter > 0x7F; });
        const auto lines = first == text.end() ? 0 : 1 + std::count(text.begin(), first, '\n');
        auto& found = *out_.add(paths::gitlab_rb).mutable_configuration_text();
        found.set_path(std::string(paths::gitlab_rb));
        found.set_line_beyond_ascii(static_cast<std::uint32_t>(lines));
    }

    std::optional<GitlabRb> file(const std::string& path, v1::Setting::Origin origin, bool expected) {
        const auto text = node_.read_file(path);
        if (!text) {
            if (expected || text.error().cause != v1::Gap::ABSENT) out_.gap(text.error(), affects);
            return std::nullopt;
        }
        auto parsed = parse_gitlab_rb(*text, path);
        if (!parsed) {
            out_.gap(parsed.error(), affects);
            return std::nullopt;
        }
        report(*parsed, path, origin);
        for (const auto& include : parsed->includes) {
            if (!is_plain_line(include) || !include.starts_with('/')) {
                out_.gap(malformed(path, "takes in a file by a path that is not absolute"), affects);
            } else if (include != paths::gitlab_rb && seen_.insert(include).second) {
                pending_.push_back(include);
            }
        }
        return std::move(*parsed);
    }

    void report(const GitlabRb& rb, const std::string& source, v1::Setting::Origin origin) {
        if (rb.unclear) beyond(*rb.unclear, source);
        std::size_t told = 0;
        bool unclear = false;
        for (const auto& [key, assignment] : rb.assignments) {
            if (!is_setting_key(key)) {
                unclear = true;
                continue;
            }
            if (told++ == setting_limit) {
                out_.gap({v1::Gap::DROPPED, source, "more settings than are told"}, affects);
                break;
            }
            auto& setting = *out_.add(source).mutable_setting();
            setting.set_key(key);
            setting.set_state(state_of(assignment));
            setting.set_origin(origin);
            setting.set_source(source);
            setting.set_line(assignment.line);
            setting.set_assignments(assignment.count);
            setting.set_members_told(setting.state() != v1::Setting::LITERAL && assignment.members_told);
            const bool shown = setting.state() == v1::Setting::LITERAL && origin != v1::Setting::ENVIRONMENT;
            if (shown) setting.set_value(harmless_value(key, assignment.literal, assignment.text));
            if (setting.state() == v1::Setting::LITERAL && assignment.text) form(key, assignment, setting);
        }
        if (unclear) out_.gap(malformed(source, "a key in it is not made as keys are"), affects);
    }

    void beyond(const UnclearLine& unclear, const std::string& source) {
        auto detail = "line " + std::to_string(unclear.line) + " " + unclear.what;
        if (unclear.more > 0) detail += " (and " + std::to_string(unclear.more) + " more)";
        out_.gap(malformed(source, detail), affects);
    }

    static void form(const std::string& key, const Assignment& assignment, v1::Setting& setting) {
        if (auto form = form_of(key, assignment.literal)) *setting.mutable_form() = std::move(*form);
    }

    // Another file that is taken in may say it anew.
    bool is_whole() const { return rb_->includes.empty() && !rb_->unclear; }

    void differences(const Attributes& attributes) {
        if (!is_whole()) {
            return out_.gap({v1::Gap::FAILED, std::string(paths::gitlab_rb),
                             "takes in what is not evaluated here, which may say settings anew"},
                            "whether gitlab.rb and what is used differ");
        }
        for (const auto& [key, assignment] : rb_->assignments) {
            const auto parts = parts_of_setting(key);
            const bool literal = assignment.state == Assignment::State::literal &&
                                 assignment.literal != "nil" && assignment.literal != "{}";
            const bool each = std::ranges::find(parts, "[]") != parts.end();
            // What is called by its name alone (external_url) is rewritten on its way.
            if (!literal || each || parts.size() < 2 || !is_setting_key(key)) continue;
            const auto attribute = attribute_of(attributes, parts);
            if (!attribute.section_known) continue;
            if (attribute.value == nullptr) {
                // Some secrets are taken out once they were used; what may be shown is none.
                const bool harmless = !harmless_value(key, assignment.literal, assignment.text).empty();
                if (harmless || !may_be_secret(key)) difference(attributes, key, "stands in gitlab.rb alone");
                continue;
            }
            const auto used = literal_of(*attribute.value);
            if (is_same(assignment, used) || attribute.value->is_structured()) continue;
            const auto one = harmless_value(key, used.literal, used.text);
            const auto other = harmless_value(key, assignment.literal, assignment.text);
            const bool shown = !one.empty() && !other.empty();
            difference(attributes, key, shown ? "used: " + one + "; there: " + other : "the values differ");
        }
    }

    void difference(const Attributes& attributes, const std::string& key, const std::string& detail) {
        auto& found = *out_.add(attributes.path).mutable_difference();
        found.set_kind(v1::Difference::SETTING);
        found.set_what(key);
        found.set_used(attributes.path);
        found.set_other(std::string(paths::gitlab_rb));
        found.set_detail(detail);
    }

    const Node& node_;
    Findings& out_;
    std::optional<GitlabRb> rb_;
    std::set<std::string> seen_;
    std::vector<std::string> pending_;  // files that are taken in, in their order
};

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    if (!has_gitlab(node)) return;
    Look look(node, out);
    look.configuration();
    look.environment();
    look.evaluated();
}

}  // namespace

constexpr Probe settings{
    .name = "settings",
    .looks_at = "what gitlab.rb and the files that it takes in set, and what the last reconfigure made of it",
    .needs = ReadProcesses{},
    .limit = 5s,
    .look = look,
};

}  // namespace preflight::probes
