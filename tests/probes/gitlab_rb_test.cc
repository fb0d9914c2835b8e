#include "probes/gitlab_rb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

GitlabRb read(std::string_view text) { return parse_gitlab_rb(text, "/etc/gitlab/gitlab.rb").value(); }

Problem::Cause cause_of(std::string_view text) { return parse_gitlab_rb(text, "rb").error().cause; }

TEST(GitlabRb, ReadsPlainLiterals) {
    const auto found = read(R"(
external_url 'https://git.example.test'
registry_external_url("https://registry.example.test")
gitlab_rails['backup_path'] = "/srv/backups"   # where they go
gitlab_rails['backup_keep_time'] = 604_800
gitlab_rails["auto_migrate"]=false
postgresql['port'] = -1
gitaly['configuration']['listen_addr'] = '0.0.0.0:8075'
nginx[:enable] = true
)");
    EXPECT_EQ(found.literal("external_url"), "https://git.example.test");
    EXPECT_EQ(found.literal("registry_external_url"), "https://registry.example.test");
    EXPECT_EQ(found.literal("gitlab_rails.backup_path"), "/srv/backups");
    EXPECT_EQ(found.literal("gitlab_rails.backup_keep_time"), "604800");
    EXPECT_EQ(found.literal("gitlab_rails.auto_migrate"), "false");
    EXPECT_EQ(found.literal("postgresql.port"), "-1");
    EXPECT_EQ(found.literal("gitaly.configuration.listen_addr"), "0.0.0.0:8075");
    EXPECT_EQ(found.literal("nginx.enable"), "true");
    EXPECT_THAT(found.computed, IsEmpty());
}

TEST(GitlabRb, KnowsOnlyThatAComputedValueIsThere) {
    const auto found = read(R"(
gitlab_rails['db_password'] = ENV['DB_PASSWORD']
gitlab_rails['db_host'] = "db#{ENV["ZONE"]}.example.test"
gitlab_rails['smtp_password'] = File.read('/etc/pw').strip
gitlab_rails['key'] = `cat /etc/key`
gitlab_rails['keep'] = 7 * 86400
gitlab_rails['path'] = '/a' if ENV['A']
gitlab_rails['hosts'] = ['a', 'b']
gitlab_rails['ldap_servers'] = YAML.load <<~'EOS'
  main:
    password = 'x
EOS
redis['port'] ||= 6379
external_url ENV['URL'] || 'https://git.example.test'
git_data_dirs({ "default" => { "path" => "/data" } })
gitlab_rails['after'] = 'seen'
)");
    EXPECT_THAT(found.literals, ElementsAre(Pair("gitlab_rails.after", "seen")));
    EXPECT_THAT(found.computed,
                ElementsAre("external_url", "git_data_dirs", "gitlab_rails.db_host",
                            "gitlab_rails.db_password", "gitlab_rails.hosts", "gitlab_rails.keep",
                            "gitlab_rails.key", "gitlab_rails.ldap_servers", "gitlab_rails.path",
                            "gitlab_rails.smtp_password", "redis.port"));
}

TEST(GitlabRb, TakesNothingInABlockForSure) {
    const auto found = read(R"(
if File.exist?('/etc/first')
  gitlab_rails['a'] = 1
  unless x then gitlab_rails['b'] = 2 end
elsif y
  gitlab_rails['c'] = 3
end
%w(redis nginx).each { |name| Gitlab[name]['enable'] = false; gitlab_rails['d'] = 4 }
[1].each do |n|
  while n do n = nil end
  gitlab_rails['e'] = 5
end
gitlab_rails['f'] = case ENV['X'] when 'a' then 1 else 2 end
gitlab_rails['g'] = 6
)");
    EXPECT_THAT(found.literals, ElementsAre(Pair("gitlab_rails.g", "6")));
    EXPECT_THAT(found.computed, ElementsAre("gitlab_rails.a", "gitlab_rails.b", "gitlab_rails.c",
                                            "gitlab_rails.d", "gitlab_rails.e", "gitlab_rails.f"));
}

TEST(GitlabRb, LetsTheLastSettingCount) {
    const auto found = read(R"(
gitlab_rails['a'] = 'first'
gitlab_rails['a'] = 'second'
gitlab_rails['b'] = 'known'
gitlab_rails['b'] = ENV['B'] if ENV['B']
gitlab_rails['c'] = ENV['C']
gitlab_rails['c'] = 'known again'
gitlab_rails['d'] = 'set'
gitlab_rails['d'] = nil
gitaly['e']['f'] = 'part'
gitaly['e'] = { g: 1 }
postgresql['h'] = 'text'
postgresql['h'] << 'more'
)");
    EXPECT_THAT(found.literals,
                ElementsAre(Pair("gitlab_rails.a", "second"), Pair("gitlab_rails.c", "known again")));
    EXPECT_THAT(found.computed, ElementsAre("gitaly.e", "gitlab_rails.b", "postgresql.h"));
}

