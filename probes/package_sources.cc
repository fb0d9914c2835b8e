#include "probes/package_sources.h"

#include <algorithm>
#include <array>
#include <map>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/dpkg_status.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

using Sources = Parsed<v1::PackageSource>;

constexpr std::uint64_t size_limit_bytes = 1024UL * 1024;

constexpr std::string_view left_out = "…";

// By its address; the runner comes from a repository of its own, and is another product.
bool offers_gitlab(std::string_view uri) {
    return uri.find("gitlab") != std::string_view::npos && uri.find("runner") == std::string_view::npos;
}

bool is_release(std::string_view text) {
    constexpr std::size_t limit = 6;
    return text.size() <= limit && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

// "el", "el9", "7server", "sp5", "bookworm", "x86": what a path says of a system is made of these words and
// of releases.
bool is_system_word(std::string_view text) {
    constexpr std::array<std::string_view, 56> words{
        "el",       "rhel",   "ol",     "oraclelinux", "centos",   "rocky",   "almalinux", "fedora",
        "redhat",   "stream", "amazon", "amzn",        "al",       "sles",    "sle",       "suse",
        "opensuse", "leap",   "debian", "ubuntu",      "raspbian", "buster",  "bullseye",  "bookworm",
        "trixie",   "xenial", "bionic", "focal",       "jammy",    "noble",   "linux",     "server",
        "os",       "sp",     "x86",    "amd",         "arm",      "arm64",   "amd64",     "aarch64",
        "noarch",   "deb",    "rpm",    "apt",         "yum",      "dnf",     "zypper",    "dists",
        "main",     "stable", "repo",   "remote",      "local",    "virtual", "mirror",    "proxy"};
    if (text == "s390x" || text == "ppc64le" || is_release(text)) return true;
    const auto word = text.substr(std::min(text.size(), text.find_first_not_of("0123456789.")));
    const auto is_word = [&](std::string_view one) { return std::ranges::find(words, one) != words.end(); };
    const auto name = word.substr(0, word.find_first_of("0123456789"));
    const bool known = is_word(word) || (is_word(name) && is_release(word.substr(name.size())));
    return known && is_release(text.substr(0, text.size() - word.size()));
}

// "el", "el9", "22.04", "centos-stream-9", "$basearch", "x86_64": of these alone no token is made.
bool tells_system(std::string_view element) {
    if (element == "$basearch" || element == "$releasever" || element == "$arch") return true;
    const auto text = in_lower_case(element);
    return std::ranges::all_of(split(text, "-_"), is_system_word);
}

// "gitlab", "gitlab-ee", "gitlab_gitlab-ee", "gitlab-ee-debian-remote".
bool names_product(std::string_view element) {
    if (element == "gitlab") return true;
    if (element.starts_with("gitlab_")) element.remove_prefix(7);
    return std::ranges::any_of(gitlab_package_names, [&](std::string_view name) {
        if (!element.starts_with(name)) return false;
        const auto rest = element.substr(name.size());
        return rest.empty() || (rest[0] == '-' && tells_system(rest.substr(1)));
    });
}

// The last one: a token may stand before it that looks like another.
std::vector<std::string_view>::const_iterator product_in(const std::vector<std::string_view>& parts) {
    const auto last = std::ranges::find_if(parts.rbegin(), parts.rend(), names_product);
    return last == parts.rend() ? parts.end() : std::prev(last.base());
}

// "…/gitlab-ee/el/9/$basearch" → "el/9": what stands behind the product's name, as GitLab's own server is
// laid out and mirrors of it are. Nothing where a part was left out: "el" alone would fit every release.
std::string path_element_of(std::string_view uri) {
    const auto parts = split(uri, "/");
    const auto product = product_in(parts);
    std::string element;
    for (auto part = product; part != parts.end() && part - product <= 2; ++part) {
        const bool architecture = part->starts_with("$basearch") || *part == "x86_64" || *part == "aarch64";
        if (part == product || architecture) continue;
        if (*part == left_out) return {};
        element.append(element.empty() ? "" : "/").append(*part);
    }
    return element;
}

// Vendors of private repositories put a token into the path: of a mirror's only the product is told, and
// behind it what tells of a system. "https://host/…/gitlab-ee/el/9".
std::string without_tokens(const std::string& address) {
    constexpr std::string_view own = "packages.gitlab.com";
    const auto parsed = parse_address(address);
    const auto authority = address.find("://");
    const auto path = address.find('/', authority == std::string::npos ? 0 : authority + 3);
    if (path == std::string::npos) return address;
    const auto parts = split(std::string_view(address).substr(path), "/");
    if (parts.empty()) return address;
    // GitLab's own repositories are open to all.
    if (parsed && in_lower_case(parsed->host) == own && parts[0] == "gitlab") return address;
    const auto product = product_in(parts);
    if (product == parts.end()) return address.substr(0, path) + "/…";
    auto told = address.substr(0, path) + (product == parts.begin() ? "/" : "/…/");
    told += *product;
    for (auto part = product + 1; part != parts.end(); ++part)
        told.append("/").append(tells_system(*part) ? *part : left_out);
    return told + (address.ends_with('/') ? "/" : "");
}

void take(Sources& found, std::string_view source, std::string_view uri, std::string_view suite, bool enabled,
          std::string_view name = {}) {
    if (!offers_gitlab(uri)) return;
    const auto whole = without_user(uri);
    if (whole.empty()) return found.unclear(source, "the address of a repository cannot be read");
    const auto address = without_tokens(whole);
    v1::PackageSource one;
    one.set_path(std::string(source));
    one.set_uri(address);
    one.set_path_element(shown(path_element_of(address)));
    one.set_suite(name_or_nothing(suite));
    one.set_name(name_or_nothing(name));
    one.set_enabled(enabled);
    found.items.push_back(std::move(one));
}

bool is_on(std::string_view text) {
    const auto lower = in_lower_case(trimmed(text));
    return lower != "no" && lower != "false" && lower != "0";
}

struct Place {
    std::string_view directory;
    std::string_view ending;
    Sources (*parse)(std::string_view, std::string_view);
};

void read_file(const Node& node, const std::string& path, const Place& place, Sources& found) {
    const auto text = node.read_file(path, size_limit_bytes);
    if (!text) {
        if (text.error().cause != v1::Gap::ABSENT) found.problems.push_back(text.error());
        return;
    }
    auto parsed = place.parse(*text, path);
    std::ranges::move(parsed.items, std::back_inserter(found.items));
    std::ranges::move(parsed.problems, std::back_inserter(found.problems));
}

}  // namespace

