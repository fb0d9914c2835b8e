// Predicates on what single files of a node show.
#include "readiness/conditions/predicates.h"
#include "readiness/installed.h"

namespace preflight::readiness {

// A node whose gitlab.rb was looked at says so, also where nothing is outside ASCII.
Decided decide(const v1::BeyondAscii&, const Scene& scene) {
    return some_node(scene, [](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        const auto texts =
            findings_of<&v1::Finding::has_configuration_text, &v1::Finding::configuration_text>(node);
        if (texts.empty()) some.unseen(node, "settings");
        for (const auto& [text, finding] : texts) {
            if (text->line_beyond_ascii() == 0) {
                some.fails(node, *finding, "all of it is ASCII");
            } else {
                some.holds(
                    node, *finding,
                    "line " + std::to_string(text->line_beyond_ascii()) + " has characters outside ASCII");
            }
        }
    });
}

Decided decide(const v1::CertificateKey& asked, const Scene& scene) {
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        if (!saw_all(node, "certificates")) some.unseen(node, "certificates");
        for (const auto& [file, finding] :
             findings_of<&v1::Finding::has_certificate_file, &v1::Finding::certificate_file>(node)) {
            const auto bits = file->certificate().rsa_bits();
            if (!file->certificate().has_rsa_bits())
                some.unseen(node, *finding, "the size of its key was not told");
            if (bits > asked.rsa_bits_above())
                some.holds(node, *finding,
                           file->path() + " has an RSA key of " + std::to_string(bits) + " bits");
        }
    });
}

Decided decide(const v1::ChangedEdition&, const Scene& scene) {
    auto decided = some_node(scene, [](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        if (!saw_all(node, "packages")) some.unseen(node, "packages");
        for (const auto& [change, finding] :
             findings_of<&v1::Finding::has_edition_change, &v1::Finding::edition_change>(node)) {
            if (change->from() != "gitlab-ee") continue;  // the other way is an upgrade
            some.holds(node, *finding,
                       change->to() + " was installed after " + change->from() + " on " + change->day());
        }
    });
    if (decided.truth == Truth::fails) decided.truth = Truth::unknown;
    return decided;
}

}  // namespace preflight::readiness