TEST(GitlabRb, ReadsRolesInEverySpelling) {
    EXPECT_THAT(read("roles ['application_role', 'redis-master-role']").roles,
                ElementsAre("application_role", "redis_master_role"));
    EXPECT_THAT(read("roles([\n  'gitaly_role',\n])\n").roles, ElementsAre("gitaly_role"));
    EXPECT_THAT(read("roles \"pages_role\"").roles, ElementsAre("pages_role"));
    EXPECT_THAT(read("roles %w(consul_role pgbouncer_role)").roles,
                ElementsAre("consul_role", "pgbouncer_role"));
}

TEST(GitlabRb, DoesNotGuessComputedRoles) {
    for (const auto* text : {"roles ENV['ROLES'].split", "roles ['a_role'] + more", "roles ['a_role'] if x",
                             "if x\nroles ['a_role']\nend"}) {
        const auto found = read(text);
        EXPECT_THAT(found.roles, IsEmpty()) << text;
        EXPECT_THAT(found.computed, ElementsAre("roles")) << text;
    }
}

TEST(GitlabRb, NamesTheFilesThatItTakesIn) {
    const auto found = read("from_file '/etc/gitlab/shared.rb'\nfrom_file(\"/a.rb\")\nfrom_file ENV['F']\n");
    EXPECT_THAT(found.includes, ElementsAre("/etc/gitlab/shared.rb", "/a.rb"));
    EXPECT_THAT(found.computed, ElementsAre("from_file"));
}

TEST(GitlabRb, TakesInFilesAsAMethodOfTheConfigurationToo) {
    const auto found = read("Gitlab.from_file '/a.rb'\nself.from_file('/b.rb')\nother.from_file '/c.rb'\n");
    EXPECT_THAT(found.includes, ElementsAre("/a.rb", "/b.rb"));
    EXPECT_FALSE(found.unclear);
    EXPECT_THAT(read("Gitlab.from_file '/a' + x\n").includes, IsEmpty());
}

// "LINE WHAT +MORE"; empty: it sets nothing but what it names.
std::string unclear(std::string_view text) {
    const auto found = read(text).unclear;
    if (!found) return {};
    return std::to_string(found->line) + " " + found->what + " +" + std::to_string(found->more);
}

TEST(GitlabRb, SaysWhereItSetsWhatItDoesNotName) {
    constexpr auto* by_index = "1 reaches a section by an index +0";
    constexpr auto* of_key = "1 sets a key that only Ruby knows +0";
    constexpr auto* whole = "1 changes a section as a whole +0";
    constexpr auto* taken_in = "1 takes in what is not evaluated here +0";
    EXPECT_EQ(unclear("%w[grafana].each { |s| Gitlab[s]['enable'] = false }"), by_index);
    EXPECT_EQ(unclear("Gitlab['grafana']['enable'] = false"), by_index);
    for (const auto* text : {"gitlab_rails[key] = 1", "gitaly[\"a#{b}\"] = 1",
                             "x.each { |k, v| nginx[k.to_s] = v }", "Gitlab.nginx[k]['x'] << 2"})
        EXPECT_EQ(unclear(text), of_key) << text;
    for (const auto* text : {"grafana.merge!('enable' => true)", "grafana.update(x)",
                             "grafana&.store('a', 1)", "grafana.[]=('enable', true)", "grafana.replace({})"})
        EXPECT_EQ(unclear(text), whole) << text;
    for (const auto* text :
         {"self.instance_eval(File.read('/x'))", "instance_eval('CANARY')", "Kernel.load '/x'", "load '/x'",
          "Kernel::load('/x')", "Gitlab.from_file path", "from_file '/x' + y"})
        EXPECT_EQ(unclear(text), taken_in) << text;
    EXPECT_EQ(unclear("a['x'] = 1\n\nnginx[b] = 1\nnginx[c] = 1; nginx[d] = 1\neval(x)\n"),
              "3 sets a key that only Ruby knows +2");
}

