#include "readiness/checks/certificates_expiry.h"

#include <algorithm>

#include "model/clock.h"
#include "readiness/age.h"
#include "readiness/installed.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

constexpr std::int64_t day = 24 * 3600;
constexpr std::int64_t soon = 30 * day;  // time to get a new one beside an upgrade's other work

struct Cases {
    v1::Verdict ended = verdict(v1::BLOCKER, "ended", "a certificate in use has ended");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every certificate was seen");
    v1::Verdict ends = verdict(v1::WARNING, "ends_soon", "a certificate in use ends within 30 days");
    v1::Verdict future = verdict(v1::WARNING, "not_yet", "a certificate in use is not valid yet");
    v1::Verdict ended_trusted =
        verdict(v1::WARNING, "ended_trusted", "a certificate that GitLab is told to trust has ended");
    v1::Verdict ended_unused =
        verdict(v1::NOTE, "ended_unused", "a certificate that no service names has ended");
    v1::Verdict ready =
        verdict(v1::READY, "valid", "every certificate that was seen is valid for 30 days and more");
};

enum class Use { served, trusted, none };

Use use_of(const v1::CertificateFile& file) {
    if (file.used_by().empty()) return Use::none;
    const bool trusted =
        std::ranges::all_of(file.used_by(), [](const auto& use) { return use == "trusted"; });
    return trusted ? Use::trusted : Use::served;
}

class Judging {
  public:
    Judging(const Upgrade& upgrade, Cases& cases) : at_(upgrade.at), cases_(cases) {}

    void judge(const FleetNode& node, const v1::Finding& finding, const v1::Certificate& certificate,
               std::string_view whose, Use use) {
        telling_.begin(node, finding, whose);
        const auto subject = clipped(certificate.subject(), 120);
        const auto left = age_seconds(certificate.not_after(), at_);
        if (!left) return telling_.say(cases_.unseen, subject + ", no end was read");
        const auto what = subject + ", until " + to_iso8601(certificate.not_after());
        if (*left <= 0) {
            telling_.say(use == Use::served    ? cases_.ended
                         : use == Use::trusted ? cases_.ended_trusted
                                               : cases_.ended_unused,
                         what);
        }
        const auto ahead = age_seconds(certificate.not_before(), at_).value_or(0);
        if (use == Use::served && ahead > clock_tolerance_seconds)
            telling_.say(cases_.future, subject + ", from " + to_iso8601(certificate.not_before()));
        if (use != Use::none && *left > 0 && *left < soon) telling_.say(cases_.ends, what);
        telling_.end(cases_.ready, what);
    }

  private:
    google::protobuf::Timestamp at_;
    Cases& cases_;
    Telling telling_;
};

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    Cases cases;
    Judging judging(upgrade, cases);
    for (const auto& node : fleet.nodes) {
        if (!without_gitlab(node) && !saw_all(node, "certificates"))
            about_unseen(cases.unseen, node, "certificates");
        for (const auto& [file, finding] :
             findings_of<&v1::Finding::has_certificate_file, &v1::Finding::certificate_file>(node)) {
            judging.judge(node, *finding, file->certificate(), file->path(), use_of(*file));
        }
        for (const auto& [reach, finding] : findings_of<&v1::Finding::has_reach, &v1::Finding::reach>(node)) {
            if (reach->has_certificate())
                judging.judge(node, *finding, reach->certificate(), reach->address(), Use::served);
        }
    }
    return kept({&cases.ended, &cases.unseen, &cases.ends, &cases.future, &cases.ended_trusted,
                 &cases.ended_unused, &cases.ready},
                fleet, "none", "no node uses a certificate");
}

}  // namespace

constexpr Check certificates_expiry{
    .id = "certificates.expiry",
    .asks = "Does any certificate end before or soon after the upgrade?",
    .judge = judge,
};

}  // namespace preflight::readiness
