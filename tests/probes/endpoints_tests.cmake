preflight_test(readers_test
  SOURCES address_test.cc attributes_test.cc gitlab_yml_test.cc json_test.cc toml_test.cc yaml_test.cc
  LIBRARIES preflight_node_tree)
preflight_test(endpoints_test
  SOURCES database_yml_test.cc redis_config_test.cc redis_clients_test.cc gitaly_config_test.cc
          praefect_config_test.cc postgres_config_test.cc pgbouncer_config_test.cc redis_conf_test.cc
          endpoints_rails_test.cc endpoints_servers_test.cc endpoint_differences_test.cc endpoints_test.cc
  LIBRARIES preflight_node_tree)
