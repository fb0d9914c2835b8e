#include "readiness/way_back/needs.h"

#include "tests/readiness/way_back/returnable.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(ReturnNeeds, AreProvedWhereAllOfItWasFound) {
    const auto way = way_back(returnable());
    EXPECT_THAT(states(way),
                ElementsAre("backup PROVED", "configuration PROVED", "secrets PROVED", "package PROVED",
                            "space PROVED", "storages PROVED", "object_storage PROVED", "elsewhere NOT_KNOWN",
                            "rehearsal NOT_KNOWN", "snapshots NOT_KNOWN"));
    EXPECT_EQ(need(way, "backup").what(), "A full backup of 19.2.4 EE, read to its end");
    EXPECT_THAT(need(way, "backup").detail(), HasSubstr("was read whole and fits what runs"));
    EXPECT_THAT(need(way, "backup").nodes(), ElementsAre("web1.example.test"));
    EXPECT_EQ(need(way, "backup").evidence(0).node(), "web1.example.test");
    EXPECT_THAT(need(way, "package").nodes(), ElementsAre("gitaly1.example.test", "web1.example.test"));
}

struct Rest {
    std::string_view need;
    bool (*on)(const v1::Finding&);
};

// Each finding that a need rests on, one after the other.
TEST(ReturnNeeds, AreNotProvedOnceWhatTheyRestOnIsLost) {
    const auto whole = returnable();
    const std::vector<Rest> rests{
        {"backup", [](const v1::Finding& found) { return found.has_backup_archive(); }},
        {"backup", [](const v1::Finding& found) { return found.has_backup_proof(); }},
        {"configuration", [](const v1::Finding& found) { return found.has_configuration_backup(); }},
        {"secrets", [](const v1::Finding& found) { return found.has_configuration_backup(); }},
        {"secrets", [](const v1::Finding& found) { return found.has_secret_proof(); }},
        {"package", [](const v1::Finding& found) { return found.has_package_cache(); }},
        {"package", [](const v1::Finding& found) { return found.has_installation(); }},
        {"package", [](const v1::Finding& found) { return found.has_gitaly_endpoint(); }},
        {"space", [](const v1::Finding& found) { return found.has_backup_space(); }},
        {"space", [](const v1::Finding& found) { return found.has_backup_archive(); }},
        {"storages", [](const v1::Finding& found) { return found.has_backup_proof(); }},
        {"storages", [](const v1::Finding& found) { return found.has_backup_archive(); }},
    };
    for (const auto& [id, on] : rests) {
        for (std::size_t at = 0; at < whole.nodes.size(); ++at) {
            const auto& findings = whole.nodes[at].inspection.findings();
            for (int lost = 0; lost < findings.size(); ++lost) {
                if (!on(findings[lost])) continue;
                auto less = whole;
                less.nodes[at].inspection.mutable_findings()->DeleteSubrange(lost, 1);
                const auto way = way_back(less);
                EXPECT_TRUE(way.hops().empty() || state(need(way, id)) != "PROVED")
                    << id << " without " << findings[lost].ShortDebugString();
            }
        }
    }
}

TEST(ReturnNeeds, AreNotProvedByProbesThatDidNotLook) {
    auto less = returnable();
    for (auto& node : less.nodes) node.inspection.clear_probes();
    const auto way = way_back(less);
    EXPECT_EQ(state(need(way, "object_storage")), "NOT_KNOWN");
    EXPECT_EQ(state(need(way, "secrets")), "NOT_KNOWN");
    auto more = returnable();
    more.nodes.push_back(silent_node("gitaly2"));
    EXPECT_EQ(state(need(way_back(more), "package")), "NOT_KNOWN");
    EXPECT_THAT(need(way_back(more), "package").nodes(), ElementsAre("gitaly2"));
}

