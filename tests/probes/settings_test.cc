#include "probes/settings.h"

#include "probes/paths.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr std::string_view attributes_path = "/opt/gitlab/embedded/nodes/a.json";

// "ORIGIN key = value LINE STATE".
Texts texts(const Found& found) {
    Texts shown;
    for (const auto& one : all(found, &v1::Finding::has_setting, &v1::Finding::setting)) {
        shown.push_back(v1::Setting::Origin_Name(one.origin()) + " " + one.key() +
                        (one.value().empty() ? "" : " = " + one.value()) + " " + std::to_string(one.line()) +
                        " " + v1::Setting::State_Name(one.state()));
    }
    return shown;
}

Texts differences(const Found& found) {
    Texts shown;
    for (const auto& one : all(found, &v1::Finding::has_difference, &v1::Finding::difference)) {
        EXPECT_EQ(one.kind(), v1::Difference::SETTING) << one.what();
        shown.push_back(one.what() + ": " + one.detail());
    }
    return shown;
}

TEST(Settings, AreNamedByKeyAndShownWhereHarmless) {
    NodeTree tree;
    tree.file(paths::gitlab_rb,
              "external_url 'https://CANARY'\ngitlab_rails['auto_migrate'] = false\n"
              "gitlab_rails['db_password'] = 'CANARY'\ngitlab_rails['smtp_password'] = 31337\n"
              "gitlab_rails['backup_path'] = '/srv/backups'\ngitlab_rails['root'] = ENV['CANARY']\n"
              "postgresql['port'] = 5432 if x\n");
    const auto found = tree.look(settings);
    EXPECT_THAT(texts(found),
                UnorderedElementsAre("CONFIGURATION external_url 1 LITERAL",
                                     "CONFIGURATION gitlab_rails['auto_migrate'] = false 2 LITERAL",
                                     "CONFIGURATION gitlab_rails['db_password'] 3 LITERAL",
                                     "CONFIGURATION gitlab_rails['smtp_password'] 4 LITERAL",
                                     "CONFIGURATION gitlab_rails['backup_path'] = /srv/backups 5 LITERAL",
                                     "CONFIGURATION gitlab_rails['root'] 6 COMPUTED",
                                     "CONFIGURATION postgresql['port'] 7 CONDITIONAL"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("31337")));
}

TEST(Settings, DoNotNameWhatIsNoKey) {
    NodeTree tree;
    tree.file(paths::gitlab_rb,
              "gitlab_rails['user:CANARY@x'] = 1\ngitlab_rails['ok'] = { 'CANARY x' => 2 }\n");
    const auto found = tree.look(settings);
    EXPECT_THAT(texts(found), ElementsAre("CONFIGURATION gitlab_rails['ok'] 2 COMPUTED"));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, paths::gitlab_rb)));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Settings, AreFollowedIntoTheFilesThatAreTakenIn) {
    NodeTree tree;
    tree.file(paths::gitlab_rb,
              "from_file '/etc/gitlab/a.rb'\nfrom_file '/etc/gitlab/gone.rb'\nfrom_file 'b.rb'\n")
        .file("/etc/gitlab/a.rb",
              "from_file '/etc/gitlab/a.rb'\nfrom_file '/etc/gitlab/gitlab.rb'\nredis['x'] = true\n");
    const auto found = tree.look(settings);
    EXPECT_THAT(texts(found), ElementsAre("INCLUDED redis['x'] = true 3 LITERAL"));
    EXPECT_THAT(found, Contains(gap(v1::Gap::ABSENT, "/etc/gitlab/gone.rb")));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, paths::gitlab_rb)));
}

TEST(Settings, TakeInOnlySoManyFiles) {
    NodeTree tree;
    tree.file(paths::gitlab_rb, "from_file '/etc/gitlab/0.rb'\n");
    for (int at = 0; at < 30; ++at)
        tree.file("/etc/gitlab/" + std::to_string(at) + ".rb",
                  "from_file '/etc/gitlab/" + std::to_string(at + 1) + ".rb'\n");
    EXPECT_THAT(tree.look(settings), Contains(gap(v1::Gap::DROPPED, paths::gitlab_rb)));
}

