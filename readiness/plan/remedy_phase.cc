#include "readiness/plan/remedy_phase.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace preflight::readiness {
namespace {

// How commands begin that only look, whatever follows. Queries are not among them: a SELECT may call what
// changes something.
constexpr std::array<std::string_view, 36> looks{
    "gitlab-preflight-",
    "ls ",
    "df ",
    "du ",
    "cat ",
    "grep ",
    "head ",
    "findmnt ",
    "ss ",
    "uname ",
    "nc ",
    "getent ",
    "sha256sum ",
    "tar -t",
    "tar -xO",
    "timedatectl status ",
    "journalctl ",
    "dmesg ",
    "systemctl cat ",
    "apt-cache ",
    "rpm -q",
    "rpm --version ",
    "docker inspect ",
    "docker version ",
    "kubectl get ",
    "helm get ",
    "gitlab-ctl status ",
    "gitlab-ctl tail ",
    "gitlab-ctl show-config ",
    "gitlab-ctl check-config ",
    "gitlab-ctl upgrade-check ",
    "gitlab-ctl patroni members ",
    "gitlab-ctl get-redis-master ",
    "gitlab-rake geo:status ",
    "gitlab-rake gitlab:geo:check ",
    "gitlab-rake gitlab:doctor:secrets ",
};

constexpr std::array<std::string_view, 3> migrating{"gitlab-ctl reconfigure ", "gitlab-rake db:migrate ",
                                                    "dpkg --configure "};

// Each word with a blank behind it.
std::string line_of(const v1::Command& command) {
    std::string line;
    for (const auto& word : command.argv()) line += word + " ";
    return line;
}

}  // namespace

bool only_looks(const v1::Command& command) {
    return std::ranges::any_of(
        looks, [line = line_of(command)](std::string_view begin) { return line.starts_with(begin); });
}

bool may_run_migrations(const v1::Command& command) {
    return std::ranges::any_of(
        migrating, [line = line_of(command)](std::string_view begin) { return line.starts_with(begin); });
}

v1::RemedyPhase::Phase phase_of(const v1::Verdict& verdict) {
    if (verdict.remedy_phase() != v1::RemedyPhase::PHASE_UNSPECIFIED) return verdict.remedy_phase();
    const bool harmless = std::ranges::all_of(verdict.commands(), only_looks);
    return harmless ? v1::RemedyPhase::BEFORE_WINDOW : v1::RemedyPhase::IN_WINDOW;
}

}  // namespace preflight::readiness