TEST(GitlabRb, TakesNoReadingForASetting) {
    for (const auto* text :
         {"gitlab_rails['a'] = YAML.load(x)", "a['x'] = JSON.load(File.read('/x'))", "a['x'] = hosts[index]",
          "a['x'] = ENV[name]", "external_url Gitlab['node']['fqdn']", "a['x'] = list.first",
          "own = {}\nown[key] = 1\nown.merge!(x)\na['x'] = own", "names = %w(a b)\nnames.delete('a')",
          "roles ['a_role', 'b_role']", "a['x'] = { load: 1, eval: 2 }", "if [x, y].include?(z)\nend"})
        EXPECT_EQ(unclear(text), "") << text;
}

TEST(GitlabRb, PassesOverCommentsAndWhatFollowsTheEnd) {
    const auto found = read(R"(# gitlab_rails['a'] = 1
=begin
gitlab_rails['b'] = 2
=end
gitlab_rails['c'] = 'not # a comment'
__END__
gitlab_rails['d'] = 4
)");
    EXPECT_THAT(found.literals, ElementsAre(Pair("gitlab_rails.c", "not # a comment")));
}

TEST(GitlabRb, ReadsAcrossLinesAndBrackets) {
    const auto found = read(
        "gitlab_rails['sentinels'] = [\n  {host: 'a', port: 1},\n  {host: \"]\", port: 2},\n]\n"
        "gitlab_rails['url'] =\n  'https://a.test'\nx = 'a'\n  .strip\nnginx['b'] = 1; nginx['c'] = 2\r\n");
    EXPECT_THAT(found.computed, ElementsAre("gitlab_rails.sentinels"));
    EXPECT_EQ(found.literal("gitlab_rails.url"), "https://a.test");
    EXPECT_EQ(found.literal("nginx.b"), "1");
    EXPECT_EQ(found.literal("nginx.c"), "2");
}

TEST(GitlabRb, KnowsQuotesFromWhatLooksLikeThem) {
    const auto found = read(R"(
gitlab_rails['single'] = 'it''s #{no} \n \' end'
gitlab_rails['one'] = 'a \'b\' \\ \n'
gitlab_rails['two'] = "tab\tquote\" #hash"
gitlab_rails['three'] = %q(a (b) 'c')
gitlab_rails['four'] = x ? /it's/ : ?'
gitlab_rails['five'] = "\u00e9"
gitlab_rails['six'] = 1
)");
    EXPECT_EQ(found.literal("gitlab_rails.one"), "a 'b' \\ \\n");
    EXPECT_EQ(found.literal("gitlab_rails.two"), "tab\tquote\" #hash");
    EXPECT_EQ(found.literal("gitlab_rails.three"), "a (b) 'c'");
    EXPECT_EQ(found.literal("gitlab_rails.six"), "1");
    EXPECT_THAT(found.computed, ElementsAre("gitlab_rails.five", "gitlab_rails.four", "gitlab_rails.single"));
}

TEST(GitlabRb, RefusesTornAndBinaryText) {
    EXPECT_EQ(cause_of("gitlab_rails['a'] = 'CANARY"), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("gitlab_rails['a'] = {\n"), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("gitlab_rails['a'] = <<~EOS\nmore\n"), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("=begin\nnever ended\n"), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of(std::string_view("a\0b", 3)), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("external_url '\xff'"), v1::Gap::MALFORMED);
}

TEST(GitlabRb, TellsTheLineOfAProblemAndNothingElse) {
    const auto problem =
        parse_gitlab_rb("a = 1\nredis['password'] = 'CANARY-torn\n", "/etc/gitlab/gitlab.rb").error();
    EXPECT_EQ(problem.detail, "a string does not end, line 2");
    EXPECT_EQ(problem.source, "/etc/gitlab/gitlab.rb");
}

TEST(GitlabRb, ReadsAnEmptyFileAsOneThatSaysNothing) {
    const auto found = read("");
    EXPECT_THAT(found.literals, IsEmpty());
    EXPECT_THAT(found.computed, IsEmpty());
}

TEST(GitlabRb, EndsOnHostileText) {
    std::string nested = "x = ";
    for (int depth = 0; depth < 100; ++depth) nested += "\"#{";
    EXPECT_FALSE(parse_gitlab_rb(nested, "rb").has_value());
    EXPECT_EQ(cause_of(std::string(300'000, '[')), v1::Gap::TOO_LARGE);
    EXPECT_THAT(read(std::string(1000, ']')).literals, IsEmpty());
    std::string indices;
    for (int depth = 0; depth < 30'000; ++depth) indices += "a[";
    EXPECT_NE(unclear(indices + std::string(30'000, ']') + " = 1\n"), "");
}

}  // namespace
}  // namespace preflight::probes