TEST(Settings, OfAContainersVariableAreNamedAlone) {
    constexpr char variables[] =
        "PATH=/bin\0GITLAB_OMNIBUS_CONFIG=external_url 'CANARY'; gitlab_rails['a'] = true\0X=1";
    NodeTree tree;
    tree.file("/assets/init-container", "").file(paths::gitlab_rb, "");
    tree.file("/proc/1/environ", std::string(variables, sizeof variables - 1));
    const auto live = tree.look(settings, Machine::live);
    EXPECT_THAT(texts(live),
                ElementsAre("ENVIRONMENT GITLAB_SKIP_PG_UPGRADE = false 0 LITERAL",
                            "ENVIRONMENT external_url 1 LITERAL", "ENVIRONMENT gitlab_rails['a'] 1 LITERAL"));
    EXPECT_THAT(bytes_of(live), Not(HasSubstr("CANARY")));
    EXPECT_THAT(tree.look(settings), Contains(gap(v1::Gap::NOT_LIVE, "/proc/1/environ")));
}

TEST(Settings, TellWhetherAContainerUpgradesPostgresqlByItself) {
    const auto told = [](const std::string& variables) {
        NodeTree tree;
        tree.file("/assets/init-container", "").file(paths::gitlab_rb, "");
        tree.file("/proc/1/environ", variables);
        return texts(tree.look(settings, Machine::live));
    };
    EXPECT_THAT(told("GITLAB_SKIP_PG_UPGRADE=true"),
                ElementsAre("ENVIRONMENT GITLAB_SKIP_PG_UPGRADE = true 0 LITERAL"));
    EXPECT_THAT(told("GITLAB_SKIP_PG_UPGRADE=CANARY"),
                ElementsAre("ENVIRONMENT GITLAB_SKIP_PG_UPGRADE = false 0 LITERAL"));
    NodeTree host;
    host.file(paths::gitlab_rb, "").file("/proc/1/environ", "GITLAB_SKIP_PG_UPGRADE=true");
    EXPECT_THAT(texts(host.look(settings, Machine::live)), IsEmpty()) << "that is no container of GitLab's";
}

TEST(Settings, TellTheFormOfAddressesAndNotTheAddresses) {
    NodeTree tree;
    tree.file(paths::gitlab_rb,
              "external_url 'https://Canary'\ngitlab_rails['gitlab_ssh_host'] = 'canary:2222'\n"
              "registry['storage']['s3']['regionendpoint'] = 'canary.example'\n"
              "gitlab_rails['db_host'] = 'Canary'\n");
    const auto found = tree.look(settings);
    Texts forms;
    for (const auto& one : all(found, &v1::Finding::has_setting, &v1::Finding::setting)) {
        if (one.has_form()) forms.push_back(one.key() + " " + one.form().ShortDebugString());
    }
    EXPECT_THAT(forms, UnorderedElementsAre("external_url has_upper_case: true has_scheme: true",
                                            "gitlab_rails['gitlab_ssh_host'] has_port: true",
                                            "registry['storage']['s3']['regionendpoint'] "));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("anary")));
}

TEST(Settings, NameTheFirstLineWithLettersOutsideAscii) {
    const auto line = [](const std::string& text) {
        NodeTree tree;
        tree.file(paths::gitlab_rb, text);
        const auto texts =
            all(tree.look(settings), &v1::Finding::has_configuration_text, &v1::Finding::configuration_text);
        return texts.size() == 1 ? static_cast<int>(texts.front().line_beyond_ascii()) : -1;
    };
    EXPECT_EQ(line("# plain\nredis['x'] = true\n"), 0);
    EXPECT_EQ(line("# plain\n# für CANARY\nredis['x'] = 'ü'\n"), 2);
    EXPECT_EQ(line("# für\n"), 1);
    EXPECT_EQ(line("a['x'] = 'torn"), -1);
}