TEST(ReturnNeeds, MissABackupThatDoesNotServe) {
    const auto older = changed(returnable(), [](v1::Finding& found) {
        if (found.has_backup_archive()) found.mutable_backup_archive()->set_version("19.2.3");
    });
    EXPECT_EQ(state(need(way_back(older), "backup")), "MISSING");
    EXPECT_THAT(need(way_back(older), "backup").detail(),
                HasSubstr("is of 19.2.3-ee, the way back leads to 19.2.4-ee"));
    const auto other = changed(returnable(), [](v1::Finding& found) {
        if (found.has_backup_archive()) found.mutable_backup_archive()->set_edition(v1::CE);
    });
    EXPECT_EQ(state(need(way_back(other), "backup")), "MISSING");
    auto late = to("19.3.0");
    late.backup_age_limit = std::chrono::hours(1);
    EXPECT_EQ(state(need(way_back(returnable(), late), "backup")), "MISSING");
    EXPECT_THAT(need(way_back(returnable(), late), "backup").detail(), HasSubstr("the limit is"));
    const auto listed = changed(returnable(), [](v1::Finding& found) {
        if (!found.has_backup_proof()) return;
        found.mutable_backup_proof()->set_rung(v1::BackupProof::LISTED);
        found.mutable_backup_proof()->set_bytes_read(0);
    });
    EXPECT_EQ(state(need(way_back(listed), "backup")), "NOT_KNOWN");
    const auto kept_here = changed(returnable(), [](v1::Finding& found) {
        if (!found.has_backup_settings()) return;
        found.mutable_backup_settings()->clear_upload_provider();
        found.mutable_backup_settings()->clear_upload_directory();
    });
    const auto none = without(kept_here, [](const v1::Finding& found) { return found.has_backup_archive(); });
    EXPECT_EQ(state(need(way_back(none), "backup")), "MISSING");
    EXPECT_THAT(need(way_back(none), "backup").detail(), HasSubstr("no backup at all"));
}

Fleet with_copy(v1::ConfigurationBackup::SecretsEqual equal, bool secrets = true) {
    return changed(returnable(), [equal, secrets](v1::Finding& found) {
        if (!found.has_configuration_backup()) return;
        found.mutable_configuration_backup()->set_secrets_equal(equal);
        found.mutable_configuration_backup()->set_has_secrets(secrets);
    });
}

TEST(ReturnNeeds, CompareTheSecretsOfTheCopyWithThoseInUse) {
    EXPECT_EQ(state(need(way_back(with_copy(v1::ConfigurationBackup::EQUAL)), "secrets")), "PROVED");
    EXPECT_EQ(state(need(way_back(with_copy(v1::ConfigurationBackup::DIFFERENT)), "secrets")), "MISSING");
    EXPECT_EQ(state(need(way_back(with_copy(v1::ConfigurationBackup::SECRETS_EQUAL_UNSPECIFIED)), "secrets")),
              "NOT_KNOWN");
    const auto way = way_back(with_copy(v1::ConfigurationBackup::EQUAL, false));
    EXPECT_EQ(state(need(way, "secrets")), "MISSING");
    EXPECT_EQ(state(need(way, "configuration")), "MISSING");
    const auto closed = changed(returnable(), [](v1::Finding& found) {
        if (found.has_secret_proof())
            found.mutable_secret_proof()->set_outcome(v1::SecretProof::DOES_NOT_OPEN);
    });
    EXPECT_EQ(state(need(way_back(closed), "secrets")), "MISSING");
}

TEST(ReturnNeeds, KnowThePackageOnlyWhereItLies) {
    const auto gone =
        without(returnable(), [](const v1::Finding& found) { return found.has_package_cache(); });
    EXPECT_EQ(state(need(way_back(gone), "package")), "NOT_KNOWN");
    EXPECT_THAT(need(way_back(gone), "package").detail(),
                HasSubstr("whether it still has that version was not seen"));
    const auto nowhere = without(returnable(), [](const v1::Finding& found) {
        return found.has_package_cache() || found.has_package_source();
    });
    EXPECT_EQ(state(need(way_back(nowhere), "package")), "MISSING");
    const auto docker = changed(returnable(), [](v1::Finding& found) {
        if (found.has_installation()) found.mutable_installation()->set_method(v1::Installation::DOCKER);
    });
    EXPECT_EQ(state(need(way_back(docker), "package")), "NOT_KNOWN");
}

Fleet with_room(std::uint64_t available, std::string_view path) {
    return changed(returnable(), [available, path](v1::Finding& found) {
        if (!found.has_backup_space()) return;
        found.mutable_backup_space()->set_available_bytes(available);
        found.mutable_backup_space()->set_path(std::string(path));
    });
}