Parsed<v1::PackageSource> parse_apt_list(std::string_view text, std::string_view source) {
    Sources found;
    while (const auto next = next_line(text)) {
        auto line = trimmed(*next);
        const bool enabled = !line.starts_with('#');
        while (line.starts_with('#') || line.starts_with(' ')) line.remove_prefix(1);
        if (!line.starts_with("deb ")) continue;
        line = trimmed(line.substr(4));
        if (line.starts_with('[')) line = trimmed(line.substr(std::min(line.find(']') + 1, line.size())));
        const auto words = words_of(line);
        if (words.size() >= 2) take(found, source, words[0], words[1], enabled);
    }
    return found;
}

Parsed<v1::PackageSource> parse_apt_sources(std::string_view text, std::string_view source) {
    Sources found;
    std::map<std::string, std::string> stanza;
    std::string last;
    const auto finish = [&] {
        const auto types = words_of(stanza["types"]);
        const bool packages = std::ranges::find(types, "deb") != types.end();
        const bool enabled = !stanza.contains("enabled") || is_on(stanza["enabled"]);
        for (const auto uri : words_of(stanza["uris"])) {
            for (const auto suite : words_of(stanza["suites"])) {
                if (packages) take(found, source, uri, suite, enabled);
            }
        }
        stanza.clear();
    };
    while (const auto line = next_line(text)) {
        if (line->starts_with('#')) continue;
        if (trimmed(*line).empty()) {
            finish();
        } else if (line->starts_with(' ') || line->starts_with('\t')) {
            stanza[last].append(" ").append(trimmed(*line));
        } else if (const auto colon = line->find(':'); colon != std::string_view::npos) {
            last = in_lower_case(trimmed(line->substr(0, colon)));
            stanza[last] = trimmed(line->substr(colon + 1));
        }
    }
    finish();
    return found;
}

Parsed<v1::PackageSource> parse_repo_file(std::string_view text, std::string_view source) {
    Sources found;
    std::map<std::string, std::string> section;
    std::string name;
    const auto finish = [&] {
        const auto addresses = section.contains("baseurl") ? section["baseurl"] : section["mirrorlist"];
        const bool enabled = !section.contains("enabled") || is_on(section["enabled"]);
        for (const auto uri : split(addresses, " \t,")) take(found, source, uri, "", enabled, name);
        section.clear();
    };
    while (const auto next = next_line(text)) {
        const auto line = trimmed(*next);
        if (line.empty() || line.starts_with('#') || line.starts_with(';')) continue;
        if (line.starts_with('[')) {
            finish();
            name = line.substr(1, line.find(']') == std::string_view::npos ? 0 : line.find(']') - 1);
        } else if (const auto equals = line.find('='); equals != std::string_view::npos) {
            section[in_lower_case(trimmed(line.substr(0, equals)))] = trimmed(line.substr(equals + 1));
        }
    }
    finish();
    return found;
}

// Places from general knowledge of apt, dnf, yum and zypper.
Parsed<v1::PackageSource> read_package_sources(const Node& node) {
    Sources found;
    read_file(node, "/etc/apt/sources.list", {"", "", parse_apt_list}, found);
    constexpr std::array<Place, 4> places{{{"/etc/apt/sources.list.d", ".list", parse_apt_list},
                                           {"/etc/apt/sources.list.d", ".sources", parse_apt_sources},
                                           {"/etc/yum.repos.d", ".repo", parse_repo_file},
                                           {"/etc/zypp/repos.d", ".repo", parse_repo_file}}};
    for (const auto& place : places) {
        const auto entries = node.list(place.directory);
        if (!entries) {
            if (entries.error().cause != v1::Gap::ABSENT) found.problems.push_back(entries.error());
            continue;
        }
        for (const auto& entry : *entries) {
            const auto path = std::string(place.directory) + "/" + entry.name;
            if (entry.name.ends_with(place.ending) && is_plain_line(entry.name))
                read_file(node, path, place, found);
        }
    }
    return found;
}

}  // namespace preflight::probes