TEST(Settings, ThatAVersionRemovesAreFoundInTheAttributes) {
    NodeTree tree;
    tree.file(
        attributes_path,
        R"({"default": {"gitaly": {"bin_path": "x", "storage": "CANARY"}, "praefect": {"auto_migrate": true}}, "normal": {
        "gitlab": {"gitlab-rails": {"auto_migrate": false, "db_password": "CANARY"}, "git_data_dirs": {"default": {"path": "CANARY"}},
                   "sidekiq": {"queue_selector": true, "negate": null}, "mattermost_external_url": "CANARY"},
        "gitaly": {"configuration": {"git": {"bin_path": "CANARY"}}, "gitconfig": {}},
        "registry": {"notifications": [{"threshold": 5}, {"threshold": 6}]},
        "mattermost": {"enable": true, "sql_password": "CANARY"},
        "monitoring": {"gitlab_exporter": {"server_name": "CANARY"}}}})");
    const auto found = tree.look(settings);
    EXPECT_THAT(texts(found),
                UnorderedElementsAre("ATTRIBUTES git_data_dirs 0 LITERAL",
                                     "ATTRIBUTES mattermost['enable'] = true 0 LITERAL",
                                     "ATTRIBUTES mattermost['sql_password'] 0 LITERAL",
                                     "ATTRIBUTES mattermost_external_url 0 LITERAL",
                                     "ATTRIBUTES gitlab_exporter['server_name'] 0 LITERAL",
                                     "ATTRIBUTES registry['notifications'][]['threshold'] = 5 0 LITERAL",
                                     "ATTRIBUTES sidekiq['queue_selector'] = true 0 LITERAL",
                                     "ATTRIBUTES gitaly['configuration']['git']['bin_path'] 0 LITERAL",
                                     "ATTRIBUTES gitlab_rails['auto_migrate'] = false 0 LITERAL",
                                     "ATTRIBUTES praefect['auto_migrate'] = true 0 LITERAL"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Settings, ShowWhereTheLastReconfigureDiffers) {
    NodeTree tree;
    tree.file(
            paths::gitlab_rb,
            "gitlab_rails['auto_migrate'] = false\ngitlab_rails['db_password'] = 'CANARY1'\n"
            "gitlab_rails['same'] = 7\ngitlab_rails['new'] = true\ngitlab_rails['new_password'] = 'CANARY'\n"
            "gitlab_rails['by_default'] = 'x'\nunknown['x'] = 1\ngitlab_rails['maybe'] = 1 if x\n"
            "gitlab_rails['none'] = nil\n")
        .file(attributes_path, R"({"default": {"gitlab": {"gitlab_rails": {"by_default": "x"}}},
            "normal": {"gitlab": {"gitlab_rails": {"auto_migrate": true, "db_password": "CANARY2", "same": 7}}}})");
    const auto found = tree.look(settings);
    EXPECT_THAT(differences(found), ElementsAre("gitlab_rails['auto_migrate']: used: true; there: false",
                                                "gitlab_rails['db_password']: the values differ",
                                                "gitlab_rails['new']: stands in gitlab.rb alone"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Settings, AreComparedByWhatANumberComesTo) {
    NodeTree tree;
    tree.file(paths::gitlab_rb,
              "postgresql['random_page_cost'] = 1.1\npostgresql['other_cost'] = 1.2\n"
              "postgresql['mode'] = 0644\npostgresql['hex'] = 0x1F\npostgresql['wrong'] = 0644\n"
              "postgresql['count'] = 1_000\npostgresql['ratio'] = 3r\n")
        .file(attributes_path, R"({"normal": {"postgresql": {"random_page_cost": 1.1, "other_cost": 1.3,
            "mode": 420, "hex": 31, "wrong": 644, "count": 1000, "ratio": 3}}})");
    EXPECT_THAT(differences(tree.look(settings)),
                ElementsAre("postgresql['other_cost']: used: 1.3; there: 1.2",
                            "postgresql['wrong']: used: 644; there: 0644"));
}