TEST(ReturnNeeds, WantRoomBesideTheArchiveItself) {
    EXPECT_EQ(state(need(way_back(with_room(900, "/srv/backups/")), "space")), "PROVED");
    EXPECT_EQ(state(need(way_back(with_room(899, "/srv/backups")), "space")), "MISSING");
    EXPECT_THAT(need(way_back(with_room(899, "/srv/backups")), "space").detail(),
                HasSubstr("takes 900 B to unpack, 899 B are free"));
    EXPECT_EQ(state(need(way_back(with_room(90000, "/srv/back")), "space")), "NOT_KNOWN");
    EXPECT_EQ(state(need(way_back(with_room(90000, "/srv/backups/else")), "space")), "NOT_KNOWN");
}

TEST(ReturnNeeds, WantEveryStorageInTheBackup) {
    const auto with = [](const auto& change) {
        return changed(returnable(), [&](v1::Finding& found) {
            if (found.has_backup_proof()) change(*found.mutable_backup_proof());
        });
    };
    const auto missing = with([](v1::BackupProof& proof) { proof.add_storages_missing("second"); });
    EXPECT_EQ(state(need(way_back(missing), "storages")), "MISSING");
    EXPECT_THAT(need(way_back(missing), "storages").detail(), HasSubstr("no repository of second"));
    EXPECT_EQ(state(need(way_back(missing), "backup")), "PROVED");
    const auto hidden = with([](v1::BackupProof& proof) { proof.set_storages_shown(false); });
    EXPECT_EQ(state(need(way_back(hidden), "storages")), "NOT_KNOWN");
    const auto torn = with([](v1::BackupProof& proof) { proof.set_rung(v1::BackupProof::EXISTS); });
    EXPECT_EQ(state(need(way_back(torn), "storages")), "NOT_KNOWN");
    const auto bucket = changed(returnable(), [](v1::Finding& found) {
        if (found.has_backup_archive()) found.mutable_backup_archive()->set_repositories_server_side(true);
    });
    EXPECT_EQ(state(need(way_back(bucket), "storages")), "NOT_KNOWN");
}

TEST(ReturnNeeds, CannotProveWhatLiesInObjectStorage) {
    auto fleet = returnable();
    auto& found = *fleet.nodes[0].inspection.add_findings();
    found.set_probe("external_services");
    found.mutable_external_service()->set_kind("object_storage");
    found.mutable_external_service()->set_host("s3.example.test");
    EXPECT_EQ(state(need(way_back(fleet), "object_storage")), "NOT_KNOWN");
    EXPECT_EQ(need(way_back(fleet), "object_storage").evidence(0).what(),
              "uses object_storage at s3.example.test");
    const auto word = with_word("object_storage_backed_up");
    EXPECT_EQ(state(need(way_back(fleet, word), "object_storage")), "ATTESTED");
    EXPECT_EQ(need(way_back(fleet, word), "object_storage").detail(),
              "ops-lead states: tried on 2026-08-02 (until 2026-12-01T00:00:00Z)");
}

TEST(ReturnNeeds, TakeAPersonsWordForWhatWasNotFoundAndOnlyForThat) {
    const std::vector<std::pair<std::string_view, std::string_view>> words{
        {"elsewhere", "backups_kept_elsewhere"},
        {"rehearsal", "restore_rehearsed"},
        {"snapshots", "snapshots_cover_every_node"},
    };
    for (const auto& [id, statement] : words) {
        EXPECT_EQ(state(need(way_back(returnable(), with_word(statement)), id)), "ATTESTED") << id;
        const auto expired = with_word(statement, "", "2026-08-20T00:00:00Z");
        EXPECT_EQ(state(need(way_back(returnable(), expired), id)), "NOT_KNOWN") << id;
    }
    const auto whole = way_back(returnable(), with_word("old_package_at_hand"));
    EXPECT_EQ(state(need(whole, "package")), "PROVED");
    const auto gone =
        without(returnable(), [](const v1::Finding& found) { return found.has_package_cache(); });
    EXPECT_EQ(state(need(way_back(gone, with_word("old_package_at_hand")), "package")), "ATTESTED");
    const auto tight = with_room(1, "/srv/backups");
    EXPECT_EQ(state(need(way_back(tight, with_word("restore_room_at_hand", "web1.example.test")), "space")),
              "ATTESTED");
    EXPECT_EQ(
        state(need(way_back(tight, with_word("restore_room_at_hand", "gitaly1.example.test")), "space")),
        "MISSING");
}