TEST(Settings, AreNotComparedWhereAnotherFileMaySayThem) {
    NodeTree tree;
    tree.file(paths::gitlab_rb, "gitlab_rails['auto_migrate'] = false\nfrom_file ENV['X']\n")
        .file(attributes_path, R"({"normal": {"gitlab": {"gitlab_rails": {"auto_migrate": true}}}})");
    const auto found = tree.look(settings);
    EXPECT_THAT(differences(found), IsEmpty());
    EXPECT_THAT(found, Contains(gap(v1::Gap::FAILED, paths::gitlab_rb)));
}

TEST(Settings, AreNotAllSeenWhereOnlyRubyKnowsTheirKeys) {
    NodeTree tree;
    tree.file(paths::gitlab_rb,
              "from_file '/etc/gitlab/a.rb'\n%w[CANARY].each { |s| Gitlab[s]['enable'] = false }\nnginx[x] = "
              "1\n")
        .file("/etc/gitlab/a.rb", "self.instance_eval(CANARY)\n");
    const auto found = tree.look(settings);
    Texts told;
    for (const auto& one : all(found, &v1::Finding::has_gap, &v1::Finding::gap)) {
        if (one.cause() == v1::Gap::MALFORMED) told.push_back(one.detail());
    }
    EXPECT_THAT(told, ElementsAre("line 2 reaches a section by an index (and 1 more)",
                                  "line 1 takes in what is not evaluated here"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Settings, SayWhetherATableNamesAllItsKeys) {
    NodeTree tree;
    tree.file(paths::gitlab_rb,
              "gitaly['a'] = { x: 1 }\ngitaly['b'] = base.merge(x: 1)\ngitaly['c'] = 'x'\n");
    Texts told;
    for (const auto& one : all(tree.look(settings), &v1::Finding::has_setting, &v1::Finding::setting)) {
        if (one.members_told()) told.push_back(one.key());
    }
    EXPECT_THAT(told, ElementsAre("gitaly['a']"));
}

// A container's variable takes in files too: these are not looked at.
TEST(Settings, OfAContainersVariableAreNotAllSeenWhereItTakesInAFile) {
    constexpr char variables[] = "GITLAB_OMNIBUS_CONFIG=from_file '/etc/gitlab/a.rb'";
    NodeTree tree;
    tree.file("/assets/init-container", "").file(paths::gitlab_rb, "");
    tree.file("/proc/1/environ", std::string(variables, sizeof variables - 1));
    EXPECT_THAT(tree.look(settings, Machine::live), Contains(gap(v1::Gap::MALFORMED, "/proc/1/environ")));
}

TEST(Settings, SayWhatTheyCannotSee) {
    NodeTree torn;
    torn.file(paths::gitlab_rb, "a['x'] = 'CANARY").file(attributes_path, R"({"default": {}})");
    const auto found = torn.look(settings);
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::MALFORMED, paths::gitlab_rb),
                                   gap(v1::Gap::MALFORMED, attributes_path)));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
    NodeTree closed;
    closed.file(paths::gitlab_rb, "a['x'] = 1", 0000);
    const Unprivileged nobody(closed);
    EXPECT_THAT(closed.look(settings), ElementsAre(gap(v1::Gap::DENIED, paths::gitlab_rb)));
}

TEST(Settings, AreNotMissedWithoutGitlabOrWithoutThePackage) {
    EXPECT_THAT(NodeTree().look(settings), IsEmpty());
    NodeTree self_compiled;
    self_compiled.file("/home/git/gitlab/config/gitlab.yml", "production: {}\n");
    EXPECT_THAT(self_compiled.look(settings), IsEmpty());
    NodeTree package;
    package.link("/opt/gitlab/service/gitaly", "/opt/gitlab/sv/gitaly");
    EXPECT_THAT(package.look(settings), Contains(gap(v1::Gap::ABSENT, paths::gitlab_rb)));
}

}  // namespace
}  // namespace preflight::probes