TEST(ReturnNeeds, TakeNoWordForSecretsThatDoNotOpenTheDatabase) {
    const auto word = with_word("secrets_kept_elsewhere");
    EXPECT_EQ(state(need(way_back(with_copy(v1::ConfigurationBackup::DIFFERENT), word), "secrets")),
              "ATTESTED");
    const auto closed = changed(returnable(), [](v1::Finding& found) {
        if (found.has_secret_proof())
            found.mutable_secret_proof()->set_outcome(v1::SecretProof::DOES_NOT_OPEN);
    });
    EXPECT_EQ(state(need(way_back(closed, word), "secrets")), "MISSING");
}

TEST(ReturnNeeds, WantTheWordOfEachNodeThatLacksSomething) {
    const auto gone =
        without(returnable(), [](const v1::Finding& found) { return found.has_package_cache(); });
    const auto one = with_word("old_package_at_hand", "web1.example.test");
    EXPECT_EQ(state(need(way_back(gone, one), "package")), "NOT_KNOWN");
    auto both = one;
    auto second = one.acceptances.attestations(0);
    second.set_id("word-2");
    second.set_node("gitaly1.example.test");
    *both.acceptances.add_attestations() = second;
    EXPECT_EQ(state(need(way_back(gone, both), "package")), "ATTESTED");
}

TEST(ReturnNeeds, OfLaterHopsAreStillToBeMade) {
    auto fleet = changed(returnable(), [](v1::Finding& found) {
        if (!found.has_installation()) return;
        found.mutable_installation()->set_version("19.1.6");
        found.mutable_installation()->set_package_version("19.1.6-ee.0");
    });
    const auto way = way_back(fleet);
    ASSERT_EQ(way.hops_size(), 2);
    EXPECT_EQ(way.hops(1).from(), "19.2.4");
    EXPECT_EQ(need(way, "backup", 1).what(), "A full backup of 19.2.4 EE, read to its end");
    EXPECT_THAT(states(way, 1),
                ElementsAre("backup MISSING", "configuration MISSING", "secrets MISSING", "package PROVED",
                            "space NOT_KNOWN", "object_storage PROVED", "elsewhere NOT_KNOWN",
                            "rehearsal NOT_KNOWN", "snapshots NOT_KNOWN"));
    EXPECT_THAT(need(way, "backup", 1).detail(), HasSubstr("once 19.2.4 runs"));
    EXPECT_THAT(need(way, "space", 1).detail(), HasSubstr("the backup of 19.2.4 is not made yet; now "));
    EXPECT_EQ(state(need(way, "space")), "PROVED");
    const auto foreign = changed(fleet, [](v1::Finding& found) {
        if (found.has_package_cache()) found.mutable_package_cache()->set_package_name("gitlab-ce");
    });
    EXPECT_EQ(state(need(way_back(foreign), "package", 1)), "MISSING") << "of another edition";
    fleet = without(fleet, [](const v1::Finding& found) { return found.has_package_cache(); });
    EXPECT_EQ(state(need(way_back(fleet), "package", 1)), "MISSING");
    for (auto& node : fleet.nodes) node.inspection.clear_probes();
    EXPECT_EQ(state(need(way_back(fleet), "package", 1)), "NOT_KNOWN");
}

TEST(ReturnNeeds, SayWhyThereAreNone) {
    EXPECT_THAT(way_back({}).hops(), IsEmpty());
    EXPECT_THAT(way_back({}).notes(0), HasSubstr("No node has reported"));
    EXPECT_THAT(way_back(returnable(), to("19.2.4")).notes(0), HasSubstr("runs already"));
    EXPECT_THAT(way_back(returnable(), to("18.0.0")).notes(0), HasSubstr("itself a way back"));
    EXPECT_THAT(way_back(fleet_of({silent_node("web1")})).notes(0), HasSubstr("No version"));
    EXPECT_THAT(way_back(returnable()).notes(1), HasSubstr("outside its scope"));
    EXPECT_THAT(way_back(returnable()).notes(1), Not(HasSubstr("{")));
    EXPECT_EQ(way_back(returnable()).notes_size(), 2);
    const auto ce = changed(returnable(), [](v1::Finding& found) {
        if (found.has_installation()) found.mutable_installation()->set_edition(v1::CE);
    });
    auto to_ee = to("19.3.0");
    to_ee.edition = v1::EE;
    EXPECT_THAT(way_back(ce, to_ee).notes(2), HasSubstr("The edition changes"));
    EXPECT_EQ(way_back(ce).notes_size(), 2);
}

}  // namespace
}  // namespace preflight::readiness
